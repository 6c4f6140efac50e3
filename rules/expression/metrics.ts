import type { MetricName } from '#model/expression.ts';
import type { MetricKind } from '#model/detection.ts';

import type { Dimension } from './units.ts';

/** What stands in a metric's brackets. `table`: nothing, or another table. */
export type MetricArguments =
  | 'none'
  | 'table'
  | 'column'
  | 'columns'
  | 'pair'
  | 'sentinels'
  | 'quantile'
  | 'deviations'
  | 'predicate';

export interface MetricRule {
  readonly takes: MetricArguments;
  /** What the columns must hold. */
  readonly needs: 'any' | 'number' | 'text' | 'time';
  /** What its value is; null for the column's own unit. */
  readonly gives: Dimension | null;
  /** How detectors treat it. */
  readonly kind: MetricKind;
  /** Estimated by a sketch: no ground for blocking unless the check says that it will do. */
  readonly approximate?: true;
}

/** Every metric of the language, in the order in which messages list them. */
export const METRICS: Readonly<Record<MetricName, MetricRule>> = {
  row_count: { takes: 'table', needs: 'any', gives: 'rows', kind: 'count' },
  null_percentage: { takes: 'column', needs: 'any', gives: 'ratio', kind: 'rate' },
  null_count: { takes: 'column', needs: 'any', gives: 'rows', kind: 'count' },
  min: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  max: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  sum: { takes: 'column', needs: 'number', gives: null, kind: 'sum' },
  avg: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  distinct_count: { takes: 'columns', needs: 'any', gives: 'rows', kind: 'distinct' },
  duplicate_count: { takes: 'columns', needs: 'any', gives: 'rows', kind: 'count' },
  size_bytes: { takes: 'none', needs: 'any', gives: 'bytes', kind: 'bytes' },
  file_count: { takes: 'none', needs: 'any', gives: null, kind: 'count' },
  column_count: { takes: 'none', needs: 'any', gives: null, kind: 'count' },
  missing_count: { takes: 'sentinels', needs: 'any', gives: 'rows', kind: 'count' },
  missing_percentage: { takes: 'sentinels', needs: 'any', gives: 'ratio', kind: 'rate' },
  empty_count: { takes: 'column', needs: 'text', gives: 'rows', kind: 'count' },
  count: { takes: 'column', needs: 'any', gives: 'rows', kind: 'count' },
  approx_distinct_count: {
    takes: 'column',
    needs: 'any',
    gives: 'rows',
    kind: 'distinct',
    approximate: true,
  },
  distinct_percentage: { takes: 'columns', needs: 'any', gives: 'ratio', kind: 'rate' },
  duplicate_percentage: { takes: 'columns', needs: 'any', gives: 'ratio', kind: 'rate' },
  duplicated_rows: { takes: 'columns', needs: 'any', gives: 'rows', kind: 'count' },
  invalid_count: { takes: 'predicate', needs: 'any', gives: 'rows', kind: 'count' },
  invalid_percentage: { takes: 'predicate', needs: 'any', gives: 'ratio', kind: 'rate' },
  stddev: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  variance: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  median: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  quantile: { takes: 'quantile', needs: 'number', gives: null, kind: 'mean' },
  min_length: { takes: 'column', needs: 'text', gives: null, kind: 'mean' },
  max_length: { takes: 'column', needs: 'text', gives: null, kind: 'mean' },
  avg_length: { takes: 'column', needs: 'text', gives: null, kind: 'mean' },
  range: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  iqr: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  skew: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  kurtosis: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  max_z_score: { takes: 'column', needs: 'number', gives: null, kind: 'mean' },
  outlier_count: { takes: 'deviations', needs: 'number', gives: 'rows', kind: 'count' },
  outlier_percentage: { takes: 'deviations', needs: 'number', gives: 'ratio', kind: 'rate' },
  correlation: { takes: 'pair', needs: 'number', gives: null, kind: 'mean' },
  mutual_information: { takes: 'pair', needs: 'any', gives: null, kind: 'mean' },
  entropy: { takes: 'columns', needs: 'any', gives: null, kind: 'mean' },
  casing_variants: { takes: 'column', needs: 'text', gives: null, kind: 'count' },
  freshness: { takes: 'column', needs: 'time', gives: 'seconds', kind: 'delay' },
  latency: { takes: 'pair', needs: 'time', gives: 'seconds', kind: 'delay' },
  retention: { takes: 'column', needs: 'time', gives: 'seconds', kind: 'delay' },
  update_interval: { takes: 'column', needs: 'time', gives: 'seconds', kind: 'delay' },
};

export function isMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

/** True of a metric whose value depends on when one asks, so that past partitions have none. */
export function agesWithTheClock(metric: MetricName): boolean {
  return metric === 'freshness' || metric === 'retention';
}
