import type { LineageAnswer } from '../../../collector/api/schema/lineage.ts';
import { useResource } from '../shell/read.ts';

export type LineageNode = LineageAnswer['datasets'][number];
export type LineageEdge = LineageAnswer['edges'][number];
export type Side = 'upstream' | 'downstream';

/** A dataset beside another, and the jobs that make the one of the other. */
export interface Neighbour {
  readonly node: LineageNode;
  /** Without repeats; empty where a statement names no job. */
  readonly jobs: readonly string[];
}

/** What one dataset is made of and what is made of it, one step each way. */
export function useOneHop(dataset: string) {
  return useResource<LineageAnswer>(
    `/api/v2/lineage?${new URLSearchParams({ dataset, depth: '1' }).toString()}`,
  );
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
