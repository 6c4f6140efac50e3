import { contentId, runIdOf, type Uuid } from '#model/ids.ts';
import type { DatasetReference, JobReference } from './event-delta.ts';
import {
  FacetFault,
  isObject,
  requireArray,
  requireObject,
  requireText,
  textOf,
  type JsonObject,
} from './facet-reader.ts';
import type { Identify } from './identify.ts';
import { datasetReference, jobReference } from './references.ts';

/** What explicit lineage connects. The numbers are stored. */
export const LINEAGE_KINDS = { dataset: 0, job: 1 } as const;
export type LineageKind = (typeof LINEAGE_KINDS)[keyof typeof LINEAGE_KINDS];

/** One source of a target, as a `lineage` facet states it. */
export interface ExplicitEdge {
  /** '' for the whole target. */
  readonly targetField: string;
  readonly originKind: LineageKind;
  readonly originId: Uuid;
  /** '' for the whole origin. */
  readonly originField: string;
  /** The run that the origin (a job) is tied to. */
  readonly originRunId: Uuid | null;
  readonly transformations: readonly {
    readonly type: string;
    readonly subtype: string | null;
    readonly masking: boolean;
  }[];
}

/** All that one event says explicitly of one target. No edges: it has no tracked source. */
export interface ExplicitLineage {
  readonly targetKind: LineageKind;
  readonly targetId: Uuid;
  /** Hash of target and edges. */
  readonly contentId: Uuid;
  readonly edges: readonly ExplicitEdge[];
}

/** Reads the `lineage` facets of one event (LineageFacet 1-0-0) and gathers what they name. */
export class ExplicitLineageReader {
  readonly datasets = new Map<Uuid, DatasetReference>();
  readonly jobs = new Map<Uuid, JobReference>();
  readonly #ownJob: JobReference | null;
  readonly #identify: Identify;
  readonly #targets = new Map<Uuid, { kind: LineageKind; edges: Map<string, ExplicitEdge> }>();

  /** @param ownJob the event's, which a JOB without a name means; null in a DatasetEvent. */
  constructor(ownJob: JobReference | null, identify: Identify) {
    this.#ownJob = ownJob;
    this.#identify = identify;
  }

  /** The facet of a dataset (LineageDatasetFacet): what feeds the dataset that bears it. */
  readDatasetFacet(facet: JsonObject, target: DatasetReference): void {
    this.#readTarget(LINEAGE_KINDS.dataset, target.id, facet, '');
  }

  /** The facet of a job (LineageJobFacet): entries about any targets. */
  readJobFacet(facet: JsonObject): void {
    requireArray(facet, 'entries').forEach((entry, index) => {
      const pointer = `/entries/${index}`;
      if (!isObject(entry)) throw new FacetFault(pointer, 'an entry must be an object');
      const named = this.#named(entry, pointer);
      if (named) this.#readTarget(named.kind, named.id, entry, pointer);
    });
  }

  /** Everything that was read, one for each target. */
  statements(): ExplicitLineage[] {
    return [...this.#targets].map(([targetId, { kind, edges }]) => {
      const sorted = [...edges.keys()].sort();
      return {
        targetKind: kind,
        targetId,
        contentId: contentId(`explicit lineage ${targetId} ${sorted.join('\n')}`),
        edges: sorted.flatMap((key) => edges.get(key) ?? []),
      };
    });
  }

  #readTarget(kind: LineageKind, id: Uuid, entry: JsonObject, pointer: string): void {
    let target = this.#targets.get(id);
    if (target === undefined) this.#targets.set(id, (target = { kind, edges: new Map() }));
    for (const edge of this.#readInputs(entry, '', pointer)) target.edges.set(JSON.stringify(edge), edge);
    if (entry['fields'] === undefined) return;
    for (const [field, value] of Object.entries(requireObject(entry, 'fields'))) {
      if (!isObject(value)) throw new FacetFault(`${pointer}/fields`, 'a field must be an object');
      for (const edge of this.#readInputs(value, field, `${pointer}/fields`))
        target.edges.set(JSON.stringify(edge), edge);
    }
  }

  #readInputs(entry: JsonObject, targetField: string, pointer: string): ExplicitEdge[] {
    if (entry['inputs'] === undefined) return [];
    return requireArray(entry, 'inputs').flatMap((input) => {
      if (!isObject(input)) throw new FacetFault(`${pointer}/inputs`, 'an input must be an object');
      const named = this.#named(input, `${pointer}/inputs`);
      if (!named) return [];
      const runId = textOf(input['runId']);
      return {
        targetField,
        originKind: named.kind,
        originId: named.id,
        originField: textOf(input['field']) ?? '',
        originRunId: runId === null ? null : runIdOf(runId),
        transformations: (Array.isArray(input['transformations'])
          ? input['transformations'].filter(isObject)
          : []
        ).map((transformation) => ({
          type: textOf(transformation['type']) ?? 'DIRECT',
          subtype: textOf(transformation['subtype']),
          masking: transformation['masking'] === true,
        })),
      };
    });
  }

  /** The dataset or job that an entry names; null for the event's own job where there is none. */
  #named(entry: JsonObject, pointer: string): { kind: LineageKind; id: Uuid } | null {
    const type = requireText(entry, 'type');
    if (type === 'DATASET') {
      const { namespace, name } = this.#identify(requireText(entry, 'namespace'), requireText(entry, 'name'));
      const dataset = datasetReference(namespace, name);
      this.datasets.set(dataset.id, dataset);
      return { kind: LINEAGE_KINDS.dataset, id: dataset.id };
    }
    if (type !== 'JOB') throw new FacetFault(`${pointer}/type`, 'type must be DATASET or JOB');
    const isOwn = entry['namespace'] === undefined && entry['name'] === undefined;
    const job = isOwn
      ? this.#ownJob
      : jobReference(requireText(entry, 'namespace'), requireText(entry, 'name'));
    if (job === null) return null;
    this.jobs.set(job.id, job);
    return { kind: LINEAGE_KINDS.job, id: job.id };
  }
}
