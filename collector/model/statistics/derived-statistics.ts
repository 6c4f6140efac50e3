import type { ColumnStatistics } from './column-statistics.ts';

/** Numbers that follow from a column's statistics. Null: not known, or of no values. */
export interface DerivedStatistics {
  /** Nulls among rows, 0 to 1; null of no rows: never 0 / 0. */
  readonly nullRatio: number | null;
  readonly mean: number | null;
  /** Of a sample: divided by count - 1. */
  readonly variance: number | null;
  readonly standardDeviation: number | null;
  readonly distinct: DistinctValues | null;
}

/** How many different values there are. */
export interface DistinctValues {
  /** Null when only the bounds are known. */
  readonly value: number | null;
  readonly low: number;
  /** Null when there is no upper bound. */
  readonly high: number | null;
  /** The value is a sketch's. */
  readonly approximate: boolean;
}

/** Ratio, mean, variance and different values of a column. */
export function derive(column: ColumnStatistics): DerivedStatistics {
  const { rows, nulls, count, sum, squaredDeviations } = column;
  const variance =
    count !== null && count > 1 && squaredDeviations !== null ? squaredDeviations / (count - 1) : null;
  return {
    nullRatio: rows !== null && rows > 0 && nulls !== null && nulls <= rows ? nulls / rows : null,
    mean: count !== null && count > 0 && sum !== null ? sum / count : null,
    variance,
    standardDeviation: variance === null ? null : Math.sqrt(variance),
    distinct: distinctOf(column),
  };
}

function distinctOf({ count, distinct, distinctSketch }: ColumnStatistics): DistinctValues | null {
  if (count === 0) return { value: 0, low: 0, high: 0, approximate: false };
  const low = distinct?.low ?? 0;
  const high = distinct === null ? count : Math.min(distinct.high, count ?? Infinity);
  if (distinct !== null && low === high) return { value: low, low, high, approximate: false };
  if (distinctSketch) {
    const estimate = Math.round(distinctSketch.estimate());
    return { value: Math.max(low, Math.min(estimate, high ?? estimate)), low, high, approximate: true };
  }
  return distinct === null ? null : { value: null, low, high, approximate: false };
}

/** The value below which the share `q` of a column's values lies, between its extremes; null when not known. */
export function quantileOf({ count, min, max, quantileSketch }: ColumnStatistics, q: number): number | null {
  if (count === 0 || quantileSketch === null) return null;
  if (q <= 0 && min !== null) return min;
  if (q >= 1 && max !== null) return max;
  const value = quantileSketch.quantile(q);
  return value === null ? null : Math.min(Math.max(value, min ?? value), max ?? value);
}
