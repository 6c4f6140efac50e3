import { isDeepStrictEqual } from 'node:util';
import { mergeRunDataset, ROLES, runDatasetKey, type RunDatasetDocument } from '#model/run-dataset.ts';
import { mergeRun, summariseRun, type RunDocument } from '#model/run-state.ts';
import type { Queryable } from '#store/database.ts';
import { markDue, type DuePartition } from '#store/due.ts';
import { putRunDatasets, readRunDatasets, type RunDatasetRow } from '#store/run-datasets.ts';
import { insertRuns, lockRuns, updateRuns } from '#store/runs.ts';
import type { KnownFacts } from './known-facts.ts';
import type { EventDelta } from './normalise/event-delta.ts';
import { projectCatalog } from './project-catalog.ts';
import {
  runDatasetDocumentOf,
  runDatasetRowOf,
  runDocumentOf,
  runRowOf,
  type StoredRun,
} from './run-rows.ts';

/** Another collector stored the same run meanwhile: the transaction must be run again to see it. */
export class ConcurrentRun extends Error {}

/** What the store holds of the runs that a batch touches. */
export interface StoredRuns {
  readonly runs: ReadonlyMap<string, RunDocument>;
  readonly datasets: ReadonlyMap<string, StoredDataset>;
}

/** Reads the runs that these events touch and locks them; both statements travel together. */
export async function readStoredRuns(
  connection: Queryable,
  deltas: readonly EventDelta[],
): Promise<StoredRuns> {
  const ids = [...new Set(deltas.flatMap((delta) => delta.runs.map((run) => run.id)))].sort();
  if (ids.length === 0) return { runs: new Map(), datasets: new Map() };
  const [runs, datasets] = await Promise.all([
    connection.rows<StoredRun>(lockRuns(ids)),
    connection.rows<RunDatasetRow>(readRunDatasets(ids)),
  ]);
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

/**
 * Projects the deltas of events that were not stored before, inside the transaction that stores them.
 * Merging happens here in one place (model/run-state.ts), with the runs' rows locked; the number of
 * statements does not grow with the batch, and they are sent without waiting for one another.
 *
 * @param stored of `readStoredRuns` on these deltas (or more), in this transaction.
 * @param now when the changed partitions become due for the monitor; null while replaying (they were judged before).
 * @returns facts to remember after commit.
 */
export async function projectBatch(
  connection: Queryable,
  deltas: readonly EventDelta[],
  stored: StoredRuns,
  known: KnownFacts,
  now: Date | null,
): Promise<Set<string>> {
  if (deltas.length === 0) return new Set();
  const stated = mergeAll(
    deltas.flatMap((delta) => delta.runs),
    (run) => run.id,
    mergeRun,
  );
  const statedDatasets = mergeAll(
    deltas.flatMap((delta) => delta.runDatasets),
    runDatasetKey,
    mergeRunDataset,
  );
  const runs = new Map<string, RunDocument>();
  for (const [id, run] of stated) {
    const before = stored.runs.get(id);
    runs.set(id, before ? mergeRun(before, run) : run);
  }
  const changed = changedDatasets(runs, stored.runs, statedDatasets, stored.datasets);
  const due = now ? dueOf(runs, stored.runs, changed, stored.datasets) : [];
  const [fresh] = await Promise.all([
    projectCatalog(connection, deltas, known),
    writeRuns(connection, runs, stored.runs),
    changed.length > 0 ? connection.execute(putRunDatasets(changed)) : null,
    due.length > 0 && now ? connection.execute(markDue(due, now)) : null,
  ]);
  return fresh;
}

function mergeAll<T>(
  documents: readonly T[],
  identify: (document: T) => string,
  merge: (a: T, b: T) => T,
): Map<string, T> {
  const merged = new Map<string, T>();
  for (const document of documents) {
    const identity = identify(document);
    const known = merged.get(identity);
    merged.set(identity, known === undefined ? document : merge(known, document));
  }
  return merged;
}

export interface StoredDataset {
  readonly row: RunDatasetRow;
  readonly document: RunDatasetDocument;
}

async function writeRuns(
  connection: Queryable,
  runs: ReadonlyMap<string, RunDocument>,
  stored: ReadonlyMap<string, RunDocument>,
): Promise<void> {
  const inserts = [];
  const updates = [];
  for (const run of [...runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const before = stored.get(run.id);
    if (!before) inserts.push(runRowOf(run));
    // A parent that is only named again by another child does not change.
    else if (!isDeepStrictEqual(run, before)) updates.push(runRowOf(run));
  }
  const [, inserted] = await Promise.all([
    updates.length > 0 ? connection.execute(updateRuns(updates)) : 0,
    inserts.length > 0 ? connection.execute(insertRuns(inserts)) : 0,
  ]);
  if (inserted < inserts.length) throw new ConcurrentRun();
}

/** Rows that the batch stated anew, and rows whose partition follows a nominal time that has just come to be known. */
function changedDatasets(
  runs: ReadonlyMap<string, RunDocument>,
  storedRuns: ReadonlyMap<string, RunDocument>,
  stated: ReadonlyMap<string, RunDatasetDocument>,
  stored: ReadonlyMap<string, StoredDataset>,
): RunDatasetRow[] {
  const changed: RunDatasetRow[] = [];
  for (const [identity, document] of stated) {
    const before = stored.get(identity);
    const merged = before ? mergeRunDataset(before.document, document) : document;
    const row = runDatasetRowOf(merged, runs.get(document.runId)?.facts ?? {});
    if (!before || !isDeepStrictEqual(row, before.row)) changed.push(row);
  }
  for (const [identity, before] of stored) {
    const run = runs.get(before.document.runId);
    if (stated.has(identity) || !run || run.facts.nominalTime === storedRuns.get(run.id)?.facts.nominalTime)
      continue;
    const row = runDatasetRowOf(before.document, run.facts);
    if (row.partition !== before.row.partition || row.inferred !== before.row.inferred) changed.push(row);
  }
  return changed.sort((a, b) => (a.run_id + a.dataset_id < b.run_id + b.dataset_id ? -1 : 1));
}

/** What the monitor must look at: outputs with numbers of runs that are complete or no longer so, and static statements. */
function dueOf(
  runs: ReadonlyMap<string, RunDocument>,
  storedRuns: ReadonlyMap<string, RunDocument>,
  changed: readonly RunDatasetRow[],
  stored: ReadonlyMap<string, StoredDataset>,
): DuePartition[] {
  const due = new Map<string, DuePartition>();
  const completed = new Set<string>();
  const turned = new Set<string>(); // completed now and not before, or (a late FAIL) the other way round
  for (const run of runs.values()) {
    const before = storedRuns.get(run.id);
    const isComplete = summariseRun(run).state === 'COMPLETED';
    if (isComplete) completed.add(run.id);
    if (isComplete !== (before !== undefined && summariseRun(before).state === 'COMPLETED'))
      turned.add(run.id);
  }
  const consider = (row: RunDatasetRow): void => {
    if (row.role === ROLES.input || row.statistics === null) return;
    due.set(`${row.dataset_id}${row.partition}`, { datasetId: row.dataset_id, partition: row.partition });
  };
  for (const row of changed) if (row.role === ROLES.static || completed.has(row.run_id)) consider(row);
  for (const { row } of stored.values()) if (turned.has(row.run_id)) consider(row);
  return [...due.keys()].sort().flatMap((identity) => due.get(identity) ?? []);
}
