import { sql, type Statement } from './sql.ts';

/** Bytes of earlier events by which small segments of the raw log are compressed. */
export interface RawDictionary {
  readonly id: number;
  readonly made_at: Date;
  readonly body: Buffer;
}

/** The one to compress with. */
export function newestDictionary(): Statement {
  return sql`select id, made_at, body from raw_dictionary order by id desc limit 1`;
}

export function readDictionaries(ids: readonly number[]): Statement {
  return sql`select id, made_at, body from raw_dictionary where id = any (${ids}::integer[])`;
}

/** Adds one unless another collector did so since; gives its number, or no row. */
export function addDictionary(body: Uint8Array, madeAt: Date, newest: number | null): Statement {
  return sql`
    insert into raw_dictionary (made_at, body)
    select ${madeAt}::timestamptz, ${body}::bytea
     where not exists (select from raw_dictionary where id > coalesce(${newest}::integer, 0))
    returning id`;
}

/**
 * Deletes dictionaries that no segment needs: one is used until a day after its successor was made at the
 * latest, so it is not needed when all segments of that time are gone.
 */
export function dropDictionaries(): Statement {
  return sql`
    delete from raw_dictionary old
     where exists (
       select from raw_dictionary successor
        where successor.id > old.id
          and successor.made_at + interval '1 day' < (select min(received_at) from raw_segment)
     )`;
}
