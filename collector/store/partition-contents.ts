import type { Uuid } from '#model/ids.ts';
import type { ContentSummary } from '#model/profile.ts';
import { textArray, timestamptzArray, uuidArray } from './binary-array.ts';
import { byteaArray } from './bytea-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** What tells the rows of one version of a partition from those of others. */
export interface StatedContent {
  readonly datasetId: Uuid;
  readonly partition: string;
  /** The gate's evaluation or the profile that read them. */
  readonly version: Uuid;
  readonly statedAt: Date;
  readonly rows: number;
  readonly content: ContentSummary;
}

/** Stores contents; of one partition what was stated last counts. No (dataset, partition) twice. */
export function putContents(contents: readonly StatedContent[]): Statement {
  return sql`
    insert into partition_content as stored (dataset_id, partition, version, stated_at, row_count, checksum, keys)
    select * from unnest(
      ${uuidArray(contents.map((one) => one.datasetId))}::uuid[],
      ${textArray(contents.map((one) => one.partition))}::text[],
      ${uuidArray(contents.map((one) => one.version))}::uuid[],
      ${timestamptzArray(contents.map((one) => one.statedAt.getTime()))}::timestamptz[],
      ${contents.map((one) => one.rows)}::bigint[],
      ${byteaArray(contents.map(({ content }) => (content.checksum === null ? null : Buffer.from(content.checksum, 'hex'))))}::bytea[],
      ${byteaArray(contents.map(({ content }) => packKeys(content.keys)))}::bytea[])
    on conflict (dataset_id, partition) do update set
      version = excluded.version, stated_at = excluded.stated_at, row_count = excluded.row_count,
      checksum = excluded.checksum, keys = excluded.keys
     where stored.stated_at <= excluded.stated_at`.named('put_contents');
}

/** The content of a partition, as it was stated last. */
export interface ContentRow {
  readonly dataset_id: Uuid;
  /** The partition that was asked for. */
  readonly bound: string;
  readonly partition: string;
  readonly row_count: number;
  readonly checksum: Buffer | null;
  readonly keys: Buffer | null;
}

/**
 * For each partition its content and that of the `limit` before it in its series, oldest first.
 * @param asked with the LIKE pattern of the series' keys.
 */
export function contentsUpTo(
  asked: readonly { readonly datasetId: Uuid; readonly partition: string; readonly pattern: string }[],
  limit: number,
): Statement {
  return sql`
    select * from (
      select asked.id as dataset_id, asked.partition as bound, known.*
        from unnest(
               ${uuidArray(asked.map((one) => one.datasetId))}::uuid[],
               ${textArray(asked.map((one) => one.partition))}::text[],
               ${textArray(asked.map((one) => one.pattern))}::text[]
             ) as asked(id, partition, pattern)
       cross join lateral (
               select distinct on (partition) partition, row_count::float8 as row_count, checksum, keys
                 from unnest(${namesOf(sql`asked.id`)}) as name(id)
                cross join lateral (
                        select * from partition_content
                         where dataset_id = name.id and partition <= asked.partition and partition like asked.pattern
                         order by partition desc
                         limit ${limit + 1}
                      ) of_name
                order by partition desc, stated_at desc, version desc
                limit ${limit + 1}
             ) known
    ) found
     order by dataset_id, bound, partition`.named('contents_up_to');
}

function packKeys(keys: ContentSummary['keys']): Buffer | null {
  if (keys === null) return null;
  const packed = Buffer.allocUnsafe(keys.length * 8);
  keys.forEach((key, index) => packed.writeBigUInt64BE(key, index * 8));
  return packed;
}

/** A stored content, as detectors are told it. */
export function contentOf({ partition, row_count: rows, checksum, keys }: ContentRow): {
  readonly partition: string;
  readonly rows: number;
  readonly checksum?: string;
  readonly keys?: readonly bigint[];
} {
  return {
    partition,
    rows,
    ...(checksum && { checksum: checksum.toString('hex') }),
    ...(keys && { keys: unpackKeys(keys) }),
  };
}

function unpackKeys(packed: Buffer): bigint[] {
  return Array.from({ length: Math.floor(packed.length / 8) }, (_, index) =>
    packed.readBigUInt64BE(index * 8),
  );
}
