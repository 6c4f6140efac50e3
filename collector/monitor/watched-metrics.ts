import type { MetricKind } from '#model/detection.ts';
import { factKey, type Facts } from '#model/measurement.ts';

/** A metric that the monitor follows without being asked, as a function of stored facts. */
export interface WatchedMetric {
  /** As the expression language writes it: `null_percentage(c)`. */
  readonly metric: string;
  readonly kind: MetricKind;
  /** Values that it cannot pass. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly valueOf: (facts: Facts) => number | undefined;
}

const ROW_COUNT: WatchedMetric = {
  metric: 'row_count',
  kind: 'count',
  minimum: 0,
  valueOf: (facts) => facts.get('row_count'),
};

const SIZE: WatchedMetric = {
  metric: 'size_bytes',
  kind: 'bytes',
  minimum: 0,
  valueOf: (facts) => facts.get('size_bytes'),
};

const FILES: WatchedMetric = {
  metric: 'file_count',
  kind: 'count',
  minimum: 0,
  valueOf: (facts) => facts.get('file_count'),
};

/** Rows, bytes, files, null rates and means, as far as the partition's facts tell them. */
export function watchedMetrics(facts: Facts): WatchedMetric[] {
  const metrics = [ROW_COUNT, SIZE, FILES].filter(({ metric }) => facts.has(metric));
  for (const key of facts.keys()) {
    if (key.startsWith('null_count(')) metrics.push(nullPercentage(key.slice('null_count('.length, -1)));
    if (key.startsWith('sum(')) metrics.push(average(key.slice('sum('.length, -1)));
  }
  return metrics;
}

function nullPercentage(column: string): WatchedMetric {
  return {
    metric: `null_percentage(${column})`,
    kind: 'rate',
    minimum: 0,
    maximum: 1,
    valueOf: (facts) => ratio(facts.get(`null_count(${column})`), facts.get(factKey('row_count'))),
  };
}

function average(column: string): WatchedMetric {
  return {
    metric: `avg(${column})`,
    kind: 'mean',
    valueOf: (facts) => {
      const rows = facts.get('row_count');
      const nulls = facts.get(`null_count(${column})`);
      const count =
        facts.get(`count(${column})`) ??
        (rows !== undefined && nulls !== undefined ? rows - nulls : undefined);
      return ratio(facts.get(`sum(${column})`), count);
    },
  };
}

// No rows, no ratio: an empty partition shows in its row count.
function ratio(numerator: number | undefined, denominator: number | undefined): number | undefined {
  return numerator === undefined || !denominator ? undefined : numerator / denominator;
}
