import { int4Array, timestamptzArray, uuidArray } from './binary-array.ts';
import { shareIngest } from './ingest-lock.ts';
import { sql, type Statement } from './sql.ts';

/** One batch's bytes, compressed together. */
export interface RawSegment {
  /** Of the whole batch. */
  readonly receivedAt: Date;
  readonly codec: number;
  readonly body: Uint8Array;
}

export interface RawEventRow {
  readonly id: string;
  /** Milliseconds since 1970, and the microseconds within. */
  readonly eventTime: { readonly milliseconds: number; readonly microseconds: number };
  /** Where its bytes lie in the segment before compression. */
  readonly position: number;
  readonly length: number;
}

/**
 * Appends a batch and, unless all of it was there already, its segment; returns the ids of the events that
 * were there: mostly none. Shares the ingest lock first: the segment's number is drawn, and with it the first
 * event's sequence number, only from the row that the lock's answer makes.
 */
export function appendRawEvents(segment: RawSegment, rows: readonly RawEventRow[]): Statement {
  return sql`
    with turn as materialized (${shareIngest()}),
    segment as materialized (
      select nextval('assay.raw_segment_sequence') as id, ${segment.receivedAt}::timestamptz as received_at from turn
    ),
    event as materialized (
      select * from unnest(
          ${uuidArray(rows.map((row) => row.id))}::uuid[],
          ${timestamptzArray(
            rows.map((row) => row.eventTime.milliseconds),
            rows.map((row) => row.eventTime.microseconds),
          )}::timestamptz[],
          ${int4Array(rows.map((row) => row.position))}::integer[],
          ${int4Array(rows.map((row) => row.length))}::integer[]
        ) as given (id, event_time, position, length)
    ),
    fresh as (
      insert into raw_event (id, event_time, received_at, segment, position, length)
      select event.id, event.event_time, segment.received_at, segment.id, event.position, event.length
        from segment cross join event
      on conflict do nothing
      returning id
    ),
    kept as (
      insert into raw_segment (id, received_at, codec, events, body)
      select id, received_at, ${segment.codec}::smallint, (select count(*) from fresh), ${segment.body}::bytea
        from segment where exists (select from fresh)
    )
    select id from event where id not in (select id from fresh)`.named('append_raw_events');
}

export interface StoredEvent {
  readonly id: string;
  readonly sequence: number;
  readonly segment: number;
  readonly position: number;
  readonly length: number;
}

export interface StoredSegment {
  readonly id: number;
  readonly codec: number;
  readonly body: Buffer;
}

/** The part of the raw log with after < sequence <= upTo, in the order in which it was stored. */
export function readRawEvents(after: number, upTo: number): Statement {
  return sql`
    select id, sequence, segment, position, length from raw_event
    where sequence > ${after}::bigint and sequence <= ${upTo}::bigint
    order by sequence`;
}

/** The segments of the same part, except those in hand. Retention may have dropped some. */
export function readSegments(after: number, upTo: number, inHand: readonly number[]): Statement {
  return sql`
    select id, codec, body from raw_segment
    where (received_at, id) in (
        select received_at, segment from raw_event
        where sequence > ${after}::bigint and sequence <= ${upTo}::bigint
      )
      and id <> all (${inHand}::bigint[])`;
}

/** The greatest sequence number stored, 0 when there is none. */
export function lastSequence(): Statement {
  return sql`select coalesce(max(sequence), 0)::bigint as sequence from raw_event`;
}

/** Number of stored events, those included whose bytes have expired. */
export function countRawEvents(): Statement {
  return sql`select count(*)::bigint as events from raw_event`;
}

/** An event with its segment; codec and body are null once the segment has expired. */
export interface StoredEventWithSegment extends StoredEvent {
  readonly codec: number | null;
  readonly body: Buffer | null;
}

/** One event by id. */
export function readRawEvent(id: string): Statement {
  return sql`
    select event.id, event.sequence, event.segment, event.position, event.length, kept.codec, kept.body
      from raw_event event
      left join raw_segment kept on kept.received_at = event.received_at and kept.id = event.segment
     where event.id = ${id}`;
}
