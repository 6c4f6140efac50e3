import { Graph, layout } from '@dagrejs/dagre';
import type { LayoutAnswer, LayoutRequest } from './layout-request.ts';

// Lays graphs out beside the page, which stays quick meanwhile.

addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
  const answer: LayoutAnswer = { number: data.number, places: placesOf(data) };
  postMessage(answer);
});

/** Null where the library gives up (a graph that is too deep). */
export default function placesOf({ nodes, links, ranker }: LayoutRequest): LayoutAnswer['places'] {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: 'LR', ranksep: 90, nodesep: 22, marginx: 10, marginy: 10, ranker });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { input, output } of links) graph.setEdge(input, output);
  try {
    layout(graph);
  } catch {
    return null;
  }
  return nodes.map(({ id, width, height }) => {
    const { x = 0, y = 0 } = graph.node(id) as { readonly x?: number; readonly y?: number };
    return { id, x: x - width / 2, y: y - height / 2 };
  });
}
