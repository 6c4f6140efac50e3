import { exactSum } from './exact-sum.ts';
import { mergeHyperLogLogs, type HyperLogLog } from './hyperloglog.ts';
import { mergeQuantileSketches, type QuantileSketch } from './quantile-sketch.ts';

/**
 * What is known of a column's values in some rows, in a form that can be merged with what is known of others.
 * Null means not known, which is not zero: what is merged with something unknown is unknown. Where `count` is
 * 0 there are no values, and the rest says nothing.
 */
export interface ColumnStatistics {
  /** Partitions that say anything of the column. */
  readonly partitions: number;
  /** Rows of these partitions. */
  readonly rows: number | null;
  /** Rows whose value is null. */
  readonly nulls: number | null;
  /** Values that are not null. */
  readonly count: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: number | null;
  /**
   * Sum of squared deviations from the mean of these values. Not of the squares themselves: from those a
   * variance is a small difference of large numbers (T. Chan et al., "Algorithms for Computing the Sample
   * Variance", 1983).
   */
  readonly squaredDeviations: number | null;
  /** Between how many different values there are: the same twice when that was counted. */
  readonly distinct: { readonly low: number; readonly high: number } | null;
  readonly distinctSketch: HyperLogLog | null;
  readonly quantileSketch: QuantileSketch | null;
}

/**
 * One statement about the rows of all, which must be different rows. Independent of their order; of how they
 * are grouped up to the rounding of `sum` and `squaredDeviations`.
 */
export function mergeColumns(parts: readonly ColumnStatistics[]): ColumnStatistics {
  const filled = parts.filter(({ count }) => count !== 0);
  const sketches = known(filled.map((part) => part.distinctSketch));
  const quantiles = known(filled.map((part) => part.quantileSketch));
  return {
    partitions: parts.reduce((sum, part) => sum + part.partitions, 0),
    rows: total(parts.map((part) => part.rows)),
    nulls: total(parts.map((part) => part.nulls)),
    count: total(parts.map((part) => part.count)),
    min: extreme(
      filled.map((part) => part.min),
      Math.min,
    ),
    max: extreme(
      filled.map((part) => part.max),
      Math.max,
    ),
    sum: filled.length === 0 ? null : total(filled.map((part) => part.sum)),
    squaredDeviations: mergeDeviations(filled),
    distinct: mergeDistinct(filled),
    distinctSketch: sketches && mergeHyperLogLogs(sketches),
    quantileSketch: quantiles && mergeQuantileSketches(quantiles),
  };
}

/** All values, or null when one is not known. */
function known<T>(values: readonly (T | null)[]): T[] | null {
  const found = values.filter((value) => value !== null);
  return found.length === values.length ? found : null;
}

/** The sum of numbers that are all known; 0 of none. */
export function total(values: readonly (number | null)[]): number | null {
  const numbers = known(values);
  return numbers && exactSum(numbers);
}

function extreme(values: readonly (number | null)[], of: (a: number, b: number) => number): number | null {
  const numbers = known(values);
  return numbers && numbers.length > 0 ? numbers.reduce((a, b) => of(a, b)) : null;
}

/** Deviations within the parts, and of the parts' means from the mean of all. */
function mergeDeviations(filled: readonly ColumnStatistics[]): number | null {
  const [first, ...others] = filled;
  if (first === undefined || others.length === 0) return first?.squaredDeviations ?? null;
  const counts = known(filled.map(({ count }) => count));
  const sums = known(filled.map(({ sum }) => sum));
  const within = known(filled.map(({ squaredDeviations }) => squaredDeviations));
  if (counts === null || sums === null || within === null) return null;
  const mean = exactSum(sums) / exactSum(counts);
  return exactSum([
    ...within,
    ...counts.map((count, index) => count * ((sums[index] as number) / count - mean) ** 2),
  ]);
}

function mergeDistinct(filled: readonly ColumnStatistics[]): { low: number; high: number } | null {
  const bounds = known(filled.map(({ distinct }) => distinct));
  if (bounds === null) return null;
  // The parts may share all of their values, or none.
  return {
    low: bounds.reduce((low, one) => Math.max(low, one.low), 0),
    high: exactSum(bounds.map(({ high }) => high)),
  };
}
