import type { AlertEvent } from '#model/alert.ts';
import type { StoredAlert } from './alert-incidents.ts';
import { sql, type Statement } from './sql.ts';

export interface NewDigestEntry {
  readonly channel: string;
  readonly recipient: string;
  readonly event: AlertEvent;
}

/** Puts alerts aside for the next digest; of an incident the latest word stands. */
export function addDigestEntries(entries: readonly NewDigestEntry[], now: Date): Statement {
  const rows = entries.map(({ channel, recipient, event }) => ({
    channel,
    recipient,
    incident_id: event.incidentId,
    severity: event.severity,
    dataset: event.root.name,
    subject: event.subject,
    event,
  }));
  return sql`
    insert into alert_digest_entry (channel, recipient, incident_id, severity, dataset, subject, event, at)
    select channel, recipient, incident_id, severity, dataset, subject, event, ${now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as row(channel text, recipient text, incident_id uuid, severity text, dataset text, subject text, event jsonb)
    on conflict (channel, recipient, incident_id) do update
       set severity = excluded.severity, dataset = excluded.dataset, subject = excluded.subject, event = excluded.event`;
}

export interface WaitingDigestRow {
  readonly channel: string;
  readonly recipient: string;
  readonly count: number;
  readonly critical: number;
  readonly oldest: Date;
  /** When the receiver got its last digest. */
  readonly last_at: Date | null;
}

/** Receivers for whom alerts wait. */
export function waitingDigests(): Statement {
  return sql`
    select e.channel, e.recipient, count(*)::integer as count,
           count(*) filter (where e.severity = 'critical')::integer as critical, min(e.at) as oldest,
           (select max(d.created_at) from alert_delivery d
             where d.channel = e.channel and d.recipient = e.recipient and d.kind = 'digest') as last_at
      from alert_digest_entry e group by e.channel, e.recipient order by e.channel, e.recipient`;
}

export interface DigestContentsRow {
  readonly gravest: readonly StoredAlert[];
  readonly noisiest: readonly {
    readonly dataset: string;
    readonly subject: string;
    readonly count: number;
  }[];
}

/** The gravest alerts that wait for a receiver, and the checks that said most. */
export function digestContents(channel: string, recipient: string, lines: number): Statement {
  return sql`
    with mine as (select * from alert_digest_entry where channel = ${channel} and recipient = ${recipient})
    select (select coalesce(jsonb_agg(g.event), '[]') from (
              select event from mine
               order by case severity when 'critical' then 0 when 'warning' then 1 else 2 end,
                        (event->'root'->>'tier')::integer, event->>'startsAt', incident_id
               limit ${lines}) g) as gravest,
           (select coalesce(jsonb_agg(to_jsonb(n)), '[]') from (
              select dataset, subject, count(*)::integer as count from mine
               group by dataset, subject order by count(*) desc, dataset, subject limit 10) n) as noisiest`;
}

/** They are told. */
export function clearDigest(channel: string, recipient: string): Statement {
  return sql`delete from alert_digest_entry where channel = ${channel} and recipient = ${recipient}`;
}
