import type { Uuid } from '#model/ids.ts';
import { shownStateOf } from './run-views.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

export interface JobViewRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  /** Of the run that began last. */
  readonly last_run_id: Uuid | null;
  /** With LOST, as of runs. */
  readonly last_state: string | null;
  readonly last_started_at: Date | null;
}

/** Where a page goes on: after this job. */
export interface JobCursor {
  readonly namespace: string;
  readonly name: string;
}

/** @param job one uuid. */
function lastRun(job: Fragment, now: Date): Fragment {
  return sql`
    left join lateral (
      select r.id, ${shownStateOf(now)} as state, r.started_at
        from run r left join run_fact kind on kind.id = r.job_type_id
       where r.job_id = ${job} and r.job_stated order by r.first_key desc limit 1
    ) last on true`;
}

/** Jobs by namespace and name. @param text part of the name, or null for all. */
export function listJobs(
  text: string | null,
  namespace: string | null,
  after: JobCursor | null,
  limit: number,
  now: Date,
): Statement {
  return sql`
    select page.id, page.namespace, page.name, last.id as last_run_id, last.state as last_state, last.started_at as last_started_at
      from (
        select j.id, n.name as namespace, j.name
          from job j join namespace n on n.id = j.namespace_id
         where (${text}::text is null or strpos(lower(j.name), lower(${text}::text)) > 0)
           and (${namespace}::text is null or n.name = ${namespace}::text)
           and (${after?.namespace ?? null}::text is null or (n.name, j.name) > (${after?.namespace ?? null}::text, ${after?.name ?? null}::text))
         order by n.name, j.name
         limit ${limit}
      ) page
      ${lastRun(sql`page.id`, now)}
     order by page.namespace, page.name`;
}

export function jobById(id: Uuid, now: Date): Statement {
  return sql`
    select j.id, n.name as namespace, j.name, last.id as last_run_id, last.state as last_state, last.started_at as last_started_at
      from job j join namespace n on n.id = j.namespace_id ${lastRun(sql`j.id`, now)}
     where j.id = ${id}::uuid`;
}

export interface JobDatasetRow {
  readonly dataset_id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly role: number;
}

/** What a job reads and writes. */
export function datasetsOfJob(id: Uuid): Statement {
  return sql`
    select jd.dataset_id, n.name as namespace, d.name, jd.role
      from job_dataset jd
      join dataset d on d.id = jd.dataset_id
      join namespace n on n.id = d.namespace_id
     where jd.job_id = ${id}::uuid
     order by jd.role, n.name, d.name`;
}
