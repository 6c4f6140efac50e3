import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { NamingRules } from '#model/naming.ts';
import type { Database } from '#store/database.ts';
import {
  datasetsById,
  edgesAmong,
  reachColumns,
  reachDatasets,
  type ColumnEdgeRow,
  type DatasetEdgeRow,
  type LineageDirection,
  type NamedDatasetRow,
} from '#store/lineage.ts';
import { findDataset } from './find-dataset.ts';
import { LineageAnswer, LineageQuery } from './schema/lineage.ts';

const DEFAULT_LIMIT = 1000;

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
        const dataset = await findDataset(database, query.dataset, query.namespace ?? null, naming);
        const limit = query.limit ?? DEFAULT_LIMIT;
        const directions: readonly LineageDirection[] =
          query.direction === 'upstream' || query.direction === 'downstream'
            ? [query.direction]
            : ['upstream', 'downstream'];
        return query.column === undefined
          ? tableLineage(database, dataset, directions, limit)
          : columnLineage(database, dataset, query.column, directions, limit);
      },
    );
}

async function tableLineage(
  database: Database,
  dataset: NamedDatasetRow,
  directions: readonly LineageDirection[],
  limit: number,
): Promise<LineageAnswer> {
  const reached = await Promise.all(
    directions.map((direction) =>
      database.rows<{ id: string }>(reachDatasets(dataset.id, direction, limit + 1)),
    ),
  );
  const ids = [...new Set(reached.flat().map((row) => row.id))];
  const [datasets, edges] = await Promise.all([
    database.rows<NamedDatasetRow>(datasetsById(ids)),
    database.rows<DatasetEdgeRow>(edgesAmong(ids)),
  ]);
  return {
    dataset,
    column: null,
    datasets,
    edges: edges.map((edge) => ({
      input: edge.input_id,
      output: edge.output_id,
      jobNamespace: edge.job_namespace,
      job: edge.job,
      source: edge.source,
    })),
    columnEdges: [],
    truncated: reached.some((rows) => rows.length > limit),
  };
}

async function columnLineage(
  database: Database,
  dataset: NamedDatasetRow,
  column: string,
  directions: readonly LineageDirection[],
  limit: number,
): Promise<LineageAnswer> {
  const found = await Promise.all(
    directions.map((direction) =>
      database.rows<ColumnEdgeRow>(reachColumns(dataset.id, column, direction, limit + 1)),
    ),
  );
  const rows = found.flatMap((list) => list.slice(0, limit));
  const ids = [...new Set([dataset.id, ...rows.flatMap((row) => [row.input_id, row.output_id])])];
  return {
    dataset,
    column,
    datasets: await database.rows<NamedDatasetRow>(datasetsById(ids)),
    edges: [],
    columnEdges: rows.map((row) => ({
      input: row.input_id,
      inputColumn: row.input_column,
      output: row.output_id,
      outputColumn: row.output_column,
      transformations: [...row.transformations],
      source: row.source,
    })),
    truncated: found.some((list) => list.length > limit),
  };
}
