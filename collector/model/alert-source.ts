import type { AlertEvent } from './alert.ts';
import type { Uuid } from './ids.ts';
import type { Outcome } from './ports.ts';

/** Where alerting takes what is to be told from. The incidents implement it. */
export interface AlertSource {
  /**
   * Events after a position, oldest first, at most `limit`. An incident that changed several times may be told
   * by its last version alone. Telling one again is harmless: (incident, version) names it.
   * @param cursor what the call before gave; null at the very beginning.
   */
  eventsSince(cursor: string | null, limit: number): Promise<AlertPage>;
}

export interface AlertPage {
  readonly events: readonly AlertEvent[];
  /** The position behind them, opaque to alerting; null where nothing was ever told. */
  readonly cursor: string | null;
}

/** What people may do to an incident from a message, by its buttons. */
export interface IncidentActions {
  acknowledge(incidentId: Uuid, by: string, now: Date): Promise<Outcome<null>>;
  snooze(incidentId: Uuid, by: string, until: Date, now: Date): Promise<Outcome<null>>;
  resolve(incidentId: Uuid, by: string, as: 'fixed' | 'expected', now: Date): Promise<Outcome<null>>;
}
