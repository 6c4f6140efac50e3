import type { StatedValue, RunDatasetDocument, Role } from '#model/run-dataset.ts';
import { resolvePartition } from '#model/run-dataset.ts';
import { summariseRun, type RunDocument, type RunFacts } from '#model/run-state.ts';
import type { MeasurementSource } from '#model/measurement.ts';
import type { RunDatasetRow } from '#store/run-datasets.ts';
import type { RunRow } from '#store/runs.ts';

/** The columns that a run's document is read back from. */
export type StoredRun = Pick<
  RunRow,
  'id' | 'external_id' | 'job_id' | 'job_stated' | 'job_key' | 'first_key' | 'last_key' | 'event_count'
> & { readonly transitions: readonly string[]; readonly facts: RunFacts };

export function runDocumentOf(row: StoredRun): RunDocument {
  return {
    id: row.id,
    externalId: row.external_id,
    job: { id: row.job_id, stated: row.job_stated, key: row.job_key },
    transitions: row.transitions,
    firstKey: row.first_key,
    lastKey: row.last_key,
    eventCount: row.event_count,
    facts: row.facts,
  };
}

/** A document with all that follows from it, as columns. */
export function runRowOf(run: RunDocument): RunRow {
  const summary = summariseRun(run);
  const nominal = run.facts.nominalTime?.value;
  return {
    id: run.id,
    external_id: run.externalId,
    job_id: run.job.id,
    job_stated: run.job.stated,
    job_key: run.job.key,
    state: summary.state,
    attempts: summary.attempts,
    conflicting: summary.conflicting,
    start_missing: summary.startMissing,
    started_at: summary.startedAt?.getTime() ?? null,
    ended_at: summary.endedAt?.getTime() ?? null,
    last_event_at: summary.lastEventAt.getTime(),
    event_count: run.eventCount,
    attempt_key: summary.attemptKey,
    transitions: run.transitions,
    first_key: run.firstKey,
    last_key: run.lastKey,
    nominal_start: nominal ? Date.parse(nominal.start) : null,
    nominal_end: nominal?.end ? Date.parse(nominal.end) : null,
    parent_run_id: run.facts.parent?.value.runId ?? null,
    root_run_id: run.facts.parent?.value.rootRunId ?? null,
    facts: run.facts,
  };
}

export function runDatasetDocumentOf(row: RunDatasetRow): RunDatasetDocument {
  const claim = (key: string | null, value: string | null): { key: string; value: string } | undefined =>
    key !== null && value !== null ? { key, value } : undefined;
  const schema = claim(row.schema_key, row.schema_id);
  const lineage = claim(row.lineage_key, row.lineage_id);
  const version = claim(row.version_key, row.version);
  const statistics: Record<string, StatedValue> = {};
  for (const [fact, [key, value, source]] of Object.entries(row.statistics ?? {})) {
    statistics[fact] = { key, value, source: source as MeasurementSource };
  }
  return {
    runId: row.run_id,
    datasetId: row.dataset_id,
    role: row.role as Role,
    statedPartition: row.stated_partition,
    ...(schema && { schema }),
    ...(lineage && { lineage }),
    ...(version && { version }),
    statistics,
  };
}

/** @param facts of the run that the document belongs to: its nominal time may tell the partition. */
export function runDatasetRowOf(document: RunDatasetDocument, facts: RunFacts): RunDatasetRow {
  const entries = Object.entries(document.statistics);
  return {
    run_id: document.runId,
    dataset_id: document.datasetId,
    role: document.role,
    stated_partition: document.statedPartition,
    ...resolvePartition(document.statedPartition, facts),
    schema_id: document.schema?.value ?? null,
    schema_key: document.schema?.key ?? null,
    lineage_id: document.lineage?.value ?? null,
    lineage_key: document.lineage?.key ?? null,
    version: document.version?.value ?? null,
    version_key: document.version?.key ?? null,
    statistics:
      entries.length === 0
        ? null
        : Object.fromEntries(
            entries.map(([fact, stated]) => [fact, [stated.key, stated.value, stated.source] as const]),
          ),
  };
}
