import type { AlertEvent, AlertSeverity, AlertState } from '#model/alert.ts';
import type { Uuid } from '#model/ids.ts';
import type { Receiver } from './routing.ts';

/** What a receiver was last told of an incident. */
export interface Told {
  readonly receiver: Receiver;
  /** Of the route that led there. */
  readonly route: string;
  readonly role: 'receiver' | 'escalation' | 'impact';
  /** A message of its own, or a line of a digest, which is not updated. */
  readonly how: 'message' | 'digest';
  readonly state: AlertState;
  readonly severity: AlertSeverity;
  readonly version: number;
  /** When it was first told since it last was resolved. */
  readonly since: Date;
  readonly at: Date;
  /** Messages so far. */
  readonly count: number;
}

/** An incident as alerting knows it. */
export interface AlertRecord {
  /** Its latest version. */
  readonly event: AlertEvent;
  readonly told: readonly Told[];
  /** The version that everyone has been told of who should be; null: none yet. */
  readonly plannedVersion: number | null;
}

/** Of each incident the latest version, whatever the order. */
export function latestOf(events: readonly AlertEvent[]): Map<Uuid, AlertEvent> {
  const latest = new Map<Uuid, AlertEvent>();
  for (const event of events) {
    const known = latest.get(event.incidentId);
    if (known === undefined || event.version > known.version) latest.set(event.incidentId, event);
  }
  return latest;
}

const RANKS: Readonly<Record<AlertSeverity, number>> = { critical: 2, warning: 1, info: 0 };

export const rankOf = (severity: AlertSeverity): number => RANKS[severity];

/** The gravest first, then the most important dataset, then the oldest: an order that depends on nothing else. */
export function byGravity(a: AlertEvent, b: AlertEvent): number {
  return (
    rankOf(b.severity) - rankOf(a.severity) ||
    a.root.tier - b.root.tier ||
    a.startsAt.getTime() - b.startsAt.getTime() ||
    (a.incidentId < b.incidentId ? -1 : a.incidentId > b.incidentId ? 1 : 0)
  );
}
