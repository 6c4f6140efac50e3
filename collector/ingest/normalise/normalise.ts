import type { AliasClaim } from '#model/alias.ts';
import { NO_DATASET, type AssertionStatement } from '#model/assertion.ts';
import { runIdOf, type Uuid } from '#model/ids.ts';
import { MEASUREMENT_SOURCES as TRUST, type FactKey } from '#model/measurement.ts';
import type { Identifier } from '#model/naming.ts';
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
import type { DatasetReference, EventDelta, JobReference, SchemaContent } from './event-delta.ts';
import { checkRunFacets } from './check-run-facets.ts';
import { Warnings } from './facet-reader.ts';
import { FacetShape } from './facet-shape.ts';
import { readAssertions, readTests } from './read-assertions.ts';
import { ExplicitLineageReader } from './read-explicit-lineage.ts';
import { identifyDataset, type Identify } from './identify.ts';
import { readPreviousName } from './read-lifecycle.ts';
import { readPartitions } from './read-partitions.ts';
import { readRunFacets } from './read-run-facets.ts';
import { readShownFacets, type StatedFacets } from './read-shown-facets.ts';
import { readStatistics, trustOf, type Statistic, type StatisticsTrust } from './read-statistics.ts';
import { readSymlinks, symlinkClaims } from './read-symlinks.ts';
import { readVersion } from './read-version.ts';
import { recurringLineage, recurringSchema, type FoundLineage } from './recurring-facets.ts';
import { datasetReference, jobReference } from './references.ts';

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
  readonly #datasets = new Map<Uuid, DatasetReference>();
  readonly #runDatasets = new Map<string, RunDatasetDocument>();
  readonly #jobDatasets = new Map<string, { jobId: Uuid; datasetId: Uuid; role: Role }>();
  readonly #schemas = new Map<string, { datasetId: Uuid; content: SchemaContent }>();
  readonly #lineages = new Map<Uuid, { jobId: Uuid | null } & FoundLineage>();
  readonly #facets: StatedFacets[] = [];
  readonly #assertions: AssertionStatement[] = [];
  #explicit: ExplicitLineageReader | null = null;
  readonly #shape = new FacetShape();
  #statisticsTrust: StatisticsTrust | null = null;
  #isSnapshot = false;
  readonly #aliases: AliasClaim[] = [];

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
    const explicitLineage = this.#explicit?.statements() ?? [];
    for (const [named, dataset] of this.#explicit?.datasets ?? []) this.#datasets.set(named, dataset);
    for (const [named, reference] of this.#explicit?.jobs ?? []) this.#jobs.set(named, reference);
    return {
      eventId: id,
      key: this.#key,
      producer: raw.producer ?? '',
      jobId: job?.id ?? null,
      jobs: [...this.#jobs.values()],
      datasets: [...this.#datasets.values()],
      runs,
      runDatasets: [...this.#runDatasets.values()],
      snapshot: this.#isSnapshot ? this.#snapshot() : null,
      jobDatasets: [...this.#jobDatasets.values()],
      schemas: [...this.#schemas.values()],
      lineages: [...this.#lineages.values()],
      facets: this.#facets,
      jobStatement: type === 'job' && job && jobFacets ? { jobId: job.id, facetSet: jobFacets.set } : null,
      assertions: this.#assertions,
      explicitLineage,
      aliases: this.#aliases,
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
    return this.#keepFacets(readShownFacets('job', facets, '/job/facets', this.#warnings));
  }

  #keepFacets(stated: StatedFacets | null): StatedFacets | null {
    if (stated) this.#facets.push(stated);
    return stated;
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
    const named = this.#identify(dataset.namespace, dataset.name);
    const reference = this.#reference(named.namespace, named.name);
    const partitions = readPartitions(dataset, named, pointer, this.#warnings);
    const schema = recurringSchema(dataset, pointer, this.#warnings);
    const lineage = recurringLineage(dataset, reference.id, pointer, this.#warnings, this.#identify);
    const version = readVersion(dataset, pointer, this.#warnings);
    if (schema)
      this.#schemas.set(`${reference.id}${schema.id}`, { datasetId: reference.id, content: schema });
    if (lineage) this.#addLineage(lineage, job);
    if (dataset.facets?.['lineage'] !== undefined) this.#addExplicit(dataset, reference, job, pointer);
    const facets = this.#keepFacets(
      readShownFacets('dataset', dataset.facets, `${pointer}/facets`, this.#warnings),
    );
    if (role !== ROLES.static)
      this.#shape.addDataset(
        reference.id,
        dataset.name === reference.name ? '' : dataset.name,
        role,
        dataset.facets,
        role === ROLES.input ? dataset.inputFacets : dataset.outputFacets,
      );
    const symlinks = this.#warnings.readOnce(dataset.facets, 'symlinks', `${pointer}/facets`, readSymlinks);
    if (symlinks)
      this.#addAliases(
        symlinkClaims(symlinks, reference, this.#identify, `${pointer}/facets`, this.#warnings),
      );
    const before = this.#warnings.readOnce(
      dataset.facets,
      'lifecycleStateChange',
      `${pointer}/facets`,
      readPreviousName,
    );
    if (before) this.#addRename(before, reference);
    if (job)
      this.#jobDatasets.set(`${reference.id}${role}`, { jobId: job.id, datasetId: reference.id, role });

    // One number about several partitions is about none of them.
    const statistics =
      partitions.length > 1
        ? {}
        : statedValues(readStatistics(dataset, pointer, this.#trust(), this.#warnings), key);
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
    for (const { facet, results } of readAssertions(dataset, pointer, this.#warnings)) {
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

  #reference(namespace: string, name: string): DatasetReference {
    const reference = datasetReference(namespace, name);
    this.#datasets.set(reference.id, reference);
    return reference;
  }

  #addLineage({ content, references }: FoundLineage, job: JobReference | null): void {
    this.#lineages.set(content.id, { jobId: job?.id ?? null, content, references });
    for (const reference of references) this.#datasets.set(reference.id, reference);
  }

  #addRename(before: Identifier, to: DatasetReference): void {
    const named = this.#identify(before.namespace, before.name);
    const from = this.#reference(named.namespace, named.name);
    if (from.id !== to.id) this.#aliases.push({ kind: 'rename', from, to });
  }

  #trust(): StatisticsTrust {
    return (this.#statisticsTrust ??= trustOf(this.#event.raw, this.#event.kind));
  }

  #addAliases(claims: readonly AliasClaim[]): void {
    for (const claim of claims) {
      this.#aliases.push(claim);
      this.#datasets.set(claim.to.id, claim.to);
    }
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
