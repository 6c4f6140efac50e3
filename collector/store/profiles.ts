import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import type { DuePartition } from './due.ts';
import { namesOf } from './groups.ts';
import type { WindowStatisticsRow } from './partition-statistics.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** The statistics of whole partitions that count and were measured in the warehouse. */
export function profilesOf(partitions: readonly DuePartition[]): Statement {
  return sql`
    select asked.id as asked_id, stored.*
      from ${partitionsAsked(partitions)}
     cross join lateral (
             select dataset_id, partition, layout_id, numbers, at, version, stated_at, profiled, sketches
               from partition_statistics
              where dataset_id = any(${namesOf(sql`asked.id`)}) and segment = '' and partition = asked.partition
              order by stated_at desc, version desc
              limit 1
           ) stored
     where stored.profiled`.named('profiles_of');
}

/** A profile of a partition, under the name that it was made under. */
export interface ProfileRow extends WindowStatisticsRow {
  /** The name that was asked for. */
  readonly asked_id: Uuid;
}

/** Forgets the segments of partitions, as far as they are of other data than what counts of the whole. */
export function dropOtherSegments(partitions: readonly DuePartition[]): Statement {
  return sql`
    delete from partition_statistics stored using ${partitionsAsked(partitions)}
     where stored.dataset_id = asked.id and stored.partition = asked.partition and stored.segment <> ''
       and not exists (
             select from partition_statistics whole
              where whole.dataset_id = stored.dataset_id and whole.segment = '' and whole.partition = stored.partition
                and whole.version = stored.version)`.named('drop_other_segments');
}

/** Which of these partitions have a profile, and of which the content was told. */
export function profilesAmong(partitions: readonly DuePartition[]): Statement {
  return sql`
    select * from (
      select asked.id as dataset_id, asked.partition,
             exists (
               select from partition_statistics stored
                where stored.dataset_id = any(asked.names) and stored.segment = ''
                  and stored.partition = asked.partition and stored.profiled) as profiled,
             exists (
               select from partition_content stored
                where stored.dataset_id = any(asked.names) and stored.partition = asked.partition) as content
        from (
          select asked.*, ${namesOf(sql`asked.id`)} as names from ${partitionsAsked(partitions)}
        ) asked
    ) told
     where profiled or content`.named('profiles_among');
}

export interface ProfileThere {
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly profiled: boolean;
  readonly content: boolean;
}

function partitionsAsked(partitions: readonly DuePartition[]): Fragment {
  return sql`unnest(
             ${uuidArray(partitions.map((due) => due.datasetId))}::uuid[],
             ${textArray(partitions.map((due) => due.partition))}::text[]
           ) as asked(id, partition)`;
}

/** Statistics of a partition or of a segment of it, in the window of the partition that was asked for. */
export interface ProfileWindowRow {
  /** The name that was asked for. */
  readonly dataset_id: Uuid;
  /** The partition that was asked for. */
  readonly bound: string;
  readonly partition: string;
  readonly segment: string;
  readonly layout_id: Uuid;
  readonly numbers: Buffer;
  readonly sketches: Buffer | null;
}

/**
 * For each partition its stored statistics with those of the `limit` before it in its series, oldest first, each
 * with its segments. Sketches come of whole partitions, and of those alone that are `backs` before.
 * @param asked with the LIKE pattern of the series' keys.
 */
export function profileWindows(
  asked: readonly { readonly datasetId: Uuid; readonly partition: string; readonly pattern: string }[],
  limit: number,
  backs: readonly number[],
): Statement {
  return sql`
    with known as materialized (
      select asked.id, asked.partition as bound, newest.*
        from unnest(
               ${uuidArray(asked.map((one) => one.datasetId))}::uuid[],
               ${textArray(asked.map((one) => one.partition))}::text[],
               ${textArray(asked.map((one) => one.pattern))}::text[]
             ) as asked(id, partition, pattern)
       cross join lateral (
               select counted.*, row_number() over (order by partition desc) - 1 as back
                 from (
                   select distinct on (partition) dataset_id, partition, version, layout_id, numbers, sketches
                     from unnest(${namesOf(sql`asked.id`)}) as name(id)
                    cross join lateral (
                            select * from partition_statistics
                             where dataset_id = name.id and segment = '' and partition <= asked.partition
                               and partition like asked.pattern
                             order by partition desc
                             limit ${limit + 1}
                          ) of_name
                    order by partition desc, stated_at desc, version desc
                    limit ${limit + 1}
                 ) counted
             ) newest
    )
    select id as dataset_id, bound, partition, '' as segment, layout_id, numbers,
           case when back = any(${backs}::bigint[]) then sketches end as sketches
      from known
    union all
    select known.id, known.bound, known.partition, part.segment, part.layout_id, part.numbers, null
      from known
      join partition_statistics part
        on part.dataset_id = known.dataset_id and part.partition = known.partition and part.segment <> ''
       and part.version = known.version
     order by 1, 2, 3, 4`.named('profile_windows');
}
