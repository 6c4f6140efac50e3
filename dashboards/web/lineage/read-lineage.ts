import { useQueries } from '@tanstack/react-query';
import { queryOf, useResource } from '../shell/read.ts';
import type { Expansion } from './graph-model.ts';
import { lineagePath, type LineageQuestion } from './lineage-question.ts';
import type { LineageAnswer, LineageNode, LineagePathAnswer, Side } from './terms.ts';

/** A dataset beside another, and the jobs that make the one of the other. */
export interface Neighbour {
  readonly node: LineageNode;
  /** Without repeats; empty where a statement names no job. */
  readonly jobs: readonly string[];
}

/** What one dataset is made of and what is made of it, one step each way. */
export function useOneHop(dataset: string) {
  return useResource<LineageAnswer>(lineagePath({ dataset, depth: 1 }));
}

export function useLineage(question: LineageQuestion) {
  return useResource<LineageAnswer>(lineagePath(question));
}

/** More neighbours of one dataset are a matter for the file. */
const EXPANDED_AT_MOST = 5000;

/** One step on from each side that was expanded by hand; those that are not there yet are left out. */
export function useExpansions(expansions: readonly Expansion[], at: string | null) {
  return useQueries({
    queries: expansions.map(({ id, side }) =>
      queryOf<LineageAnswer>(lineagePath({ dataset: id, depth: 1, side, at, limit: EXPANDED_AT_MOST })),
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
