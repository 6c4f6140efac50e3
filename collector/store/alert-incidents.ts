import type { AlertEvent } from '#model/alert.ts';
import type { Uuid } from '#model/ids.ts';
import { uuidArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

/** An alert as JSON keeps it: its times are texts. */
export type StoredAlert = {
  readonly [Name in keyof AlertEvent]: AlertEvent[Name] extends Date ? string : AlertEvent[Name];
};

/** A receiver was told, as JSON keeps it. */
export interface StoredTold {
  readonly channel: string;
  /** '': the channel's own default. */
  readonly recipient: string;
  readonly route: string;
  readonly role: 'receiver' | 'escalation' | 'impact';
  readonly how: 'message' | 'digest';
  readonly state: AlertEvent['state'];
  readonly severity: AlertEvent['severity'];
  readonly version: number;
  readonly since: string;
  readonly at: string;
  readonly count: number;
}

export interface DueAlertRow {
  readonly incident_id: Uuid;
  readonly event: StoredAlert;
  readonly planned_version: number | null;
  readonly told: readonly StoredTold[];
}

// Any fixed number will do; this one is ours.
const PLANNING = ADVISORY_LOCKS.planning;

/** One collector plans at a time, because budgets are counted over all alerts. Ends with the transaction. */
export function tryPlanning(): Statement {
  return sql`select pg_try_advisory_xact_lock(${PLANNING}::bigint) as mine`;
}

/** How far the incidents' changes have been read. */
export function alertPosition(): Statement {
  return sql`select cursor from alert_position`;
}

/** The same; nobody else moves it until the transaction ends. */
export function lockAlertPosition(): Statement {
  return sql`select cursor from alert_position for update`;
}

export function moveAlertPosition(cursor: string | null, now: Date): Statement {
  return sql`update alert_position set cursor = ${cursor}, updated_at = ${now}`;
}

/** Keeps the latest version of each incident and has it looked at; what is older than what is known changes nothing. */
export function putAlerts(events: readonly AlertEvent[], now: Date): Statement {
  const rows = events.map((event) => ({
    incident_id: event.incidentId,
    version: event.version,
    state: event.state,
    event,
  }));
  return sql`
    insert into alert_incident as known (incident_id, version, state, event, look_at, updated_at)
    select incident_id, version, state, event, ${now}::timestamptz, ${now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as row(incident_id uuid, version integer, state text, event jsonb)
     order by incident_id
    on conflict (incident_id) do update
       set version = excluded.version, state = excluded.state, event = excluded.event, look_at = excluded.look_at,
           updated_at = excluded.updated_at
     where known.version < excluded.version`;
}

/** Incidents to be looked at now, with what was told of them, those that wait longest first. */
export function dueAlerts(now: Date, limit: number): Statement {
  return sql`
    select i.incident_id, i.event, i.planned_version,
           (select coalesce(jsonb_agg(to_jsonb(t) - 'incident_id' - 'thread' order by t.channel, t.recipient), '[]')
              from alert_told t where t.incident_id = i.incident_id) as told
      from (select incident_id, event, planned_version from alert_incident
             where look_at <= ${now} order by look_at, incident_id limit ${limit}) i`;
}

export interface SettledAlert {
  readonly incidentId: Uuid;
  readonly plannedVersion: number | null;
  readonly lookAt: Date | null;
}

/** Notes when each is next looked at. */
export function settleAlerts(rows: readonly SettledAlert[]): Statement {
  return sql`
    update alert_incident i set planned_version = row."plannedVersion", look_at = row."lookAt"
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as row("incidentId" uuid, "plannedVersion" integer, "lookAt" timestamptz)
     where i.incident_id = row."incidentId"`;
}

/** Notes what receivers are told; the thread that they have stays. */
export function putTold(rows: readonly (StoredTold & { readonly incident_id: Uuid })[]): Statement {
  return sql`
    insert into alert_told (incident_id, channel, recipient, route, role, how, state, severity, version, since, at, count)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as row(incident_id uuid, channel text, recipient text, route text, role text, how text, state text, severity text,
             version integer, since timestamptz, at timestamptz, count integer)
    on conflict (incident_id, channel, recipient) do update
       set route = excluded.route, role = excluded.role, how = excluded.how, state = excluded.state,
           severity = excluded.severity, version = excluded.version, since = excluded.since, at = excluded.at,
           count = excluded.count`;
}

/** Has everything that is not resolved looked at: silences or the configuration changed. */
export function lookAtAllAlerts(now: Date): Statement {
  return sql`
    update alert_incident set look_at = ${now}
     where state <> 'resolved' and (look_at is null or look_at > ${now})`;
}

/** Forgets incidents that were resolved before a time and have nothing left to say. */
export function deleteResolvedAlerts(before: Date, limit: number): Statement {
  return sql`
    delete from alert_incident where incident_id in (
      select incident_id from alert_incident
       where state = 'resolved' and look_at is null and updated_at < ${before}::timestamptz
       limit ${limit})`;
}

/** The alerts of these incidents as they are known. */
export function alertsOf(ids: readonly Uuid[]): Statement {
  return sql`select incident_id, event from alert_incident where incident_id = any(${uuidArray(ids)}::uuid[])`;
}
