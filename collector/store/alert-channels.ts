import { textArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

export interface ChannelRow {
  readonly name: string;
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly last_success_at: Date | null;
  readonly last_error: string | null;
  readonly heartbeat_at: Date | null;
}

/** Makes rows for the configured channels; a new one gives its first sign of life at once. */
export function putChannels(
  channels: readonly { readonly name: string; readonly heartbeat: boolean }[],
  now: Date,
): Statement {
  return sql`
    insert into alert_channel as known (name, heartbeat_at)
    select name, case when heartbeat then ${now}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(channels)}::jsonb) as row(name text, heartbeat boolean)
     order by name
    on conflict (name) do update
       set heartbeat_at = case when excluded.heartbeat_at is null then null else coalesce(known.heartbeat_at, excluded.heartbeat_at) end`;
}

export function channelStates(names: readonly string[]): Statement {
  return sql`
    select name, failures, failing_since, last_success_at, last_error, heartbeat_at
      from alert_channel where name = any(${textArray(names)}::text[]) order by name`;
}

export function noteSuccess(name: string, now: Date): Statement {
  return sql`
    update alert_channel
       set failures = 0, failing_since = null, last_success_at = ${now}, last_error = null, not_before = null
     where name = ${name}`;
}

/** Notes a failed attempt; gives how many there were in a row, and since when. */
export function noteFailure(name: string, error: string, notBefore: Date | null, now: Date): Statement {
  return sql`
    update alert_channel
       set failures = failures + 1, failing_since = coalesce(failing_since, ${now}), last_error = ${error},
           not_before = greatest(not_before, ${notBefore}::timestamptz)
     where name = ${name}
    returning name, failures, failing_since, last_success_at, last_error, heartbeat_at`;
}

/** Takes the sign of life that is due, so that one collector gives it. */
export function claimHeartbeat(name: string, next: Date, now: Date): Statement {
  return sql`update alert_channel set heartbeat_at = ${next} where name = ${name} and heartbeat_at <= ${now}`;
}
