import { LOST_POLICY } from '#model/lost-run.ts';
import type { Uuid } from '#model/ids.ts';
import { lowestKeyAt } from '#model/order-key.ts';
import { namesOf } from './groups.ts';
import type { RunDatasetRow } from './run-datasets.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** A run with its names and what the state of an open one follows from. */
export interface RunViewRow {
  readonly id: Uuid;
  readonly external_id: string | null;
  readonly job_id: Uuid;
  readonly job_namespace: string;
  readonly job: string;
  /** Its own events name the job; else a child's parent facet does. */
  readonly job_stated: boolean;
  /** With LOST (model/lost-run.ts). */
  readonly state: string;
  readonly attempts: number;
  readonly conflicting: boolean;
  readonly start_missing: boolean;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly last_event_at: Date;
  readonly event_count: number;
  readonly nominal_start: Date | null;
  readonly nominal_end: Date | null;
  readonly parent_run_id: Uuid | null;
  readonly root_run_id: Uuid | null;
  readonly error: { readonly message: string; readonly language: string | null } | null;
  readonly producer: string | null;
  readonly integration: string | null;
  readonly job_type: string | null;
  readonly processing_type: string | null;
  readonly engine_name: string | null;
  readonly engine_version: string | null;
  readonly first_key: Uuid;
}

/** How many of a job's last completed runs tell what is usual. */
const USUAL_OF = 20;

/** LOST where model/lost-run.ts says so (of a run `r` with its job type `kind`); the median duration is looked up for open runs alone. */
export function shownStateOf(now: Date): Fragment {
  return sql`
    case when r.state not in ('STARTED', 'RUNNING') or r.unending
              or r.last_event_at >= ${now}::timestamptz - make_interval(secs => ${LOST_POLICY.floorSeconds}::float8)
         then r.state
         when r.last_event_at >= ${now}::timestamptz - make_interval(secs => ${LOST_POLICY.factor}::float8 * coalesce((
                select percentile_cont(0.5) within group (order by extract(epoch from past.ended_at - past.started_at))
                  from (
                    select p.ended_at, p.started_at from run p
                     where p.job_id = r.job_id and p.state = 'COMPLETED' and not p.start_missing
                     order by p.first_key desc limit ${USUAL_OF}) past), 0))
         then r.state
         when kind.value->>'integration' = 'SPARK' and kind.value->>'jobType' = 'RDD_JOB' -- isNeverEnded of model/run-tree.ts
              and exists (select from run application where application.id = r.parent_run_id and application.ended_at is not null)
         then r.state
         else 'LOST'
    end`;
}

function columns(now: Date): Fragment {
  return sql`
    r.id, r.external_id, r.job_id, n.name as job_namespace, j.name as job, r.job_stated,
    ${shownStateOf(now)} as state, r.attempts, r.conflicting, r.start_missing, r.started_at, r.ended_at, r.last_event_at,
    r.event_count, r.nominal_start, r.nominal_end, r.parent_run_id, r.root_run_id, r.error, producer.value #>> '{}' as producer,
    kind.value->>'integration' as integration, kind.value->>'jobType' as job_type, kind.value->>'processingType' as processing_type,
    engine.value->>'name' as engine_name, engine.value->>'version' as engine_version, r.first_key`;
}

const NAMES = sql`
  join job j on j.id = r.job_id
  join namespace n on n.id = j.namespace_id
  left join run_fact producer on producer.id = r.producer_id
  left join run_fact engine on engine.id = r.engine_id
  left join run_fact kind on kind.id = r.job_type_id`;

export interface RunFilter {
  readonly jobId: Uuid | null;
  readonly parentRunId: Uuid | null;
  readonly rootRunId: Uuid | null;
  /** Runs that read or wrote it. */
  readonly datasetId: Uuid | null;
  readonly state: string | null;
  /** First events from this time on, and before that one. */
  readonly since?: Date | null;
  readonly until?: Date | null;
}

/** Where a page goes on: after this run. */
export interface RunCursor {
  readonly firstKey: Uuid;
  readonly id: Uuid;
}

/** Runs with events of their own, those that began last first. */
export function listRuns(filter: RunFilter, after: RunCursor | null, limit: number, now: Date): Statement {
  const given = (value: string | null, test: Fragment): Fragment =>
    value === null ? sql`` : sql`and ${test}`;
  const page = sql`
    select ${columns(now)}
      from run r ${NAMES}
     where r.job_stated
       ${given(filter.jobId, sql`r.job_id = ${filter.jobId}::uuid`)}
       ${given(filter.parentRunId, sql`r.parent_run_id = ${filter.parentRunId}::uuid`)}
       ${given(filter.rootRunId, sql`r.root_run_id = ${filter.rootRunId}::uuid`)}
       ${given(
         filter.datasetId,
         sql`r.id in (select rd.run_id from run_dataset rd where rd.dataset_id = any(${namesOf(sql`${filter.datasetId}::uuid`)}))`,
       )}
       ${filter.since ? sql`and r.first_key >= ${lowestKeyAt(filter.since)}::uuid` : sql``}
       ${filter.until ? sql`and r.first_key < ${lowestKeyAt(filter.until)}::uuid` : sql``}
       ${after === null ? sql`` : sql`and (r.first_key, r.id) < (${after.firstKey}::uuid, ${after.id}::uuid)`}
     order by r.first_key desc, r.id desc`;
  if (filter.state === null) return sql`${page} limit ${limit}`;
  return sql`select * from (${page}) shown where state = ${filter.state} order by first_key desc, id desc limit ${limit}`;
}

/** Runs by id, stubs too. */
export function runsById(ids: readonly Uuid[], now: Date): Statement {
  return sql`select ${columns(now)} from run r ${NAMES} where r.id = any(${ids}::uuid[])`.named('runs_by_id');
}

/** Runs below one run, and the run itself; see model/run-tree.ts. */
export interface TreeRunRow {
  readonly id: Uuid;
  readonly parent_run_id: Uuid | null;
  readonly job_id: Uuid;
  readonly state: string;
  readonly job_stated: boolean;
  readonly integration: string | null;
  readonly job_type: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

const DEEPEST = 20;

/**
 * A run and its descendants: by the chain of parents, and by the root that they name where a parent in
 * between was never heard of. At most `limit`.
 */
export function runTree(id: Uuid, limit: number, now: Date): Statement {
  return sql`
    with recursive tree(id, depth) as (
      select id, 0 from run where id = ${id}::uuid or root_run_id = ${id}::uuid
      union
      select child.id, tree.depth + 1 from tree join run child on child.parent_run_id = tree.id
       where tree.depth < ${DEEPEST}
    ), found as (
      select distinct id from (select id from tree limit ${limit * 4}) reached limit ${limit}
    )
    select r.id, r.parent_run_id, r.job_id, ${shownStateOf(now)} as state, r.job_stated, kind.value->>'integration' as integration,
           kind.value->>'jobType' as job_type, r.started_at, r.ended_at
      from run r
      join found on found.id = r.id
      left join run_fact kind on kind.id = r.job_type_id`.named('run_tree');
}

/** What one run did with datasets. */
export interface RunDatasetViewRow {
  readonly dataset_id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly role: number;
  readonly partition: string;
  readonly inferred: boolean;
  readonly partition_source: number | null;
  readonly version: string | null;
  readonly schema_id: Uuid | null;
  readonly statistics: RunDatasetRow['statistics'];
}

/**
 * What a run reads and writes: what all of its events say together; after an event that is complete by itself
 * what that one and later ones say.
 */
export function datasetsOfRun(id: Uuid): Statement {
  const holds = (name: Fragment): Fragment =>
    sql`(snapshot.key is null or coalesce((rd.older->>${name})::uuid, rd.key) >= snapshot.key)`;
  return sql`
    select rd.dataset_id, n.name as namespace, d.name, rd.role, rd.partition, rd.inferred, rd.partition_source,
           case when ${holds(sql`'version'`)} then rd.version end as version,
           case when ${holds(sql`'schema'`)} then rd.schema_id end as schema_id,
           case when snapshot.key is null then rd.statistics
                else (select jsonb_object_agg(fact.key, fact.value) from jsonb_each(rd.statistics) fact
                       where ${holds(sql`('fact ' || fact.key)`)})
           end as statistics
      from run_dataset rd
      left join run_snapshot snapshot on snapshot.run_id = rd.run_id
      join dataset d on d.id = rd.dataset_id
      join namespace n on n.id = d.namespace_id
     where rd.run_id = ${id}::uuid
       and (snapshot.key is null or rd.key >= snapshot.key
            or snapshot.mentions ? (rd.dataset_id::text || rd.role || rd.stated_partition))
     order by rd.role, n.name, d.name, rd.partition`.named('datasets_of_run');
}

/** Which raw events still hold facets of a run, as stored (model/facet-set.ts). */
export interface FacetEventsRow {
  readonly last_key: Uuid;
  readonly facet_shape: Uuid | null;
  readonly facet_events: readonly Uuid[] | null;
  /** Of the last event that is complete by itself. */
  readonly snapshot_key: Uuid | null;
}

export function facetEventsOfRun(id: Uuid): Statement {
  return sql`
    select r.last_key, r.facet_shape, r.facet_events::text[] as facet_events, snapshot.key as snapshot_key
      from run r left join run_snapshot snapshot on snapshot.run_id = r.id
     where r.id = ${id}::uuid`.named('facet_events_of_run');
}

/** An event by its order key: the id's first 56 bits and the exact time. */
export function eventsByKey(
  keys: readonly {
    readonly at: Date;
    readonly microseconds: number;
    readonly from: Uuid;
    readonly to: Uuid;
  }[],
): Statement {
  return sql`
    select event.id, event.event_time, event.received_at
      from unnest(
             ${keys.map(({ at }) => at.toISOString())}::timestamptz[], ${keys.map(({ microseconds }) => microseconds)}::integer[],
             ${keys.map(({ from }) => from)}::uuid[], ${keys.map(({ to }) => to)}::uuid[]
           ) as wanted(at, microseconds, first, last)
      join raw_event event
        on event.event_time = wanted.at + make_interval(secs => wanted.microseconds / 1e6)
       and event.id between wanted.first and wanted.last`;
}
