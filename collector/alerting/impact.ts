import type { AlertDataset, AlertEvent } from '#model/alert.ts';
import { chooseRoutes } from './route.ts';
import type { Route, Routing } from './routing.ts';

export interface ImpactView {
  /** The same incident as a notice about what of it concerns somebody below. */
  readonly view: AlertEvent;
  readonly route: Route;
}

/**
 * For each owner of datasets below, other than the root's own: a notice, along a route that is meant for them.
 * The default route gets none: whoever reads it has the page itself.
 */
export function impactViews(event: AlertEvent, routing: Routing, now: Date): ImpactView[] {
  const byOwner = Map.groupBy(
    event.impacted.filter(({ owner }) => owner !== null && owner !== event.root.owner),
    ({ owner }) => owner,
  );
  return [...byOwner.values()].flatMap((datasets) => {
    const [nearest] = datasets;
    if (nearest === undefined) return [];
    const asTheirs = { ...event, urgency: 'notice' as const, root: nearest };
    const view = {
      ...event,
      urgency: 'notice' as const,
      summary: `${namesOf(datasets)} may be affected. ${event.summary}`,
    };
    return chooseRoutes(routing.root, asTheirs, now)
      .routes.filter((route) => route !== routing.root)
      .map((route) => ({ view, route }));
  });
}

function namesOf(datasets: readonly AlertDataset[]): string {
  const names = datasets.slice(0, 3).map(({ name }) => name);
  const more = datasets.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
