import { byteaArray } from './bytea-array.ts';
import { int2Array, int8Array, uuidArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

/** A text that segments of the raw log refer to instead of holding it. */
export interface RawPassage {
  /** Of its bytes; each given once. */
  readonly hash: string;
  readonly codec: number;
  readonly body: Uint8Array;
}

/** Keeps passages for segments that are received up to `neededUntil`, at least; gives their numbers. Give them in the order of their hashes. */
export function keepPassages(passages: readonly RawPassage[], neededUntil: Date): Statement {
  return sql`
    insert into raw_passage as kept (hash, needed_until, codec, body)
    select hash, ${neededUntil}::timestamptz, codec, body
      from unnest(
        ${uuidArray(passages.map(({ hash }) => hash))}::uuid[],
        ${int2Array(passages.map(({ codec }) => codec))}::smallint[],
        ${byteaArray(passages.map(({ body }) => body))}::bytea[]
      ) as given (hash, codec, body)
    on conflict (hash) do update set needed_until = greatest(kept.needed_until, excluded.needed_until)
    returning id, hash`.named('keep_passages');
}

/** How many of these different numbers are of passages that a segment received now may refer to: mostly all. */
export function countPassages(numbers: readonly number[], receivedAt: Date): Statement {
  return sql`
    select count(*)::integer as kept from raw_passage
     where id = any(${int8Array(numbers)}::bigint[])
       and needed_until >= ${receivedAt}::timestamptz`.named('count_passages');
}

export interface StoredPassage {
  readonly id: number;
  readonly codec: number;
  readonly body: Buffer;
}

export function readPassages(numbers: readonly number[]): Statement {
  return sql`select id, codec, body from raw_passage where id = any(${int8Array(numbers)}::bigint[])`;
}

/** Deletes passages that no segment can refer to: all that were received in their time are gone. */
export function dropPassages(now: Date): Statement {
  return sql`
    delete from raw_passage
     where needed_until < least((select min(received_at) from raw_segment), ${now}::timestamptz) - interval '1 day'`;
}
