import { boolArray, int2Array, jsonbArray, textArray, uuidArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

/** A run's word on one dataset and partition, as columns. */
export interface RunDatasetRow {
  readonly run_id: string;
  readonly dataset_id: string;
  readonly role: number;
  readonly stated_partition: string;
  readonly partition: string;
  readonly inferred: boolean;
  readonly schema_id: string | null;
  readonly schema_key: string | null;
  readonly lineage_id: string | null;
  readonly lineage_key: string | null;
  readonly version: string | null;
  readonly version_key: string | null;
  /** {fact key: [order key, value, source]}; null when nothing was stated. */
  readonly statistics: Readonly<Record<string, readonly [key: string, value: number, source: string]>> | null;
}

/** Everything known of these runs' datasets. The runs must be locked. */
export function readRunDatasets(runIds: readonly string[]): Statement {
  return sql`
    select run_id, dataset_id, role, stated_partition, partition, inferred, schema_id, schema_key,
      lineage_id, lineage_key, version, version_key, statistics
    from run_dataset where run_id = any(${uuidArray(runIds)}::uuid[])`.named('read_run_datasets');
}

/** Inserts or replaces rows; the caller has merged them with what was stored. */
export function putRunDatasets(rows: readonly RunDatasetRow[]): Statement {
  return sql`
    insert into run_dataset (run_id, dataset_id, role, stated_partition, partition, inferred, schema_id, schema_key,
      lineage_id, lineage_key, version, version_key, statistics)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.run_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.dataset_id))}::uuid[],
      ${int2Array(rows.map((row) => row.role))}::smallint[],
      ${textArray(rows.map((row) => row.stated_partition))}::text[],
      ${textArray(rows.map((row) => row.partition))}::text[],
      ${boolArray(rows.map((row) => row.inferred))}::boolean[],
      ${uuidArray(rows.map((row) => row.schema_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.schema_key))}::uuid[],
      ${uuidArray(rows.map((row) => row.lineage_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.lineage_key))}::uuid[],
      ${textArray(rows.map((row) => row.version))}::text[],
      ${uuidArray(rows.map((row) => row.version_key))}::uuid[],
      ${jsonbArray(rows.map((row) => row.statistics))}::jsonb[]
    )
    on conflict (run_id, dataset_id, role, stated_partition) do update set
      partition = excluded.partition, inferred = excluded.inferred,
      schema_id = excluded.schema_id, schema_key = excluded.schema_key,
      lineage_id = excluded.lineage_id, lineage_key = excluded.lineage_key,
      version = excluded.version, version_key = excluded.version_key,
      statistics = excluded.statistics`.named('put_run_datasets');
}
