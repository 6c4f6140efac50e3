import { formatNumber } from '#model/number-text.ts';

import { kolmogorovTail } from './statistics/kolmogorov.ts';

/** One point of a quantile sketch: this part of the values (0 to 1) is at most `value`. */
export interface QuantilePoint {
  readonly quantile: number;
  readonly value: number;
}

/** The distribution of a numeric column of one partition. */
export interface QuantileSketch {
  readonly points: readonly QuantilePoint[];
  /** Values that it sums up. */
  readonly count: number;
}

export interface QuantileShift {
  readonly detector: 'quantile_shift';
  readonly status: 'normal' | 'notice' | 'anomalous' | 'learning' | 'no_data';
  /** The largest difference between the two distribution functions, 0 to 1 (Kolmogorov and Smirnov). */
  readonly distance: number | null;
  /** How often chance alone brings such a distance. */
  readonly p: number | null;
  /** The value where they differ most, and the part of the values up to it, before and after. */
  readonly at: { readonly value: number; readonly before: number; readonly after: number } | null;
  readonly message: string;
}

const ENOUGH_VALUES = 100;
const SOME_SHIFT = 0.1;
const CLEAR_SHIFT = 0.2;
const CHANCE = 1e-4;
/** A distribution of fewer points is hardly one. */
const ENOUGH_POINTS = 3;

/**
 * Did the distribution of numbers move? The Kolmogorov-Smirnov distance of two quantile sketches, linear
 * between their points. A distance smaller than the widest gap between two quantiles of either sketch may
 * come from the sketch alone and is not told, nor is one that chance brings more than once in ten thousand.
 */
export function quantileShift(
  before: QuantileSketch,
  after: QuantileSketch,
  { label }: { readonly label: string },
): QuantileShift {
  const [one, other] = [distribution(before.points), distribution(after.points)];
  const nothing = { detector: 'quantile_shift', distance: null, p: null, at: null } as const;
  if (!(after.count > 0))
    return { ...nothing, status: 'no_data', message: `${label} has no values to compare` };
  if (
    Math.min(one.length, other.length) < ENOUGH_POINTS ||
    Math.min(before.count, after.count) < ENOUGH_VALUES
  ) {
    const message = `${label} is not judged: at least ${ENOUGH_VALUES} values and ${ENOUGH_POINTS} quantiles are needed on both sides`;
    return { ...nothing, status: 'learning', message };
  }
  let distance = 0;
  let at = { value: one[0]?.value ?? 0, before: 0, after: 0 };
  for (const value of new Set([...one, ...other].map((point) => point.value))) {
    // Just before a value and at it: many equal values are a step.
    for (const side of ['below', 'at'] as const) {
      const [a, b] = [partUpTo(one, value, side), partUpTo(other, value, side)];
      if (Math.abs(a - b) <= distance) continue;
      distance = Math.abs(a - b);
      at = { value, before: a, after: b };
    }
  }
  const p = kolmogorovTail(distance, before.count, after.count);
  const sure = p < CHANCE && distance > Math.max(widestGap(one), widestGap(other));
  const status =
    sure && distance >= CLEAR_SHIFT ? 'anomalous' : sure && distance >= SOME_SHIFT ? 'notice' : 'normal';
  const percent = (part: number): string => `${Math.round(part * 100)} %`;
  const told = `${percent(at.after)} of ${label} are at most ${formatNumber(at.value, 4)}, before ${percent(at.before)}`;
  const message =
    status === 'normal'
      ? `${label} is distributed as before (distance ${formatNumber(distance, 2)})`
      : `another distribution: ${told}`;
  return { detector: 'quantile_shift', status, distance, p, at, message };
}

/** By value, then quantile; what is no number or no part is left out. */
function distribution(points: readonly QuantilePoint[]): QuantilePoint[] {
  return points
    .filter(({ quantile, value }) => quantile >= 0 && quantile <= 1 && Number.isFinite(value))
    .toSorted((a, b) => a.quantile - b.quantile || a.value - b.value);
}

/** The part of the values below a value, or up to it. */
function partUpTo(points: readonly QuantilePoint[], value: number, side: 'below' | 'at'): number {
  let low: QuantilePoint | undefined;
  for (const point of points) {
    if (point.value < value || (side === 'at' && point.value === value)) {
      low = point;
      continue;
    }
    // The first point beyond (or at) the value.
    if (point.value === value) return point.quantile;
    if (low === undefined) return 0;
    const share = (value - low.value) / (point.value - low.value);
    return low.quantile + share * (point.quantile - low.quantile);
  }
  return 1;
}

/** What lies before the first quantile and behind the last is a gap as well. */
function widestGap(points: readonly QuantilePoint[]): number {
  let widest = Math.max(points[0]?.quantile ?? 0, 1 - (points.at(-1)?.quantile ?? 1));
  for (let index = 1; index < points.length; index += 1)
    widest = Math.max(widest, (points[index]?.quantile ?? 0) - (points[index - 1]?.quantile ?? 0));
  return widest;
}
