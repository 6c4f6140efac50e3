import type { LineageAnswer, LineageEdge, LineageNode } from './terms.ts';

/** Columns of each dataset that are part of the answer, in order of their names; the one asked for comes first. */
export function columnsByDataset({ columns, dataset, column }: LineageAnswer): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { dataset: id, column: name } of columns) {
    if (name === '') continue;
    found.set(id, [...(found.get(id) ?? []), name]);
  }
  for (const [id, names] of found)
    names.sort((a, b) => rank(id, a) - rank(id, b) || (a < b ? -1 : a > b ? 1 : 0));
  return found;

  function rank(id: string, name: string): number {
    return id === dataset.id && name === column ? 0 : 1;
  }
}

/** The lines between datasets that the lines between their columns make. */
export function edgesOfColumns({ columnEdges }: LineageAnswer): LineageEdge[] {
  const pairs = new Map(
    columnEdges.map(({ input, output, source }) => [`${input} ${output}`, { input, output, source }]),
  );
  return [...pairs.values()]
    .filter(({ input, output }) => input !== output)
    .map((pair) => ({ ...pair, jobId: null, jobNamespace: null, job: null }));
}

/** The datasets of the answer, each hiding what its columns that are followed hide. */
export function nodesOfColumns({ datasets, columns }: LineageAnswer): LineageNode[] {
  const hidden = new Map<string, LineageNode['hidden']>();
  for (const { dataset, hidden: own } of columns) {
    const before = hidden.get(dataset) ?? { upstream: 0, downstream: 0 };
    hidden.set(dataset, {
      upstream: before.upstream + own.upstream,
      downstream: before.downstream + own.downstream,
    });
  }
  return datasets.map((node) => ({ ...node, hidden: hidden.get(node.id) ?? { upstream: 0, downstream: 0 } }));
}
