import { Problem } from '#collector/problems.ts';
import { isUuid } from '#model/ids.ts';
import type { Database, Queryable } from '#store/database.ts';
import {
  addIncidentEvents,
  putIncidents,
  survivingIncident,
  waitIncidentLock,
  type IncidentRow,
  type Resolution,
} from '#store/incidents.ts';

/** What a person does to an incident. */
export type Act =
  | { readonly type: 'acknowledge' }
  | { readonly type: 'snooze'; readonly until: Date }
  | { readonly type: 'resolve'; readonly how: Exclude<Resolution, 'evidence'>; readonly reason: string }
  | { readonly type: 'assign'; readonly assignee: string | null }
  | { readonly type: 'note'; readonly text: string };

const DAY = 86_400_000;
/** Nobody forgets an incident for longer than this. */
const LONGEST_SNOOZE_DAYS = 30;

/**
 * Does what a person said, once: the same again changes nothing. What was merged into another is done to that
 * one. Throws incident_not_found, conflict, invalid_request.
 */
export async function actOnIncident(
  database: Database,
  id: string,
  act: Act,
  actor: string,
  now: Date,
): Promise<IncidentRow> {
  return database.transaction(async (connection) => {
    // Else a pass that began before would write over it.
    await connection.rows(waitIncidentLock());
    const row = await incidentNamed(connection, id);
    const done = outcomeOf(row, act, actor, now);
    if (done === null) return row;
    const changed = { ...done.row, updated_at: now };
    await connection.execute(putIncidents([changed]));
    await connection.execute(
      addIncidentEvents([{ incidentId: row.id, type: done.type, actor, message: done.message }], now),
    );
    return changed;
  });
}

/** The incident of this id, or the one that it was merged into. Throws incident_not_found. */
export async function incidentNamed(connection: Queryable, id: string): Promise<IncidentRow> {
  const [row] = isUuid(id) ? await connection.rows<IncidentRow>(survivingIncident(id)) : [];
  if (row) return row;
  throw new Problem(
    'incident_not_found',
    `There is no incident ${id}; GET /api/v2/incidents and "assay incident list" show those that there are.`,
  );
}

interface Done {
  readonly row: IncidentRow;
  readonly type: string;
  readonly message: string;
}

/** What becomes of an incident; null when it is so already. */
function outcomeOf(row: IncidentRow, act: Act, actor: string, now: Date): Done | null {
  const version = row.version + 1;
  if (act.type === 'note') return { row, type: 'note', message: act.text };
  if (act.type === 'assign') {
    if (row.assignee === act.assignee) return null;
    const message = act.assignee === null ? 'assigned to nobody' : `assigned to ${act.assignee}`;
    return { row: { ...row, assignee: act.assignee }, type: 'assigned', message };
  }
  if (act.type === 'resolve') {
    if (row.state === 'resolved' && row.resolution === act.how) return null;
    return {
      row: {
        ...row,
        state: 'resolved',
        resolved_at: now,
        resolution: act.how,
        ruled_at: now,
        standing: 0,
        snoozed_until: null,
        version,
      },
      type: 'resolved',
      message: `${act.how.replace('_', ' ')}: ${act.reason}`,
    };
  }
  refuseEnded(row);
  if (act.type === 'acknowledge') {
    if (row.state === 'acknowledged') return null;
    return {
      row: {
        ...row,
        state: 'acknowledged',
        acknowledged_at: now,
        acknowledged_by: actor,
        snoozed_until: null,
        assignee: row.assignee ?? actor,
        version,
      },
      type: 'acknowledged',
      message: 'somebody is at it',
    };
  }
  const left = act.until.getTime() - now.getTime();
  if (left <= 0 || left > LONGEST_SNOOZE_DAYS * DAY)
    throw refused(
      '/until',
      `until must lie ahead, at most ${LONGEST_SNOOZE_DAYS} days: a snooze always ends.`,
    );
  return {
    row: { ...row, state: 'snoozed', snoozed_until: act.until },
    type: 'snoozed',
    message: `until ${act.until.toISOString()}`,
  };
}

function refuseEnded({ state, resolution, resolved_at: at }: IncidentRow): void {
  if (state !== 'resolved') return;
  throw new Problem(
    'conflict',
    `It is resolved (${resolution ?? 'evidence'}) since ${at?.toISOString() ?? 'a while'}; it opens again by itself when it is bad again.`,
  );
}

function refused(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', detail, { errors: [{ pointer, detail }] });
}
