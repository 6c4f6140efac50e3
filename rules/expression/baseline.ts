import type { BaselineFunction, Term } from '#model/expression.ts';
import type { SeriesPoint } from '#model/finding.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import { max, mean, median, min } from 'simple-statistics';

import { evaluateTerm } from './term-value.ts';

/**
 * `avg_last(7)` over one or two partitions is not yet an average: a baseline needs this many usable points,
 * or as many as the check asks for when that is fewer (`avg_last(1)` means "as the last time").
 */
export const MINIMUM_BASELINE_POINTS = 3;

const STATISTICS: Readonly<Record<BaselineFunction, (values: number[]) => number>> = {
  avg_last: mean,
  median_last: median,
  min_last: min,
  max_last: max,
  value_at: (values) => values[0] ?? Number.NaN,
  same_weekday_last: mean,
};

const WORDS: Readonly<Record<BaselineFunction, string>> = {
  avg_last: 'average',
  median_last: 'median',
  min_last: 'minimum',
  max_last: 'maximum',
  value_at: 'value',
  same_weekday_last: 'average',
};

export function pointsNeeded(points: number): number {
  return Math.min(points, MINIMUM_BASELINE_POINTS);
}

/**
 * The past values of a term, oldest first. Left out: excluded points, the candidate's own partition, and
 * points on which the term has no value.
 */
export function seriesOf(
  subject: Term,
  history: readonly HistoryPoint[],
  partition: string | null,
): readonly SeriesPoint[] {
  return history.flatMap((point) => {
    if (point.excluded !== null || point.partition === partition) return [];
    const value = evaluateTerm(subject, point.facts);
    return value.status === 'value' ? [{ partition: point.partition, value: value.value, at: point.at }] : [];
  });
}

/** The baseline's value over the given points (at least one). */
export function baselineValue(name: BaselineFunction, values: readonly number[]): number {
  return STATISTICS[name]([...values]);
}

/** `average of the last 7 partitions`. */
export function describeBaseline(name: BaselineFunction, count: number): string {
  return count === 1 ? 'the last partition' : `${WORDS[name]} of the last ${count} partitions`;
}
