import type { Uuid } from '#model/ids.ts';
import { LOWEST_KEY, orderKey, type OrderKey } from '#model/order-key.ts';
import { Problem } from '#collector/problems.ts';
import type { Database } from '#store/database.ts';
import {
  countNeighbours,
  edgesBetween,
  lineageNodes,
  type LineageNodeRow,
  type NamedEdgeRow,
  type NeighbourCountRow,
} from '#store/lineage-steps.ts';
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

/** The edges between these datasets. */
export async function edgesOf(
  database: Database,
  ids: readonly Uuid[],
  at: OrderKey | null,
): Promise<{ readonly edges: LineageEdge[]; readonly truncated: boolean }> {
  const rows = ids.length < 2 ? [] : await database.rows<NamedEdgeRow>(edgesBetween(ids, at, MOST_EDGES));
  const edges = rows.map((row) => ({
    input: row.input_id,
    output: row.output_id,
    jobId: row.job_id,
    jobNamespace: row.job_namespace,
    job: row.job,
    source: row.source,
  }));
  return { edges, truncated: rows.length >= MOST_EDGES };
}

/**
 * Datasets with their depths as nodes, by namespace and name, with how many neighbours each has that are not told.
 * @param edges between them; null: neighbours that are among the nodes are not told from others.
 */
export async function nodesOf(
  database: Database,
  depths: ReadonlyMap<Uuid, number>,
  edges: readonly LineageEdge[] | null,
  at: OrderKey | null,
): Promise<LineageNode[]> {
  const ids = [...depths.keys()];
  const [rows, counts] = await Promise.all([
    database.rows<LineageNodeRow>(lineageNodes(ids)),
    edges === null ? [] : database.rows<NeighbourCountRow>(countNeighbours(ids, at, HIDDEN_COUNTED)),
  ]);
  const above = new Map<string, Set<string>>();
  const below = new Map<string, Set<string>>();
  for (const { input, output } of edges ?? []) {
    above.set(output, (above.get(output) ?? new Set()).add(input));
    below.set(input, (below.get(input) ?? new Set()).add(output));
  }
  const total = new Map(counts.map((row) => [row.id, row]));
  const rest = (all: number | undefined, told: ReadonlySet<string> | undefined): number =>
    Math.max(0, (all ?? 0) - (told?.size ?? 0));
  return rows.map((row) => ({
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    depth: depths.get(row.id) ?? 0,
    hidden: {
      upstream: rest(total.get(row.id)?.upstream, above.get(row.id)),
      downstream: rest(total.get(row.id)?.downstream, below.get(row.id)),
    },
    owner: row.owner,
    layer: row.layer,
    status: row.status,
    contract: row.contract,
  }));
}
