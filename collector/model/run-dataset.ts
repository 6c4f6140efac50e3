import { mergeFacetClaims, type FacetClaims } from './facet-set.ts';
import type { Uuid } from './ids.ts';
import type { FactKey, MeasurementSource } from './measurement.ts';
import type { OrderKey } from './order-key.ts';
import { nominalPartition } from './partition.ts';
import { laterClaim, type Claim, type RunFacts } from './run-state.ts';

/** How a run (or a static event) touches a dataset. The numbers are stored. */
export const ROLES = { input: 0, output: 1, static: 2 } as const;
export type Role = (typeof ROLES)[keyof typeof ROLES];

/** One stated number: the later statement of the same fact by the same run replaces it, never adds to it. */
export interface StatedValue {
  readonly key: OrderKey;
  readonly value: number;
  readonly source: MeasurementSource;
}

/** What one run said of one dataset and partition; a join-semilattice like the run itself. */
export interface RunDatasetDocument {
  readonly runId: Uuid;
  readonly datasetId: Uuid;
  readonly role: Role;
  /** As the events say; '' when they say nothing. */
  readonly statedPartition: string;
  /** Who states it, as an index of PARTITION_SOURCES; null when nobody does. */
  readonly partitionSource: number | null;
  readonly schema?: Claim<Uuid>;
  readonly lineage?: Claim<Uuid>;
  readonly version?: Claim<string>;
  /** Facets that no other member holds. */
  readonly facets?: FacetClaims;
  readonly statistics: Readonly<Record<FactKey, StatedValue>>;
}

/** Identity of a document. */
export function runDatasetKey(document: RunDatasetDocument): string {
  return `${document.runId}${document.datasetId}${document.role}${document.statedPartition}`;
}

/** Identity of a document within its run. */
export function mentionOf({ datasetId, role, statedPartition }: RunDatasetDocument): string {
  return `${datasetId}${role}${statedPartition}`;
}

/** Merges two documents of one identity. Empty statements erase nothing. */
export function mergeRunDataset(a: RunDatasetDocument, b: RunDatasetDocument): RunDatasetDocument {
  const schema = laterClaim(a.schema, b.schema);
  const lineage = laterClaim(a.lineage, b.lineage);
  const version = laterClaim(a.version, b.version);
  const facets = mergeFacetClaims(a.facets, b.facets);
  return {
    runId: a.runId,
    datasetId: a.datasetId,
    role: a.role,
    statedPartition: a.statedPartition,
    partitionSource: moreTrusted(a.partitionSource, b.partitionSource),
    ...(schema && { schema }),
    ...(lineage && { lineage }),
    ...(version && { version }),
    ...(facets.length > 0 && { facets }),
    statistics: mergeStatistics(a.statistics, b.statistics),
  };
}

function moreTrusted(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function mergeStatistics(
  a: RunDatasetDocument['statistics'],
  b: RunDatasetDocument['statistics'],
): RunDatasetDocument['statistics'] {
  const merged: Record<FactKey, StatedValue> = { ...a };
  for (const [fact, stated] of Object.entries(b)) {
    const known = merged[fact];
    if (!known || stated.key > known.key) merged[fact] = stated;
  }
  return merged;
}

/**
 * The partition that the document is about: the stated one; else, marked as inferred, the run's nominal
 * time (which another event of the run may bring later); else ''.
 */
export function resolvePartition(
  statedPartition: string,
  facts: RunFacts,
): { readonly partition: string; readonly inferred: boolean } {
  if (statedPartition !== '' || !facts.nominalTime) return { partition: statedPartition, inferred: false };
  return { partition: nominalPartition(new Date(facts.nominalTime.value.start)), inferred: true };
}
