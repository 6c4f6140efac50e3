import type pg from 'pg';
import type { ReferenceCounts } from './reference-projector.ts';

/** What the product has stored, counted as the reference projector counts. */
export async function storedCounts(client: pg.Client): Promise<ReferenceCounts> {
  await client.query('set search_path to assay_model, assay, public');
  const { rows } = await client.query<Record<keyof ReferenceCounts, string>>(`
    select
      (select count(*) from raw_event) as "events",
      (select count(*) from namespace) as "namespaces",
      (select count(*) from job) as "jobs",
      (select count(*) from run) as "runs",
      (select count(*) from run where state = 'COMPLETED') as "completedRuns",
      (select coalesce(sum(event_count), 0) from run) as "runEvents",
      (select count(*) from dataset) as "datasets",
      (select count(*) from run_dataset) as "runDatasets",
      (select count(*) from job_dataset) as "jobDatasets",
      (select count(*) from schema_version) as "schemaVersions",
      (select count(*) from schema_column) as "schemaColumns",
      (select count(*) from dataset_schema) as "datasetSchemas",
      (select count(*) from column_edge) as "columnEdges",
      (select coalesce(sum((statistics -> 'row_count' ->> 0)::numeric), 0) from run_dataset where role = 1) as "outputRows"`);
  const [row] = rows;
  if (!row) throw new Error('The counts could not be read.');
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, Number(value)]),
  ) as unknown as ReferenceCounts;
}

/** One sentence for each count that differs. */
export function differences(stored: ReferenceCounts, expected: ReferenceCounts): string[] {
  return Object.entries(expected)
    .filter(([name, count]) => stored[name as keyof ReferenceCounts] !== count)
    .map(([name, count]) => `${name}: ${stored[name as keyof ReferenceCounts]} stored, ${count} expected`);
}
