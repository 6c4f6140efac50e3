import type { AlertEvent } from '#model/alert.ts';
import type { Uuid } from '#model/ids.ts';
import { uuidArray } from './binary-array.ts';
import type { StoredAlert } from './alert-incidents.ts';
import { sql, type Statement } from './sql.ts';

export interface NewDelivery {
  readonly key: string;
  readonly channel: string;
  readonly recipient: string;
  readonly kind: string;
  readonly incidentIds: readonly Uuid[];
  readonly event: AlertEvent;
  readonly others: readonly AlertEvent[];
  readonly calls: number;
  readonly because: string;
}

/**
 * Writes messages to the outbox, once each. A reminder for a receiver that forgets is left out while another
 * message about the incident waits for it: that one reminds it too.
 */
export function addDeliveries(rows: readonly NewDelivery[], now: Date): Statement {
  return sql`
    insert into alert_delivery (key, channel, recipient, kind, incident_ids, event, others, calls, because, next_at, created_at)
    select key, channel, recipient, kind, array(select jsonb_array_elements_text("incidentIds")::uuid), event, others, calls,
           because, ${now}::timestamptz, ${now}::timestamptz
      from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as
             (key text, channel text, recipient text, kind text, "incidentIds" jsonb, event jsonb, others jsonb,
              calls integer, because text))
           with ordinality as row(key, channel, recipient, kind, "incidentIds", event, others, calls, because, place)
     where row.kind <> 'refresh'
        or not exists (
          select from alert_delivery w
           where w.state = 'waiting' and w.channel = row.channel and w.recipient = row.recipient
             and w.incident_ids @> array[(row.event->>'incidentId')::uuid])
     order by place
    on conflict (key) do nothing`;
}

export interface ClaimedDeliveryRow {
  readonly key: string;
  readonly channel: string;
  readonly recipient: string;
  readonly kind: string;
  readonly event: StoredAlert;
  readonly others: readonly StoredAlert[];
  readonly attempts: number;
  readonly created_at: Date;
  readonly thread: string | null;
}

/**
 * Takes messages for a channel, which nobody else takes before `until`: who dies over them lets go of them.
 * What was said earlier of the same incident to the same receiver goes first.
 */
export function claimDeliveries(channel: string, limit: number, until: Date, now: Date): Statement {
  return sql`
    with free as materialized (
      select w.key from alert_delivery w
       where w.state = 'waiting' and w.channel = ${channel} and w.next_at <= ${now}
         and (w.claimed_until is null or w.claimed_until <= ${now})
         and not exists (
           select from alert_delivery e
            where e.state = 'waiting' and e.channel = w.channel and e.recipient = w.recipient
              and e.position < w.position and e.incident_ids && w.incident_ids)
         and not exists (select from alert_channel c where c.name = w.channel and c.not_before > ${now})
       order by w.position
       limit ${limit}
         for update skip locked
    )
    update alert_delivery d set claimed_until = ${until}, attempts = d.attempts + 1
      from free
     where d.key = free.key
    returning d.key, d.channel, d.recipient, d.kind, d.event, d.others, d.attempts, d.created_at,
      (select t.thread from alert_told t
        where t.incident_id = (d.event->>'incidentId')::uuid and t.channel = d.channel and t.recipient = d.recipient) as thread`;
}

/** Delivered: the receiver's name for the message is kept for what follows. */
export function settleDelivered(key: string, thread: string | null, now: Date): Statement {
  return sql`
    with settled as (
      update alert_delivery set state = 'delivered', claimed_until = null, last_error = null, settled_at = ${now}
       where key = ${key} and state = 'waiting'
      returning channel, recipient, incident_ids)
    update alert_told t set thread = ${thread}::text
      from settled
     where ${thread}::text is not null and t.channel = settled.channel and t.recipient = settled.recipient
       and t.incident_id = any(settled.incident_ids)`;
}

/** Not delivered yet. */
export function retryDelivery(key: string, error: string, nextAt: Date): Statement {
  return sql`
    update alert_delivery set claimed_until = null, last_error = ${error}, next_at = ${nextAt}
     where key = ${key} and state = 'waiting'`;
}

/** Given up: it stays in the list of dead letters. */
export function buryDelivery(key: string, error: string, now: Date): Statement {
  return sql`
    update alert_delivery set state = 'dead', claimed_until = null, last_error = ${error}, settled_at = ${now}
     where key = ${key} and state = 'waiting'`;
}

/** What a channel could not deliver goes to another receiver, once: a given message, or (null) all that call and wait. */
export function divertDeliveries(
  from: { readonly channel: string; readonly key: string | null },
  to: { readonly channel: string; readonly recipient: string },
  because: string,
  now: Date,
): Statement {
  return sql`
    insert into alert_delivery (key, channel, recipient, kind, incident_ids, event, others, calls, because, next_at, created_at)
    select key || '/fallback', ${to.channel}, ${to.recipient}, 'fallback', incident_ids, event, others, calls, ${because},
           ${now}, ${now}
      from alert_delivery
     where channel = ${from.channel} and calls > 0 and kind <> 'fallback'
       and case when ${from.key}::text is null then state = 'waiting' else key = ${from.key}::text end
     order by position
    on conflict (key) do nothing`;
}

/** Alerts that each channel was given since its time, with those that wait for its digest. */
export function spentCalls(channels: readonly { readonly name: string; readonly since: Date }[]): Statement {
  return sql`
    select b.name,
           coalesce((select sum(d.calls) from alert_delivery d
                      where d.channel = b.name and d.calls > 0 and d.created_at > b.since), 0)
           + (select count(*) from alert_digest_entry e where e.channel = b.name) as spent
      from jsonb_to_recordset(${JSON.stringify(channels)}::jsonb) as b(name text, since timestamptz)`;
}

export interface DeliveryRow {
  readonly key: string;
  readonly channel: string;
  readonly recipient: string;
  readonly kind: string;
  readonly incident_ids: readonly Uuid[];
  readonly summary: string;
  readonly because: string;
  readonly state: 'waiting' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly next_at: Date;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly settled_at: Date | null;
}

export interface DeliveryFilter {
  readonly incident: Uuid | null;
  readonly state: string | null;
  readonly channel: string | null;
}

/** The ledger, the latest first. */
export function listDeliveries({ incident, state, channel }: DeliveryFilter, limit: number): Statement {
  return sql`
    select key, channel, recipient, kind, incident_ids, event->>'summary' as summary, because, state, attempts, next_at,
           last_error, created_at, settled_at
      from alert_delivery
     where (${incident}::uuid is null or incident_ids @> ${uuidArray(incident === null ? [] : [incident])}::uuid[])
       and (${state}::text is null or state = ${state}::text)
       and (${channel}::text is null or channel = ${channel}::text)
     order by created_at desc, position desc
     limit ${limit}`;
}

export interface BacklogRow {
  readonly channel: string;
  readonly waiting: number;
  readonly dead: number;
  readonly oldest: Date | null;
}

/** What waits and what is dead, by channel. */
export function deliveryBacklog(): Statement {
  return sql`
    select channel, count(*) filter (where state = 'waiting')::integer as waiting,
           count(*) filter (where state = 'dead')::integer as dead,
           min(created_at) filter (where state = 'waiting') as oldest
      from alert_delivery where state in ('waiting', 'dead') group by channel order by channel`;
}

/** Forgets what was settled before these times, at most so many rows. */
export function deleteSettledDeliveries(before: Date, refreshesBefore: Date, limit: number): Statement {
  return sql`
    delete from alert_delivery where key in (
      select key from alert_delivery
       where state <> 'waiting' and (settled_at < ${before} or (kind = 'refresh' and settled_at < ${refreshesBefore}))
       limit ${limit})`;
}
