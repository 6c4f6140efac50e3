import type { AlertEvent } from '#model/alert.ts';
import { intentsOf, type PlanContext } from './intents.ts';
import { chooseRoutes, type Visit } from './route.ts';
import { receiverText, type Routing } from './routing.ts';
import type { Silence } from './silence.ts';

/** Where an alert would go, and why. */
export interface Simulation {
  /** Every node of the tree that was looked at. */
  readonly visits: readonly Visit[];
  readonly now: readonly { readonly receiver: string; readonly kind: string; readonly because: string }[];
  readonly held: readonly {
    readonly receiver: string;
    /** Null: it will never go there. */
    readonly until: string | null;
    readonly because: string;
  }[];
  /** While nobody acknowledges it. */
  readonly later: readonly {
    readonly receiver: string;
    readonly afterMinutes: number;
    readonly route: string;
  }[];
}

/** What would be done with an alert that nobody has heard of. Budgets, which depend on other alerts, do not count. */
export function simulate(
  event: AlertEvent,
  {
    routing,
    silences,
    now,
  }: { readonly routing: Routing; readonly silences: readonly Silence[]; readonly now: Date },
): Simulation {
  const context: PlanContext = { routing, silences, spent: new Map(), now };
  const { routes, visits } = chooseRoutes(routing.root, event, now);
  const { intents, holds } = intentsOf({ event, told: [], plannedVersion: null }, context);
  return {
    visits,
    now: intents.map(({ receiver, kind, because }) => ({ receiver: receiverText(receiver), kind, because })),
    held: holds.map(({ receiver, until, because }) => ({
      receiver: receiverText(receiver),
      until: until?.toISOString() ?? null,
      because,
    })),
    later:
      event.urgency === 'page' && event.state === 'firing'
        ? routes.flatMap(({ name, escalate }) =>
            escalate.flatMap(({ afterMs, to }) =>
              to.map((receiver) => ({
                receiver: receiverText(receiver),
                afterMinutes: afterMs / 60_000,
                route: name,
              })),
            ),
          )
        : [],
  };
}
