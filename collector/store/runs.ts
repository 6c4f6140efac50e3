import {
  boolArray,
  int4Array,
  jsonbArray,
  textArray,
  timestamptzArray,
  uuidArray,
  uuidListArray,
} from './binary-array.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/**
 * A run's document and summary as columns. Keys and ids are uuids; times are milliseconds since 1970. What
 * another column gives already is null, which keeps rows at a third of their size.
 */
export interface RunRow {
  readonly id: string;
  readonly external_id: string | null;
  readonly job_id: string;
  readonly job_stated: boolean;
  /** Null: last_key, as for every run that is no stub. */
  readonly job_key: string | null;
  readonly state: string;
  readonly attempts: number;
  readonly conflicting: boolean;
  readonly start_missing: boolean;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly last_event_at: number;
  readonly event_count: number;
  /** Null: the first attempt. */
  readonly attempt_key: string | null;
  /** Null: first_key and last_key. */
  readonly transitions: readonly string[] | null;
  readonly first_key: string;
  readonly last_key: string;
  readonly nominal_start: number | null;
  readonly nominal_end: number | null;
  readonly parent_run_id: string | null;
  readonly root_run_id: string | null;
  readonly producer_id: string | null;
  readonly engine_id: string | null;
  readonly job_type_id: string | null;
  /** {message, language} */
  readonly error: unknown;
  /** Order keys of the facts by position (ingest/run-facts.ts); null: each is last_key. */
  readonly fact_keys: readonly (string | null)[] | null;
  /** Sets of facets that were stated (model/facet-set.ts): of the job by content, of the run by their names. */
  readonly job_facet_set: string | null;
  readonly job_facet_claims: readonly string[] | null;
  readonly facet_shape: string | null;
  readonly facet_events: readonly string[] | null;
  /** A stream or a service: what it says counts while it runs. */
  readonly unending: boolean;
}

/** What many runs say alike: a producer, a processing engine, a job type. */
export interface RunFactRow {
  readonly id: string;
  readonly value: unknown;
}

/** A run as stored; times as Postgres gives them. */
export type StoredRunRow = Pick<
  RunRow,
  | 'id'
  | 'external_id'
  | 'job_id'
  | 'job_stated'
  | 'job_key'
  | 'transitions'
  | 'first_key'
  | 'last_key'
  | 'event_count'
  | 'parent_run_id'
  | 'root_run_id'
  | 'fact_keys'
  | 'producer_id'
  | 'engine_id'
  | 'job_type_id'
  | 'job_facet_set'
  | 'job_facet_claims'
  | 'facet_shape'
  | 'facet_events'
> & {
  readonly nominal_start: Date | null;
  readonly nominal_end: Date | null;
  readonly error: { readonly message: string; readonly language: string | null } | null;
};

/** The documents of the runs that exist, locked in one order against other collectors. */
export function lockRuns(ids: readonly string[]): Statement {
  return sql`
    select id, external_id, job_id, job_stated, job_key, transitions, first_key, last_key, event_count,
      nominal_start, nominal_end, parent_run_id, root_run_id, error, fact_keys,
      producer_id, engine_id, job_type_id, job_facet_set, job_facet_claims, facet_shape, facet_events
    from run
    where id = any(${uuidArray(ids)}::uuid[])
    order by id
    for update`.named('lock_runs');
}

/**
 * Facts that runs refer to. A statement of its own after `lockRuns`, whose snapshot is older than what it
 * waited for: a fact that came with that would be missing there.
 */
export function readRunFacts(ids: readonly string[]): Statement {
  return sql`
    select id, value from run_fact where id = any(${uuidArray(ids)}::uuid[])`.named('read_run_facts');
}

function values(rows: readonly RunRow[]): Fragment {
  return sql`
    select id, external_id, job_id, job_stated, job_key, state, attempts, conflicting, start_missing,
      started_at, ended_at, last_event_at, event_count, attempt_key, transitions::uuid[], first_key, last_key,
      nominal_start, nominal_end, parent_run_id, root_run_id, producer_id, engine_id, job_type_id, error, fact_keys::uuid[],
      job_facet_set, job_facet_claims::uuid[], facet_shape, facet_events::uuid[], unending
    from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${textArray(rows.map((row) => row.external_id))}::text[],
      ${uuidArray(rows.map((row) => row.job_id))}::uuid[],
      ${boolArray(rows.map((row) => row.job_stated))}::boolean[],
      ${uuidArray(rows.map((row) => row.job_key))}::uuid[],
      ${textArray(rows.map((row) => row.state))}::text[],
      ${int4Array(rows.map((row) => row.attempts))}::integer[],
      ${boolArray(rows.map((row) => row.conflicting))}::boolean[],
      ${boolArray(rows.map((row) => row.start_missing))}::boolean[],
      ${timestamptzArray(rows.map((row) => row.started_at))}::timestamptz[],
      ${timestamptzArray(rows.map((row) => row.ended_at))}::timestamptz[],
      ${timestamptzArray(rows.map((row) => row.last_event_at))}::timestamptz[],
      ${int4Array(rows.map((row) => row.event_count))}::integer[],
      ${uuidArray(rows.map((row) => row.attempt_key))}::uuid[],
      ${uuidListArray(rows.map((row) => row.transitions))}::text[],
      ${uuidArray(rows.map((row) => row.first_key))}::uuid[],
      ${uuidArray(rows.map((row) => row.last_key))}::uuid[],
      ${timestamptzArray(rows.map((row) => row.nominal_start))}::timestamptz[],
      ${timestamptzArray(rows.map((row) => row.nominal_end))}::timestamptz[],
      ${uuidArray(rows.map((row) => row.parent_run_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.root_run_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.producer_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.engine_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.job_type_id))}::uuid[],
      ${jsonbArray(rows.map((row) => row.error))}::jsonb[],
      ${uuidListArray(rows.map((row) => row.fact_keys))}::text[],
      ${uuidArray(rows.map((row) => row.job_facet_set))}::uuid[],
      ${uuidListArray(rows.map((row) => row.job_facet_claims))}::text[],
      ${uuidArray(rows.map((row) => row.facet_shape))}::uuid[],
      ${uuidListArray(rows.map((row) => row.facet_events))}::text[],
      ${boolArray(rows.map((row) => row.unending))}::boolean[]
    ) as t(id, external_id, job_id, job_stated, job_key, state, attempts, conflicting, start_missing,
      started_at, ended_at, last_event_at, event_count, attempt_key, transitions, first_key, last_key,
      nominal_start, nominal_end, parent_run_id, root_run_id, producer_id, engine_id, job_type_id, error, fact_keys,
      job_facet_set, job_facet_claims, facet_shape, facet_events, unending)`;
}

/** Inserts runs; returns the ids of those that were there: mostly none. Waits for a transaction that is inserting the same. */
export function insertRuns(rows: readonly RunRow[]): Statement {
  return sql`
    with given as materialized (${values(rows)}),
    inserted as (
      insert into run (id, external_id, job_id, job_stated, job_key, state, attempts, conflicting, start_missing,
      started_at, ended_at, last_event_at, event_count, attempt_key, transitions, first_key, last_key,
      nominal_start, nominal_end, parent_run_id, root_run_id, producer_id, engine_id, job_type_id, error, fact_keys,
      job_facet_set, job_facet_claims, facet_shape, facet_events, unending)
      select * from given
      on conflict do nothing
      returning id
    )
    select id from given where id not in (select id from inserted)`.named('insert_runs');
}

/** Replaces the columns of locked runs. */
export function updateRuns(rows: readonly RunRow[]): Statement {
  return sql`
    update run set (external_id, job_id, job_stated, job_key, state, attempts, conflicting, start_missing,
      started_at, ended_at, last_event_at, event_count, attempt_key, transitions, first_key, last_key,
      nominal_start, nominal_end, parent_run_id, root_run_id, producer_id, engine_id, job_type_id, error, fact_keys,
      job_facet_set, job_facet_claims, facet_shape, facet_events, unending) =
      (v.external_id, v.job_id, v.job_stated, v.job_key, v.state, v.attempts, v.conflicting, v.start_missing,
      v.started_at, v.ended_at, v.last_event_at, v.event_count, v.attempt_key, v.transitions, v.first_key, v.last_key,
      v.nominal_start, v.nominal_end, v.parent_run_id, v.root_run_id, v.producer_id, v.engine_id, v.job_type_id, v.error, v.fact_keys,
      v.job_facet_set, v.job_facet_claims, v.facet_shape, v.facet_events, v.unending)
    from (${values(rows)}) v where run.id = v.id`.named('update_runs');
}

/** These facts never change; what is there already stays. */
export function addRunFacts(rows: readonly RunFactRow[]): Statement {
  return sql`
    insert into run_fact (id, value)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${jsonbArray(rows.map((row) => row.value))}::jsonb[]
    ) on conflict do nothing`.named('add_run_facts');
}
