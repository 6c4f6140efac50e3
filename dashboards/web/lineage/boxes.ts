import type { Link as GraphLink, LineageGraph, Shown, SideCount } from './graph-model.ts';
import { sideCount, type Expansion } from './graph-model.ts';
import type { Shape } from './layout.ts';
import type { LineageNode, Side } from './terms.ts';

export const WIDTH = 250;
const HEIGHT = 112;
const COLUMN_HEIGHT = 26;

/** A dataset as it is drawn. */
export interface Box {
  readonly node: LineageNode;
  readonly isCentre: boolean;
  /** On the way between the two datasets that were asked for. */
  readonly onWay: boolean;
  readonly count: Readonly<Record<Side, SideCount>>;
  readonly expanded: Readonly<Record<Side, boolean>>;
  /** Columns to follow, or that are followed. */
  readonly columns: readonly string[];
  readonly height: number;
}

export interface BoxOptions {
  readonly graph: LineageGraph;
  readonly shown: Shown;
  readonly centre: string;
  readonly way: readonly string[];
  readonly expansions: readonly Expansion[];
  /** By dataset. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
}

export function boxesOf({ graph, shown, centre, way, expansions, columns }: BoxOptions): Box[] {
  const onWay = new Set(way);
  const expanded = new Set(expansions.map(({ id, side }) => `${side} ${id}`));
  return [...shown.places.keys()].flatMap((id) => {
    const node = graph.nodes.get(id);
    if (!node) return [];
    const own = columns.get(id) ?? [];
    return [
      {
        node,
        isCentre: id === centre,
        onWay: onWay.has(id),
        count: {
          upstream: sideCount(graph, shown, id, 'upstream'),
          downstream: sideCount(graph, shown, id, 'downstream'),
        },
        expanded: { upstream: expanded.has(`upstream ${id}`), downstream: expanded.has(`downstream ${id}`) },
        columns: own,
        height: HEIGHT + own.length * COLUMN_HEIGHT,
      },
    ];
  });
}

/** What the layout needs to know of the boxes. */
export function shapeOf(boxes: readonly Box[], links: readonly GraphLink[]): Shape {
  return {
    nodes: boxes.map(({ node, height }) => ({ id: node.id, width: WIDTH, height })),
    links: links.map(({ input, output }) => ({ input, output })),
  };
}
