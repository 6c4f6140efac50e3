import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isUuid, type Uuid } from '#model/ids.ts';
import { LOWEST_KEY } from '#model/order-key.ts';
import { assertionsOfDataset, type AssertionViewRow } from '#store/assertions.ts';
import {
  columnsOfSchema,
  listVersions,
  schemaNow,
  type ColumnRow,
  type VersionRow,
} from '#store/dataset-views.ts';
import type { Database } from '#store/database.ts';
import { seriesOf, type SeriesRow } from '#store/measurements.ts';
import { describeDataset, textIn } from './dataset-lifecycle.ts';
import { findDataset } from './find-dataset.ts';
import { cursorText, isText, readCursor } from './page-cursor.ts';
import { assertionsOf, type HeldFacet } from './run-answers.ts';
import { schemaHistory } from './schema-history.ts';
import {
  AssertionList,
  AssertionQuery,
  ColumnList,
  DatasetFacets,
  IdPath,
  MeasurementList,
  PageQuery,
  SchemaHistory,
  VersionList,
} from './schema/model.ts';

const LIMIT = 100;

/** What is known of one dataset, part by part: facets, versions, columns, measurements, results of tests. */
export function registerDatasetParts(
  app: FastifyInstance,
  { database }: { readonly database: Database },
): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const idOf = async (id: string): Promise<Uuid> => (await findDataset(database, id, null)).id;

  routes.get(
    '/api/v2/datasets/:id/facets',
    { schema: { params: IdPath, response: { 200: DatasetFacets } } },
    async ({ params }) => {
      const dataset = await findDataset(database, params.id, null);
      const { facets, dropped, lifecycle } = await describeDataset(database, dataset.id);
      return { dataset, facets: [...facets], dropped, lifecycle };
    },
  );

  routes.get(
    '/api/v2/datasets/:id/versions',
    { schema: { params: IdPath, querystring: PageQuery, response: { 200: VersionList } } },
    async ({ params, query }) => {
      const { limit = LIMIT } = query;
      const after = readCursor(query.cursor, [isUuid, isUuid]);
      const rows = await database.rows<VersionRow>(
        listVersions(
          await idOf(params.id),
          after && { key: after[0] ?? '', runId: after[1] ?? '' },
          limit + 1,
        ),
      );
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        versions: page.map((row) => ({
          version: row.version,
          stated: row.stated,
          runId: row.run_id,
          jobNamespace: row.job_namespace,
          job: row.job,
          partitions: [...row.partitions],
          schemaId: row.schema_id,
          at: row.at.toISOString(),
        })),
        next: last ? cursorText([last.key, last.run_id]) : null,
      };
    },
  );

  routes.get(
    '/api/v2/datasets/:id/columns',
    { schema: { params: IdPath, querystring: PageQuery, response: { 200: ColumnList } } },
    async ({ params, query }) => {
      const { limit = LIMIT } = query;
      const after = readCursor(query.cursor, [(part) => /^\d{1,9}$/.test(part)]);
      const id = await idOf(params.id);
      const [[schema], { facets }] = await Promise.all([
        database.rows<{ schema_id: Uuid }>(schemaNow(id)),
        describeDataset(database, id),
      ]);
      if (!schema) return { schemaId: null, columns: [], next: null };
      const rows = await database.rows<ColumnRow>(
        columnsOfSchema(schema.schema_id, after ? Number(after[0]) : -1, limit + 1),
      );
      const tags = columnTags(facets);
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        schemaId: schema.schema_id,
        columns: page.map(({ name, type, description }) => ({
          name,
          type,
          description,
          tags: tags.get(name) ?? [],
        })),
        next: last ? cursorText([String(last.ordinal)]) : null,
      };
    },
  );

  routes.get(
    '/api/v2/datasets/:id/schemas',
    { schema: { params: IdPath, response: { 200: SchemaHistory } } },
    async ({ params }) => ({
      items: await schemaHistory(database, await findDataset(database, params.id, null)),
    }),
  );

  routes.get(
    '/api/v2/datasets/:id/measurements',
    { schema: { params: IdPath, querystring: PageQuery, response: { 200: MeasurementList } } },
    async ({ params, query }) => {
      const { limit = LIMIT } = query;
      const [below = null] = readCursor(query.cursor, [isText]) ?? [];
      const rows = await database.rows<SeriesRow>(seriesOf([await idOf(params.id)], null, limit + 1, below));
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        partitions: page.map(({ partition, facts }) => ({
          partition,
          measurements: Object.entries(facts)
            .map(([metric, fact]) => ({ metric, ...fact }))
            .sort((a, b) => (a.metric < b.metric ? -1 : 1)),
        })),
        next: last ? cursorText([last.partition]) : null,
      };
    },
  );

  routes.get(
    '/api/v2/datasets/:id/assertions',
    { schema: { params: IdPath, querystring: AssertionQuery, response: { 200: AssertionList } } },
    async ({ params, query }) => {
      const rows = await database.rows<AssertionViewRow>(
        assertionsOfDataset(await idOf(params.id), query.partition ?? null, LOWEST_KEY, query.limit ?? LIMIT),
      );
      return { assertions: assertionsOf(rows) };
    },
  );
}

/** Tags of columns (TagsDatasetFacet 1-0-0, `field`). */
function columnTags(facets: readonly HeldFacet[]): Map<string, { key: string; value: string }[]> {
  const found = new Map<string, { key: string; value: string }[]>();
  const tags = facets.find(({ name }) => name === 'tags')?.facet['tags'];
  for (const tag of Array.isArray(tags) ? (tags as unknown[]) : []) {
    if (typeof tag !== 'object' || tag === null) continue;
    const [field, key, value] = [textIn(tag, 'field'), textIn(tag, 'key'), textIn(tag, 'value')];
    if (field === null || key === null || value === null) continue;
    found.set(field, [...(found.get(field) ?? []), { key, value }]);
  }
  return found;
}
