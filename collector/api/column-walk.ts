import type { Uuid } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import { columnSteps, type ColumnNode } from '#store/lineage-steps.ts';
import type { ColumnEdgeRow, LineageDirection } from '#store/lineage.ts';

/** A column that a walk came to. */
export interface ReachedColumn extends ColumnNode {
  readonly depth: number;
}

export interface ColumnWalk {
  /** The beginning included, nearest first. */
  readonly columns: readonly ReachedColumn[];
  readonly edges: readonly ColumnEdgeRow[];
  /** The limit cut the walk. */
  readonly truncated: boolean;
}

/** Walks from one column, a statement for each level, over at most `limit` edges. */
export async function walkColumns(
  database: Database,
  start: ColumnNode,
  direction: LineageDirection,
  { depth, limit }: { readonly depth: number; readonly limit: number },
): Promise<ColumnWalk> {
  const reached = new Map<string, ReachedColumn>([[keyOf(start), { ...start, depth: 0 }]]);
  const edges = new Map<string, ColumnEdgeRow>();
  let front: ColumnNode[] = [start];
  let truncated = false;
  for (let level = 1; level <= depth && front.length > 0 && !truncated; level += 1) {
    const room = limit - edges.size;
    const found = await database.rows<ColumnEdgeRow>(columnSteps(front, direction, room + 1));
    truncated = found.length > room;
    front = [];
    for (const edge of found.slice(0, room)) {
      edges.set(edgeKey(edge), edge);
      const next = endOf(edge, direction);
      if (reached.has(keyOf(next))) continue;
      reached.set(keyOf(next), { ...next, depth: level });
      front.push(next);
    }
  }
  return { columns: [...reached.values()], edges: [...edges.values()].sort(byEnds), truncated };
}

function endOf(edge: ColumnEdgeRow, direction: LineageDirection): ColumnNode {
  return direction === 'upstream'
    ? { datasetId: edge.input_id, column: edge.input_column }
    : { datasetId: edge.output_id, column: edge.output_column };
}

export const keyOf = ({ datasetId, column }: { readonly datasetId: Uuid; readonly column: string }): string =>
  `${datasetId} ${column}`;

const edgeKey = (edge: ColumnEdgeRow): string =>
  JSON.stringify([
    edge.output_id,
    edge.output_column,
    edge.input_id,
    edge.input_column,
    edge.source,
    edge.transformations,
  ]);

const byEnds = (a: ColumnEdgeRow, b: ColumnEdgeRow): number => (edgeKey(a) < edgeKey(b) ? -1 : 1);
