import type { IncidentEvent, IncidentRow } from '#store/incidents.ts';

const HOUR = 3_600_000;
/** An incident that came back so often within a day is flapping: it must stay good for a while before it ends. */
const FLAPS = 3;
const FLAP_SPAN = 24 * HOUR;
export const FLAP_QUIET = 2 * HOUR;

/**
 * What state an incident is in: resolved when nothing stands against it, else open, unless somebody
 * acknowledged or snoozed it since. A later piece of evidence opens it again, for everybody. Pure.
 * @param row with its evidence counted anew, and with the state that it was in
 * @param cleared when its evidence was cleared
 */
export function concludeState(
  row: IncidentRow,
  cleared: readonly Date[],
  now: Date,
): { readonly row: IncidentRow; readonly events: readonly IncidentEvent[] } {
  const tell = (type: string, message: string): IncidentEvent => ({
    incidentId: row.id,
    type,
    actor: null,
    message,
  });
  if (row.standing === 0 && row.state !== 'resolved') {
    const last = cleared.length > 0 ? new Date(Math.max(...cleared.map((at) => at.getTime()))) : now;
    if (isFlapping(row, now) && now.getTime() - last.getTime() < FLAP_QUIET) return { row, events: [] };
    return {
      row: {
        ...row,
        state: 'resolved',
        resolved_at: last,
        resolution: 'evidence',
        snoozed_until: null,
        version: row.version + 1,
      },
      events: [
        tell(
          'resolved',
          `all that was seen is good again, since ${last.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
        ),
      ],
    };
  }
  if (row.standing > 0 && row.state === 'resolved') {
    return {
      row: {
        ...row,
        state: 'open',
        resolved_at: null,
        resolution: null,
        acknowledged_at: null,
        acknowledged_by: null,
        reopened: [...row.reopened.filter((at) => now.getTime() - new Date(at).getTime() < FLAP_SPAN), now],
        version: row.version + 1,
      },
      events: [tell('reopened', 'it is bad again')],
    };
  }
  if (row.state === 'snoozed' && row.snoozed_until !== null && row.snoozed_until <= now)
    return {
      row: {
        ...row,
        state: row.acknowledged_at === null ? 'open' : 'acknowledged',
        snoozed_until: null,
        version: row.version + 1,
      },
      events: [tell('woken', 'the snooze is over, and it is still bad')],
    };
  return { row, events: [] };
}

function isFlapping({ reopened }: IncidentRow, now: Date): boolean {
  return reopened.filter((at) => now.getTime() - new Date(at).getTime() < FLAP_SPAN).length >= FLAPS;
}
