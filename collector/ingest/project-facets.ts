import type { AssertionStatement } from '#model/assertion.ts';
import { derivedId, type Uuid } from '#model/ids.ts';
import type { OrderKey } from '#model/order-key.ts';
import { addAssertions, type AssertionRow } from '#store/assertions.ts';
import type { Queryable } from '#store/database.ts';
import {
  addDatasetEdges,
  addExplicitEdges,
  addLineageStatements,
  type DatasetEdgeFact,
  type ExplicitEdgeRow,
  type LineageStatementRow,
} from '#store/explicit-lineage.ts';
import {
  addFacets,
  addFacetSets,
  addJobStatements,
  type FacetRow,
  type JobStatementRow,
} from '#store/facets.ts';
import { putRunSnapshots, type RunSnapshotRow } from '#store/run-snapshots.ts';
import type { Statement } from '#store/sql.ts';
import type { FactSet, KnownFacts } from './known-facts.ts';
import type { EventDelta } from './normalise/event-delta.ts';

/**
 * Writes what a batch states beside the catalogue: contents of facets, test results, explicit lineage,
 * snapshots. All of it is only ever added, or replaced by what has a greater order key, so that the order of
 * events does not matter.
 * @param fresh takes the facts to remember once the transaction has committed.
 */
export async function projectFacets(
  connection: Queryable,
  deltas: readonly EventDelta[],
  known: KnownFacts,
  fresh: FactSet,
): Promise<void> {
  const isNew = (fact: string): boolean => {
    if (known.has(fact) || fresh.has(fact)) return false;
    fresh.add(fact);
    return true;
  };
  const facets: FacetRow[] = [];
  const sets: { id: Uuid; facets: unknown }[] = [];
  const jobStatements: JobStatementRow[] = [];
  const assertions: AssertionRow[] = [];
  const statements = new Map<string, LineageStatementRow>();
  const edges: ExplicitEdgeRow[] = [];
  const datasetEdges: DatasetEdgeFact[] = [];
  const snapshots = new Map<string, RunSnapshotRow>();

  for (const delta of deltas) {
    if (delta.jobStatement)
      jobStatements.push({ eventId: delta.eventId, key: delta.key, ...delta.jobStatement });
    assertions.push(...delta.assertions);
    if (delta.snapshot) keepLast(snapshots, delta.runs[0]?.id, delta.key, delta.snapshot);
    for (const row of statementRows(delta)) {
      const identity = `${row.scopeId}${row.targetId}${row.contentId}`;
      const before = statements.get(identity);
      if (!before || row.key > before.key) statements.set(identity, row);
    }
    for (const lineage of delta.explicitLineage)
      if (isNew(lineage.contentId)) edges.push(...edgeRows(lineage));
    if (known.hasAllOf(delta)) continue;
    for (const stated of delta.facets) {
      if (!isNew(stated.set)) continue;
      sets.push({ id: stated.set, facets: stated.ids });
      for (const { id, body } of stated.contents) if (isNew(id)) facets.push({ id, body: body() });
    }
    for (const { jobId, content, references } of delta.lineages) {
      // One look for a facet that recurs.
      if (jobId === null || known.hasPair('inputs of lineage', jobId, content.id)) continue;
      fresh.addPair('inputs of lineage', jobId, content.id);
      for (const { id: inputDatasetId } of references) {
        if (isNew(`edge${jobId}${content.outputDatasetId}${inputDatasetId}`))
          datasetEdges.push({ jobId, outputDatasetId: content.outputDatasetId, inputDatasetId });
      }
    }
  }

  const writing: Promise<number>[] = [];
  const write = <T>(
    rows: readonly T[],
    order: (row: T) => string,
    statement: (sorted: T[]) => Statement,
  ): void => {
    if (rows.length > 0) writing.push(connection.execute(statement(inOrder(rows, order))));
  };
  write(facets, ({ id }) => id, addFacets);
  write(sets, ({ id }) => id, addFacetSets);
  write(jobStatements, ({ eventId }) => eventId, addJobStatements);
  write(assertions, assertionOrder, addAssertions);
  write(edges, ({ id }) => id, addExplicitEdges);
  write([...statements.values()], (row) => row.scopeId + row.targetId + row.contentId, addLineageStatements);
  write(datasetEdges, (row) => row.jobId + row.outputDatasetId + row.inputDatasetId, addDatasetEdges);
  write([...snapshots.values()], ({ runId }) => runId, putRunSnapshots);
  await Promise.all(writing);
}

function keepLast(
  snapshots: Map<string, RunSnapshotRow>,
  runId: Uuid | undefined,
  key: OrderKey,
  mentions: readonly string[],
): void {
  if (runId === undefined) return;
  const before = snapshots.get(runId);
  if (!before || key > before.key) snapshots.set(runId, { runId, key, mentions });
}

// In one order everywhere, so that two collectors do not wait for each other in a circle.
function inOrder<T>(rows: readonly T[], order: (row: T) => string): T[] {
  return rows
    .map((row) => ({ row, key: order(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);
}

function assertionOrder({
  runId,
  datasetId,
  partition,
  facet,
  key,
}: AssertionStatement | AssertionRow): string {
  return `${runId}${datasetId}${partition}\u0000${facet}${key}`;
}

function statementRows(delta: EventDelta): LineageStatementRow[] {
  const [run] = delta.runs;
  return delta.explicitLineage.map(({ targetKind, targetId, contentId }) => ({
    scopeId: run?.id ?? delta.eventId,
    ofRun: run !== undefined,
    jobId: delta.jobId,
    targetKind,
    targetId,
    contentId,
    key: delta.key,
  }));
}

function edgeRows({ contentId, edges }: EventDelta['explicitLineage'][number]): ExplicitEdgeRow[] {
  return edges.map((edge) => ({
    id: derivedId('explicit edge', contentId, JSON.stringify(edge)),
    contentId,
    targetField: edge.targetField,
    originKind: edge.originKind,
    originId: edge.originId,
    originField: edge.originField,
    originRunId: edge.originRunId,
    transformations: edge.transformations,
  }));
}
