import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { edgesTo } from './lineage.ts';
import { sql, type Fragment, type Statement } from './sql.ts';
import { valueOf } from './stored-number.ts';

// What promises in time are judged by, for many datasets at once. Runs are found by the jobs that write a
// dataset, newest first: data without partitions has one key for all of its history.

/** Jobs that write one dataset and are asked for their runs. */
const JOBS = 20;

function writingJobs(id: Fragment): Fragment {
  return sql`
    select distinct jd.job_id from job_dataset jd
     where jd.dataset_id = any(${namesOf(id)}) and jd.role = 1
     order by jd.job_id
     limit ${JOBS}`;
}

export interface LandedRow {
  readonly dataset_id: Uuid;
  readonly partitions: readonly string[];
  /** Milliseconds since 1970: that many are read faster so. */
  readonly times: readonly number[];
  /** Side by side: the gate published it, rather than a run wrote it. */
  readonly published: readonly boolean[];
}

/** When partitions of datasets first landed: by the newest completed runs of each job, and by publications. */
export function landedOf(datasetIds: readonly Uuid[], limit: number): Statement {
  return sql`
    select asked.id as dataset_id, array_agg(landed.partition) as partitions, array_agg((extract(epoch from landed.at) * 1000)::float8) as times,
           array_agg(landed.published) as published
      from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
     cross join lateral (
       (select rd.partition, min(recent.at) as at, false as published
          from (${writingJobs(sql`asked.id`)}) writer
         cross join lateral (
           select r.id, coalesce(r.ended_at, r.last_event_at) as at
             from run r
            where r.job_id = writer.job_id and r.state = 'COMPLETED'
            order by r.first_key desc
            limit ${limit}
         ) recent
          join run_dataset rd on rd.run_id = recent.id and rd.role = 1 and rd.dataset_id = any(${namesOf(sql`asked.id`)})
         group by rd.partition, case when rd.partition = '' then rd.run_id end
         order by at desc
         limit ${limit})
       union all
       (select p.partition, min(p.finished_at), true
          from publication p
         where p.dataset_id = any(${namesOf(sql`asked.id`)}) and p.kind = 'publish' and p.state in ('published', 'replaced')
         group by p.partition
         order by p.partition desc
         limit ${limit})
     ) landed
     group by asked.id`.named('objective_landed');
}

export interface UpstreamRow {
  readonly target_id: Uuid;
  readonly id: Uuid;
  readonly input_id: Uuid | null;
}

/** What each dataset is made of, all the way up, at most `limit` edges for each: (target, dataset, one of its inputs). */
export function upstreamOf(datasetIds: readonly Uuid[], limit: number): Statement {
  return sql`
    with recursive edge(target_id, id, input_id) as (
      select t.id, ${canonicalOf(sql`t.id`)}, null::uuid from unnest(${uuidArray(datasetIds)}::uuid[]) as t(id)
      union
      select edge.target_id, here.id, coalesce(grouped.canonical_id, step.input_id)
        from edge
       cross join lateral (select coalesce(edge.input_id, edge.id) as id) here
       cross join lateral unnest(${namesOf(sql`here.id`)}) as of_name(id)
       cross join lateral (${edgesTo(sql`of_name.id`)}) step
        left join dataset_group grouped on grouped.dataset_id = step.input_id
       where coalesce(grouped.canonical_id, step.input_id) <> here.id
    )
    select target_id, id, input_id from edge limit ${limit}`.named('objective_upstream');
}

export interface MakingRow {
  readonly dataset_id: Uuid;
  readonly name: string;
  /** Of the newest write: its partition, and when it was there; null before the first. */
  readonly newest: string | null;
  readonly last_at: Date | null;
  /** Seconds that its runs took, the newest first. */
  readonly usual: readonly number[];
  readonly running_since: Date | null;
}

/** How datasets are made: what landed last, how long it usually takes, and since when it is at work. */
export function makingOf(datasetIds: readonly Uuid[], runs: number, now: Date): Statement {
  return sql`
    select asked.id as dataset_id, coalesce(d.name, asked.id::text) as name, made.newest, made.last_at,
           coalesce(made.usual, '{}') as usual, made.running_since
      from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
      left join dataset d on d.id = asked.id
      left join lateral (
        select max(rd.partition) filter (where recent.state = 'COMPLETED') as newest,
               max(coalesce(recent.ended_at, recent.last_event_at)) filter (where recent.state = 'COMPLETED') as last_at,
               array_agg(extract(epoch from recent.ended_at - recent.started_at)::float8)
                 filter (where recent.state = 'COMPLETED' and recent.ended_at is not null and not recent.start_missing) as usual,
               max(recent.started_at) filter (where recent.state in ('STARTED', 'RUNNING')) as running_since
          from (${writingJobs(sql`asked.id`)}) writer
         cross join lateral (
           select r.id, r.state, r.started_at, r.ended_at, r.last_event_at, r.start_missing
             from run r
            where r.job_id = writer.job_id and not r.unending
              and (r.state = 'COMPLETED'
                or (r.state in ('STARTED', 'RUNNING') and r.last_event_at > ${now}::timestamptz - interval '2 days'))
            order by r.first_key desc
            limit ${runs}
         ) recent
          left join run_dataset rd on rd.run_id = recent.id and rd.role = 1 and rd.dataset_id = any(${namesOf(sql`asked.id`)})
      ) made on true`.named('objective_making');
}

export interface HeardRow {
  /** Datasets whose jobs are of one namespace. */
  readonly dataset_ids: readonly Uuid[];
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
}

/** Jobs of a namespace that are asked, and runs of each. */
const NEIGHBOURS = 100;
const RUNS_HEARD = 5;

/** When jobs were heard of the namespaces of those that write these datasets. */
export function heardAround(datasetIds: readonly Uuid[]): Statement {
  return sql`
    with placed as materialized (
      select own.namespace_id, array_agg(distinct asked.id) as dataset_ids
        from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
       cross join lateral (${writingJobs(sql`asked.id`)}) writer
        join job own on own.id = writer.job_id
       group by own.namespace_id
    )
    select placed.dataset_ids, array_agg((extract(epoch from heard.at) * 1000)::float8) as times
      from placed
     cross join lateral (
       select recent.at
         from (select j.id from job j where j.namespace_id = placed.namespace_id order by j.id limit ${NEIGHBOURS}) neighbour
        cross join lateral (
          select r.last_event_at as at from run r where r.job_id = neighbour.id order by r.first_key desc limit ${RUNS_HEARD}
        ) recent
     ) heard
     group by placed.namespace_id, placed.dataset_ids`.named('objective_heard_around');
}

export interface RunTimeRow {
  readonly dataset_id: Uuid;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly partition: string;
}

/** When the newest runs of the jobs that write datasets began and ended: those that completed, and those at work. */
export function runTimesOf(datasetIds: readonly Uuid[], limit: number, now: Date): Statement {
  return sql`
    select asked.id as dataset_id, recent.started_at, recent.ended_at,
           coalesce((select max(rd.partition) from run_dataset rd
                      where rd.run_id = recent.id and rd.role = 1 and rd.dataset_id = any(${namesOf(sql`asked.id`)})), '') as partition
      from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
     cross join lateral (
       select newest.*
         from (${writingJobs(sql`asked.id`)}) writer
        cross join lateral (
          select r.id, r.started_at, case when r.state = 'COMPLETED' then r.ended_at end as ended_at
            from run r
           where r.job_id = writer.job_id and not r.unending and not r.start_missing and r.started_at is not null
             and ((r.state = 'COMPLETED' and r.ended_at is not null)
               or (r.state in ('STARTED', 'RUNNING') and r.last_event_at > ${now}::timestamptz - interval '2 days'))
           order by r.first_key desc
           limit ${limit}
        ) newest
        order by newest.started_at desc
        limit ${limit}
     ) recent`.named('objective_run_times');
}

export interface LevelRow {
  readonly dataset_id: Uuid;
  readonly key: string;
  /** When it was known. */
  readonly at: Date;
  /** Seconds since 1970. */
  readonly value: number;
}

/**
 * What a time column reached, or still held, over all rows of datasets without partitions: as completed runs stated
 * it, and as the gate measured what it published; the newest of each.
 */
export function levelsOf(
  asked: readonly { readonly datasetId: Uuid; readonly key: string }[],
  limit: number,
): Statement {
  return sql`
    select asked.id as dataset_id, asked.key, known.at, known.value
      from unnest(
        ${uuidArray(asked.map((one) => one.datasetId))}::uuid[], ${textArray(asked.map((one) => one.key))}::text[]
      ) as asked(id, key)
     cross join lateral (
       (select coalesce(recent.ended_at, recent.last_event_at) as at, ${valueOf(sql`rd.statistics->asked.key`)}::float8 as value
          from (${writingJobs(sql`asked.id`)}) writer
         cross join lateral (
           select r.id, r.ended_at, r.last_event_at from run r
            where r.job_id = writer.job_id and r.state = 'COMPLETED'
            order by r.first_key desc
            limit ${limit}
         ) recent
          join run_dataset rd on rd.run_id = recent.id and rd.role = 1 and rd.partition = ''
           and rd.dataset_id = any(${namesOf(sql`asked.id`)}) and rd.statistics ? asked.key)
       union all
       (select p.finished_at, m.value
          from publication p
          join candidate_measurement m on m.evaluation_id = p.evaluation_id and m.key = asked.key
         where p.dataset_id = any(${namesOf(sql`asked.id`)}) and p.partition = '' and p.kind = 'publish'
           and p.state in ('published', 'replaced') and p.finished_at is not null
         order by p.started_at desc
         limit ${limit})
     ) known`.named('objective_levels');
}
