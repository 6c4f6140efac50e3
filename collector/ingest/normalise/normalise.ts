import { NO_DATASET, type AssertionStatement } from '#model/assertion.ts';
import { runIdOf, type Uuid } from '#model/ids.ts';
import { MEASUREMENT_SOURCES as TRUST, type FactKey } from '#model/measurement.ts';
import { orderKey, type OrderKey } from '#model/order-key.ts';
import {
  mentionOf,
  mergeRunDataset,
  ROLES,
  runDatasetKey,
  type Role,
  type RunDatasetDocument,
  type StatedValue,
} from '#model/run-dataset.ts';
import { stubRun, type RunDocument } from '#model/run-state.ts';
import type { RawDataset, ReceivedEvent } from '../envelope.ts';
import type { DatasetReference, EventDelta, JobReference } from './event-delta.ts';
import { checkRunFacets } from './check-run-facets.ts';
import { datasetWord } from './dataset-word.ts';
import { Warnings } from './facet-reader.ts';
import { FacetShape } from './facet-shape.ts';
import { readAssertions, readTests } from './read-assertions.ts';
import { ExplicitLineageReader } from './read-explicit-lineage.ts';
import { identifyDataset, type Identify } from './identify.ts';
import { readPartitions } from './read-partitions.ts';
import { readRunFacets } from './read-run-facets.ts';
import { readShownFacets, type StatedFacets } from './read-shown-facets.ts';
import { readStatistics, trustOf, type Statistic, type StatisticsTrust } from './read-statistics.ts';
import { readSnapshot } from './read-version.ts';
import { jobReference } from './references.ts';
import { standingOf, type SpokenWord } from './standing.ts';

/**
 * Turns a received event into what it adds to the model. Pure: the same event always gives the same delta.
 * @param identify how names are spelled; one and the same function for as long as the rules are the same.
 */
export function normalise(event: ReceivedEvent, identify: Identify = identifyDataset): EventDelta {
  const key = orderKey(event.time, event.kind, event.id);
  return new Normaliser(event, key, identify).delta();
}

class Normaliser {
  readonly #event: ReceivedEvent;
  readonly #key: OrderKey;
  readonly #identify: Identify;
  readonly #warnings = new Warnings();
  readonly #jobs = new Map<Uuid, JobReference>();
  readonly #words: SpokenWord[] = [];
  readonly #runDatasets = new Map<string, RunDatasetDocument>();
  readonly #assertions: AssertionStatement[] = [];
  #explicit: ExplicitLineageReader | null = null;
  readonly #shape = new FacetShape();
  #statisticsTrust: StatisticsTrust | null = null;
  #isSnapshot = false;

  constructor(event: ReceivedEvent, key: OrderKey, identify: Identify) {
    this.#event = event;
    this.#key = key;
    this.#identify = identify;
  }

  delta(): EventDelta {
    const { raw, id, type, time } = this.#event;
    if (!time.zoned) this.#warnings.add('eventTime', '/eventTime', 'eventTime names no zone; UTC is assumed');
    const job = raw.job && type !== 'dataset' ? this.#job(raw.job.namespace, raw.job.name) : null;
    const jobFacets = job && this.#jobFacets(job);
    // Static events belong to no run: what they say is filed under their own id.
    const runId = raw.run && type === 'run' ? runIdOf(raw.run.runId) : id;
    if (type === 'dataset' && raw.dataset) this.#dataset(raw.dataset, ROLES.static, '/dataset', runId, null);
    else {
      raw.inputs?.forEach((input, index) =>
        this.#dataset(input, ROLES.input, `/inputs/${index}`, runId, job),
      );
      raw.outputs?.forEach((output, index) =>
        this.#dataset(output, ROLES.output, `/outputs/${index}`, runId, job),
      );
    }
    const runs = type === 'run' && job ? this.#runs(runId, job, jobFacets) : [];
    if (type === 'run') this.#addTests(runId);
    const standing = standingOf(raw.producer ?? '', job, raw.job?.facets, jobFacets, this.#words);
    const explicitLineage = this.#explicit?.statements() ?? [];
    for (const [named, reference] of this.#explicit?.jobs ?? []) this.#jobs.set(named, reference);
    return {
      eventId: id,
      key: this.#key,
      producer: raw.producer ?? '',
      jobId: job?.id ?? null,
      jobs: [...this.#jobs.values()],
      datasets: this.#withExplicit(standing.datasets),
      runs,
      runDatasets: [...this.#runDatasets.values()],
      snapshot: this.#isSnapshot ? this.#snapshot() : null,
      jobDatasets: standing.jobDatasets,
      schemas: standing.schemas,
      lineages: standing.lineages,
      facets: standing.facets,
      jobStatement: type === 'job' && job && jobFacets ? { jobId: job.id, facetSet: jobFacets.set } : null,
      assertions: this.#assertions,
      explicitLineage,
      aliases: standing.aliases,
      standing: standing.recurs && !this.#explicit ? standing : null,
      warnings: this.#warnings.list,
    };
  }

  /** Null for an event that names no dataset: the last event of a run often tells only that it has ended. */
  #snapshot(): string[] | null {
    return this.#runDatasets.size === 0 ? null : [...this.#runDatasets.values()].map(mentionOf).sort();
  }

  #job(namespace: string, name: string): JobReference {
    const job = jobReference(namespace, name);
    this.#jobs.set(job.id, job);
    return job;
  }

  #jobFacets(job: JobReference): StatedFacets | null {
    const facets = this.#event.raw.job?.facets;
    if (facets?.['lineage'] !== undefined) {
      const explicit = this.#explicitLineage(job);
      this.#warnings.read(facets, 'lineage', '/job/facets', (facet) => explicit.readJobFacet(facet));
    }
    return readShownFacets('job', facets, '/job/facets', this.#warnings);
  }

  #withExplicit(datasets: readonly DatasetReference[]): readonly DatasetReference[] {
    if (!this.#explicit || this.#explicit.datasets.size === 0) return datasets;
    const all = new Map(datasets.map((dataset) => [dataset.id, dataset]));
    for (const [named, dataset] of this.#explicit.datasets) all.set(named, dataset);
    return [...all.values()];
  }

  #runs(id: Uuid, job: JobReference, jobFacets: StatedFacets | null): RunDocument[] {
    const { raw } = this.#event;
    const stated = raw.run?.runId ?? '';
    const { facts, ancestors, isSnapshot } = readRunFacets(raw, this.#key, this.#warnings);
    this.#isSnapshot = isSnapshot;
    checkRunFacets(raw.run?.facets, this.#warnings);
    this.#shape.addRun(raw.run?.facets);
    const shape = this.#shape.id;
    const run: RunDocument = {
      id,
      externalId: id === stated.toLowerCase() ? null : stated,
      job: { id: job.id, stated: true, key: this.#key },
      transitions: [this.#key],
      firstKey: this.#key,
      lastKey: this.#key,
      eventCount: 1,
      facts,
      jobFacets: jobFacets ? [{ key: this.#key, set: jobFacets.set }] : [],
      facetEvents: shape === null ? [] : [{ key: this.#key, set: shape }],
    };
    const runs = [run];
    for (const ancestor of ancestors) {
      // Some producers name a run as its own parent or root; that tells nothing.
      if (ancestor.id === id) continue;
      this.#jobs.set(ancestor.job.id, ancestor.job);
      runs.push(stubRun(ancestor.id, ancestor.externalId, ancestor.job.id, this.#key));
    }
    return runs;
  }

  #dataset(dataset: RawDataset, role: Role, pointer: string, runId: Uuid, job: JobReference | null): void {
    const key = this.#key;
    const word = datasetWord(dataset, pointer, this.#identify, this.#warnings);
    this.#words.push({ word, role });
    const { reference, schema, lineage, facets } = word;
    const partitions = readPartitions(dataset, word, pointer, this.#warnings);
    const version = word.version ?? readSnapshot(dataset);
    if (word.statesExplicitLineage) this.#addExplicit(dataset, reference, job, pointer);
    if (role !== ROLES.static)
      this.#shape.addDataset(
        reference.id,
        dataset.name === reference.name ? '' : dataset.name,
        role,
        word.perRun,
        role === ROLES.input ? dataset.inputFacets : dataset.outputFacets,
      );

    // One number about several partitions is about none of them.
    const statistics =
      partitions.length > 1
        ? {}
        : statedValues(readStatistics(dataset, word, pointer, this.#trust(), this.#warnings), key);
    for (const { key: statedPartition, source: partitionSource } of partitions) {
      this.#add({
        runId,
        datasetId: reference.id,
        role,
        statedPartition,
        partitionSource,
        ...(schema && { schema: { key, value: schema.id } }),
        ...(lineage && { lineage: { key, value: lineage.content.id } }),
        ...(version && { version: { key, value: version } }),
        ...(facets && { facets: [{ key, set: facets.set }] }),
        statistics,
      });
    }
    for (const { facet, results } of readAssertions(dataset, word, pointer, this.#warnings)) {
      for (const { key: partition } of partitions)
        this.#addAssertions({ runId, datasetId: reference.id, partition, facet, key, results });
    }
  }

  /** A dataset may stand in an event twice; then the results of both places are one statement. */
  #addAssertions(statement: AssertionStatement): void {
    const at = this.#assertions.findIndex(
      ({ datasetId, partition, facet }) =>
        datasetId === statement.datasetId && partition === statement.partition && facet === statement.facet,
    );
    const before = this.#assertions[at];
    if (!before) this.#assertions.push(statement);
    else this.#assertions[at] = { ...before, results: [...before.results, ...statement.results] };
  }

  #addTests(runId: Uuid): void {
    const results = readTests(this.#event.raw.run?.facets, this.#warnings);
    if (results)
      this.#addAssertions({
        runId,
        datasetId: NO_DATASET,
        partition: '',
        facet: 'test',
        key: this.#key,
        results,
      });
  }

  #explicitLineage(job: JobReference | null): ExplicitLineageReader {
    return (this.#explicit ??= new ExplicitLineageReader(job, this.#identify));
  }

  #addExplicit(
    dataset: RawDataset,
    target: DatasetReference,
    job: JobReference | null,
    pointer: string,
  ): void {
    const explicit = this.#explicitLineage(job);
    this.#warnings.read(dataset.facets, 'lineage', `${pointer}/facets`, (facet) =>
      explicit.readDatasetFacet(facet, target),
    );
  }

  #trust(): StatisticsTrust {
    return (this.#statisticsTrust ??= trustOf(this.#event.raw, this.#event.kind));
  }

  // Within one event the claims' keys are equal: the entry that stands later in the document wins.
  #add(document: RunDatasetDocument): void {
    const identity = runDatasetKey(document);
    const known = this.#runDatasets.get(identity);
    this.#runDatasets.set(identity, known ? mergeRunDataset(document, known) : document);
  }
}

/** By fact; of two sources of one fact the more trusted one, of equal ones the later. */
function statedValues(statistics: readonly Statistic[], key: OrderKey): Record<FactKey, StatedValue> {
  const stated: Record<FactKey, StatedValue> = {};
  for (const { fact, value, source } of statistics) {
    const known = stated[fact];
    if (!known || TRUST[source] >= TRUST[known.source]) stated[fact] = { key, value, source };
  }
  return stated;
}
