import { urgency, type LineageEdge, type LineageNode, type Side } from './terms.ts';

/** A dataset made of another, and by which jobs. */
export interface Link {
  readonly input: string;
  readonly output: string;
  /** Without repeats, in order; empty where a statement names no job. */
  readonly jobs: readonly string[];
}

/** All that was read, of however many answers. */
export interface LineageGraph {
  readonly nodes: ReadonlyMap<string, LineageNode>;
  readonly links: readonly Link[];
  /** Neighbours by node: what it is made from, and what is made of it. */
  readonly upstream: ReadonlyMap<string, ReadonlySet<string>>;
  readonly downstream: ReadonlyMap<string, ReadonlySet<string>>;
  /** How many neighbours each has, those that were not read too. */
  readonly totals: ReadonlyMap<string, Readonly<Record<Side, number>>>;
}

interface Answer {
  readonly datasets: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

/** Puts answers together; of a node that several have the first one counts. */
export function mergeAnswers(answers: readonly Answer[]): LineageGraph {
  const nodes = new Map<string, LineageNode>();
  const jobs = new Map<
    string,
    { readonly input: string; readonly output: string; readonly jobs: Set<string> }
  >();
  for (const { datasets, edges } of answers) {
    for (const node of datasets) if (!nodes.has(node.id)) nodes.set(node.id, node);
    for (const { input, output, job } of edges) {
      const key = `${input} ${output}`;
      const link = jobs.get(key) ?? { input, output, jobs: new Set<string>() };
      jobs.set(key, link);
      if (job !== null) link.jobs.add(job);
    }
  }
  const { upstream, downstream } = neighbourhoods([...jobs.values()]);
  const links = [...jobs.values()].map((link) => ({ ...link, jobs: [...link.jobs].toSorted() }));
  return { nodes, links, upstream, downstream, totals: totalsOf(answers) };
}

type Neighbourhood = Map<string, Set<string>>;

function neighbourhoods(
  links: readonly { readonly input: string; readonly output: string }[],
): Record<Side, Neighbourhood> {
  const upstream: Neighbourhood = new Map();
  const downstream: Neighbourhood = new Map();
  for (const { input, output } of links) {
    add(upstream, output, input);
    add(downstream, input, output);
  }
  return { upstream, downstream };
}

function add(neighbourhood: Neighbourhood, id: string, other: string): void {
  const known = neighbourhood.get(id);
  if (known) known.add(other);
  else neighbourhood.set(id, new Set([other]));
}

/** What an answer hides of a node's neighbours, and what it tells, are all of them. */
function totalsOf(answers: readonly Answer[]): Map<string, Record<Side, number>> {
  const totals = new Map<string, Record<Side, number>>();
  for (const { datasets, edges } of answers) {
    const told = neighbourhoods(edges);
    for (const { id, hidden } of datasets) {
      const before = totals.get(id) ?? { upstream: 0, downstream: 0 };
      const all = (side: Side): number =>
        Math.max(before[side], hidden[side] + (told[side].get(id)?.size ?? 0));
      totals.set(id, { upstream: all('upstream'), downstream: all('downstream') });
    }
  }
  return totals;
}

/** A side of a dataset that was expanded by hand. */
export interface Expansion {
  readonly id: string;
  readonly side: Side;
}

/** Expansions as they stand in the address: `u<id>,d<id>`. */
export function readExpansions(text: string | null): Expansion[] {
  return (text ?? '')
    .split(',')
    .filter((part) => /^[ud]./.test(part))
    .map((part) => ({
      side: part.startsWith('u') ? ('upstream' as const) : ('downstream' as const),
      id: part.slice(1),
    }));
}

export function writeExpansions(expansions: readonly Expansion[]): string | null {
  return expansions.length === 0
    ? null
    : expansions.map(({ side, id }) => `${side === 'upstream' ? 'u' : 'd'}${id}`).join(',');
}

/** Where a dataset is seen from the one that was asked for. */
export interface Place {
  readonly id: string;
  /** Negative: so many steps upstream; positive: downstream; 0: the one asked for, or beside it. */
  readonly steps: number;
}

export interface Shown {
  /** In the order in which they were reached. */
  readonly places: ReadonlyMap<string, Place>;
  readonly links: readonly Link[];
}

/** Neighbours of one dataset on one side that are shown before somebody expands it; the worst first. */
const AT_FIRST = 8;

/**
 * What is shown: the dataset, the first of what lies within `depth` steps each way, what was expanded by hand, and what else is
 * named (a path). An expansion of a dataset that is not shown waits until it is.
 */
export function shownOf(
  graph: LineageGraph,
  centre: string,
  depth: number,
  expansions: readonly Expansion[],
  also: readonly string[] = [],
): Shown {
  // Who asks for everything gets it; else a dataset with a hundred readers shows the first of them.
  const atFirst = Number.isFinite(depth) ? AT_FIRST : Number.POSITIVE_INFINITY;
  const places = new Map<string, Place>([[centre, { id: centre, steps: 0 }]]);
  for (const side of ['upstream', 'downstream'] as const) {
    const sign = side === 'upstream' ? -1 : 1;
    let front = [centre];
    for (let step = 1; step <= depth && front.length > 0; step += 1) {
      const next: string[] = [];
      for (const id of front)
        for (const other of worstFirst(graph, neighbours(graph, id, side)).slice(0, atFirst)) {
          if (places.has(other)) continue;
          places.set(other, { id: other, steps: sign * step });
          next.push(other);
        }
      front = next;
    }
  }
  also.forEach((id, index) => {
    const steps = index - also.indexOf(centre);
    if (!places.has(id) && graph.nodes.has(id)) places.set(id, { id, steps });
  });
  const waiting = new Set(expansions);
  for (let grown = true; grown;) {
    grown = false;
    for (const expansion of waiting) {
      const from = places.get(expansion.id);
      if (!from) continue;
      waiting.delete(expansion);
      grown = true;
      const step = expansion.side === 'upstream' ? -1 : 1;
      for (const other of neighbours(graph, expansion.id, expansion.side))
        if (!places.has(other)) places.set(other, { id: other, steps: from.steps + step });
    }
  }
  const links = graph.links.filter(({ input, output }) => places.has(input) && places.has(output));
  return { places, links };
}

/**
 * As many steps each way as have at most so many datasets, fewer than are shown; null where one step has more
 * already, or nothing is farther away.
 */
export function nearestSteps({ places }: Shown, most: number): { readonly steps: number } | null {
  const distances = [...places.values()].map(({ steps }) => Math.abs(steps));
  const farthest = distances.reduce((far, one) => Math.max(far, one), 0);
  for (let steps = farthest - 1; steps >= 1; steps -= 1)
    if (distances.filter((one) => one <= steps).length <= most) return { steps };
  return null;
}

function worstFirst(graph: LineageGraph, ids: readonly string[]): string[] {
  const rank = (id: string): number => urgency(graph.nodes.get(id)?.status ?? null);
  return ids.toSorted((a, b) => rank(a) - rank(b));
}

/** Neighbours that were read, those that have a node. */
export function neighbours(graph: LineageGraph, id: string, side: Side): string[] {
  return [...(graph[side].get(id) ?? [])].filter((other) => graph.nodes.has(other));
}

/** Up to so many the server counts neighbours that it does not tell. */
const HIDDEN_COUNTED = 1000;

/** How many neighbours a dataset has on a side, and how many of them are shown. */
export interface SideCount {
  readonly shown: number;
  readonly total: number;
  /** The server counts what it hides up to a thousand: then there are at least so many. */
  readonly atLeast: boolean;
}

export function sideCount(graph: LineageGraph, shown: Shown, id: string, side: Side): SideCount {
  const known = graph[side].get(id) ?? new Set<string>();
  const seen = [...known].filter((other) => shown.places.has(other)).length;
  const total = Math.max(graph.totals.get(id)?.[side] ?? 0, known.size);
  return { shown: seen, total, atLeast: total - known.size >= HIDDEN_COUNTED };
}
