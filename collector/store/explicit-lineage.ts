import { boolArray, int2Array, jsonbArray, textArray, uuidArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

export interface LineageStatementRow {
  readonly scopeId: string;
  readonly ofRun: boolean;
  readonly jobId: string | null;
  readonly targetKind: number;
  readonly targetId: string;
  readonly contentId: string;
  readonly key: string;
}

/** That these contents were stated; of one stated again the last key counts, so the order does not matter. */
export function addLineageStatements(rows: readonly LineageStatementRow[]): Statement {
  return sql`
    insert into lineage_statement as known (scope_id, of_run, job_id, target_kind, target_id, content_id, key)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.scopeId))}::uuid[],
      ${boolArray(rows.map((row) => row.ofRun))}::boolean[],
      ${uuidArray(rows.map((row) => row.jobId))}::uuid[],
      ${int2Array(rows.map((row) => row.targetKind))}::smallint[],
      ${uuidArray(rows.map((row) => row.targetId))}::uuid[],
      ${uuidArray(rows.map((row) => row.contentId))}::uuid[],
      ${uuidArray(rows.map((row) => row.key))}::uuid[]
    )
    on conflict (scope_id, target_id, content_id) do update set
      job_id = case when excluded.key > known.key then excluded.job_id else known.job_id end,
      key = greatest(known.key, excluded.key)`.named('add_lineage_statements');
}

export interface ExplicitEdgeRow {
  readonly id: string;
  readonly contentId: string;
  readonly targetField: string;
  readonly originKind: number;
  readonly originId: string;
  readonly originField: string;
  readonly originRunId: string | null;
  readonly transformations: unknown;
}

export function addExplicitEdges(rows: readonly ExplicitEdgeRow[]): Statement {
  return sql`
    insert into lineage_edge (id, content_id, target_field, origin_kind, origin_id, origin_field, origin_run_id, transformations)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${uuidArray(rows.map((row) => row.contentId))}::uuid[],
      ${textArray(rows.map((row) => row.targetField))}::text[],
      ${int2Array(rows.map((row) => row.originKind))}::smallint[],
      ${uuidArray(rows.map((row) => row.originId))}::uuid[],
      ${textArray(rows.map((row) => row.originField))}::text[],
      ${uuidArray(rows.map((row) => row.originRunId))}::uuid[],
      ${jsonbArray(rows.map((row) => row.transformations))}::jsonb[]
    ) on conflict do nothing`.named('add_explicit_edges');
}

export interface DatasetEdgeFact {
  readonly jobId: string;
  readonly outputDatasetId: string;
  readonly inputDatasetId: string;
}

/** That column lineage of a job leads from one dataset to another. */
export function addDatasetEdges(rows: readonly DatasetEdgeFact[]): Statement {
  return sql`
    insert into dataset_edge (job_id, output_dataset_id, input_dataset_id)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.jobId))}::uuid[],
      ${uuidArray(rows.map((row) => row.outputDatasetId))}::uuid[],
      ${uuidArray(rows.map((row) => row.inputDatasetId))}::uuid[]
    ) on conflict do nothing`.named('add_dataset_edges');
}
