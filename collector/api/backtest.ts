import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from '#collector/problems.ts';
import { readContract } from '#gate/contracts.ts';
import type { GateServices } from '#gate/services.ts';
import type { Contract } from '#model/contract.ts';
import type { Calendar } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import type { Judgement } from '#model/judgement.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import { cadenceOf, partitionTime, seriesPattern } from '#model/partition.ts';
import {
  backtest,
  judgementsOf,
  MOST_JUDGEMENTS,
  type Backtest,
  type BacktestMetric,
} from '#monitor/backtest.ts';
import { summaryOf } from '#monitor/backtest-summary.ts';
import { readCircumstances } from '#monitor/circumstances.ts';
import { reachOf } from '#monitor/reach.ts';
import { watchedMetrics } from '#monitor/watched-metrics.ts';
import { nearest } from '#rules/spelling.ts';
import { exclusionsOf, type ExclusionRow } from '#store/exclusions.ts';
import { standingMarks, statedMark, type MarkRow } from '#store/marks.ts';
import { historyOf, seriesOf, seriesOver, type SeriesRow } from '#store/measurements.ts';
import { explanationOf } from './finding-answers.ts';
import { findDataset } from './find-dataset.ts';
import * as schema from './schema/backtest.ts';

const DAY = 86_400_000;
const DAYS = 90;
/** Partitions that are read at most. */
const MOST_PARTITIONS = 12_000;

export interface BacktestServices extends GateServices {
  readonly calendar?: Calendar | undefined;
}

/** GET /api/v2/datasets/:dataset/backtest: what every rule and detector would have said, partition by partition. */
export function registerBacktest(app: FastifyInstance, services: BacktestServices): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/v2/datasets/:dataset/backtest',
    {
      schema: {
        params: schema.BacktestPath,
        querystring: schema.BacktestQuery,
        response: { 200: schema.BacktestAnswer },
      },
    },
    async ({ params, query }) => {
      const { database, naming, calendar = () => null } = services;
      const { namespace = null, days = DAYS, metric = null, partition = null } = query;
      const dataset = await findDataset(database, params.dataset, namespace, naming);
      const [marks, exclusions, agreed, { points, tested }] = await Promise.all([
        database.rows<MarkRow>(standingMarks([dataset.id])),
        database.rows<ExclusionRow>(exclusionsOf([dataset.id])),
        contractOf(services, dataset.id),
        readPast(services, dataset.id, partition, days),
      ]);
      if (metric !== null) refuseUnknown(points.slice(-tested), dataset.name, metric);
      const excluded = new Map(exclusions.map((row) => [row.partition, row.excluded]));
      const question = {
        datasetId: dataset.id,
        points: points.map((point) => ({ ...point, excluded: excluded.get(point.partition) ?? null })),
        tested,
        marks: marks.map(statedMark),
        calendar,
        contract: agreed?.contract ?? null,
        metric,
      };
      const size = judgementsOf(question);
      if (size > MOST_JUDGEMENTS)
        throw invalid(
          '/days',
          `That would be ${size} judgements, more than ${MOST_JUDGEMENTS}; ask for one metric, or for fewer days.`,
        );
      const partitions = agreed?.contract ? points.slice(-tested).map((point) => point.partition) : [];
      const circumstances = await readCircumstances(database, dataset.id, partitions);
      const outcome = await backtest({ ...question, circumstances });
      const { id, namespace: within, name } = dataset;
      return {
        dataset: { id, namespace: within, name },
        from: outcome.partitions[0] ?? null,
        to: outcome.partitions.at(-1) ?? null,
        partitions: outcome.partitions.length,
        contract: agreed && { version: agreed.version, fault: agreed.fault },
        ...answerOf(outcome),
      };
    },
  );
}

interface Past {
  /** Oldest first. */
  readonly points: readonly HistoryPoint[];
  readonly tested: number;
}

/** The series of the newest partition (or of the one asked for), as far back as the days and their histories reach. */
async function readPast(
  { database }: BacktestServices,
  datasetId: Uuid,
  partition: string | null,
  days: number,
): Promise<Past> {
  const [newest] = await database.rows<SeriesRow>(seriesOf([datasetId], null, 1));
  const to = partition ?? newest?.partition;
  if (to === undefined) return { points: [], tested: 0 };
  const perDay = cadenceOf(to) === 'hourly' ? 24 : 1;
  const reach = Math.min(MOST_PARTITIONS, days * perDay + reachOf(to));
  const pattern = seriesPattern(to);
  const rows = await database.rows<SeriesRow>(seriesOver([{ datasetId, pattern, from: to, to, reach }]));
  const points = historyOf(rows.filter((row) => seriesPattern(row.partition) === pattern));
  if (partition !== null && points.at(-1)?.partition !== partition)
    throw invalid('/partition', `Nothing was measured of the partition "${partition}".`);
  const end = partitionTime(to);
  const isTested = ({ at }: HistoryPoint): boolean =>
    end === null || at === null || end.getTime() - at.getTime() < days * DAY;
  const tested = points.filter(isTested).length;
  return { points, tested: end === null ? Math.min(days, points.length) : tested };
}

/** The contract of now; a fault in it is told, and the detectors are asked all the same. */
async function contractOf(
  services: BacktestServices,
  id: Uuid,
): Promise<{ version: string; contract: Contract | null; fault: string | null } | null> {
  try {
    const { row, contract } = await readContract(services, id, null);
    return { version: row.version, contract, fault: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.kind === 'contract_not_found' ? null : { version: '', contract: null, fault: error.message };
  }
}

function refuseUnknown(past: readonly HistoryPoint[], dataset: string, metric: string): void {
  const known = new Set(past.flatMap(({ facts }) => watchedMetrics(facts).map((one) => one.metric)));
  if (known.has(metric)) return;
  const meant = nearest(metric, known);
  const others =
    known.size === 0 ? 'nothing was measured' : `there are ${[...known].slice(0, 20).join(', ')}`;
  throw invalid(
    '/metric',
    `${dataset} has no metric "${metric}"; ${meant === null ? others : `is ${meant} meant?`}`,
  );
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', detail, { errors: [{ pointer, detail }] });
}

function answerOf(
  outcome: Backtest,
): Pick<schema.BacktestAnswer, 'metrics' | 'checks' | 'paged' | 'simpleFired' | 'summary'> {
  return {
    metrics: outcome.metrics.map(metricOf),
    checks: outcome.checks.map(({ statuses, failures, ...check }) => ({
      ...check,
      statuses: { ...statuses },
      failures: failures.map((failure) => ({ ...failure })),
    })),
    paged: outcome.paged,
    simpleFired: outcome.simpleFired,
    summary: summaryOf(outcome),
  };
}

function metricOf({ points, ...metric }: BacktestMetric): schema.BacktestMetricItem {
  return {
    ...metric,
    points: points.map(({ partition, at, value, simple, adaptive, paged }) => ({
      partition,
      at: at?.toISOString() ?? null,
      value,
      simple: saidOf(simple),
      adaptive: adaptive && {
        ...saidOf(adaptive),
        explanation: explanationOf(adaptive.detection, adaptive.p),
      },
      paged,
    })),
  };
}

function saidOf({ detector, status, expected, message }: Judgement): schema.BacktestPointItem['simple'] {
  const { mean = null, low = null, high = null } = expected ?? {};
  return { detector, status, mean, low, high, message };
}
