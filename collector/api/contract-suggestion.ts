import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { GateServices } from '#gate/services.ts';
import type { Uuid } from '#model/ids.ts';
import { partitionTime } from '#model/partition.ts';
import { suggestContract, type KnownDataset } from '#rules/contract/suggest.ts';
import { columnsOfSchema, schemaNow, type ColumnRow } from '#store/dataset-views.ts';
import type { Database } from '#store/database.ts';
import { exclusionsOf, type ExclusionRow } from '#store/exclusions.ts';
import { historyOf, seriesOf, type SeriesRow } from '#store/measurements.ts';
import { describeDataset } from './dataset-lifecycle.ts';
import { findDataset } from './find-dataset.ts';
import * as schema from './schema/contracts.ts';

const DAYS = 30;
/** As many as 30 days of hours have. */
const MOST_PARTITIONS = 720;
const MOST_COLUMNS = 2000;
const DAY_MS = 86_400_000;

/** GET /api/v2/datasets/:dataset/contract-suggestion: a first contract from what was measured in 30 days. */
export function registerContractSuggestion(
  app: FastifyInstance,
  services: Pick<GateServices, 'database' | 'naming'>,
): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/v2/datasets/:dataset/contract-suggestion',
    {
      schema: {
        params: schema.ContractParams,
        querystring: schema.SuggestionQuery,
        response: { 200: schema.SuggestionAnswer },
      },
    },
    async ({ params, query }) => {
      const { database, naming } = services;
      const found = await findDataset(database, params.dataset, query.namespace ?? null, naming);
      const [rows, exclusions, columns, { facets }] = await Promise.all([
        database.rows<SeriesRow>(seriesOf([found.id], null, MOST_PARTITIONS)),
        database.rows<ExclusionRow>(exclusionsOf([found.id])),
        columnsNow(database, found.id),
        describeDataset(database, found.id),
      ]);
      const suggestion = suggestContract({
        dataset: found.name,
        namespace: found.namespace,
        owner: ownerIn(facets),
        description: descriptionIn(facets),
        columns,
        points: pointsOf(rows, exclusions),
      });
      return { ...suggestion, reasons: [...suggestion.reasons] };
    },
  );
}

async function columnsNow(database: Database, id: Uuid): Promise<KnownDataset['columns']> {
  const [now] = await database.rows<{ schema_id: Uuid }>(schemaNow(id));
  if (!now) return [];
  const rows = await database.rows<ColumnRow>(columnsOfSchema(now.schema_id, -1, MOST_COLUMNS));
  // Fields inside columns have dotted names; the short form describes columns.
  const names = new Set(rows.map(({ name }) => name));
  return rows.filter(({ name }) => !names.has(name.slice(0, Math.max(0, name.lastIndexOf('.')))));
}

/** The partitions of the last 30 days before the newest, oldest first; without times the last 30. */
function pointsOf(rows: readonly SeriesRow[], exclusions: readonly ExclusionRow[]): KnownDataset['points'] {
  const excluded = new Map(exclusions.map((exclusion) => [exclusion.partition, exclusion.excluded]));
  const landed = new Map(
    rows.map(({ partition, facts }) => [
      partition,
      Object.values(facts).reduce<string | null>(
        (latest, { takenAt }) =>
          takenAt !== null && (latest === null || takenAt > latest) ? takenAt : latest,
        null,
      ),
    ]),
  );
  const points = historyOf(rows, (partition) => excluded.get(partition) ?? null);
  const newest = points.at(-1);
  const time = newest === undefined ? null : partitionTime(newest.partition);
  const recent =
    time === null
      ? points.slice(-DAYS)
      : points.filter(({ partition }) => {
          const at = partitionTime(partition);
          return at !== null && at.getTime() > time.getTime() - DAYS * DAY_MS;
        });
  return recent.map((point) => {
    const at = landed.get(point.partition) ?? null;
    return { ...point, landedAt: at === null ? null : new Date(at) };
  });
}

type Facets = Awaited<ReturnType<typeof describeDataset>>['facets'];

function ownerIn(facets: Facets): string | null {
  const ownership = facets.find(({ name }) => name === 'ownership');
  const owners: unknown = ownership?.facet['owners'];
  if (!Array.isArray(owners)) return null;
  const names = owners.flatMap((owner: unknown) =>
    typeof owner === 'object' && owner !== null && 'name' in owner && typeof owner.name === 'string'
      ? [owner.name]
      : [],
  );
  return names[0] ?? null;
}

function descriptionIn(facets: Facets): string | null {
  const facet = facets.find(({ name }) => name === 'documentation');
  const text: unknown = facet?.facet['description'];
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
}
