import type { Uuid } from '#model/ids.ts';
import { sql, type Statement } from './sql.ts';

export interface SilenceRow {
  readonly id: Uuid;
  readonly match: Readonly<Record<string, readonly string[]>>;
  readonly author: string;
  readonly comment: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly created_at: Date;
  readonly ended_by: string | null;
  /** Incidents that it held back. */
  readonly held: number;
}

export type NewSilence = Pick<SilenceRow, 'id' | 'match' | 'author' | 'comment' | 'starts_at' | 'ends_at'>;

export function addSilence(silence: NewSilence, now: Date): Statement {
  return sql`
    insert into alert_silence (id, match, author, comment, starts_at, ends_at, created_at)
    values (${silence.id}, ${JSON.stringify(silence.match)}::jsonb, ${silence.author}, ${silence.comment},
      ${silence.starts_at}, ${silence.ends_at}, ${now})`;
}

/** Ends a silence now. One that has not begun never will; changes nothing when it is over. */
export function endSilence(id: Uuid, by: string, now: Date): Statement {
  return sql`
    update alert_silence
       set starts_at = least(starts_at, ${now}::timestamptz - interval '1 millisecond'), ends_at = ${now}, ended_by = ${by}
     where id = ${id} and ends_at > ${now}`;
}

/** Silences that hold now. */
export function standingSilences(now: Date): Statement {
  return sql`
    select id, match, author, comment, starts_at, ends_at, created_at, ended_by, 0 as held
      from alert_silence where starts_at <= ${now} and ends_at > ${now} order by ends_at, id`;
}

/** Silences with how many incidents each held back, the latest first; `over` brings those that ended. */
export function listSilences(over: boolean, limit: number, now: Date): Statement {
  return sql`
    select s.id, s.match, s.author, s.comment, s.starts_at, s.ends_at, s.created_at, s.ended_by,
           (select count(distinct h.incident_id)::integer from alert_hold h where h.silence_id = s.id) as held
      from alert_silence s
     where ${over} or s.ends_at > ${now}
     order by s.created_at desc, s.id limit ${limit}`;
}

export function silenceById(id: Uuid): Statement {
  return sql`
    select s.id, s.match, s.author, s.comment, s.starts_at, s.ends_at, s.created_at, s.ended_by,
           (select count(distinct h.incident_id)::integer from alert_hold h where h.silence_id = s.id) as held
      from alert_silence s where s.id = ${id}`;
}

export interface NewHold {
  readonly incidentId: Uuid;
  readonly version: number;
  readonly channel: string;
  readonly recipient: string;
  readonly silenceId: Uuid | null;
  readonly until: Date | null;
  readonly because: string;
}

/** Notes what was held back. */
export function addHolds(holds: readonly NewHold[], now: Date): Statement {
  return sql`
    insert into alert_hold (incident_id, version, channel, recipient, silence_id, held_until, because, at)
    select "incidentId", version, channel, recipient, "silenceId", until, because, ${now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(holds)}::jsonb)
        as row("incidentId" uuid, version integer, channel text, recipient text, "silenceId" uuid, until timestamptz, because text)
    on conflict (incident_id, version, channel, recipient) do update
       set silence_id = excluded.silence_id, held_until = excluded.held_until, because = excluded.because`;
}

export interface HoldRow {
  readonly incident_id: Uuid;
  readonly version: number;
  readonly channel: string;
  readonly recipient: string;
  readonly silence_id: Uuid | null;
  readonly held_until: Date | null;
  readonly because: string;
  readonly at: Date;
}

/** What was held back of an incident, or by a silence, the latest first. */
export function listHolds(incident: Uuid | null, silence: Uuid | null, limit: number): Statement {
  return sql`
    select incident_id, version, channel, recipient, silence_id, held_until, because, at from alert_hold
     where (${incident}::uuid is null or incident_id = ${incident}::uuid)
       and (${silence}::uuid is null or silence_id = ${silence}::uuid)
     order by at desc, incident_id limit ${limit}`;
}

/** Forgets what was held back before a time. */
export function deleteHolds(before: Date, limit: number): Statement {
  return sql`
    delete from alert_hold where ctid = any(array(
      select ctid from alert_hold where at < ${before}::timestamptz limit ${limit}))`;
}
