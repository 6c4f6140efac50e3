import { byteaArray } from './bytea-array.ts';
import { int2Array, int4Array, int8Array, uuidArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

/** A text that segments of the raw log refer to instead of holding it. */
export interface RawPassage {
  /** Of its bytes; each given once. */
  readonly hash: string;
  readonly codec: number;
  readonly body: Uint8Array;
}

/** The first 20 bits of a passage's hash. */
function markOf(hash: string): number {
  return Number.parseInt(hash.slice(0, 5), 16);
}

/** Numbers count by their remainder, so that sums of thousands stay exact: 20 bits and 20 bits. */
const REMAINDER = 1_048_573;

/** What this passage with this number adds to the sum of `sumPassages`. */
export function weightOf(number: number, hash: string): number {
  return markOf(hash) * (number % REMAINDER);
}

/** Keeps passages for segments that are received up to `neededUntil`, at least; gives their numbers. Give them in the order of their hashes. */
export function keepPassages(passages: readonly RawPassage[], neededUntil: Date): Statement {
  return sql`
    insert into raw_passage as kept (hash, mark, needed_until, codec, body)
    select hash, mark, ${neededUntil}::timestamptz, codec, body
      from unnest(
        ${uuidArray(passages.map(({ hash }) => hash))}::uuid[],
        ${int4Array(passages.map(({ hash }) => markOf(hash)))}::integer[],
        ${int2Array(passages.map(({ codec }) => codec))}::smallint[],
        ${byteaArray(passages.map(({ body }) => body))}::bytea[]
      ) as given (hash, mark, codec, body)
    on conflict (hash) do update set needed_until = greatest(kept.needed_until, excluded.needed_until)
    returning id, hash`.named('keep_passages');
}

export interface PassageSum {
  readonly kept: number;
  /** Of their weights. */
  readonly weight: number;
}

/**
 * How many of these different numbers are of passages that a segment received now may refer to: mostly all. The
 * weight tells whether they are the passages that were meant: a server that was restored to an earlier time
 * gives numbers out a second time.
 */
export function sumPassages(numbers: readonly number[], receivedAt: Date): Statement {
  return sql`
    select count(*)::integer as kept, coalesce(sum(mark * (id % ${REMAINDER}::bigint)), 0)::bigint as weight
      from raw_passage
     where id = any(${int8Array(numbers)}::bigint[])
       and needed_until >= ${receivedAt}::timestamptz`.named('sum_passages');
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
