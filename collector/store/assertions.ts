import type { StatedAssertion } from '#model/assertion.ts';
import type { Uuid } from '#model/ids.ts';
import { jsonbArray, textArray, uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

export interface AssertionRow {
  readonly runId: string;
  readonly datasetId: string;
  readonly partition: string;
  readonly facet: string;
  readonly key: string;
  /** model/assertion.ts, StatedAssertion */
  readonly results: unknown;
}

/** Results of tests, each facet under the order key of its event, so that nothing is ever changed. */
export function addAssertions(rows: readonly AssertionRow[]): Statement {
  return sql`
    insert into assertion_result (run_id, dataset_id, partition, facet, key, results)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.runId))}::uuid[],
      ${uuidArray(rows.map((row) => row.datasetId))}::uuid[],
      ${textArray(rows.map((row) => row.partition))}::text[],
      ${textArray(rows.map((row) => row.facet))}::text[],
      ${uuidArray(rows.map((row) => row.key))}::uuid[],
      ${jsonbArray(rows.map((row) => row.results))}::jsonb[]
    ) on conflict do nothing`.named('add_assertions');
}

/** A facet's results as they count. */
export interface AssertionViewRow {
  readonly run_id: Uuid;
  /** NO_DATASET where they are about the run as a whole. */
  readonly dataset_id: Uuid;
  readonly namespace: string | null;
  readonly dataset: string | null;
  readonly partition: string;
  readonly facet: string;
  readonly key: Uuid;
  readonly results: readonly StatedAssertion[];
}

/** Of one run, dataset and facet the last statement: it replaced those before. */
function lastStatements(condition: Fragment): Fragment {
  return sql`
    select distinct on (a.run_id, a.dataset_id, a.partition, a.facet)
           a.run_id, a.dataset_id, n.name as namespace, d.name as dataset, a.partition, a.facet, a.key, a.results
      from assertion_result a
      left join dataset d on d.id = a.dataset_id
      left join namespace n on n.id = d.namespace_id
     where ${condition}
     order by a.run_id, a.dataset_id, a.partition, a.facet, a.key desc`;
}

/** What these runs state, about any dataset. */
export function assertionsOfRuns(runIds: readonly Uuid[]): Statement {
  return lastStatements(sql`a.run_id = any(${uuidArray(runIds)}::uuid[])`).named('assertions_of_runs');
}

/**
 * What was stated of a dataset under any of its names since an order key; of one partition, or of the
 * dataset as a whole, when a partition is given.
 */
export function assertionsOfDataset(
  id: Uuid,
  partition: string | null,
  since: Uuid,
  limit: number,
): Statement {
  const about = sql`
    a.dataset_id = any(${namesOf(sql`${id}::uuid`)}) and a.key >= ${since}::uuid
    and (${partition}::text is null or a.partition in (${partition}::text, ''))`;
  return sql`
    select * from (${lastStatements(about)}) stated order by key desc limit ${limit}`.named(
    'assertions_of_dataset',
  );
}

/** The first event of the run that wrote a partition last: results older than that are about other data. */
export function lastWriteOfPartition(id: Uuid, partition: string): Statement {
  return sql`
    select r.first_key as key, r.id as run_id
      from run_dataset rd join run r on r.id = rd.run_id
     where rd.dataset_id = any(${namesOf(sql`${id}::uuid`)}) and rd.role = 1 and rd.partition = ${partition}
     order by r.first_key desc
     limit 1`.named('last_write_of_partition');
}
