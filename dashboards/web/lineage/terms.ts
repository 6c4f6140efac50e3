import type {
  LineageAnswer,
  LineageEdge,
  LineageNode,
  LineagePathAnswer,
} from '../../../collector/api/schema/lineage.ts';

export type { LineageAnswer, LineageEdge, LineageNode, LineagePathAnswer };
export type ColumnLink = LineageAnswer['columnEdges'][number];
export type Side = 'upstream' | 'downstream';

const WORST_FIRST: readonly LineageNode['status'][] = [
  'held',
  'incident',
  'failed',
  'dropped',
  'unwatched',
  'ok',
  null,
];

/** The worse, the smaller. */
export function urgency(status: LineageNode['status']): number {
  return WORST_FIRST.indexOf(status);
}
