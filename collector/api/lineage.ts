import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { NamingRules } from '#model/naming.ts';
import type { OrderKey } from '#model/order-key.ts';
import type { Database } from '#store/database.ts';
import { countColumnNeighbours, type ColumnCountRow } from '#store/lineage-steps.ts';
import type { LineageDirection, NamedDatasetRow } from '#store/lineage.ts';
import { Problem } from '#collector/problems.ts';
import { keyOf, walkColumns, type ColumnWalk } from './column-walk.ts';
import { findDataset } from './find-dataset.ts';
import { graphOf, HIDDEN_COUNTED, momentAt, nodesOf } from './lineage-answers.ts';
import { walkLineage } from './lineage-walk.ts';
import { LineageAnswer, LineageQuery } from './schema/lineage.ts';

const DEFAULT_LIMIT = 1000;

interface Asked {
  readonly dataset: NamedDatasetRow;
  readonly directions: readonly LineageDirection[];
  readonly depth: number;
  readonly limit: number;
  readonly at: OrderKey | null;
}

/** GET /api/v2/lineage: what a dataset or a column is made of, and what is made of it. */
export function registerLineage(
  app: FastifyInstance,
  { database, naming }: { readonly database: Database; readonly naming?: NamingRules | undefined },
): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/v2/lineage',
      { schema: { querystring: LineageQuery, response: { 200: LineageAnswer } } },
      async ({ query }) => {
        const moment = momentAt(query.at);
        const asked: Asked = {
          dataset: await findDataset(database, query.dataset, query.namespace ?? null, naming),
          directions:
            query.direction === 'upstream' || query.direction === 'downstream'
              ? [query.direction]
              : ['upstream', 'downstream'],
          depth: query.depth ?? Number.POSITIVE_INFINITY,
          limit: query.limit ?? DEFAULT_LIMIT,
          at: moment?.key ?? null,
        };
        const told = { at: moment?.text ?? null };
        if (query.column === undefined) return { ...told, ...(await tableLineage(database, asked)) };
        if (asked.at !== null)
          throw new Problem(
            'invalid_request',
            'Lineage of columns is told as it is now: leave out at, or column.',
          );
        return { ...told, ...(await columnLineage(database, asked, query.column)) };
      },
    );
}

type Answer = Omit<LineageAnswer, 'at'>;

async function tableLineage(database: Database, asked: Asked): Promise<Answer> {
  const { dataset, directions, depth, limit, at } = asked;
  const walks = await Promise.all(
    directions.map((direction) => walkLineage(database, dataset.id, direction, { depth, limit, at })),
  );
  const depths = new Map<string, number>();
  for (const { direction, reached } of walks)
    for (const [id, { depth: steps }] of reached) {
      const known = depths.get(id);
      const signed = direction === 'upstream' ? -steps : steps;
      if (known === undefined || Math.abs(known) > steps) depths.set(id, signed || 0);
    }
  const { datasets, edges, truncated } = await graphOf(database, depths, walks, at);
  return {
    dataset,
    column: null,
    datasets,
    edges,
    columns: [],
    columnEdges: [],
    truncated: truncated || walks.some((walk) => walk.truncated),
  };
}

async function columnLineage(database: Database, asked: Asked, column: string): Promise<Answer> {
  const { dataset, directions, depth, limit } = asked;
  const start = { datasetId: dataset.id, column };
  const walks = await Promise.all(
    directions.map(async (direction) => ({
      direction,
      ...(await walkColumns(database, start, direction, { depth, limit })),
    })),
  );
  const columns = await columnNodes(database, walks);
  const depths = new Map<string, number>();
  for (const node of columns) {
    const known = depths.get(node.dataset);
    if (known === undefined || Math.abs(known) > Math.abs(node.depth)) depths.set(node.dataset, node.depth);
  }
  const rows = walks.flatMap(({ edges }) => edges);
  return {
    dataset,
    column,
    datasets: await nodesOf(database, depths),
    edges: [],
    columns,
    columnEdges: rows.map((row) => ({
      input: row.input_id,
      inputColumn: row.input_column,
      output: row.output_id,
      outputColumn: row.output_column,
      transformations: [...row.transformations],
      source: row.source,
    })),
    truncated: walks.some(({ truncated }) => truncated),
  };
}

/** The columns that walks came to, with how many more lie beside each. */
async function columnNodes(
  database: Database,
  walks: readonly (ColumnWalk & { readonly direction: LineageDirection })[],
): Promise<LineageAnswer['columns']> {
  const nodes = new Map(
    walks
      .toReversed()
      .flatMap(({ direction, columns }) =>
        columns.map((node) => [
          keyOf(node),
          { ...node, depth: direction === 'upstream' ? -node.depth || 0 : node.depth },
        ]),
      ),
  );
  const shown = { upstream: new Map<string, Set<string>>(), downstream: new Map<string, Set<string>>() };
  for (const edge of walks.flatMap(({ edges }) => edges)) {
    const [input, output] = [
      keyOf({ datasetId: edge.input_id, column: edge.input_column }),
      keyOf({ datasetId: edge.output_id, column: edge.output_column }),
    ];
    shown.upstream.set(output, (shown.upstream.get(output) ?? new Set()).add(input));
    shown.downstream.set(input, (shown.downstream.get(input) ?? new Set()).add(output));
  }
  const counts = new Map(
    (await database.rows<ColumnCountRow>(countColumnNeighbours([...nodes.values()], HIDDEN_COUNTED))).map(
      (row) => [keyOf({ datasetId: row.dataset_id, column: row.name }), row],
    ),
  );
  const hidden = (key: string, side: LineageDirection): number =>
    Math.max(0, (counts.get(key)?.[side] ?? 0) - (shown[side].get(key)?.size ?? 0));
  return [...nodes].map(([key, node]) => ({
    dataset: node.datasetId,
    column: node.column,
    depth: node.depth,
    hidden: { upstream: hidden(key, 'upstream'), downstream: hidden(key, 'downstream') },
  }));
}
