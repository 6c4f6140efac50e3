import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** A partition whose value was stated by a run (or an evaluation) at a moment. */
export interface StatedPartition {
  readonly datasetId: Uuid;
  readonly partition: string;
  /** LIKE pattern of the keys of its series. */
  readonly pattern: string;
  readonly runId: Uuid;
  readonly takenAt: Date;
}

export interface StatedPartitionRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  /** The newest partition of the series that anybody had stated by then; itself when there is none. */
  readonly newest: string;
  /** How many partitions of the dataset the same run states, and from where to where. */
  readonly of_run: number;
  readonly run_oldest: string | null;
  readonly run_newest: string | null;
}

/** Statements that are looked at after a partition: enough to know whether it is a week old. */
const AHEAD = 400;

/** What else was stated when these were. */
export function statedBeside(partitions: readonly StatedPartition[]): Statement {
  return sql`
    select asked.dataset_id, asked.partition, greatest(asked.partition, ahead.newest) as newest,
           run.partitions as of_run, run.oldest as run_oldest, run.newest as run_newest
      from (
        select t.*, ${namesOf(sql`t.dataset_id`)} as names
          from unnest(
            ${uuidArray(partitions.map((one) => one.datasetId))}::uuid[],
            ${textArray(partitions.map((one) => one.partition))}::text[],
            ${textArray(partitions.map((one) => one.pattern))}::text[],
            ${uuidArray(partitions.map((one) => one.runId))}::uuid[],
            ${partitions.map((one) => one.takenAt)}::timestamptz[]
          ) as t(dataset_id, partition, pattern, run_id, taken_at)
      ) asked
     cross join lateral (
             select max(later.partition) as newest
               from unnest(asked.names) as name(id)
              cross join lateral (
                      select rd.partition, rd.run_id
                        from run_dataset rd
                       where rd.dataset_id = name.id and rd.partition > asked.partition
                         and rd.partition like asked.pattern and rd.statistics is not null
                       order by rd.partition
                       limit ${AHEAD}
                    ) later
               join run on run.id = later.run_id
              where run.last_event_at <= asked.taken_at
           ) ahead
     cross join lateral (
             select count(distinct rd.partition)::integer as partitions, min(rd.partition) as oldest, max(rd.partition) as newest
               from run_dataset rd
              where rd.run_id = asked.run_id and rd.dataset_id = any(asked.names)
                and rd.role <> 0 and rd.statistics is not null
           ) run`.named('stated_beside');
}
