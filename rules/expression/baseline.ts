import type { Baseline, BaselineFunction } from '#model/expression.ts';
import type { SeriesPoint } from '#model/finding.ts';
import { max, mean, median, min } from 'simple-statistics';

import type { TermValue } from './fact-view.ts';
import { keepPoint, type PastPartition, type Situation } from './situation.ts';
import type { LookBack, PreparedTerm } from './term-measure.ts';

/**
 * `avg_last(7)` over one or two partitions is not yet an average: a baseline needs this many usable points,
 * or as many as the check asks for when that is fewer (`avg_last(1)` means "as the last time").
 */
export const MINIMUM_BASELINE_POINTS = 3;

const DAYS_OF_WEEK = 7;

const STATISTICS: Readonly<Record<BaselineFunction, (values: number[]) => number>> = {
  avg_last: mean,
  median_last: median,
  min_last: min,
  max_last: max,
  value_at: ([value = Number.NaN]) => value,
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

/** How many past partitions a baseline can look at. */
export function reachOf({ function: name, points }: Baseline): number {
  return name === 'same_weekday_last' ? points * DAYS_OF_WEEK : points;
}

function pointsNeeded({ function: name, points }: Baseline): number {
  return name === 'value_at' ? 1 : Math.min(points, MINIMUM_BASELINE_POINTS);
}

/**
 * The past values of a term, oldest first. Left out: excluded points, the candidate's own partition, and
 * points on which the term has no value.
 */
export function seriesOf(subject: PreparedTerm, situation: Situation): readonly SeriesPoint[] {
  return situation.evidence.history.flatMap((point) =>
    point.excluded === null ? pointOf(subject, situation, point) : [],
  );
}

function pointOf(subject: PreparedTerm, situation: Situation, point: PastPartition): SeriesPoint[] {
  if (point.partition === (situation.evidence.partition ?? null)) return [];
  const value = subject.read(situation.past(point), null);
  return value.status === 'value' ? [{ partition: point.partition, value: value.value, at: point.at }] : [];
}

/** What a baseline looks back on, and what it makes of it; the points are kept with the result. */
export interface FoundBaseline {
  readonly points: readonly SeriesPoint[];
  readonly value: TermValue;
}

export function findBaseline(baseline: Baseline, subject: PreparedTerm, situation: Situation): FoundBaseline {
  const points =
    baseline.function === 'value_at'
      ? valueAt(baseline, subject, situation)
      : lastPoints(baseline, subject, situation);
  for (const point of points) keepPoint(situation, subject.text, point);
  const needed = pointsNeeded(baseline);
  if (points.length < needed) return { points, value: learning(baseline, points.length, needed) };
  const value = STATISTICS[baseline.function](points.map((point) => point.value));
  if (Number.isFinite(value)) return { points, value: { status: 'value', value } };
  return { points, value: { status: 'error', reason: 'the baseline is too large for a number' } };
}

export function lookBackOf(subject: PreparedTerm, situation: Situation): LookBack {
  return (baseline) => findBaseline(baseline, subject, situation).value;
}

/** So many partitions ago, whatever they were: one that stays out of baselines is not replaced by another. */
function valueAt(baseline: Baseline, subject: PreparedTerm, situation: Situation): readonly SeriesPoint[] {
  const { evidence } = situation;
  const closed = evidence.history.filter(({ partition }) => partition !== (evidence.partition ?? null));
  const point = closed.at(-baseline.points);
  return point === undefined || point.excluded !== null ? [] : pointOf(subject, situation, point);
}

function lastPoints(baseline: Baseline, subject: PreparedTerm, situation: Situation): readonly SeriesPoint[] {
  const series = seriesOf(subject, situation);
  if (baseline.function !== 'same_weekday_last') return series.slice(-baseline.points);
  const { partitionAt } = situation.evidence;
  return partitionAt === null
    ? []
    : series.filter(({ at }) => at !== null && sameSlot(at, partitionAt)).slice(-baseline.points);
}

/** The same weekday, and of it the same time of day, for partitions of hours. */
export function sameSlot(one: Date, other: Date): boolean {
  const timeOfDay = (at: Date): string => at.toISOString().slice(11);
  return one.getUTCDay() === other.getUTCDay() && timeOfDay(one) === timeOfDay(other);
}

function learning(baseline: Baseline, found: number, needed: number): TermValue {
  const { function: name, points } = baseline;
  if (name === 'value_at') {
    const ago = points === 1 ? 'the last partition' : `the partition ${points} before`;
    return { status: 'learning', reason: `${ago} is not there or stays out of baselines` };
  }
  const kind = name === 'same_weekday_last' ? 'earlier partition of this weekday' : 'earlier partition';
  const have =
    found === 0 ? `there is no ${kind}` : `only ${found} ${kind}${found === 1 ? '' : 's'} can be compared`;
  return { status: 'learning', reason: `${have}, ${name}(${points}) needs ${needed}` };
}

/** `average of the last 7 partitions`. */
export function describeBaseline({ function: name, points }: Baseline, count: number): string {
  if (name === 'value_at') return points === 1 ? 'the last partition' : `${points} partitions before`;
  const what = name === 'same_weekday_last' ? 'partitions of this weekday' : 'partitions';
  return count === 1
    ? `the last ${what === 'partitions' ? 'partition' : 'partition of this weekday'}`
    : `${WORDS[name]} of the last ${count} ${what}`;
}
