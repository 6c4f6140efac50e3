import { useQueries } from '@tanstack/react-query';
import { queryOf, useResource } from '../shell/read.ts';
import type { Expansion } from './graph-model.ts';
import type { LineageAnswer, LineageNode, LineagePathAnswer, Side } from './terms.ts';

/** A dataset beside another, and the jobs that make the one of the other. */
export interface Neighbour {
  readonly node: LineageNode;
  /** Without repeats; empty where a statement names no job. */
  readonly jobs: readonly string[];
}

/** What is asked for beside the dataset. */
export interface LineageQuestion {
  readonly dataset: string;
  readonly column?: string | null;
  /** Steps each way; null: as far as there is anything. */
  readonly depth: number | null;
  /** ISO 8601; null: now. */
  readonly at?: string | null;
  readonly side?: Side;
  readonly limit?: number;
}

function pathOf({ dataset, column, depth, at, side, limit }: LineageQuestion): string {
  const asked = new URLSearchParams({ dataset });
  if (column) asked.set('column', column);
  if (depth !== null) asked.set('depth', String(depth));
  if (at) asked.set('at', at);
  if (side) asked.set('direction', side);
  if (limit !== undefined) asked.set('limit', String(limit));
  return `/api/v2/lineage?${asked.toString()}`;
}

/** What one dataset is made of and what is made of it, one step each way. */
export function useOneHop(dataset: string) {
  return useResource<LineageAnswer>(pathOf({ dataset, depth: 1 }));
}

export function useLineage(question: LineageQuestion) {
  return useResource<LineageAnswer>(pathOf(question));
}

/** More neighbours of one dataset are a matter for the file. */
const EXPANDED_AT_MOST = 5000;

/** One step on from each side that was expanded by hand; those that are not there yet are left out. */
export function useExpansions(expansions: readonly Expansion[], at: string | null) {
  return useQueries({
    queries: expansions.map(({ id, side }) =>
      queryOf<LineageAnswer>(pathOf({ dataset: id, depth: 1, side, at, limit: EXPANDED_AT_MOST })),
    ),
    combine: (results) => ({
      answers: results.flatMap(({ data }) => (data ? [data] : [])),
      error: results.find(({ error }) => error !== null)?.error ?? null,
    }),
  });
}

/** The shortest way that data takes between two datasets, whichever way it flows; asks nothing without `to`. */
export function useLineagePath(from: string, to: string | null, at: string | null) {
  const asked = new URLSearchParams({ from, to: to ?? '', ...(at && { at }) });
  return useResource<LineagePathAnswer>(`/api/v2/lineage/path?${asked.toString()}`, { enabled: to !== null });
}

/** The datasets one step from this one, by namespace and name. */
export function neighboursOf(answer: LineageAnswer, id: string, side: Side): Neighbour[] {
  const [here, there] = side === 'upstream' ? (['output', 'input'] as const) : (['input', 'output'] as const);
  const jobs = new Map<string, Set<string>>();
  for (const edge of answer.edges) {
    if (edge[here] !== id) continue;
    const found = jobs.get(edge[there]) ?? new Set<string>();
    jobs.set(edge[there], found);
    if (edge.job !== null) found.add(edge.job);
  }
  return answer.datasets.flatMap((node) => {
    const by = jobs.get(node.id);
    return by ? [{ node, jobs: [...by].toSorted() }] : [];
  });
}
