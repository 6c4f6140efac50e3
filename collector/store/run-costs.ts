import type { Uuid } from '#model/ids.ts';
import { lowestKeyAt } from '#model/order-key.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';
import { valueOf } from './stored-number.ts';

/** What is asked about: a span, the one of the same length before it, and what use costs. */
export interface CostQuestion {
  readonly since: Date;
  readonly until: Date;
  /** Money by byte and second; all of them 0 where nothing has a price. */
  readonly perByteRead: number;
  readonly perByteWritten: number;
  readonly perSecond: number;
  /** Runs that are looked at, the latest first: the answer takes bounded time. */
  readonly mostRuns: number;
}

/** What was used: seconds of running, bytes where runs told them, and its price. */
export interface Use {
  readonly runs: number;
  readonly seconds: number;
  readonly bytes_read: number;
  readonly bytes_written: number;
  readonly cost: number;
}

/** One line of a list, in the span and in the one before it. */
export interface CostRow extends Use {
  readonly id: Uuid;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly before_seconds: number;
  readonly before_cost: number;
  /** Of the whole span, and of the one before. */
  readonly total: Use;
  readonly before: Use;
  /** Runs that were looked at in both. */
  readonly looked_at: number;
}

export interface DatasetCostRow extends CostRow {
  /** Jobs that read it, as far as is known. */
  readonly readers: number;
  /** Queries of the gate about it in the span, and the milliseconds that they took in its warehouse. */
  readonly queries: number;
  readonly query_milliseconds: number;
}

/**
 * (id, job_id, is_now, seconds, bytes_read, bytes_written, outputs) of every run looked at. A run with parts, such as
 * an orchestrator's, takes no time of its own: its parts do.
 */
function usedByRun({ since, until, mostRuns }: CostQuestion): Fragment {
  const before = new Date(2 * since.getTime() - until.getTime());
  return sql`
    looked as materialized (
      select r.id, r.job_id, r.first_key >= ${lowestKeyAt(since)}::uuid as is_now,
             case when r.started_at is null or r.ended_at is null or r.start_missing
                    or exists (select from run part where part.parent_run_id = r.id) then 0
                  else greatest(0, extract(epoch from r.ended_at - r.started_at))::float8 end as seconds
        from run r
       where r.job_stated and r.first_key >= ${lowestKeyAt(before)}::uuid and r.first_key < ${lowestKeyAt(until)}::uuid
       order by r.first_key desc, r.id desc
       limit ${mostRuns}
    ), stated as materialized (
      select looked.id as run_id, rd.dataset_id, rd.role, sum(${valueOf(sql`rd.statistics->'size_bytes'`)}::float8) as bytes
        from looked join run_dataset rd on rd.run_id = looked.id and rd.role in (0, 1)
       group by looked.id, rd.dataset_id, rd.role
    ), used as materialized (
      select looked.*, coalesce(of.bytes_read, 0) as bytes_read, coalesce(of.bytes_written, 0) as bytes_written,
             coalesce(of.outputs, 0) as outputs
        from looked
        left join (
          select run_id, sum(bytes) filter (where role = 0) as bytes_read, sum(bytes) filter (where role = 1) as bytes_written,
                 count(*) filter (where role = 1) as outputs
            from stated group by run_id
        ) of on of.run_id = looked.id
    )`;
}

/** The price of what a row has used. */
function priceOf(question: CostQuestion, read: Fragment, written: Fragment, seconds: Fragment): Fragment {
  return sql`(${read} * ${question.perByteRead}::float8 + ${written} * ${question.perByteWritten}::float8
              + ${seconds} * ${question.perSecond}::float8)`;
}

/** The whole of both spans, as JSON. */
function totals(question: CostQuestion, isNow: Fragment): Fragment {
  return sql`(
    select jsonb_build_object('runs', count(*), 'seconds', coalesce(sum(seconds), 0), 'bytes_read', coalesce(sum(bytes_read), 0),
             'bytes_written', coalesce(sum(bytes_written), 0),
             'cost', coalesce(sum(${priceOf(question, sql`bytes_read`, sql`bytes_written`, sql`seconds`)}), 0))
      from used where ${isNow})`;
}

const LISTED: Fragment = sql`
  by_id.id, by_id.runs::integer as runs, by_id.seconds, by_id.bytes_read, by_id.bytes_written, by_id.cost,
  by_id.before_seconds, by_id.before_cost`;

/** Jobs by what their runs cost, or where nothing has a price by how long they ran; the dearest first. */
export function costsOfJobs(question: CostQuestion, limit: number): Statement {
  return sql`
    with ${usedByRun(question)}, by_id as (
      select job_id as id, count(*) filter (where is_now) as runs,
             coalesce(sum(seconds) filter (where is_now), 0) as seconds,
             coalesce(sum(bytes_read) filter (where is_now), 0) as bytes_read,
             coalesce(sum(bytes_written) filter (where is_now), 0) as bytes_written,
             coalesce(sum(price) filter (where is_now), 0) as cost,
             coalesce(sum(seconds) filter (where not is_now), 0) as before_seconds,
             coalesce(sum(price) filter (where not is_now), 0) as before_cost
        from (select used.*, ${priceOf(question, sql`bytes_read`, sql`bytes_written`, sql`seconds`)} as price from used) priced
       group by job_id
    )
    select ${LISTED}, n.name as namespace, j.name, ${totals(question, sql`is_now`)} as total,
           ${totals(question, sql`not is_now`)} as before, (select count(*)::integer from looked) as looked_at
      from by_id
      join job j on j.id = by_id.id
      left join namespace n on n.id = j.namespace_id
     where by_id.runs > 0
     order by by_id.cost desc, by_id.seconds desc, by_id.bytes_read + by_id.bytes_written desc, by_id.id
     limit ${limit}`.named('costs_of_jobs');
}

/**
 * (dataset_id, is_now, runs, seconds, bytes_read, bytes_written, price) of what runs wrote: what a run read and its
 * time are shared evenly among the datasets that it wrote. Names of one dataset count together.
 */
function usedByDataset(question: CostQuestion): Fragment {
  return sql`
    written as materialized (
      select coalesce(grouped.canonical_id, stated.dataset_id) as dataset_id, used.is_now, count(distinct used.id) as runs,
             sum(used.seconds / used.outputs) as seconds, sum(used.bytes_read / used.outputs) as bytes_read,
             sum(coalesce(stated.bytes, 0)) as bytes_written
        from stated
        join used on used.id = stated.run_id
        left join dataset_group grouped on grouped.dataset_id = stated.dataset_id
       where stated.role = 1
       group by 1, 2
    ), by_id as materialized (
      select dataset_id as id, coalesce(sum(runs) filter (where is_now), 0) as runs,
             coalesce(sum(seconds) filter (where is_now), 0) as seconds,
             coalesce(sum(bytes_read) filter (where is_now), 0) as bytes_read,
             coalesce(sum(bytes_written) filter (where is_now), 0) as bytes_written,
             coalesce(sum(price) filter (where is_now), 0) as cost,
             coalesce(sum(seconds) filter (where not is_now), 0) as before_seconds,
             coalesce(sum(price) filter (where not is_now), 0) as before_cost
        from (
          select written.*, ${priceOf(question, sql`bytes_read`, sql`bytes_written`, sql`seconds`)} as price from written
        ) priced
       group by dataset_id
      having sum(runs) filter (where is_now) > 0
    )`;
}

/** Datasets by what it cost to make them; the dearest first. */
export function costsOfDatasets(question: CostQuestion, limit: number): Statement {
  return sql`
    with ${usedByRun(question)}, ${usedByDataset(question)}, dearest as (
      select * from by_id order by cost desc, seconds desc, bytes_read + bytes_written desc, id limit ${limit}
    )
    select ${LISTED}, n.name as namespace, d.name, ${totals(question, sql`is_now`)} as total,
           ${totals(question, sql`not is_now`)} as before, (select count(*)::integer from looked) as looked_at,
           read_by.readers, gate.queries, gate.query_milliseconds
      from dearest by_id
      join dataset d on d.id = by_id.id
      left join namespace n on n.id = d.namespace_id
     cross join lateral (
             select count(distinct jd.job_id)::integer as readers from job_dataset jd
              where jd.dataset_id = any(${namesOf(sql`by_id.id`)}) and jd.role = 0::smallint
           ) read_by
     cross join lateral (
             select coalesce(sum((e.cost->>'statements')::integer), 0)::integer as queries,
                    coalesce(sum((e.cost->>'milliseconds')::float8), 0) as query_milliseconds
               from evaluation e
              where e.dataset_id = any(${namesOf(sql`by_id.id`)}) and e.cost is not null
                and e.requested_at >= ${question.since} and e.requested_at < ${question.until}
           ) gate
     order by by_id.cost desc, by_id.seconds desc, by_id.bytes_read + by_id.bytes_written desc, by_id.id`.named(
    'costs_of_datasets',
  );
}

/** A dataset that was made in the span, and that no run has read in it. */
export interface UnreadRow extends Use {
  readonly id: Uuid;
  readonly namespace: string | null;
  readonly name: string;
  /** When a run last read it, before the span; null: none that is kept ever did. */
  readonly last_read_at: Date | null;
}

/** Runs of a reader that are looked through for its last reading. */
const READINGS_BACK = 50;

/** Datasets that were produced and not read; the dearest first. */
export function unreadDatasets(question: CostQuestion, limit: number): Statement {
  return sql`
    with ${usedByRun(question)}, ${usedByDataset(question)}, read as materialized (
      select distinct coalesce(grouped.canonical_id, stated.dataset_id) as dataset_id
        from stated
        join used on used.id = stated.run_id and used.is_now
        left join dataset_group grouped on grouped.dataset_id = stated.dataset_id
       where stated.role = 0
    ), unread as (
      select by_id.* from by_id
       where not exists (select from read where read.dataset_id = by_id.id)
       order by by_id.cost desc, by_id.seconds desc, by_id.bytes_read + by_id.bytes_written desc, by_id.id
       limit ${limit}
    )
    select by_id.id, by_id.runs::integer as runs, by_id.seconds, by_id.bytes_read, by_id.bytes_written, by_id.cost,
           n.name as namespace, d.name, last_read.at as last_read_at
      from unread by_id
      join dataset d on d.id = by_id.id
      left join namespace n on n.id = d.namespace_id
      left join lateral (
             select max(reading.at) as at
               from job_dataset jd
              cross join lateral (
                      select one.last_event_at as at
                        from (
                          select r.id, r.last_event_at, r.first_key from run r
                           where r.job_id = jd.job_id order by r.first_key desc limit ${READINGS_BACK}
                        ) one
                       where exists (
                               select from run_dataset rd
                                where rd.run_id = one.id and rd.dataset_id = jd.dataset_id and rd.role = 0)
                       order by one.first_key desc limit 1
                    ) reading
              where jd.dataset_id = any(${namesOf(sql`by_id.id`)}) and jd.role = 0::smallint
           ) last_read on true
     order by by_id.cost desc, by_id.seconds desc, by_id.bytes_read + by_id.bytes_written desc, by_id.id`.named(
    'unread_datasets',
  );
}
