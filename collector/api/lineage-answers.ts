import type { Uuid } from '#model/ids.ts';
import { LOWEST_KEY, orderKey, type OrderKey } from '#model/order-key.ts';
import { Problem } from '#collector/problems.ts';
import type { Database } from '#store/database.ts';
import {
  countNeighbours,
  edgesInto,
  jobNames,
  lineageNodes,
  neighbourhoods,
  type JobNameRow,
  type LineageNodeRow,
  type NeighbourCountRow,
  type NeighbourhoodRow,
  type StepRow,
} from '#store/lineage-steps.ts';
import type { LineageDirection } from '#store/lineage.ts';
import { edgeOf, type Walk, type WalkedEdge } from './lineage-walk.ts';
import type { LineageEdge, LineageNode } from './schema/lineage.ts';

/** Hidden neighbours of one node are counted up to this number. */
export const HIDDEN_COUNTED = 1000;
/** Edges of one answer: a page cannot draw them, and a table of them is cut. */
const MOST_EDGES = 50_000;

/** A moment as asked for, and the key below which everything had begun. */
export interface Moment {
  readonly text: string;
  readonly key: OrderKey;
}

/** Reads `at`; null when it is not given. Throws invalid_request for what is no moment. */
export function momentAt(text: string | undefined): Moment | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(at.getTime()))
    throw new Problem('invalid_request', `at must be a moment like 2026-01-31T06:30:00Z; "${text}" is none.`);
  // The first key of the next millisecond: whatever began in this one had begun.
  const key = orderKey({ milliseconds: at.getTime() + 1, nanoseconds: 0, zoned: true }, 'START', LOWEST_KEY);
  return { text: at.toISOString(), key };
}

/** Datasets and the edges between them, as they are drawn. */
export interface Graph {
  readonly datasets: LineageNode[];
  readonly edges: LineageEdge[];
  /** There are more edges than are told. */
  readonly truncated: boolean;
}

/**
 * Datasets with their depths as nodes, by namespace and name, and the edges between them: those of walks, and of what was
 * not walked from what leads to any of them. Each node with how many neighbours it has that are not told.
 */
export async function graphOf(
  database: Database,
  depths: ReadonlyMap<Uuid, number>,
  walks: readonly Walk[],
  at: OrderKey | null,
): Promise<Graph> {
  const ids = [...depths.keys()];
  const wholeIn = (wanted: LineageDirection): ReadonlySet<Uuid> =>
    new Set(walks.flatMap(({ direction, whole }) => (direction === wanted ? [...whole] : [])));
  const [walkedDown, walkedUp] = [wholeIn('downstream'), wholeIn('upstream')];
  const [below, above, rows] = await Promise.all([
    neighbourhoodsOf(
      database,
      ids.filter((id) => !walkedDown.has(id)),
      ids,
      at,
    ),
    countsOf(
      database,
      ids.filter((id) => !walkedUp.has(id)),
      'upstream',
      at,
    ),
    database.rows<LineageNodeRow>(lineageNodes(ids)),
  ]);
  const walked = [
    ...walks.flatMap(({ edges }) =>
      edges.filter(({ input, output }) => depths.has(input) && depths.has(output)),
    ),
    ...below.steps.map((step) => edgeOf(step, 'downstream')),
  ];
  const distinct = [...new Map(walked.map((edge) => [keyOf(edge), edge])).values()];
  const edges = await namedEdges(database, distinct.slice(0, MOST_EDGES));
  const hidden = {
    upstream: hiddenBy(above, edges, 'upstream'),
    downstream: hiddenBy(below.counts, edges, 'downstream'),
  };
  return {
    datasets: rows.map((row) =>
      nodeOf(row, depths, {
        upstream: hidden.upstream.get(row.id) ?? 0,
        downstream: hidden.downstream.get(row.id) ?? 0,
      }),
    ),
    edges,
    truncated: below.steps.length >= MOST_EDGES || distinct.length > MOST_EDGES,
  };
}

interface Neighbourhoods {
  readonly counts: ReadonlyMap<Uuid, number>;
  readonly steps: readonly StepRow[];
}

async function neighbourhoodsOf(
  database: Database,
  ids: readonly Uuid[],
  into: readonly Uuid[],
  at: OrderKey | null,
): Promise<Neighbourhoods> {
  if (ids.length === 0) return { counts: new Map(), steps: [] };
  const rows = await database.rows<NeighbourhoodRow>(neighbourhoods(ids, into, at, HIDDEN_COUNTED));
  if (rows.length === 0) {
    // No edges at all, or too many to be gathered.
    const [counts, steps] = await Promise.all([
      countsOf(database, ids, 'downstream', at),
      database.rows<StepRow>(edgesInto(ids, into, at, MOST_EDGES)),
    ]);
    return { counts, steps };
  }
  const steps: StepRow[] = [];
  const counts = new Map<Uuid, number>();
  for (const { node_id, next_id, job_id, source, count } of rows)
    if (next_id === null || source === null) counts.set(node_id, count ?? 0);
    else steps.push({ node_id, next_id, job_id, source });
  return { counts, steps };
}

async function countsOf(
  database: Database,
  ids: readonly Uuid[],
  direction: LineageDirection,
  at: OrderKey | null,
): Promise<ReadonlyMap<Uuid, number>> {
  if (ids.length === 0) return new Map();
  const rows = await database.rows<NeighbourCountRow>(countNeighbours(ids, direction, at, HIDDEN_COUNTED));
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** Of each counted dataset how many neighbours there are beside those that edges lead to. */
function hiddenBy(
  counts: ReadonlyMap<Uuid, number>,
  edges: readonly LineageEdge[],
  direction: LineageDirection,
): ReadonlyMap<Uuid, number> {
  const shown = new Map<Uuid, Set<Uuid>>();
  for (const { input, output } of edges) {
    const [id, other] = direction === 'downstream' ? [input, output] : [output, input];
    const others = shown.get(id);
    if (others) others.add(other);
    else shown.set(id, new Set([other]));
  }
  return new Map([...counts].map(([id, count]) => [id, Math.max(0, count - (shown.get(id)?.size ?? 0))]));
}

function nodeOf(
  row: LineageNodeRow,
  depths: ReadonlyMap<Uuid, number>,
  hidden: LineageNode['hidden'],
): LineageNode {
  return {
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    depth: depths.get(row.id) ?? 0,
    hidden,
    owner: row.owner,
    layer: row.layer,
    status: row.status,
    contract: row.contract,
  };
}

const keyOf = ({ input, output, jobId, source }: WalkedEdge): string =>
  `${input} ${output} ${jobId ?? ''} ${source}`;

/** Edges with the names of their jobs, in one order. */
export async function namedEdges(database: Database, edges: readonly WalkedEdge[]): Promise<LineageEdge[]> {
  const ids = [...new Set(edges.flatMap(({ jobId }) => (jobId === null ? [] : [jobId])))];
  const rows = ids.length === 0 ? [] : await database.rows<JobNameRow>(jobNames(ids));
  const names = new Map(rows.map((row) => [row.id, row]));
  return edges
    .map((edge) => {
      const job = edge.jobId === null ? undefined : names.get(edge.jobId);
      return { ...edge, jobNamespace: job?.namespace ?? null, job: job?.name ?? null };
    })
    .sort(
      (a, b) => compare(a.input, b.input) || compare(a.output, b.output) || compare(a.job ?? '', b.job ?? ''),
    );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Datasets with their depths as nodes, by namespace and name; what lies beside them is not counted. */
export async function nodesOf(database: Database, depths: ReadonlyMap<Uuid, number>): Promise<LineageNode[]> {
  const rows = await database.rows<LineageNodeRow>(lineageNodes([...depths.keys()]));
  return rows.map((row) => nodeOf(row, depths, { upstream: 0, downstream: 0 }));
}
