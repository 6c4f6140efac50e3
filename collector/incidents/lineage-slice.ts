import type { Uuid } from '#model/ids.ts';
import type { Queryable } from '#store/database.ts';
import type { LineageDirection } from '#store/lineage.ts';
import {
  edgesOut,
  looksAt,
  reachFromMany,
  type LookRow,
  type SliceEdgeRow,
} from '#store/incident-lineage.ts';
import type { Health, LineageView } from './causality.ts';

/** Datasets and edges that are read around incidents at most: a graph of which everything is made explains nothing. */
const MAX_DATASETS = 20_000;
const MAX_EDGES = 200_000;
const NONE: readonly Uuid[] = [];

/** Edges between datasets, both ways. */
export interface Slice {
  readonly inputsOf: (dataset: Uuid) => readonly Uuid[];
  readonly outputsOf: (dataset: Uuid) => readonly Uuid[];
  readonly datasets: readonly Uuid[];
}

/** What lies above (or below) these datasets. Two statements. */
export async function readSlice(
  connection: Queryable,
  ids: readonly Uuid[],
  direction: LineageDirection,
): Promise<Slice> {
  const reached = await connection.rows<{ id: Uuid }>(
    reachFromMany([...new Set(ids)], direction, MAX_DATASETS),
  );
  const edges = await connection.rows<SliceEdgeRow>(
    edgesOut(
      reached.map(({ id }) => id),
      MAX_EDGES,
    ),
  );
  const inputs = new Map<Uuid, Uuid[]>();
  const outputs = new Map<Uuid, Uuid[]>();
  for (const { input_id: input, output_id: output } of edges) {
    push(inputs, output, input);
    push(outputs, input, output);
  }
  // The order of rows is PostgreSQL's own; what follows from them must not be.
  for (const list of [...inputs.values(), ...outputs.values()]) list.sort();
  return {
    inputsOf: (dataset) => inputs.get(dataset) ?? NONE,
    outputsOf: (dataset) => outputs.get(dataset) ?? NONE,
    datasets: [...new Set([...reached.map(({ id }) => id), ...inputs.keys()])],
  };
}

function push(lists: Map<Uuid, Uuid[]>, key: Uuid, value: Uuid): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

interface Looks {
  readonly waiting: boolean;
  /** Newest first. */
  readonly looks: readonly { readonly at: number; readonly good: boolean }[];
}

/** The graph above some evidence with how its datasets were found. */
export async function readLineageView(connection: Queryable, ids: readonly Uuid[]): Promise<LineageView> {
  const slice = await readSlice(connection, ids, 'upstream');
  const rows = await connection.rows<LookRow>(looksAt(slice.datasets));
  const known = new Map<Uuid, Looks>();
  for (const [id, own] of Map.groupBy(rows, (row) => row.dataset_id)) {
    const looks = own
      .flatMap(({ at, good }) => (at === null ? [] : [{ at: at.getTime(), good }]))
      .sort((a, b) => b.at - a.at);
    known.set(id, { waiting: own.some(({ waiting }) => waiting), looks });
  }
  return { ...slice, ...healthIn(known) };
}

function healthIn(known: ReadonlyMap<Uuid, Looks>): Pick<LineageView, 'healthOf' | 'passedSince'> {
  return {
    healthOf(dataset, at): Health {
      const found = known.get(dataset);
      if (!found) return 'unwatched';
      if (found.waiting) return 'pending';
      const newest = found.looks.find((look) => look.at <= at.getTime());
      return newest?.good === true ? 'passed' : 'pending';
    },
    passedSince: (dataset, since, at) =>
      known
        .get(dataset)
        ?.looks.some((look) => look.good && look.at >= since.getTime() && look.at <= at.getTime()) ?? false,
  };
}

/** Datasets below one, nearest first; `ids` the first `limit` of `count`. */
export function below(
  dataset: Uuid,
  slice: Slice,
  limit: number,
): { readonly ids: readonly Uuid[]; readonly count: number } {
  const found = new Set<Uuid>([dataset]);
  // A set is walked in the order in which it grows: that is by generations.
  for (const id of found) for (const output of slice.outputsOf(id)) found.add(output);
  found.delete(dataset);
  return { ids: [...found].slice(0, limit), count: found.size };
}
