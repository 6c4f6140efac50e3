import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { ColumnStatistics } from '#model/statistics/column-statistics.ts';
import { derive, quantileOf } from '#model/statistics/derived-statistics.ts';
import type { PartitionStatistics } from '#model/statistics/partition-statistics.ts';
import { rollUpMonths, rollUpWindow, type RolledUp } from '#model/statistics/roll-up.ts';
import { Problem } from '#collector/problems.ts';
import type { Database } from '#store/database.ts';
import {
  segmentsOf,
  sizeOfWindow,
  type StatisticsWindow,
  type WindowStatisticsRow,
} from '#store/partition-statistics.ts';
import { readStatistics, type StatisticsFault } from '#store/read-statistics.ts';
import { StatisticsLayouts } from '#store/statistics-layouts.ts';
import { findDataset } from './find-dataset.ts';
import { IdPath } from './schema/model.ts';
import {
  StatisticsAnswer,
  StatisticsQuery,
  type ColumnStatisticsAnswer,
  type StatisticsPart,
} from './schema/statistics.ts';

/** Partitions of an answer when no window is given. */
const NEWEST = 30;
/** What one answer is made from at most. */
const MOST_PARTITIONS = 1000;
const MOST_BYTES = 64 * 1024 * 1024;
const SEGMENTS = 1000;
const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const DAY = 86_400_000;

/** GET /api/v2/datasets/:id/statistics: what is known of partitions, each or rolled up, without a scan. */
export function registerStatistics(
  app: FastifyInstance,
  { database }: { readonly database: Database },
): void {
  const layouts = new StatisticsLayouts();
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/v2/datasets/:id/statistics',
      { schema: { params: IdPath, querystring: StatisticsQuery, response: { 200: StatisticsAnswer } } },
      async ({ params, query }) => {
        const { segment = '', rollup = 'none' } = query;
        const dataset = await findDataset(database, params.id, null);
        const from = dayOf('from', query.from);
        const to = dayOf('to', query.to);
        if (from && to && to < from)
          throw new Problem('invalid_request', `from (${query.from}) is after to (${query.to}).`);
        const until = to && new Date(to.getTime() + DAY);
        const asked = { datasetId: dataset.id, segment, from, until };
        const given = from !== null || to !== null;
        const window = { ...asked, limit: given ? MOST_PARTITIONS : NEWEST };
        const [segments] = await Promise.all([
          database.rows<{ segment: string }>(segmentsOf(dataset.id, SEGMENTS)),
          given && requireRoom(database, window),
        ]);
        const { partitions, faults } = await readStatistics(database, layouts, window);
        if (rollup !== 'none') requireAll(faults);
        const columns = query.columns && new Set(query.columns);
        const parts =
          rollup === 'none'
            ? partitions.map((one) =>
                partOf(
                  { month: null, from: one.at, to: one.at, statistics: one.statistics },
                  columns,
                  one.row,
                ),
              )
            : (rollup === 'month' ? rollUpMonths(partitions) : [rollUpWindow(partitions)]).map((one) =>
                partOf(one, columns),
              );
        return {
          dataset: { id: dataset.id, namespace: dataset.namespace, name: dataset.name },
          segment,
          segments: segments.map((row) => row.segment),
          rollup,
          parts,
          faults: faults.map(({ partition, message }) => ({ partition, detail: message })),
        };
      },
    );
}

function dayOf(name: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const day = new Date(`${text}T00:00:00Z`);
  if (!Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)) return day;
  throw new Problem('invalid_request', `${name} must be a day like 2026-01-31; ${text} is none.`);
}

async function requireRoom(database: Database, window: StatisticsWindow): Promise<void> {
  const [size] = await database.rows<{ partitions: number; bytes: number }>(sizeOfWindow(window));
  if (size && (size.partitions > MOST_PARTITIONS || size.bytes > MOST_BYTES))
    throw new Problem(
      'invalid_request',
      `The window holds ${size.partitions} partitions with ${Math.ceil(size.bytes / 2 ** 20)} MB of statistics; ask for ${MOST_PARTITIONS} and ${MOST_BYTES / 2 ** 20} MB at most, by from and to.`,
    );
}

/** A roll-up that leaves a partition out would be wrong without showing it. */
function requireAll(faults: readonly StatisticsFault[]): void {
  const [first] = faults;
  if (first)
    throw new Problem(
      'internal',
      `The statistics of ${faults.length} partitions cannot be read, so nothing can be rolled up; of ${first.partition === '' ? 'the dataset' : first.partition}: ${first.message} They are written anew when the partition is written or profiled again.`,
    );
}

function partOf(
  { month, from, to, statistics }: RolledUp,
  wanted: ReadonlySet<string> | undefined,
  row: WindowStatisticsRow | null = null,
): StatisticsPart {
  return {
    partition: row?.partition ?? null,
    month,
    from: from?.toISOString() ?? null,
    to: to?.toISOString() ?? null,
    partitions: statistics.partitions,
    status: statusOf(statistics),
    rows: statistics.rows,
    sizeBytes: statistics.bytes,
    fileCount: statistics.files,
    version: row?.version ?? null,
    statedAt: row?.stated_at.toISOString() ?? null,
    profiled: row?.profiled ?? null,
    columns: [...statistics.columns]
      .filter(([name]) => wanted === undefined || wanted.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, column]) => columnAnswer(name, column)),
  };
}

function statusOf({ partitions, rows }: PartitionStatistics): StatisticsPart['status'] {
  if (partitions === 0 || rows === 0) return 'no_data';
  return rows === null ? 'unknown' : 'known';
}

function columnAnswer(name: string, column: ColumnStatistics): ColumnStatisticsAnswer {
  const { partitions, rows, nulls, count, quantileSketch } = column;
  const values = count !== 0;
  return {
    name,
    partitions,
    rows,
    nulls,
    count,
    min: values ? column.min : null,
    max: values ? column.max : null,
    sum: values ? column.sum : null,
    ...derive(column),
    quantiles:
      quantileSketch && values
        ? {
            relativeError: quantileSketch.relativeError,
            values: QUANTILES.flatMap((q) => {
              const value = quantileOf(column, q);
              return value === null ? [] : [{ q, value }];
            }),
          }
        : null,
  };
}
