import type { SeriesPoint } from '#model/finding.ts';

import { FLOATING_NOISE, groupedMoments } from './statistics/moments.ts';
import { studentQuantileForSigma } from './statistics/student.ts';
import { WEEKDAYS, weekdaysExplain, weekdaysOf } from './weekday-slots.ts';

export interface BandOptions {
  /** Coverage of the band as sigmas of a Gaussian: 2 is 95.45 % two-sided. */
  readonly sigma: number;
  /** How many past points count at most, newest first; 30 by default. */
  readonly window?: number;
  /** Below this many points there is no band; 5 by default, never less than 3. */
  readonly minimumPoints?: number;
}

/** Where a value is expected to lie, and from what. */
export interface ExpectedBand {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly slot: 'all' | 'weekday';
  /** `Saturday` for a weekday slot. */
  readonly weekday: string | null;
  /** How many points the mean is of (those of the weekday, or all). */
  readonly count: number;
  /** The history never varied: low = mean = high, up to floating noise. */
  readonly constant: boolean;
  readonly points: readonly SeriesPoint[];
}

export type BandOutcome =
  | { readonly status: 'band'; readonly band: ExpectedBand }
  | { readonly status: 'learning'; readonly points: readonly SeriesPoint[]; readonly reason: string };

export const DEFAULT_WINDOW = 30;
/**
 * While the weekdays cannot be judged, a value may lie near the mean or near the one of a week ago. Two
 * chances would let noise fire less than it should; bands of this width bring it back to nominal (simulated:
 * 4.4 to 4.7 % for 2 sigma).
 */
const UNTESTED_WIDTH = 0.92;
/**
 * With five points k is 3.14 for 2 sigma: wide, but it still sees a halved load of a steady series. With
 * three it would be 5.2 and a verdict of "normal" would say nothing.
 */
export const DEFAULT_MINIMUM_POINTS = 5;

/**
 * The band that the next value should fall into with the coverage of `sigma`, if it comes from the same
 * process as the history: a prediction interval, mean ± t(n-1)·s·√(1 + 1/n), so that a short history is not
 * taken for an exact one. The history is oldest first and never contains the target or excluded points.
 *
 * Daily series: where weekday means predict left-out days clearly better than the plain mean, the centre is
 * the target's weekday mean and the spread the one around weekday means, pooled over all days (a spread of
 * four Saturdays would be nearly random). With less than two weeks that cannot be judged: a weekday never
 * seen gives `learning`, one seen once widens the band so far that repeating last week is normal.
 */
export function expectedBand(
  history: readonly SeriesPoint[],
  target: { readonly at: Date | null },
  options: BandOptions,
): BandOutcome {
  const window = options.window ?? DEFAULT_WINDOW;
  const needed = Math.max(options.minimumPoints ?? DEFAULT_MINIMUM_POINTS, 3);
  const points = history.filter((point) => Number.isFinite(point.value)).slice(-window);
  const count = points.length;
  if (count < needed) return { status: 'learning', points, reason: tooFew(count, needed) };
  const values = points.map((point) => point.value);
  const plain = groupedMoments(
    values,
    values.map(() => 0),
  );
  const mean = plain.centres.get(0) ?? 0;
  const half = width(options.sigma, plain.freedom, count) * plain.deviation;
  const whole: ExpectedBand = {
    mean,
    low: mean - half,
    high: mean + half,
    slot: 'all',
    weekday: null,
    count,
    constant: plain.deviation === 0,
    points,
  };

  const weekdays = weekdaysOf(points);
  if (weekdays === null || target.at === null || Number.isNaN(target.at.getTime()))
    return { status: 'band', band: whole };
  const slot = target.at.getUTCDay();
  const name = WEEKDAYS[slot] ?? '';
  const grouped = groupedMoments(values, weekdays);
  const centre = grouped.centres.get(slot);
  const seen = grouped.counts.get(slot) ?? 0;
  const explained = weekdaysExplain(plain, grouped);
  if (explained === 'untested') {
    if (centre === undefined)
      return { status: 'learning', points, reason: `there is no earlier ${name} to compare with yet` };
    const reach = UNTESTED_WIDTH * half;
    const low = Math.min(mean, centre) - reach;
    return { status: 'band', band: { ...whole, low, high: Math.max(mean, centre) + reach } };
  }
  if (explained === 'no' || centre === undefined) return { status: 'band', band: whole };
  const spread = width(options.sigma, grouped.freedom, seen) * grouped.deviation;
  return {
    status: 'band',
    band: {
      mean: centre,
      low: centre - spread,
      high: centre + spread,
      slot: 'weekday',
      weekday: name,
      count: seen,
      constant: grouped.deviation === 0,
      points,
    },
  };
}

/** Equal up to what floating-point sums may differ by. */
export function sameValue(a: number, b: number): boolean {
  return Math.abs(a - b) <= FLOATING_NOISE * Math.max(Math.abs(a), Math.abs(b));
}

/** k of a prediction interval for one new value beside a mean of `count`. */
export function width(sigma: number, freedom: number, count: number): number {
  return studentQuantileForSigma(sigma, freedom) * Math.sqrt(1 + 1 / count);
}

function tooFew(count: number, needed: number): string {
  const have =
    count === 0
      ? 'there is no earlier partition'
      : `only ${count} earlier partition${count === 1 ? '' : 's'} can be compared`;
  return `${have}, at least ${needed} are needed`;
}
