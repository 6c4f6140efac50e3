import type { Fact, FactMetric } from '#model/fact.ts';

/**
 * What a fact costs to learn: metadata (the catalogue or the event says it), stats (column statistics of
 * the files say it), scan (the rows must be read).
 */
export type CostClass = 'metadata' | 'stats' | 'scan';

const CHEAP: Readonly<Partial<Record<FactMetric, CostClass>>> = {
  row_count: 'metadata',
  size_bytes: 'metadata',
  file_count: 'metadata',
  null_count: 'stats',
  count: 'stats',
  min: 'stats',
  max: 'stats',
};

/** No statistics know which rows fulfil a condition, or belong to a value. */
export function costOf({ metric, where, per }: Fact): CostClass {
  return where === null && per === null ? (CHEAP[metric] ?? 'scan') : 'scan';
}
