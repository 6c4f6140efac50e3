import { firingText } from '#detectors/firing-history.ts';
import type { FactKey } from '#model/measurement.ts';
import { hasTheWord } from '#model/judgement.ts';
import { partitionTime } from '#model/partition.ts';
import { watchedMetrics } from '#monitor/watched-metrics.ts';
import type { SeriesRow } from '#store/measurements.ts';
import type { PartitionRow, VerdictRow } from '#store/overview.ts';
import type { SeriesIncidentRow } from '#store/series-incidents.ts';
import { explanationOf } from './finding-answers.ts';
import type { SeriesPoint } from './schema/overview.ts';

const DERIVED = /^(null_percentage|avg)(\(.+\))$/s;

/** The base metrics that a metric of the page is read from: ratios and means are made when read, not stored. */
export function factsOfMetric(metric: string): FactKey[] {
  const [, name, argument] = DERIVED.exec(metric) ?? [];
  if (name === undefined) return [metric];
  const parts = name === 'avg' ? [`sum${argument}`, `count${argument}`] : [];
  return [...parts, `null_count${argument}`, 'row_count'];
}

function measuredValue(metric: string, row: SeriesRow): number | undefined {
  const facts = new Map(Object.entries(row.facts).map(([key, fact]) => [key, fact.value]));
  const watched = DERIVED.test(metric)
    ? watchedMetrics(facts).find((one) => one.metric === metric)
    : undefined;
  return watched ? watched.valueOf(facts) : facts.get(metric);
}

export interface SeriesParts {
  readonly metric: string;
  readonly measured: readonly SeriesRow[];
  readonly verdicts: readonly VerdictRow[];
  readonly partitions: readonly PartitionRow[];
  readonly incidents: readonly SeriesIncidentRow[];
  readonly limit: number;
}

/**
 * One point for each partition that was measured or judged, oldest first, the newest `limit` of them. What
 * is measured now is shown beside the band of the verdict; the verdict's own value only where the
 * measurement is gone.
 */
export function joinSeries({
  metric,
  measured,
  verdicts,
  partitions,
  incidents,
  limit,
}: SeriesParts): SeriesPoint[] {
  const values = new Map(
    measured.flatMap((row) => {
      const value = measuredValue(metric, row);
      return value === undefined ? [] : [[row.partition, value] as const];
    }),
  );
  const judged = Map.groupBy(verdicts, (verdict) => verdict.partition);
  const states = new Map(partitions.map(({ partition, published }) => [partition, published]));
  const incidentOf = new Map(
    incidents.map(({ partition, id, state, summary }) => [partition, { id, state, summary }]),
  );
  const keys = [...new Set([...values.keys(), ...judged.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return keys.slice(-limit).map((partition) => {
    const said = judged.get(partition) ?? [];
    const sigma = said.find(({ detector }) => detector === 'sigma');
    const verdict = said.find(hasTheWord) ?? sigma ?? said[0];
    return {
      partition,
      at: partitionTime(partition)?.toISOString() ?? null,
      value: values.get(partition) ?? verdict?.value ?? null,
      detector: verdict?.detector ?? null,
      mean: verdict?.mean ?? null,
      low: verdict?.low ?? null,
      high: verdict?.high ?? null,
      status: verdict?.status ?? null,
      message: verdict?.message ?? null,
      finding: verdict?.finding ?? false,
      standing: verdict?.standing ?? null,
      explanation: verdict ? explanationOf(verdict.detection, verdict.p) : null,
      simple: sigma
        ? {
            mean: sigma.mean,
            low: sigma.low,
            high: sigma.high,
            status: sigma.status,
            message: sigma.message,
          }
        : null,
      published: states.get(partition) ?? null,
      incident: incidentOf.get(partition) ?? null,
    };
  });
}

/** How often 2 sigma would have fired on these points, and in words. */
export function simpleRecord(points: readonly SeriesPoint[]): {
  fired: number;
  judged: number;
  message: string;
} {
  const judged = points.filter(({ simple }) => simple?.status === 'normal' || simple?.status === 'anomalous');
  const fired = judged.filter(({ simple }) => simple?.status === 'anomalous').length;
  const timeOf = (point: SeriesPoint | undefined) => ({
    at: point?.at === undefined || point.at === null ? null : new Date(point.at),
  });
  const said = firingText(fired, judged.length, timeOf(judged[0]), timeOf(judged.at(-1)));
  return { fired, judged: judged.length, message: `2 sigma ${said}` };
}
