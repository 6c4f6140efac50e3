import type { FactKey } from '#model/measurement.ts';
import { partitionTime } from '#model/partition.ts';
import type { SeriesRow } from '#store/measurements.ts';
import type { PartitionRow, VerdictRow } from '#store/overview.ts';
import type { SeriesPoint } from './schema/overview.ts';

// Ratios and means are not stored (model/measurement.ts): they are made of two base metrics when read.
const DERIVED = /^(null_percentage|avg)(\(.+\))$/s;

/** The base metrics that a metric of the page is read from. */
export function factsOfMetric(metric: string): FactKey[] {
  const [, name, argument] = DERIVED.exec(metric) ?? [];
  if (name === 'null_percentage') return [`null_count${argument}`, 'row_count'];
  if (name === 'avg') return [`sum${argument}`, `count${argument}`];
  return [metric];
}

function measuredValue(metric: string, facts: SeriesRow['facts']): number | null {
  const [part, whole] = factsOfMetric(metric).map((key) => facts[key]?.value);
  if (part === undefined) return null;
  if (!DERIVED.test(metric)) return part;
  if (whole === undefined || whole === 0) return null;
  return metric.startsWith('null_percentage') ? (100 * part) / whole : part / whole;
}

export interface SeriesParts {
  readonly metric: string;
  readonly measured: readonly SeriesRow[];
  readonly verdicts: readonly VerdictRow[];
  readonly partitions: readonly PartitionRow[];
  readonly limit: number;
}

/**
 * One point for each partition that was measured or judged, oldest first, the newest `limit` of them. What
 * is measured now is shown beside the band of the verdict; the verdict's own value only where the
 * measurement is gone.
 */
export function joinSeries({ metric, measured, verdicts, partitions, limit }: SeriesParts): SeriesPoint[] {
  const values = new Map(measured.map(({ partition, facts }) => [partition, measuredValue(metric, facts)]));
  const judged = new Map(verdicts.map((verdict) => [verdict.partition, verdict]));
  const states = new Map(partitions.map(({ partition, published }) => [partition, published]));
  const keys = [...new Set([...values.keys(), ...judged.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return keys.slice(-limit).map((partition) => {
    const verdict = judged.get(partition);
    return {
      partition,
      at: partitionTime(partition)?.toISOString() ?? null,
      value: values.get(partition) ?? verdict?.value ?? null,
      mean: verdict?.mean ?? null,
      low: verdict?.low ?? null,
      high: verdict?.high ?? null,
      status: verdict?.status ?? null,
      message: verdict?.message ?? null,
      published: states.get(partition) ?? null,
    };
  });
}
