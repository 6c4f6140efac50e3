import { claimsOf, storedClaims } from '#model/facet-set.ts';
import type { MeasurementSource } from '#model/measurement.ts';
import { LOWEST_KEY, type OrderKey } from '#model/order-key.ts';
import { PARTITION_SOURCES } from '#model/partition.ts';
import {
  resolvePartition,
  type Role,
  type RunDatasetDocument,
  type StatedValue,
} from '#model/run-dataset.ts';
import { transitionsOf, type RunDocument, type RunFacts, type RunSummary } from '#model/run-state.ts';
import type { RunDatasetRow } from '#store/run-datasets.ts';
import type { RunRow, StoredRunRow } from '#store/runs.ts';
import { statedNumber, storedNumber, type StoredNumber } from '#store/stored-number.ts';
import { factKeysOf, factsOf, sharedFactsOf } from './run-facts.ts';

/** What the run refers to must have been remembered (run-facts.ts). */
export function runDocumentOf(row: StoredRunRow): RunDocument {
  return {
    id: row.id,
    externalId: row.external_id,
    job: { id: row.job_id, stated: row.job_stated, key: row.job_key ?? row.last_key },
    transitions: row.transitions ?? transitionsOf(row.first_key, row.last_key),
    firstKey: row.first_key,
    lastKey: row.last_key,
    eventCount: row.event_count,
    facts: factsOf(row),
    jobFacets: claimsOf({ set: row.job_facet_set, claims: row.job_facet_claims }, row.last_key),
    facetEvents: claimsOf({ set: row.facet_shape, claims: row.facet_events }, row.last_key),
  };
}

/** A document with all that follows from it, as columns. */
export function runRowOf(run: RunDocument, summary: RunSummary): RunRow {
  const nominal = run.facts.nominalTime?.value;
  const processingType = run.facts.jobType?.value.processingType;
  const shared = sharedFactsOf(run.facts);
  const jobFacets = storedClaims(run.jobFacets, run.lastKey);
  const facetEvents = storedClaims(run.facetEvents, run.lastKey);
  return {
    id: run.id,
    external_id: run.externalId,
    job_id: run.job.id,
    job_stated: run.job.stated,
    job_key: run.job.key === run.lastKey ? null : run.job.key,
    state: summary.state,
    attempts: summary.attempts,
    conflicting: summary.conflicting,
    start_missing: summary.startMissing,
    started_at: summary.startedAt?.getTime() ?? null,
    ended_at: summary.endedAt?.getTime() ?? null,
    last_event_at: summary.lastEventAt.getTime(),
    event_count: run.eventCount,
    attempt_key: summary.attemptKey === LOWEST_KEY ? null : summary.attemptKey,
    transitions: areEnds(run) ? null : run.transitions,
    first_key: run.firstKey,
    last_key: run.lastKey,
    nominal_start: nominal ? Date.parse(nominal.start) : null,
    nominal_end: nominal?.end ? Date.parse(nominal.end) : null,
    parent_run_id: run.facts.parent?.value.runId ?? null,
    root_run_id: run.facts.parent?.value.rootRunId ?? null,
    producer_id: shared.producer?.id ?? null,
    engine_id: shared.engine?.id ?? null,
    job_type_id: shared.jobType?.id ?? null,
    error: run.facts.errorMessage?.value ?? null,
    fact_keys: factKeysOf(run.facts, run.lastKey),
    job_facet_set: jobFacets.set,
    job_facet_claims: jobFacets.claims,
    facet_shape: facetEvents.set,
    facet_events: facetEvents.claims,
    unending: processingType === 'STREAMING' || processingType === 'SERVICE',
  };
}

/** The transitions are just the first and the last event. */
function areEnds({ transitions, firstKey, lastKey }: RunDocument): boolean {
  const [first, last] = transitions;
  if (first !== firstKey) return false;
  return transitions.length === 1 ? firstKey === lastKey : transitions.length === 2 && last === lastKey;
}

const NOMINAL_TIME = PARTITION_SOURCES.indexOf('nominal_time');

/** Prefix of a statistic's name among a row's `older` keys. */
const FACT = 'fact ';

export function runDatasetDocumentOf(row: RunDatasetRow): RunDatasetDocument {
  const keyOf = (name: string): OrderKey => row.older?.[name] ?? row.key ?? LOWEST_KEY;
  const statistics: Record<string, StatedValue> = {};
  for (const [fact, stored] of Object.entries(row.statistics ?? {})) {
    const [value, source] = statedNumber(row.role, stored);
    statistics[fact] = { key: keyOf(FACT + fact), value, source: source as MeasurementSource };
  }
  const facets = claimsOf({ set: row.facet_set, claims: row.facet_claims }, row.key);
  return {
    runId: row.run_id,
    datasetId: row.dataset_id,
    role: row.role as Role,
    statedPartition: row.stated_partition,
    // What is inferred is worked out anew.
    partitionSource: row.inferred ? null : row.partition_source,
    ...(row.schema_id !== null && { schema: { key: keyOf('schema'), value: row.schema_id } }),
    ...(row.lineage_id !== null && { lineage: { key: keyOf('lineage'), value: row.lineage_id } }),
    ...(row.version !== null && { version: { key: keyOf('version'), value: row.version } }),
    ...(facets.length > 0 && { facets }),
    statistics,
  };
}

/** @param facts of the run that the document belongs to: its nominal time may tell the partition. */
export function runDatasetRowOf(document: RunDatasetDocument, facts: RunFacts): RunDatasetRow {
  const { schema, lineage, version } = document;
  let key: OrderKey | null = null;
  const count = (claim: { readonly key: OrderKey } | undefined): void => {
    if (claim && (key === null || claim.key > key)) key = claim.key;
  };
  count(schema);
  count(lineage);
  count(version);
  count(document.facets?.at(-1));
  let statistics: Record<string, StoredNumber> | null = null;
  for (const fact in document.statistics) {
    const stated = document.statistics[fact] as StatedValue;
    count(stated);
    (statistics ??= {})[fact] = storedNumber(document.role, stated.value, stated.source);
  }
  const facets = storedClaims(document.facets ?? [], key ?? LOWEST_KEY);
  const { partition, inferred } = resolvePartition(document.statedPartition, facts);
  return {
    run_id: document.runId,
    dataset_id: document.datasetId,
    role: document.role,
    stated_partition: document.statedPartition,
    partition,
    inferred,
    partition_source: inferred ? NOMINAL_TIME : document.partitionSource,
    key,
    schema_id: schema?.value ?? null,
    lineage_id: lineage?.value ?? null,
    version: version?.value ?? null,
    facet_set: facets.set,
    facet_claims: facets.claims,
    statistics,
    older: key === null ? null : olderThan(key, document),
  };
}

function olderThan(key: OrderKey, document: RunDatasetDocument): Record<string, OrderKey> | null {
  let older: Record<string, OrderKey> | null = null;
  const note = (name: string, claim: { readonly key: OrderKey } | undefined): void => {
    if (claim && claim.key !== key) (older ??= {})[name] = claim.key;
  };
  note('schema', document.schema);
  note('lineage', document.lineage);
  note('version', document.version);
  for (const fact in document.statistics) note(FACT + fact, document.statistics[fact]);
  return older;
}
