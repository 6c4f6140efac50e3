import type { SeriesPoint } from '#model/finding.ts';

import type { Moments } from './statistics/moments.ts';

const DAY_MS = 86_400_000;
/** A day may be an hour longer or shorter where clocks change; partitions may carry a time of day. */
const SLACK_MS = 4 * 3_600_000;

export const WEEKDAYS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

/** Degrees of freedom that the spread around weekday means must have: two whole weeks give 7. */
const MINIMUM_FREEDOM = 7;

/**
 * The weekday means must predict a left-out day with at most this share of the plain mean's squared error.
 * Without a weekly rhythm the share is well above 1 (a mean of three predicts worse than one of 29), so a
 * margin below 1 is rarely passed by chance, and a smaller one while two or three values make a mean: the
 * false-alarm rate on pure noise stays within half a point of nominal (tested), while any rhythm that matters
 * passes it by far.
 */
const MARGIN = 0.6;
const EARLY_MARGIN = 0.3;
/** Below these degrees of freedom it is early. */
const EARLY_FREEDOM = 10;

/**
 * The weekday (0 Sunday … 6 Saturday, UTC) of each point when the series is daily: every point is dated and
 * the typical step is one day, never less. null otherwise: an hourly or weekly series has no weekday slots.
 */
export function weekdaysOf(points: readonly SeriesPoint[]): readonly number[] | null {
  const times = points.map((point) => point.at?.getTime() ?? Number.NaN);
  if (times.length < 2 || times.some((time) => Number.isNaN(time))) return null;
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const ordered = [...steps].sort((a, b) => a - b);
  const typical = ordered[Math.floor(ordered.length / 2)] ?? 0;
  if ((ordered[0] ?? 0) < DAY_MS - SLACK_MS || Math.abs(typical - DAY_MS) > SLACK_MS) return null;
  return times.map((time) => new Date(time).getUTCDay());
}

/**
 * Whether weekday means explain the history: `untested` while there are too few weeks to say (below two
 * weeks every weekday was seen once, which is as much news as rhythm), then by leave-one-out prediction.
 */
export function weekdaysExplain(plain: Moments, weekday: Moments): 'yes' | 'no' | 'untested' {
  if (weekday.freedom < MINIMUM_FREEDOM) return 'untested';
  let plainError = 0;
  let weekdayError = 0;
  weekday.leftOut.forEach((error, index) => {
    if (error === null) return;
    weekdayError += error ** 2;
    plainError += (plain.leftOut[index] ?? 0) ** 2;
  });
  const margin = weekday.freedom < EARLY_FREEDOM ? EARLY_MARGIN : MARGIN;
  return weekdayError < margin * plainError ? 'yes' : 'no';
}
