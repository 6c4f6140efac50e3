import type { Calendar, Detection } from '#model/detection.ts';

import { durationText } from './duration-text.ts';
import { plainDetection } from './plain-detection.ts';
import { quantileBySelection } from './statistics/select.ts';
import { TAIL_POINTS, TAIL_THRESHOLD, tailDistance, usualTail } from './usual-tail.ts';

const DAY_MS = 86_400_000;
/** Before a weekday counts as one without data it must have been seen so often without. */
const WEEKS_TO_KNOW_A_WEEKDAY = 3;
/** Landings closer together than this part of a common gap are one (a backfill, several partitions at once). */
const BURST = 0.1;
/** Arrivals of a schedule scatter by little. */
const PRIOR = 0.03;
/** Nothing is late before a twentieth more than usual, and five minutes, have passed. */
const LEAST_RATIO = 1.05;
const LEAST_EXCESS = 300;

export interface FreshnessQuestion {
  /** When partitions landed, in any order; about the last six weeks. */
  readonly landings: readonly Date[];
  readonly now: Date;
  /** How the dataset is called in the message. */
  readonly label: string;
  readonly calendar?: Calendar;
  readonly threshold?: number;
}

/** `value`, `expected` and `high` are seconds since the last landing, days without data left out. */
export interface Freshness extends Detection {
  readonly detector: 'freshness';
  readonly lastLandedAt: Date | null;
  /** From when on the next landing is late; null while learning. */
  readonly lateAt: Date | null;
}

/**
 * Is new data late, from nothing but the times at which earlier data landed? The time since the last landing
 * against what the gaps between landings usually are, upwards only. Calendar aware: weekdays (UTC) on which
 * nothing ever landed, and holidays unless data landed on earlier ones, do not count as waiting.
 */
export function freshness({
  landings,
  now,
  label,
  calendar = () => null,
  threshold = TAIL_THRESHOLD,
}: FreshnessQuestion): Freshness {
  const times = landings
    .map((date) => date.getTime())
    .filter((time) => time <= now.getTime())
    .sort((a, b) => a - b);
  const groups = withoutBursts(times);
  const last = times.at(-1);
  const common = { threshold, points: Math.max(0, groups.length - 1) };
  if (last === undefined) {
    const plain = plainDetection({
      ...common,
      detector: 'freshness',
      status: 'no_data',
      value: null,
      message: `nothing of ${label} has landed yet`,
    });
    return { ...plain, detector: 'freshness', lastLandedAt: null, lateAt: null };
  }
  const off = daysOff(groups, calendar);
  const gaps = groups.slice(1).map((time, index) => workingMs(groups[index] ?? time, time, off) / 1000);
  const value = workingMs(last, now.getTime(), off) / 1000;
  const tail = usualTail(gaps, {
    threshold,
    prior: PRIOR,
    leastRatio: LEAST_RATIO,
    leastExcess: LEAST_EXCESS,
  });
  const lastLandedAt = new Date(last);
  if (tail === null) {
    const message = `${label} landed ${durationText(value)} ago, not judged: only ${gaps.length} earlier gaps are known, at least ${TAIL_POINTS} are needed`;
    const plain = plainDetection({ ...common, detector: 'freshness', status: 'learning', value, message });
    return { ...plain, detector: 'freshness', lastLandedAt, lateAt: null };
  }
  const late = value > tail.high;
  const usual = `usually every ${durationText(tail.centre)}, at most ${durationText(tail.high)} expected`;
  const z = tailDistance(tail, value);
  const plain = plainDetection({
    ...common,
    detector: 'freshness',
    status: late ? 'anomalous' : 'normal',
    value,
    expected: tail.centre,
    low: 0,
    high: tail.high,
    z: Number.isFinite(z) ? z : null,
    ratio: value / tail.centre,
    holiday: calendar(isoDay(now.getTime())),
    message: late
      ? `late: nothing of ${label} has landed for ${durationText(value)}, ${usual}`
      : `${label} landed ${durationText(value)} ago: ${usual}`,
  });
  return {
    ...plain,
    detector: 'freshness',
    lastLandedAt,
    lateAt: new Date(afterWorking(last, tail.high * 1000, off)),
  };
}

/** Of landings in a burst the last. */
function withoutBursts(times: readonly number[]): number[] {
  const gaps = Float64Array.from(times.slice(1).map((time, index) => time - (times[index] ?? time)));
  const common = quantileBySelection(gaps, gaps.length, 0.9);
  if (Number.isNaN(common)) return [...times];
  return times.filter((time, index) => (times[index + 1] ?? Infinity) - time > BURST * common);
}

/** Whether no data is expected on a day (midnight UTC in milliseconds). */
type DaysOff = (day: number) => boolean;

function daysOff(times: readonly number[], calendar: Calendar): DaysOff {
  const landed = new Set(times.map((time) => Math.floor(time / DAY_MS)));
  const first = Math.floor((times[0] ?? 0) / DAY_MS);
  const last = Math.floor((times.at(-1) ?? 0) / DAY_MS);
  const seen = new Uint16Array(7);
  const without = new Uint16Array(7);
  let holidays = 0;
  for (let day = first; day <= last; day += 1) {
    const weekday = (((day + 4) % 7) + 7) % 7;
    seen[weekday] = (seen[weekday] ?? 0) + 1;
    if (!landed.has(day)) without[weekday] = (without[weekday] ?? 0) + 1;
    else if (calendar(isoDay(day * DAY_MS)) !== null) holidays += 1;
  }
  // Data that comes once a week has days off as well, but its gaps say so already.
  const often = [...without].filter((count, weekday) => count < (seen[weekday] ?? 0)).length >= 4;
  return (time) => {
    const day = Math.floor(time / DAY_MS);
    const weekday = (((day + 4) % 7) + 7) % 7;
    const never = (seen[weekday] ?? 0) >= WEEKS_TO_KNOW_A_WEEKDAY && seen[weekday] === without[weekday];
    if (often && never) return true;
    return often && holidays === 0 && calendar(isoDay(time)) !== null;
  };
}

/** Milliseconds between two times, those of days off left out. */
function workingMs(from: number, to: number, off: DaysOff): number {
  let sum = 0;
  for (let time = from; time < to;) {
    const end = Math.min(to, (Math.floor(time / DAY_MS) + 1) * DAY_MS);
    if (!off(time)) sum += end - time;
    time = end;
  }
  return sum;
}

/** When so many milliseconds will have passed, days off left out; never more than a year of days off. */
function afterWorking(from: number, milliseconds: number, off: DaysOff): number {
  let left = milliseconds;
  let time = from;
  for (let skipped = 0; skipped < 366;) {
    const end = (Math.floor(time / DAY_MS) + 1) * DAY_MS;
    if (off(time)) skipped += 1;
    else if (end - time >= left) return time + left;
    else left -= end - time;
    time = end;
  }
  return time + left;
}

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);
