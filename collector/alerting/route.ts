import type { AlertEvent } from '#model/alert.ts';
import { matcherText, mismatch } from './matcher.ts';
import type { Route } from './routing.ts';

/** A node of the tree that was looked at, and what came of it. */
export interface Visit {
  readonly route: string;
  readonly matched: boolean;
  readonly because: string;
}

export interface RouteChoice {
  /** Where the alert goes, in the order of the tree; never empty, because the root matches everything. */
  readonly routes: readonly Route[];
  readonly visits: readonly Visit[];
}

/**
 * Walks the tree as Alertmanager does: the first child that matches takes the alert, unless it says `continue`;
 * a node of which no child matches takes it itself.
 */
export function chooseRoutes(root: Route, event: AlertEvent, now: Date): RouteChoice {
  const visits: Visit[] = [];
  const walk = (route: Route): Route[] => {
    const fault = route === root ? null : mismatch(route.match, event, now);
    if (fault !== null) {
      visits.push({ route: route.name, matched: false, because: fault });
      return [];
    }
    const because = route === root ? 'everything begins here' : `it matches ${matcherText(route.match)}`;
    visits.push({ route: route.name, matched: true, because });
    const found: Route[] = [];
    for (const child of route.routes) {
      const below = walk(child);
      found.push(...below);
      if (below.length > 0 && !child.continue) break;
    }
    return found.length > 0 ? found : [route];
  };
  return { routes: walk(root), visits };
}
