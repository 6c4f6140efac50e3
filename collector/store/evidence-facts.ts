import type { HardRule } from '#model/detection.ts';
import type { Severity } from '#model/contract.ts';
import type { Uuid } from '#model/ids.ts';
import type { CheckStatus } from '#model/result.ts';
import { uuidArray } from './binary-array.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { shownStateOf } from './run-views.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

// Facts that are evidence against a dataset and have not been noted as such. Each statement answers at most
// `limit`; asked again after these are noted it answers the next.

/** A finding of a detector on one metric of one partition. */
export interface VerdictFactRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly metric: string;
  readonly detector: string;
  readonly value: number | null;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly direction: 'up' | 'down' | null;
  readonly message: string;
  readonly hint: string | null;
  readonly rules: readonly HardRule[] | null;
  /** The run that wrote it last; null when none did. */
  readonly run_id: Uuid | null;
  readonly made_at: Date | null;
  readonly decided_at: Date;
}

/** (id, made_at) of the completed run that wrote a partition last. @param names array of ids. */
export function writerOf(names: Fragment, partition: Fragment): Fragment {
  return sql`
    select r.id, coalesce(r.ended_at, r.last_event_at) as made_at
      from run_dataset rd join run r on r.id = rd.run_id
     where rd.dataset_id = any(${names}) and rd.partition = ${partition} and rd.role = 1 and r.state = 'COMPLETED'
     order by r.last_key desc, r.id desc
     limit 1`;
}

/** Findings that were decided since; the freshness of datasets is a fact of its own. */
export function verdictFacts(since: Date, limit: number): Statement {
  return sql`
    select v.dataset_id, v.partition, v.metric, v.detector, v.value, v.mean, v.low, v.high, v.direction, v.message,
           v.detection->>'hint' as hint, v.detection->'rules' as rules, writer.id as run_id, writer.made_at, v.decided_at
      from verdict v
      left join lateral (${writerOf(namesOf(sql`v.dataset_id`), sql`v.partition`)}) writer on true
      -- Looked up one by one: a plan for the whole is made before there is any evidence, and is a bad one.
      left join lateral (
        select true as known from evidence e
         where e.dataset_id = v.dataset_id and e.partition = v.partition and e.subject = v.metric
           and e.source = 'verdict' and e.detector = v.detector and e.run_id is not distinct from writer.id
           and e.cleared_by is distinct from 'reversed'
         limit 1
      ) noted on true
     where v.finding and v.metric <> 'freshness' and v.decided_at >= ${since}::timestamptz and noted.known is null
     order by v.decided_at, v.dataset_id, v.partition, v.metric, v.detector
     limit ${limit}`.named('verdict_facts');
}

/** A dataset that became late. */
export interface LateFactRow {
  readonly dataset_id: Uuid;
  readonly late_at: Date;
  readonly value: number | null;
  readonly high: number | null;
  readonly message: string;
}

export function lateFacts(limit: number): Statement {
  return sql`
    select v.dataset_id, w.late_at, v.value, v.high, v.message
      from verdict v join freshness_watch w on w.dataset_id = v.dataset_id and w.told
     where v.finding and v.metric = 'freshness' and v.partition = ''
       and not exists (
             select from evidence e
              where e.dataset_id = v.dataset_id and e.partition = '' and e.subject = 'freshness'
                and e.source = 'freshness' and e.at = w.late_at and e.cleared_by is distinct from 'reversed')
     order by w.late_at, v.dataset_id
     limit ${limit}`.named('late_facts');
}

/** A check that failed or could not be run, and with `check_id` null a candidate that the gate holds. */
export interface EvaluationFactRow {
  readonly evaluation_id: Uuid;
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly check_id: string | null;
  readonly text: string | null;
  readonly severity: Severity | null;
  readonly status: CheckStatus | null;
  readonly value: number | null;
  readonly expected: string | null;
  readonly message: string;
  readonly requested_at: Date;
  readonly decided_at: Date;
}

/**
 * Of evaluations that were asked for since: checks of severity warn and block that failed or erred, unless a
 * waiver let them pass, and candidates that are blocked or could not be judged for an error. Who is only
 * learning, or has no data yet, has done nothing wrong.
 */
export function evaluationFacts(since: Date, limit: number): Statement {
  return sql`
    select told.* from (
      select e.id as evaluation_id, ${canonicalOf(sql`e.dataset_id`)} as dataset_id, e.partition, r.check_id, r.text, r.severity,
             r.status, r.value, r.expected, r.message, e.requested_at, e.decided_at
        from evaluation e join check_result r on r.evaluation_id = e.id
       where e.requested_at >= ${since}::timestamptz and e.decided_at is not null
         and r.severity in ('warn', 'block') and r.status in ('fail', 'warn', 'error')
         and (e.decision <> 'allow' or r.severity = 'warn')
      union all
      select e.id, ${canonicalOf(sql`e.dataset_id`)}, e.partition, null, null, null, null, e.row_count, null,
             coalesce((
               select reason->>'message' from jsonb_array_elements(e.reasons) reason
                where reason->>'status' in ('fail', 'error') and reason->'waivedBy' = 'null' limit 1), 'the gate holds it'),
             e.requested_at, e.decided_at
        from evaluation e
       where e.requested_at >= ${since}::timestamptz and e.decided_at is not null and e.target is not null
         and (e.decision = 'block' or (e.decision = 'unknown' and e.state = 'error'))
    ) told
     where not exists (
             select from evidence seen
              where seen.evaluation_id = told.evaluation_id
                and seen.subject = coalesce(told.check_id, 'publication')
                and seen.source = case when told.check_id is null then 'publication' else 'check' end)
     order by told.decided_at, told.evaluation_id, told.check_id
     limit ${limit}`.named('evaluation_facts');
}

/** A run that failed, with one of the datasets that it should have made. */
export interface FailedRunRow {
  readonly run_id: Uuid;
  readonly state: 'FAILED' | 'ABORTED' | 'LOST';
  readonly job: string;
  readonly error: { readonly message: string } | null;
  readonly ended_at: Date | null;
  readonly last_event_at: Date;
  readonly dataset_id: Uuid;
  readonly partition: string;
}

/**
 * What a failed run should have made: what it said itself, else what its job wrote before, else what the run
 * that began it says, or that one's job: a query of a Spark application fails, and the application says COMPLETE.
 */
const MADE: Fragment = sql`
  select distinct on (coalesce(g.canonical_id, told.dataset_id), told.partition)
         coalesce(g.canonical_id, told.dataset_id) as dataset_id, told.partition
    from (
      select *, min(rank) over () as nearest from (
        select 0 as rank, rd.dataset_id, rd.partition from run_dataset rd where rd.run_id = r.id and rd.role = 1
         union all
        select 1, jd.dataset_id, '' from job_dataset jd where jd.job_id = r.job_id and jd.role = 1
         union all
        select 2, rd.dataset_id, rd.partition from run_dataset rd where rd.run_id = r.parent_run_id and rd.role = 1
         union all
        select 3, jd.dataset_id, '' from run parent join job_dataset jd on jd.job_id = parent.job_id and jd.role = 1
         where parent.id = r.parent_run_id
      ) every
    ) told
    left join dataset_group g on g.dataset_id = told.dataset_id
   where told.rank = told.nearest
   order by 1, 2
   limit 100`;

/** Which of these runs stand failed, each with what it should have made. */
export function failedRuns(runIds: readonly Uuid[]): Statement {
  return sql`
    select r.id as run_id, r.state, j.name as job, r.error, r.ended_at, r.last_event_at, made.dataset_id, made.partition
      from run r join job j on j.id = r.job_id
     cross join lateral (${MADE}) made
     where r.id = any(${uuidArray(runIds)}::uuid[]) and r.state in ('FAILED', 'ABORTED')
     order by r.id, made.dataset_id, made.partition`.named('failed_runs');
}

/** Runs that began in a span of time and fell silent. @param from, to order keys (model/order-key.ts) */
export function lostRuns(from: Uuid, to: Uuid, limit: number, now: Date): Statement {
  return sql`
    select r.id as run_id, 'LOST' as state, j.name as job, r.error, r.ended_at, r.last_event_at, made.dataset_id, made.partition
      from (
        select r.* from run r
          left join run_fact kind on kind.id = r.job_type_id
         where r.job_stated and r.first_key between ${from}::uuid and ${to}::uuid
           and r.state in ('STARTED', 'RUNNING') and not r.unending and ${shownStateOf(now)} = 'LOST'
           and not exists (select from evidence e where e.run_id = r.id and e.source = 'run')
         order by r.first_key
         limit ${limit}
      ) r
      join job j on j.id = r.job_id
     cross join lateral (${MADE}) made
     order by r.id, made.dataset_id, made.partition`.named('lost_runs');
}

/** Notes runs whose failure came or went; the caller's transaction stores the events that say so. */
export function markFailedRuns(runIds: readonly Uuid[], now: Date): Statement {
  return sql`
    insert into failed_run_due (run_id, due_at)
    select id, ${now}::timestamptz from unnest(${uuidArray(runIds)}::uuid[]) as t(id)
    on conflict (run_id) do update set due_at = excluded.due_at`.named('mark_failed_runs');
}

/** Takes such runs; for good when the transaction commits. */
export function takeFailedRuns(limit: number): Statement {
  return sql`
    with free as materialized (
      select run_id from failed_run_due order by due_at, run_id limit ${limit} for update skip locked
    )
    delete from failed_run_due d using free where d.run_id = free.run_id
    returning d.run_id`.named('take_failed_runs');
}

/** How far a source was read; none when it never was. */
export function readUntil(source: string): Statement {
  return sql`select read_until from evidence_read where source = ${source}`.named('evidence_read_until');
}

export function noteReadUntil(source: string, until: Date): Statement {
  return sql`
    insert into evidence_read (source, read_until) values (${source}, ${until})
    on conflict (source) do update set read_until = greatest(evidence_read.read_until, excluded.read_until)`.named(
    'note_evidence_read',
  );
}
