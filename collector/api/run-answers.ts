import { NO_DATASET } from '#model/assertion.ts';
import { facetsNow } from '#model/facet-set.ts';
import type { Uuid } from '#model/ids.ts';
import { timeOfKey } from '#model/order-key.ts';
import { PARTITION_SOURCES } from '#model/partition.ts';
import type { AssertionViewRow } from '#store/assertions.ts';
import type { Queryable } from '#store/database.ts';
import {
  readFacets,
  readFacetSets,
  type FacetSetRow,
  type StatedSetRow,
  type StoredFacet,
} from '#store/facets.ts';
import type { RunDatasetViewRow, RunViewRow } from '#store/run-views.ts';
import { statedNumber } from '#store/stored-number.ts';
import type { Assertion, FacetNow, RunDataset, RunItem } from './schema/model.ts';

const moment = (at: Date | null): string | null => at?.toISOString() ?? null;

export function runItem(row: RunViewRow): RunItem {
  return {
    id: row.id,
    externalId: row.external_id,
    jobId: row.job_id,
    jobNamespace: row.job_namespace,
    job: row.job,
    reported: row.job_stated,
    state: row.state as RunItem['state'],
    attempts: row.attempts,
    conflicting: row.conflicting,
    startMissing: row.start_missing,
    startedAt: moment(row.started_at),
    endedAt: moment(row.ended_at),
    lastEventAt: row.last_event_at.toISOString(),
    events: row.event_count,
    nominalStart: moment(row.nominal_start),
    nominalEnd: moment(row.nominal_end),
    parentRunId: row.parent_run_id,
    rootRunId: row.root_run_id,
    error: row.error?.message ?? null,
    producer: row.producer,
    integration: row.integration,
    jobType: row.job_type,
    processingType: row.processing_type,
    engine:
      row.engine_version === null ? null : [row.engine_name, row.engine_version].filter(Boolean).join(' '),
  };
}

export function runDataset(row: RunDatasetViewRow): RunDataset {
  return {
    datasetId: row.dataset_id,
    namespace: row.namespace,
    name: row.name,
    partition: row.partition,
    inferred: row.inferred,
    partitionSource: row.partition_source === null ? null : (PARTITION_SOURCES[row.partition_source] ?? null),
    version: row.version,
    schemaId: row.schema_id,
    statistics: Object.entries(row.statistics ?? {})
      .map(([metric, stored]) => {
        const [value, source] = statedNumber(row.role, stored);
        return { metric, value, source };
      })
      .sort((a, b) => (a.metric < b.metric ? -1 : 1)),
  };
}

/** Results one by one, in the order in which they were stated. */
export function assertionsOf(rows: readonly AssertionViewRow[]): Assertion[] {
  return rows.flatMap((row) =>
    row.results.map((result) => ({
      runId: row.run_id,
      datasetId: row.dataset_id === NO_DATASET ? null : row.dataset_id,
      namespace: row.namespace,
      dataset: row.dataset,
      partition: row.partition,
      facet: row.facet,
      statedAt: timeOfKey(row.key).toISOString(),
      ...result,
    })),
  );
}

/** A facet that holds, with its content. */
export interface HeldFacet extends FacetNow {
  readonly key: Uuid;
}

/** The facets that hold now of all the sets that were stated, and the names of those that were taken back last. */
export async function heldFacets(database: Queryable, stated: readonly StatedSetRow[]): Promise<HeldFacet[]> {
  const sets = await database.rows<FacetSetRow>(readFacetSets(stated.map(({ set }) => set)));
  const now = facetsNow(stated, new Map(sets.map(({ id, facets }) => [id, facets])));
  const bodies = await database.rows<StoredFacet>(
    readFacets([...new Set([...now.values()].map(({ id }) => id))]),
  );
  const contents = new Map(bodies.map(({ id, body }) => [id, body]));
  return [...now]
    .map(([name, { key, id }]) => ({
      name,
      key,
      statedAt: timeOfKey(key).toISOString(),
      facet: (contents.get(id) ?? {}) as FacetNow['facet'],
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
