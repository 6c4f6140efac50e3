import type { Uuid } from '#model/ids.ts';
import type { FactKey } from '#model/measurement.ts';
import { boolArray, jsonbArray, textArray, timestamptzArray, uuidArray } from './binary-array.ts';
import { byteaArray } from './bytea-array.ts';
import type { DuePartition } from './due.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** Statistics of one partition or segment, packed (model/statistics/packed-*.ts). */
export interface StatisticsRow {
  readonly datasetId: Uuid;
  readonly segment: string;
  readonly partition: string;
  readonly at: Date | null;
  readonly version: Uuid;
  readonly statedAt: Date;
  readonly profiled: boolean;
  readonly layoutId: Uuid;
  readonly numbers: Uint8Array;
  readonly sketches: Uint8Array | null;
}

export interface StatisticsLayout {
  readonly id: Uuid;
  readonly keys: readonly FactKey[];
}

/** Adds layouts that are not there yet. */
export function addLayouts(layouts: readonly StatisticsLayout[]): Statement {
  return sql`
    insert into statistics_layout (id, keys)
    select given.id, array(select jsonb_array_elements_text(given.keys))
      from unnest(
        ${uuidArray(layouts.map(({ id }) => id))}::uuid[],
        ${jsonbArray(layouts.map(({ keys }) => keys))}::jsonb[]
      ) as given(id, keys)
     order by given.id
    on conflict do nothing`.named('add_layouts');
}

/** The layouts of these ids. */
export function readLayouts(ids: readonly Uuid[]): Statement {
  return sql`select id, keys from statistics_layout where id = any(${uuidArray(ids)}::uuid[])`.named(
    'read_layouts',
  );
}

/** The layout that each dataset's newest statistics of a whole partition stand in. */
export function layoutsInUse(datasetIds: readonly Uuid[]): Statement {
  return sql`
    select asked.id as dataset_id, layout.id, layout.keys
      from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
     cross join lateral (
             select layout_id from partition_statistics
              where dataset_id = asked.id and segment = ''
              order by partition desc limit 1
           ) newest
      join statistics_layout layout on layout.id = newest.layout_id`.named('layouts_in_use');
}

/**
 * Stores statistics. Of the versions of a partition the one that was stated last counts (of two stated at the
 * same time the greater id); the others are kept as superseded. The same version again replaces itself; what
 * is folded of it without a change is as old as it was, so that a run's late event does not replace a profile.
 * No (dataset, segment, partition) twice.
 */
export function putStatistics(rows: readonly StatisticsRow[]): Statement {
  return sql`
    with stated as materialized (
      select * from unnest(
        ${uuidArray(rows.map((row) => row.datasetId))}::uuid[],
        ${textArray(rows.map((row) => row.segment))}::text[],
        ${textArray(rows.map((row) => row.partition))}::text[],
        ${timestamptzArray(rows.map((row) => row.at?.getTime() ?? null))}::timestamptz[],
        ${uuidArray(rows.map((row) => row.version))}::uuid[],
        ${timestamptzArray(rows.map((row) => row.statedAt.getTime()))}::timestamptz[],
        ${boolArray(rows.map((row) => row.profiled))}::boolean[],
        ${uuidArray(rows.map((row) => row.layoutId))}::uuid[],
        ${byteaArray(rows.map((row) => row.numbers))}::bytea[],
        ${byteaArray(rows.map((row) => row.sketches))}::bytea[]
      ) as t(dataset_id, segment, partition, at, version, stated_at, profiled, layout_id, numbers, sketches)
    ), given as materialized (
      select dataset_id, segment, partition, at, version,
             least(stated_at, ${sameBefore(sql`partition_statistics`)}, ${sameBefore(sql`superseded_statistics`)}) as stated_at,
             profiled, layout_id, numbers, sketches
        from stated
       order by dataset_id, segment, partition
    ), earlier as materialized (
      select stored.* from given join partition_statistics stored using (dataset_id, segment, partition)
       where stored.version <> given.version
       order by dataset_id, segment, partition
         for update of stored
    ), superseded as (
      insert into superseded_statistics
      select ${COLUMNS} from (
        select earlier.* from earlier join given using (dataset_id, segment, partition)
         where (earlier.stated_at, earlier.version) < (given.stated_at, given.version)
         union all
        select given.* from given join earlier using (dataset_id, segment, partition)
         where (given.stated_at, given.version) < (earlier.stated_at, earlier.version)
      ) old
      on conflict (dataset_id, segment, partition, version) do update set ${REPLACED}
      returning 1
    ), counted as (
      -- It may have been superseded before, and is stated again.
      delete from superseded_statistics old using given
       where old.dataset_id = given.dataset_id and old.segment = given.segment and old.partition = given.partition
         and old.version = given.version
         and not exists (
               select from earlier
                where earlier.dataset_id = given.dataset_id and earlier.segment = given.segment
                  and earlier.partition = given.partition
                  and (given.stated_at, given.version) < (earlier.stated_at, earlier.version))
    )
    insert into partition_statistics as stored (${COLUMNS})
    select ${COLUMNS} from given
     where (select count(*) from superseded) >= 0 -- before this, which makes the earlier rows unreadable to it
    on conflict (dataset_id, segment, partition) do update set version = excluded.version, ${REPLACED}
     where stored.version = excluded.version
        or (stored.stated_at, stored.version) < (excluded.stated_at, excluded.version)`.named(
    'put_statistics',
  );
}

/** When a version said the very same of its partition, which is no news: null unless it was folded. */
function sameBefore(table: Fragment): Fragment {
  return sql`(
               select before.stated_at from ${table} before
                where not stated.profiled and not before.profiled
                  and before.dataset_id = stated.dataset_id and before.segment = stated.segment
                  and before.partition = stated.partition and before.version = stated.version
                  and before.layout_id = stated.layout_id and before.numbers = stated.numbers)`;
}

const COLUMNS: Fragment = sql`dataset_id, segment, partition, at, version, stated_at, profiled, layout_id, numbers, sketches`;
const REPLACED: Fragment = sql`
  at = excluded.at, stated_at = excluded.stated_at, profiled = excluded.profiled, layout_id = excluded.layout_id,
  numbers = excluded.numbers, sketches = excluded.sketches`;

/** Forgets what was folded of partitions of which nothing is said any more; profiles stay. */
export function dropFolded(partitions: readonly DuePartition[]): Statement {
  return sql`
    delete from partition_statistics stored using unnest(
      ${uuidArray(partitions.map((due) => due.datasetId))}::uuid[],
      ${textArray(partitions.map((due) => due.partition))}::text[]
    ) as t(dataset_id, partition)
    where stored.dataset_id = t.dataset_id and stored.segment = '' and stored.partition = t.partition
      and not stored.profiled`.named('drop_folded');
}

/** Packed statistics as they are read. */
export interface StoredStatisticsRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly layout_id: Uuid;
  readonly numbers: Buffer;
}

/**
 * The `limit` highest partitions of each dataset, newest first within a dataset, for all of them in one
 * statement. `before` keeps partitions below a key. A dataset of several names has the history of them all.
 */
export function statisticsWindows(
  datasetIds: readonly Uuid[],
  limit: number,
  { segment = '', before = null }: { readonly segment?: string; readonly before?: string | null } = {},
): Statement {
  return sql`
    select asked.id as dataset_id, known.partition, known.layout_id, known.numbers
      from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
     cross join lateral (
             select distinct on (partition) partition, layout_id, numbers
               from unnest(${namesOf(sql`asked.id`)}) as name(id)
              cross join lateral (
                      select * from partition_statistics
                       where dataset_id = name.id and segment = ${segment}
                         and (${before}::text is null or partition < ${before})
                       order by partition desc
                       limit ${limit}
                    ) of_name
              order by partition desc, stated_at desc, version desc
              limit ${limit}
           ) known`.named('statistics_windows');
}

/** One partition's statistics with its sketches. */
export interface WindowStatisticsRow extends StoredStatisticsRow {
  readonly at: Date | null;
  readonly version: Uuid;
  readonly stated_at: Date;
  readonly profiled: boolean;
  readonly sketches: Buffer | null;
}

export interface StatisticsWindow {
  readonly datasetId: Uuid;
  readonly segment: string;
  /** Partitions that are about this time or a later one; null: any, also those that are about no time. */
  readonly from: Date | null;
  /** Partitions that are about a time before. */
  readonly until: Date | null;
  /** The newest so many. */
  readonly limit: number;
}

/** A dataset's partitions of a window in time with all that is kept of them, newest first. */
export function statisticsOfWindow({ datasetId, segment, from, until, limit }: StatisticsWindow): Statement {
  return sql`
    select * from (
      select distinct on (partition) ${datasetId}::uuid as dataset_id, partition, layout_id, numbers, at, version, stated_at,
             profiled, sketches
        from partition_statistics
       where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and segment = ${segment}
         and (${from}::timestamptz is null or at >= ${from})
         and (${until}::timestamptz is null or at < ${until})
       order by partition, stated_at desc, version desc
    ) counted
    order by at desc nulls last, partition desc
    limit ${limit}`.named('statistics_of_window');
}

/** How many partitions and bytes a window holds, without reading them; `limit` is not looked at. */
export function sizeOfWindow({
  datasetId,
  segment,
  from,
  until,
}: Omit<StatisticsWindow, 'limit'>): Statement {
  return sql`
    select count(*)::integer as partitions,
           coalesce(sum(octet_length(numbers) + coalesce(octet_length(sketches), 0)), 0)::bigint as bytes
      from partition_statistics
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and segment = ${segment}
       and (${from}::timestamptz is null or at >= ${from})
       and (${until}::timestamptz is null or at < ${until})`.named('size_of_window');
}

/** The segments that a dataset's statistics tell apart, the whole partition ('') left out. */
export function segmentsOf(datasetId: Uuid, limit: number): Statement {
  return sql`
    select distinct segment from partition_statistics
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and segment <> ''
     order by segment limit ${limit}`.named('segments_of');
}

/** All versions of a partition's statistics, the one that counts first. */
export function statisticsVersions(datasetId: Uuid, segment: string, partition: string): Statement {
  const ofPartition = sql`dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and segment = ${segment} and partition = ${partition}`;
  return sql`
    select version, stated_at, profiled from (
      select version, stated_at, profiled, true as counts from partition_statistics where ${ofPartition}
      union all
      select version, stated_at, profiled, false from superseded_statistics where ${ofPartition}
    ) versions
    order by counts desc, stated_at desc, version desc`.named('statistics_versions');
}

/**
 * Deletes statistics that are about a time before `statisticsBefore` (and were stated before it: a backfill
 * of old partitions is kept), and superseded versions that were stated before `versionsBefore`; at most
 * `limit` of each. Contents go as statistics do.
 */
export function deleteOldStatistics(statisticsBefore: Date, versionsBefore: Date, limit: number): Statement {
  return sql`
    with old as (
      delete from partition_statistics where ctid = any(array(
        select ctid from partition_statistics
         where stated_at < ${statisticsBefore} and (at is null or at < ${statisticsBefore})
         limit ${limit}))
      returning 1
    ), contents as (
      delete from partition_content where ctid = any(array(
        select ctid from partition_content where stated_at < ${statisticsBefore} limit ${limit}))
      returning 1
    ), versions as (
      delete from superseded_statistics where ctid = any(array(
        select ctid from superseded_statistics where stated_at < ${versionsBefore} limit ${limit}))
      returning 1
    )
    select (select count(*)::integer from old) as statistics, (select count(*)::integer from versions) as versions`.named(
    'delete_old_statistics',
  );
}
