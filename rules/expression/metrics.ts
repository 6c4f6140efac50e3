import type { MetricName } from '#model/expression.ts';

/**
 * What a metric costs to learn: metadata (the catalogue or the event says it), stats (column statistics of
 * the files say it), scan (the rows must be read).
 */
export type CostClass = 'metadata' | 'stats' | 'scan';

export interface MetricRule {
  readonly columns: 'none' | 'one' | 'many';
  /** The metric computes with the column's values, so the column must hold numbers. */
  readonly numeric: boolean;
  /** Its value lies in 0..1. */
  readonly ratio: boolean;
  readonly cost: CostClass;
}

/** Every metric of the language, in the order in which messages list them. */
const KNOWN: Readonly<Partial<Record<MetricName, MetricRule>>> = {
  row_count: { columns: 'none', numeric: false, ratio: false, cost: 'metadata' },
  null_percentage: { columns: 'one', numeric: false, ratio: true, cost: 'stats' },
  null_count: { columns: 'one', numeric: false, ratio: false, cost: 'stats' },
  min: { columns: 'one', numeric: true, ratio: false, cost: 'stats' },
  max: { columns: 'one', numeric: true, ratio: false, cost: 'stats' },
  sum: { columns: 'one', numeric: true, ratio: false, cost: 'scan' },
  avg: { columns: 'one', numeric: true, ratio: false, cost: 'scan' },
  distinct_count: { columns: 'one', numeric: false, ratio: false, cost: 'scan' },
  duplicate_count: { columns: 'many', numeric: false, ratio: false, cost: 'scan' },
};

/** Those that the parser accepts; the others have no rules yet. */
export const METRICS = KNOWN as Readonly<Record<MetricName, MetricRule>>;

/** Words that other tools use for our metrics. */
export const METRIC_SYNONYMS: Readonly<Record<string, MetricName>> = {
  count: 'row_count',
  rows: 'row_count',
  mean: 'avg',
  average: 'avg',
  null_rate: 'null_percentage',
  null_ratio: 'null_percentage',
  null_percent: 'null_percentage',
  nulls: 'null_count',
  missing_count: 'null_count',
  minimum: 'min',
  maximum: 'max',
  total: 'sum',
  duplicates: 'duplicate_count',
  unique_count: 'distinct_count',
};

export function isMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}
