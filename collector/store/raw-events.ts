import { byteaArray, int2Array, timestamptzArray, uuidArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

export interface RawEventRow {
  readonly id: string;
  /** Milliseconds since 1970, and the microseconds within. */
  readonly eventTime: { readonly milliseconds: number; readonly microseconds: number };
  readonly receivedAt: number;
  readonly codec: number;
  readonly body: Uint8Array;
}

/** Appends events; returns the ids of those that were not there yet. */
export function appendRawEvents(rows: readonly RawEventRow[]): Statement {
  return sql`
    insert into raw_event (id, event_time, received_at, codec, body)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${timestamptzArray(
        rows.map((row) => row.eventTime.milliseconds),
        rows.map((row) => row.eventTime.microseconds),
      )}::timestamptz[],
      ${timestamptzArray(rows.map((row) => row.receivedAt))}::timestamptz[],
      ${int2Array(rows.map((row) => row.codec))}::smallint[],
      ${byteaArray(rows.map((row) => row.body))}::bytea[]
    )
    on conflict do nothing
    returning id`.named('append_raw_events');
}

export interface StoredEvent {
  readonly id: string;
  readonly sequence: number;
  readonly codec: number;
  readonly body: Buffer;
}

/** The part of the raw log with after < sequence <= upTo, in the order in which it was stored. */
export function readRawEvents(after: number, upTo: number): Statement {
  return sql`
    select id, sequence, codec, body from raw_event
    where sequence > ${after}::bigint and sequence <= ${upTo}::bigint
    order by sequence`;
}

/** The greatest sequence number stored, 0 when there is none. */
export function lastSequence(): Statement {
  return sql`select coalesce(max(sequence), 0)::bigint as sequence from raw_event`;
}

/** Number of stored events. */
export function countRawEvents(): Statement {
  return sql`select count(*)::bigint as events from raw_event`;
}

/** One event by id. */
export function readRawEvent(id: string): Statement {
  return sql`select id, sequence, codec, body from raw_event where id = ${id}`;
}
