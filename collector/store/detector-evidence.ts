import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';
import { valueOf } from './stored-number.ts';

// What detectors beside those of measures are told: schemas from write to write, runs beside the earlier ones
// of their job, and when data landed. Each statement answers for a whole batch of partitions or datasets.

export interface AskedPartition {
  readonly datasetId: Uuid;
  readonly partition: string;
}

/** Rows of one partition that are looked at, newest partitions first, for the schema before. */
const WRITES_BACK = 60;
/** Earlier runs of a job that tell what is usual. */
const RUNS_BACK = 30;
/** Landings that tell what is usual: six weeks of days. */
const LANDINGS_BACK = 45;

function asked(partitions: readonly AskedPartition[]): Fragment {
  return sql`
    select t.dataset_id, t.partition, ${namesOf(sql`t.dataset_id`)} as names
      from unnest(
        ${uuidArray(partitions.map((one) => one.datasetId))}::uuid[],
        ${textArray(partitions.map((one) => one.partition))}::text[]
      ) as t(dataset_id, partition)`;
}

export interface SchemaStepRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  /** Columns in their order; nested ones as a dotted path. */
  readonly before: readonly { readonly name: string; readonly type: string | null }[];
  readonly after: readonly { readonly name: string; readonly type: string | null }[];
}

/**
 * Partitions whose completed writers last stated another schema than the writer before them did, of this
 * partition or of one below it; with the columns of both. No row where the schema stayed or none was stated.
 */
export function schemaSteps(partitions: readonly AskedPartition[]): Statement {
  const columns = (schema: Fragment): Fragment => sql`(
    select jsonb_agg(jsonb_build_object('name', c.name, 'type', c.type) order by c.ordinal)
      from schema_column c where c.schema_id = ${schema})`;
  return sql`
    with asked as materialized (${asked(partitions)})
    select asked.dataset_id, asked.partition, ${columns(sql`earlier.schema_id`)} as before, ${columns(sql`own.schema_id`)} as after
      from asked
     cross join lateral (
             select rd.schema_id, coalesce((rd.older->>'schema')::uuid, rd.key) as key
               from run_dataset rd join run r on r.id = rd.run_id and r.state = 'COMPLETED'
              where rd.dataset_id = any(asked.names) and rd.partition = asked.partition
                and rd.role = 1 and rd.schema_id is not null
              order by key desc
              limit 1
           ) own
     cross join lateral (
             select near.schema_id
               from (
                 select rd.run_id, rd.schema_id, coalesce((rd.older->>'schema')::uuid, rd.key) as key
                   from run_dataset rd
                  where rd.dataset_id = any(asked.names) and rd.partition <= asked.partition
                    and rd.role = 1 and rd.schema_id is not null
                  order by rd.partition desc, key desc
                  limit ${WRITES_BACK}
               ) near
               join run r on r.id = near.run_id and r.state = 'COMPLETED'
              where near.key < own.key
              order by near.key desc
              limit 1
           ) earlier
     where own.schema_id <> earlier.schema_id
       and exists (select from schema_column c where c.schema_id = own.schema_id)
       and exists (select from schema_column c where c.schema_id = earlier.schema_id)`.named('schema_steps');
}

/** What one run used, as far as it is known. Seconds from its first start to its end. */
export interface StatedUsage {
  readonly seconds: number | null;
  readonly rows: number | null;
  readonly bytesWritten: number | null;
  readonly bytesRead: number | null;
}

export interface WriterRow extends StatedUsage {
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly run_id: Uuid;
  readonly job_id: Uuid;
  readonly job: string;
  readonly started_at: Date;
  readonly ended_at: Date;
  /** Earlier completed runs of the job, oldest first. */
  readonly past: readonly StatedUsage[];
}

/**
 * The completed run that wrote each partition last, with what it used and what the earlier completed runs of
 * its job did. No row where that run wrote a higher partition of the dataset as well (it is told there), or
 * where its start is not known.
 */
export function writersOf(partitions: readonly AskedPartition[]): Statement {
  return sql`
    with asked as materialized (${asked(partitions)}), writer as materialized (
      select asked.dataset_id, asked.partition, w.*
        from asked
       cross join lateral (
               select r.id as run_id, r.job_id, r.started_at, r.ended_at, r.first_key
                 from run_dataset rd join run r on r.id = rd.run_id
                where rd.dataset_id = any(asked.names) and rd.partition = asked.partition and rd.role = 1
                  and r.state = 'COMPLETED' and r.started_at is not null and r.ended_at is not null and not r.start_missing
                order by r.last_key desc, r.id desc
                limit 1
             ) w
       where not exists (
               select from run_dataset other
                where other.run_id = w.run_id and other.dataset_id = any(asked.names)
                  and other.role = 1 and other.partition > asked.partition)
    ), past as materialized (
      select writer.run_id as of_run, p.id, p.started_at, p.ended_at, p.first_key
        from (select distinct run_id, job_id, first_key from writer) writer
       cross join lateral (
               select r.id, r.started_at, r.ended_at, r.first_key
                 from run r
                where r.job_id = writer.job_id and r.first_key < writer.first_key and r.state = 'COMPLETED'
                  and r.started_at is not null and r.ended_at is not null and not r.start_missing
                order by r.first_key desc
                limit ${RUNS_BACK}
             ) p
    ), used as materialized (
      select one.id, stated.*
        from (select id from past union select run_id from writer) one
       cross join lateral (
               select sum(${valueOf(sql`rd.statistics->'row_count'`)}::float8) filter (where rd.role = 1) as rows,
                      sum(${valueOf(sql`rd.statistics->'size_bytes'`)}::float8) filter (where rd.role = 1) as bytes_written,
                      sum(${valueOf(sql`rd.statistics->'size_bytes'`)}::float8) filter (where rd.role = 0) as bytes_read
                 from (
                   select * from run_dataset where run_id = one.id and statistics is not null
                   offset 0 -- by the index, run by run: the planner would read the whole table
                 ) rd
             ) stated
    ), earlier as materialized (
      select past.of_run, jsonb_agg(jsonb_build_object(
               'seconds', extract(epoch from past.ended_at - past.started_at), 'rows', used.rows,
               'bytesWritten', used.bytes_written, 'bytesRead', used.bytes_read) order by past.first_key) as runs
        from past left join used using (id)
       group by past.of_run
    )
    select writer.dataset_id, writer.partition, writer.run_id, writer.job_id, j.name as job, writer.started_at, writer.ended_at,
           extract(epoch from writer.ended_at - writer.started_at)::float8 as seconds,
           used.rows, used.bytes_written as "bytesWritten", used.bytes_read as "bytesRead",
           coalesce(earlier.runs, '[]'::jsonb) as past
      from writer
      join job j on j.id = writer.job_id
      left join used on used.id = writer.run_id
      left join earlier on earlier.of_run = writer.run_id`.named('writers_of');
}

export interface LandingsRow {
  readonly dataset_id: Uuid;
  /** The highest partition that landed. */
  readonly newest: string;
  /** When partitions landed first, in no order. */
  readonly landings: readonly Date[];
}

/**
 * When the latest partitions of each dataset first landed: the end of the first completed run that wrote
 * each. Of a dataset without partitions every completed run that wrote it is a landing.
 */
export function landingsOf(datasetIds: readonly Uuid[]): Statement {
  return sql`
    select asked.dataset_id, max(landed.partition) as newest, array_agg(landed.at) as landings
      from (
        select t.id as dataset_id, ${namesOf(sql`t.id`)} as names from unnest(${uuidArray(datasetIds)}::uuid[]) as t(id)
      ) asked
     cross join lateral (
             select rd.partition, min(coalesce(r.ended_at, r.last_event_at)) as at
               from (
                 select distinct known.dataset_id, known.partition
                   from run_dataset known
                  where known.dataset_id = any(asked.names) and known.role = 1
                    and known.partition >= '' -- by the dataset's index, also while nothing is known of the table
                  order by known.partition desc
                  limit ${LANDINGS_BACK}
               ) recent
               join run_dataset rd on rd.dataset_id = recent.dataset_id and rd.partition = recent.partition and rd.role = 1
               join run r on r.id = rd.run_id and r.state = 'COMPLETED'
              group by rd.partition, case when rd.partition = '' then rd.run_id end
              order by rd.partition desc, at desc
              limit ${LANDINGS_BACK}
           ) landed
     group by asked.dataset_id`.named('landings_of');
}
