import type { Uuid } from '#model/ids.ts';
import type { Queryable } from '#store/database.ts';
import {
  heldAmong,
  upstreamDecisions,
  writeSteps,
  type HeldRow,
  type UpstreamDecisionRow,
  type WriteStepRow,
} from '#store/incident-lineage.ts';
import type { IncidentRow } from '#store/incidents.ts';
import { changesOf, decisionWords } from './changes.ts';
import { ownedFacts, ownerOf } from './dataset-facts.ts';
import { below, readSlice } from './lineage-slice.ts';

/** Datasets below that are kept with an incident; the others are counted. */
const IMPACTED = 50;
const HELD = 1000;

/**
 * Adds to incidents whose root is new whom they touch: tier, owner, what lies below and its owners, and what
 * changed since the root was last good. A handful of statements, whatever the number.
 * @param writes the run that made what stands for an incident, by incident; none where no run is known.
 * @param subjects what was looked at at the root, by incident; none where the evidence that stands for it lies elsewhere.
 */
export async function describeIncidents(
  connection: Queryable,
  rows: readonly IncidentRow[],
  writes: ReadonlyMap<Uuid, { readonly runId: Uuid; readonly at: Date }>,
  subjects: ReadonlyMap<Uuid, string> = new Map(),
): Promise<IncidentRow[]> {
  if (rows.length === 0) return [];
  const slice = await readSlice(
    connection,
    rows.map((row) => row.root_id),
    'downstream',
  );
  const reach = new Map(rows.map((row) => [row.id, below(row.root_id, slice, IMPACTED)]));
  const named = new Set(rows.flatMap((row) => [row.root_id, ...(reach.get(row.id)?.ids ?? [])]));
  const facts = await ownedFacts(connection, [...named]);
  const steps = await stepsOf(connection, rows, writes);
  const decisions = Map.groupBy(
    await connection.rows<UpstreamDecisionRow>(
      upstreamDecisions(rows.map((row) => ({ datasetId: row.root_id, at: row.last_at }))),
    ),
    (row) => row.dataset_id,
  );
  return rows.map((row) => {
    const root = facts.get(row.root_id);
    const { ids, count } = reach.get(row.id) ?? { ids: [], count: 0 };
    const owner = ownerOf(root, subjects.get(row.id) ?? null);
    const touched = [root, ...ids.map((id) => facts.get(id))];
    const step = steps.get(row.root_id);
    return {
      ...row,
      tier: root?.tier ?? 3,
      owner,
      impacted: ids,
      impacted_count: count,
      owners: [
        ...new Set([...(owner === null ? [] : [owner]), ...touched.flatMap((one) => one?.owner ?? [])]),
      ],
      changes: [...(step ? changesOf(step) : []), ...decisionWords(decisions.get(row.root_id) ?? [])],
    };
  });
}

async function stepsOf(
  connection: Queryable,
  rows: readonly IncidentRow[],
  writes: ReadonlyMap<Uuid, { readonly runId: Uuid; readonly at: Date }>,
): Promise<ReadonlyMap<Uuid, WriteStepRow>> {
  const asked = new Map(
    rows.flatMap((row) => {
      const write = writes.get(row.id);
      return write ? [[row.root_id, { datasetId: row.root_id, ...write }] as const] : [];
    }),
  );
  if (asked.size === 0) return new Map();
  const found = await connection.rows<WriteStepRow>(writeSteps([...asked.values()]));
  return new Map(found.map((row) => [row.dataset_id, row]));
}

/** Candidates that the gate holds on an incident's root and on what lies below it. */
export async function heldBy(
  connection: Queryable,
  rows: readonly Pick<IncidentRow, 'id' | 'root_id' | 'impacted'>[],
): Promise<ReadonlyMap<Uuid, readonly HeldRow[]>> {
  const ids = new Set(rows.flatMap(({ root_id: root, impacted }) => [root, ...impacted]));
  const held = ids.size === 0 ? [] : await connection.rows<HeldRow>(heldAmong([...ids], HELD));
  const byDataset = Map.groupBy(held, (row) => row.dataset_id);
  return new Map(
    rows.map((row) => [
      row.id,
      [row.root_id, ...row.impacted].flatMap((dataset) => byDataset.get(dataset) ?? []),
    ]),
  );
}
