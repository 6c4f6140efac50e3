/**
 * What a fact costs to learn: metadata (the catalogue or the event says it), stats (column statistics of
 * the files say it), scan (the rows must be read).
 */
export type CostClass = 'metadata' | 'stats' | 'scan';

const COSTS: Readonly<Record<string, CostClass>> = {
  row_count: 'metadata',
  size_bytes: 'metadata',
  file_count: 'metadata',
  column_count: 'metadata',
  null_count: 'stats',
  null_percentage: 'stats',
  min: 'stats',
  max: 'stats',
};

export function costOf(metric: string): CostClass {
  return COSTS[metric] ?? 'scan';
}
