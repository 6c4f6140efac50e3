import type { Uuid } from '#model/ids.ts';
import { LOWEST_KEY, orderKey, type OrderKey } from '#model/order-key.ts';
import { Problem } from '#collector/problems.ts';
import type { Database } from '#store/database.ts';
import {
  countNeighbours,
  edgesInto,
  jobNames,
  lineageNodes,
  type JobNameRow,
  type LineageNodeRow,
  type NeighbourCountRow,
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

/**
 * The edges between datasets of which some were walked from: those of the walks, and of the others what leads to any of
 * them.
 */
export async function edgesOf(
  database: Database,
  ids: readonly Uuid[],
  walks: readonly Walk[],
  at: OrderKey | null,
): Promise<{ readonly edges: LineageEdge[]; readonly truncated: boolean }> {
  const told = new Set(ids);
  const known = new Set(
    walks.flatMap(({ direction, whole }) => (direction === 'downstream' ? [...whole] : [])),
  );
  const others = ids.filter((id) => !known.has(id));
  const rest =
    others.length === 0 || ids.length < 2
      ? []
      : await database.rows<StepRow>(edgesInto(others, ids, at, MOST_EDGES));
  const walked = [
    ...walks.flatMap(({ edges }) => edges.filter(({ input, output }) => told.has(input) && told.has(output))),
    ...rest.map((step) => edgeOf(step, 'downstream')),
  ];
  const distinct = [...new Map(walked.map((edge) => [keyOf(edge), edge])).values()];
  const edges = await namedEdges(database, distinct.slice(0, MOST_EDGES));
  return { edges, truncated: rest.length >= MOST_EDGES || distinct.length > MOST_EDGES };
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

/**
 * Datasets with their depths as nodes, by namespace and name, with how many neighbours each has that are not told.
 * @param told edges between them, and walks whose whole nodes hide nothing in their direction; null: nothing is counted.
 */
export async function nodesOf(
  database: Database,
  depths: ReadonlyMap<Uuid, number>,
  told: { readonly edges: readonly LineageEdge[]; readonly walks: readonly Walk[] } | null,
  at: OrderKey | null,
): Promise<LineageNode[]> {
  const ids = [...depths.keys()];
  const hidden = async (direction: LineageDirection): Promise<ReadonlyMap<Uuid, number>> => {
    if (told === null) return new Map();
    const whole = new Set(
      told.walks.flatMap((walk) => (walk.direction === direction ? [...walk.whole] : [])),
    );
    const asked = ids.filter((id) => !whole.has(id));
    const rows = await database.rows<NeighbourCountRow>(
      countNeighbours(asked, direction, at, HIDDEN_COUNTED),
    );
    const shown = new Map<Uuid, Set<Uuid>>();
    for (const { input, output } of told.edges) {
      const [id, other] = direction === 'downstream' ? [input, output] : [output, input];
      shown.set(id, (shown.get(id) ?? new Set()).add(other));
    }
    return new Map(rows.map(({ id, count }) => [id, Math.max(0, count - (shown.get(id)?.size ?? 0))]));
  };
  const [rows, above, below] = await Promise.all([
    database.rows<LineageNodeRow>(lineageNodes(ids)),
    hidden('upstream'),
    hidden('downstream'),
  ]);
  return rows.map((row) => ({
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    depth: depths.get(row.id) ?? 0,
    hidden: { upstream: above.get(row.id) ?? 0, downstream: below.get(row.id) ?? 0 },
    owner: row.owner,
    layer: row.layer,
    status: row.status,
    contract: row.contract,
  }));
}
