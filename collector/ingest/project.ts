import { isDeepStrictEqual } from 'node:util';
import { mergeRunDataset, ROLES, runDatasetKey, type RunDatasetDocument } from '#model/run-dataset.ts';
import { mergeRun, summariseRun, type RunDocument, type RunSummary } from '#model/run-state.ts';
import type { Queryable } from '#store/database.ts';
import { markDue, type DuePartition } from '#store/due.ts';
import { markFailedRuns } from '#store/evidence-facts.ts';
import { putRunDatasets, readRunDatasets, type RunDatasetRow } from '#store/run-datasets.ts';
import {
  addRunFacts,
  insertRuns,
  lockRuns,
  readRunFacts,
  updateRuns,
  type RunFactRow,
  type StoredRunRow,
} from '#store/runs.ts';
import { FactSet, type KnownFacts } from './known-facts.ts';
import type { EventDelta } from './normalise/event-delta.ts';
import { projectAliases } from './project-aliases.ts';
import { projectCatalog } from './project-catalog.ts';
import { projectFacets } from './project-facets.ts';
import { factsToRead, rememberFacts, sharedFactsOf } from './run-facts.ts';
import { runDatasetDocumentOf, runDatasetRowOf, runDocumentOf, runRowOf } from './run-rows.ts';

/** What the store holds of the runs that a batch touches. */
export interface StoredRuns {
  readonly runs: ReadonlyMap<string, RunDocument>;
  readonly datasets: ReadonlyMap<string, StoredDataset>;
}

/** Another transaction was quicker with a run that was to be inserted: this one is to be made anew. */
export class RunsAppeared extends Error {
  override readonly message = 'Another transaction stored a run of these events meanwhile.';
}

/** Reads the runs that these events may change and locks them; both statements travel together. */
export async function readStoredRuns(
  connection: Queryable,
  deltas: readonly EventDelta[],
  known: KnownFacts,
): Promise<StoredRuns> {
  const ids = [...new Set(deltas.flatMap((delta) => runsToMerge(delta, known).map(({ id }) => id)))].sort();
  if (ids.length === 0) return { runs: new Map(), datasets: new Map() };
  const [runs, datasets] = await Promise.all([
    connection.rows<StoredRunRow>(lockRuns(ids)),
    connection.rows<RunDatasetRow>(readRunDatasets(ids)),
  ]);
  const facts = factsToRead(runs);
  if (facts.length > 0) rememberFacts(await connection.rows<RunFactRow>(readRunFacts(facts)));
  return {
    runs: new Map(runs.map((row) => [row.id, runDocumentOf(row)])),
    datasets: new Map(
      datasets.map((row) => {
        const document = runDatasetDocumentOf(row);
        return [runDatasetKey(document), { row, document }];
      }),
    ),
  };
}

/** The event's own run, and those that it names unless that is known: a parent of thousands is named by each. */
function runsToMerge({ runs }: EventDelta, known: KnownFacts): readonly RunDocument[] {
  if (runs.length < 2) return runs;
  return runs.filter((run, index) => index === 0 || !known.hasNamed(run));
}

/**
 * Projects the deltas of events that were not stored before, inside the transaction that stores them.
 * Merging happens here in one place (model/run-state.ts), with the runs' rows locked; the number of
 * statements does not grow with the batch, and they are sent without waiting for one another.
 *
 * @param stored of `readStoredRuns` on these deltas (or more), in this transaction, with the same `known` or more.
 * @param now when the changed partitions become due for the monitor; null while replaying (they were judged before).
 * @returns facts to remember after commit. Throws RunsAppeared, and the transaction is to be made anew.
 */
export async function projectBatch(
  connection: Queryable,
  deltas: readonly EventDelta[],
  stored: StoredRuns,
  known: KnownFacts,
  now: Date | null,
): Promise<FactSet> {
  const fresh = new FactSet();
  if (deltas.length === 0) return fresh;
  const stated = new Map<string, RunDocument>();
  const statedDatasets = new Map<string, RunDatasetDocument>();
  for (const delta of deltas) {
    for (const run of runsToMerge(delta, known)) mergeInto(stated, run.id, run, mergeRun);
    for (const document of delta.runDatasets)
      mergeInto(statedDatasets, runDatasetKey(document), document, mergeRunDataset);
  }
  const runs = new Map<string, RunDocument>();
  const updates: RunDocument[] = [];
  for (const [id, run] of stated) {
    const before = stored.runs.get(id);
    const merged = before ? mergeRun(before, run) : run;
    runs.set(id, merged);
    if (before && isChanged(merged, before)) updates.push(merged);
  }
  for (const delta of deltas) {
    for (let index = 1; index < delta.runs.length; index += 1) {
      const named = runs.get((delta.runs[index] as RunDocument).id);
      if (named) fresh.addNamed(named);
    }
  }
  const summaries = new Map([...runs.values()].map((run) => [run.id, summariseRun(run)]));
  const changed = changedDatasets(runs, stored.runs, statedDatasets, stored.datasets);
  const due = now ? dueOf(summaries, stored.runs, changed, stored.datasets) : [];
  const failed = failedOf(summaries);
  const facts = freshFacts(deltas, known, fresh);
  const updatedRows = sortRuns(updates).map((run) =>
    runRowOf(run, summaries.get(run.id) ?? summariseRun(run)),
  );
  // All is sent at once: whether the runs were new is looked at afterwards.
  const [isLate] = await Promise.all([
    insertNewRuns(connection, stated, stored),
    projectCatalog(connection, deltas, known, fresh),
    projectFacets(connection, deltas, known, fresh),
    facts.length > 0 ? connection.execute(addRunFacts(facts)) : null,
    updatedRows.length > 0 ? connection.execute(updateRuns(updatedRows)) : null,
    changed.length > 0 ? connection.execute(putRunDatasets(changed)) : null,
    due.length > 0 && now ? connection.execute(markDue(due, now)) : null,
    failed.length > 0 && now ? connection.execute(markFailedRuns(failed, now)) : null,
  ]);
  if (isLate) throw new RunsAppeared();
  await projectAliases(connection, deltas, known, fresh, now);
  for (const delta of deltas)
    if (delta.standing !== null && !known.hasAllOf(delta)) fresh.addStanding(delta.standing);
  return fresh;
}

function mergeInto<T>(merged: Map<string, T>, identity: string, document: T, merge: (a: T, b: T) => T): void {
  const known = merged.get(identity);
  merged.set(identity, known === undefined ? document : merge(known, document));
}

/**
 * A run's own events count up; stubs say nothing but their job. So a parent that is only named again by
 * another child is not written again.
 */
function isChanged(run: RunDocument, before: RunDocument): boolean {
  return (
    run.eventCount !== before.eventCount ||
    run.job.key !== before.job.key ||
    run.job.id !== before.job.id ||
    run.externalId !== before.externalId
  );
}

/**
 * What these events' runs say alike and may not be stored yet, in one order everywhere. Of events, not of
 * merged runs: which merged states a run passes through depends on the order of arrival.
 */
function freshFacts(deltas: readonly EventDelta[], known: KnownFacts, fresh: FactSet): readonly RunFactRow[] {
  const rows: RunFactRow[] = [];
  const add = (row: RunFactRow | null): void => {
    if (!row || known.has(row.id) || fresh.has(row.id)) return;
    fresh.add(row.id);
    rows.push(row);
  };
  for (const { runs } of deltas) {
    const [run] = runs; // the others are stubs
    if (!run) continue;
    const { producer, engine, jobType } = sharedFactsOf(run.facts);
    add(producer);
    add(engine);
    add(jobType);
  }
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Inserts the runs that were not stored. Resolves to true when another transaction inserted one of them
 * meanwhile (the insert waited for it): what was merged here lacks what that one knows.
 */
async function insertNewRuns(
  connection: Queryable,
  stated: ReadonlyMap<string, RunDocument>,
  stored: StoredRuns,
): Promise<boolean> {
  const fresh = sortRuns([...stated.values()].filter((run) => !stored.runs.has(run.id)));
  if (fresh.length === 0) return false;
  const others = await connection.rows(insertRuns(fresh.map((run) => runRowOf(run, summariseRun(run)))));
  return others.length > 0;
}

function sortRuns(runs: RunDocument[]): RunDocument[] {
  return runs.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export interface StoredDataset {
  readonly row: RunDatasetRow;
  readonly document: RunDatasetDocument;
}

/**
 * Rows that the batch stated anew, and rows whose partition follows what has just come to be known: a nominal
 * time, or that the run does state partitions of this dataset, so that none is to be inferred.
 */
function changedDatasets(
  runs: ReadonlyMap<string, RunDocument>,
  storedRuns: ReadonlyMap<string, RunDocument>,
  stated: ReadonlyMap<string, RunDatasetDocument>,
  stored: ReadonlyMap<string, StoredDataset>,
): RunDatasetRow[] {
  const changed: RunDatasetRow[] = [];
  const partitioned = new Set<string>();
  const note = (document: RunDatasetDocument): void => {
    if (document.statedPartition !== '') partitioned.add(unpartitionedKey(document));
  };
  for (const { document } of stored.values()) note(document);
  const known = new Set(partitioned);
  for (const document of stated.values()) note(document);
  const factsOf = (document: RunDatasetDocument, run: RunDocument | undefined): RunDocument['facts'] =>
    !run ||
    (document.statedPartition === '' && partitioned.size > 0 && partitioned.has(unpartitionedKey(document)))
      ? {}
      : run.facts;

  for (const [identity, document] of stated) {
    const before = stored.get(identity);
    const merged = before ? mergeRunDataset(before.document, document) : document;
    const row = runDatasetRowOf(merged, factsOf(document, runs.get(document.runId)));
    if (!before || !isDeepStrictEqual(row, before.row)) changed.push(row);
  }
  for (const [identity, before] of stored) {
    const run = runs.get(before.document.runId);
    if (stated.has(identity) || !run || before.document.statedPartition !== '') continue;
    const group = unpartitionedKey(before.document);
    const sameTime = run.facts.nominalTime === storedRuns.get(run.id)?.facts.nominalTime;
    if (sameTime && known.has(group) === partitioned.has(group)) continue;
    const row = runDatasetRowOf(before.document, factsOf(before.document, run));
    if (row.partition !== before.row.partition || row.inferred !== before.row.inferred) changed.push(row);
  }
  return changed.sort((a, b) =>
    a.run_id === b.run_id ? (a.dataset_id < b.dataset_id ? -1 : 1) : a.run_id < b.run_id ? -1 : 1,
  );
}

/** The identity of the same run's word on the same dataset without a partition. */
function unpartitionedKey(document: RunDatasetDocument): string {
  return `${document.runId}${document.datasetId}${document.role}`;
}

/** Runs that stand failed: evidence against what they should have made. In the order in which all lock them. */
function failedOf(summaries: ReadonlyMap<string, RunSummary>): string[] {
  const failed = [...summaries].filter(([, { state }]) => state === 'FAILED' || state === 'ABORTED');
  return failed.map(([id]) => id).sort();
}

/** What the monitor must look at: outputs with numbers of runs that are complete or no longer so, and static statements. */
function dueOf(
  summaries: ReadonlyMap<string, RunSummary>,
  storedRuns: ReadonlyMap<string, RunDocument>,
  changed: readonly RunDatasetRow[],
  stored: ReadonlyMap<string, StoredDataset>,
): DuePartition[] {
  const due = new Map<string, DuePartition>();
  const completed = new Set<string>();
  const turned = new Set<string>(); // completed now and not before, or (a late FAIL) the other way round
  for (const [id, { state }] of summaries) {
    const before = storedRuns.get(id);
    const isComplete = state === 'COMPLETED';
    if (isComplete) completed.add(id);
    if (isComplete !== (before !== undefined && summariseRun(before).state === 'COMPLETED')) turned.add(id);
  }
  const consider = (row: RunDatasetRow): void => {
    if (row.role === ROLES.input || row.statistics === null) return;
    due.set(`${row.dataset_id}${row.partition}`, { datasetId: row.dataset_id, partition: row.partition });
  };
  for (const row of changed) if (row.role === ROLES.static || completed.has(row.run_id)) consider(row);
  for (const { row } of stored.values()) if (turned.has(row.run_id)) consider(row);
  return [...due.keys()].sort().flatMap((identity) => due.get(identity) ?? []);
}
