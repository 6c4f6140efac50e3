import { boolArray, int2Array, jsonbArray, textArray, uuidArray, uuidListArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';
import type { StoredNumber } from './stored-number.ts';

/** A run's word on one dataset and partition, as columns. */
export interface RunDatasetRow {
  readonly run_id: string;
  readonly dataset_id: string;
  readonly role: number;
  readonly stated_partition: string;
  readonly partition: string;
  readonly inferred: boolean;
  /** Index of PARTITION_SOURCES (model/partition.ts). */
  readonly partition_source: number | null;
  /** The greatest order key of what is stated here; null when nothing is. */
  readonly key: string | null;
  readonly schema_id: string | null;
  readonly lineage_id: string | null;
  readonly version: string | null;
  /** Sets of facets that were stated (model/facet-set.ts). */
  readonly facet_set: string | null;
  readonly facet_claims: readonly string[] | null;
  /** By fact key; null when nothing was stated. */
  readonly statistics: Readonly<Record<string, StoredNumber>> | null;
  /** Order keys of the statements that are older than `key`: schema, lineage, version, "fact " + fact key. */
  readonly older: Readonly<Record<string, string>> | null;
}

/** Everything known of these runs' datasets. The runs must be locked. */
export function readRunDatasets(runIds: readonly string[]): Statement {
  return sql`
    select run_id, dataset_id, role, stated_partition, partition, inferred, partition_source, key, schema_id, lineage_id, version,
      facet_set, facet_claims, statistics, older
    from run_dataset where run_id = any(${uuidArray(runIds)}::uuid[])`.named('read_run_datasets');
}

/** Inserts or replaces rows; the caller has merged them with what was stored. */
export function putRunDatasets(rows: readonly RunDatasetRow[]): Statement {
  return sql`
    insert into run_dataset (run_id, dataset_id, role, stated_partition, partition, inferred, partition_source, key, schema_id,
      lineage_id, version, facet_set, facet_claims, statistics, older)
    select run_id, dataset_id, role, stated_partition, partition, inferred, partition_source, key, schema_id, lineage_id, version,
      facet_set, facet_claims::uuid[], statistics, older
    from unnest(
      ${uuidArray(rows.map((row) => row.run_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.dataset_id))}::uuid[],
      ${int2Array(rows.map((row) => row.role))}::smallint[],
      ${textArray(rows.map((row) => row.stated_partition))}::text[],
      ${textArray(rows.map((row) => row.partition))}::text[],
      ${boolArray(rows.map((row) => row.inferred))}::boolean[],
      ${int2Array(rows.map((row) => row.partition_source))}::smallint[],
      ${uuidArray(rows.map((row) => row.key))}::uuid[],
      ${uuidArray(rows.map((row) => row.schema_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.lineage_id))}::uuid[],
      ${textArray(rows.map((row) => row.version))}::text[],
      ${uuidArray(rows.map((row) => row.facet_set))}::uuid[],
      ${uuidListArray(rows.map((row) => row.facet_claims))}::text[],
      ${jsonbArray(rows.map((row) => row.statistics))}::jsonb[],
      ${jsonbArray(rows.map((row) => row.older))}::jsonb[]
    ) as t(run_id, dataset_id, role, stated_partition, partition, inferred, partition_source, key, schema_id, lineage_id, version,
      facet_set, facet_claims, statistics, older)
    on conflict (run_id, dataset_id, role, stated_partition) do update set
      partition = excluded.partition, inferred = excluded.inferred, partition_source = excluded.partition_source, key = excluded.key,
      schema_id = excluded.schema_id, lineage_id = excluded.lineage_id, version = excluded.version,
      facet_set = excluded.facet_set, facet_claims = excluded.facet_claims,
      statistics = excluded.statistics, older = excluded.older`.named('put_run_datasets');
}
