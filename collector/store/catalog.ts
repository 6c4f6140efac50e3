import { int2Array, int4Array, jsonbArray, textArray, timestamptzArray, uuidArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

// All of these are sets of facts that never change: inserting twice is inserting once. Rows come sorted
// by id, so that two collectors never wait for each other in a circle.

export function addNamespaces(rows: readonly { readonly id: string; readonly name: string }[]): Statement {
  return sql`
    insert into namespace (id, name)
    select * from unnest(${uuidArray(rows.map((row) => row.id))}::uuid[], ${textArray(rows.map((row) => row.name))}::text[])
    on conflict do nothing`.named('add_namespaces');
}

export interface NamedRow {
  readonly id: string;
  readonly namespaceId: string;
  readonly name: string;
}

export function addJobs(rows: readonly NamedRow[]): Statement {
  return sql`
    insert into job (id, namespace_id, name)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${uuidArray(rows.map((row) => row.namespaceId))}::uuid[],
      ${textArray(rows.map((row) => row.name))}::text[]
    ) on conflict do nothing`.named('add_jobs');
}

export function addDatasets(rows: readonly NamedRow[]): Statement {
  return sql`
    insert into dataset (id, namespace_id, name)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${uuidArray(rows.map((row) => row.namespaceId))}::uuid[],
      ${textArray(rows.map((row) => row.name))}::text[]
    ) on conflict do nothing`.named('add_datasets');
}

export function addJobDatasets(
  rows: readonly { readonly jobId: string; readonly datasetId: string; readonly role: number }[],
): Statement {
  return sql`
    insert into job_dataset (job_id, dataset_id, role)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.jobId))}::uuid[],
      ${uuidArray(rows.map((row) => row.datasetId))}::uuid[],
      ${int2Array(rows.map((row) => row.role))}::smallint[]
    ) on conflict do nothing`.named('add_job_datasets');
}

export function addSchemaVersions(
  rows: readonly { readonly id: string; readonly fields: unknown }[],
): Statement {
  return sql`
    insert into schema_version (id, fields)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${jsonbArray(rows.map((row) => row.fields))}::jsonb[]
    ) on conflict do nothing`.named('add_schema_versions');
}

export interface SchemaColumnRow {
  readonly schemaId: string;
  readonly ordinal: number;
  readonly name: string;
  readonly type: string | null;
  readonly description: string | null;
}

export function addSchemaColumns(rows: readonly SchemaColumnRow[]): Statement {
  return sql`
    insert into schema_column (schema_id, ordinal, name, type, description)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.schemaId))}::uuid[],
      ${int4Array(rows.map((row) => row.ordinal))}::integer[],
      ${textArray(rows.map((row) => row.name))}::text[],
      ${textArray(rows.map((row) => row.type))}::text[],
      ${textArray(rows.map((row) => row.description))}::text[]
    ) on conflict do nothing`.named('add_schema_columns');
}

export function addDatasetSchemas(
  rows: readonly { readonly datasetId: string; readonly schemaId: string }[],
): Statement {
  return sql`
    insert into dataset_schema (dataset_id, schema_id)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.datasetId))}::uuid[],
      ${uuidArray(rows.map((row) => row.schemaId))}::uuid[]
    ) on conflict do nothing`.named('add_dataset_schemas');
}

export interface ColumnEdgeRow {
  readonly id: string;
  readonly lineageId: string;
  readonly jobId: string | null;
  readonly outputDatasetId: string;
  readonly outputColumn: string;
  readonly inputDatasetId: string;
  readonly inputColumn: string;
  readonly transformations: unknown;
}

export function addColumnEdges(rows: readonly ColumnEdgeRow[]): Statement {
  return sql`
    insert into column_edge (id, lineage_id, job_id, output_dataset_id, output_column, input_dataset_id, input_column, transformations)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${uuidArray(rows.map((row) => row.lineageId))}::uuid[],
      ${uuidArray(rows.map((row) => row.jobId))}::uuid[],
      ${uuidArray(rows.map((row) => row.outputDatasetId))}::uuid[],
      ${textArray(rows.map((row) => row.outputColumn))}::text[],
      ${uuidArray(rows.map((row) => row.inputDatasetId))}::uuid[],
      ${textArray(rows.map((row) => row.inputColumn))}::text[],
      ${jsonbArray(rows.map((row) => row.transformations))}::jsonb[]
    ) on conflict do nothing`.named('add_column_edges');
}

export interface FacetWarningRow {
  readonly producer: string;
  readonly facet: string;
  readonly reason: string;
  readonly pointer: string;
  readonly events: number;
  readonly lastEventAt: number;
  readonly exampleEvent: string;
}

/** Counts faulty facets by producer. Sums and extremes only, so that the order of events does not matter. */
export function countFacetWarnings(rows: readonly FacetWarningRow[]): Statement {
  return sql`
    insert into facet_warning as known (producer, facet, reason, pointer, events, last_event_at, example_event)
    select * from unnest(
      ${textArray(rows.map((row) => row.producer))}::text[],
      ${textArray(rows.map((row) => row.facet))}::text[],
      ${textArray(rows.map((row) => row.reason))}::text[],
      ${textArray(rows.map((row) => row.pointer))}::text[],
      ${int4Array(rows.map((row) => row.events))}::integer[],
      ${timestamptzArray(rows.map((row) => row.lastEventAt))}::timestamptz[],
      ${uuidArray(rows.map((row) => row.exampleEvent))}::uuid[]
    )
    on conflict (producer, facet, reason) do update set
      events = known.events + excluded.events,
      last_event_at = greatest(known.last_event_at, excluded.last_event_at),
      -- the pointer goes with its example: the event with the least id
      pointer = case when excluded.example_event < known.example_event then excluded.pointer else known.pointer end,
      example_event = least(known.example_event, excluded.example_event)`.named('count_facet_warnings');
}
