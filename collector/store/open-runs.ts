import type { Uuid } from '#model/ids.ts';
import { jsonbArray, uuidArray } from './binary-array.ts';
import { shownStateOf } from './run-views.ts';
import { sql, type Statement } from './sql.ts';

// Runs that are open. There is no index of them, which every event of a run would have to keep: the jobs are
// gone through a page at a time, each by the index of its runs.

/** The newest runs of a job that are looked at, and earlier ones that tell what is usual. */
const NEWEST = 3;
const RUNS_BACK = 30;
/** Datasets of which a run is told. */
const OUTPUTS = 20;

/** The next jobs in the order of their ids. */
export function jobsAfter(after: Uuid, limit: number): Statement {
  return sql`select id from job where id > ${after}::uuid order by id limit ${limit}`.named('jobs_after');
}

export interface OpenRunRow {
  readonly run_id: Uuid;
  readonly job: string;
  readonly started_at: Date;
  /** Seconds that earlier completed runs of the job took, oldest first. */
  readonly past: readonly number[];
  /** What it writes, or what the job's last completed run wrote. */
  readonly dataset_ids: readonly Uuid[];
}

/** Open runs of these jobs that began since and were not told yet; neither streams nor those that fell silent. */
export function openRunsOf(jobIds: readonly Uuid[], since: Date, now: Date): Statement {
  return sql`
    select open.id as run_id, j.name as job, open.started_at, past.seconds as past, written.ids as dataset_ids
      from unnest(${uuidArray(jobIds)}::uuid[]) as asked(id)
      join job j on j.id = asked.id
     cross join lateral (
             select r.id, r.started_at, r.first_key, ${shownStateOf(now)} as shown
               from (select * from run where job_id = asked.id order by first_key desc limit ${NEWEST}) r
               left join run_fact kind on kind.id = r.job_type_id
              where r.state in ('STARTED', 'RUNNING') and not r.unending and not r.start_missing
                and r.started_at >= ${since}::timestamptz
           ) open
     cross join lateral (
             select array_agg(p.seconds order by p.first_key) as seconds, (array_agg(p.id order by p.first_key desc))[1] as last
               from (
                 select r.id, r.first_key, extract(epoch from r.ended_at - r.started_at)::float8 as seconds
                   from run r
                  where r.job_id = asked.id and r.first_key < open.first_key and r.state = 'COMPLETED'
                    and r.started_at is not null and r.ended_at is not null and not r.start_missing
                  order by r.first_key desc
                  limit ${RUNS_BACK}
               ) p
           ) past
     cross join lateral (
             select array_agg(distinct named.dataset_id) as ids
               from (
                 select rd.dataset_id from run_dataset rd where rd.run_id in (open.id, past.last) and rd.role = 1 limit ${OUTPUTS}
               ) named
           ) written
     where open.shown <> 'LOST' and past.seconds is not null and written.ids is not null
       and not exists (select from open_run_told told where told.run_id = open.id)`.named('open_runs_of');
}

/** Remembers which runs were told. */
export function putOpenRunsTold(
  told: readonly { readonly runId: Uuid; readonly datasetIds: readonly Uuid[] }[],
  now: Date,
): Statement {
  return sql`
    insert into open_run_told (run_id, dataset_ids, told_at)
    select t.run_id, (select array_agg(id::uuid) from jsonb_array_elements_text(t.ids) as id), ${now}::timestamptz
      from unnest(
        ${uuidArray(told.map((one) => one.runId))}::uuid[],
        ${jsonbArray(told.map((one) => one.datasetIds))}::jsonb[]) as t(run_id, ids)
    on conflict do nothing`.named('put_open_runs_told');
}

export interface EndedRunRow {
  readonly run_id: Uuid;
  readonly dataset_ids: readonly Uuid[];
  readonly job: string | null;
  readonly seconds: number | null;
  readonly state: string | null;
}

/** Forgets told runs that ended, or began before `since`; answers them. */
export function takeEndedRuns(since: Date): Statement {
  return sql`
    delete from open_run_told told
     using (
       select t.run_id, r.state, j.name as job, extract(epoch from r.ended_at - r.started_at)::float8 as seconds
         from open_run_told t
         left join run r on r.id = t.run_id
         left join job j on j.id = r.job_id
        where r.id is null or r.state not in ('STARTED', 'RUNNING') or r.started_at < ${since}::timestamptz
     ) ended
     where told.run_id = ended.run_id
    returning told.run_id, told.dataset_ids, ended.job, ended.seconds, ended.state`.named('take_ended_runs');
}
