import type { DetectionPoint, DetectionQuestion, Mark } from '#model/detection.ts';
import { PROFILES, type Profile } from '../adaptive/profile.ts';
import { medianOfFirst } from '../statistics/order.ts';

const HOUR_MS = 3_600_000;
/** Hours of history that are looked at: four weeks, so that every hour of a weekend was seen eight times. */
export const HOURS = 28 * 24;
/** Beyond this a value is taken for none: sums of squares must stay numbers. */
const LARGEST = 1e100;
/** Places in a week that are told apart: 24 hours of working days, then 24 of weekends and holidays. */
export const PLACES = 48;

/** The history of an hourly series on an unbroken axis of hours; the target is at `length`. */
export interface HourAxis {
  readonly profile: Profile;
  readonly length: number;
  /** In the metric's units; NaN where absent, excluded by a mark, or never seen. Rescaled by "new normal". */
  readonly values: Float64Array;
  /** As they were measured: excluded points too, nothing rescaled. */
  readonly measured: Float64Array;
  /** 0 to 47, see PLACES; length + 1 slots. Hours and days are those of UTC. */
  readonly places: Uint8Array;
  /** The name of the holiday that the target falls on. */
  readonly holiday: string | null;
  readonly usable: number;
}

/**
 * Lays the history out by the hour. Points of the target's hour or later are left out: a value never helps
 * to excuse itself. Of two points on an hour the later in the list counts. A holiday that moves volumes is
 * read as a day of the weekend.
 */
export function hourAxis({ kind, history, target, marks, calendar }: DetectionQuestion): HourAxis {
  const profile = PROFILES[kind];
  const now = Math.floor(target.at.getTime() / HOUR_MS);
  const placed = byHour(history, now);
  const length = placed.length;
  const first = now - length;
  const measured = new Float64Array(length);
  const values = new Float64Array(length);
  const excluded = new Set(
    marks.filter(({ kind }) => kind === 'expected' || kind === 'incident').map(({ partition }) => partition),
  );
  let usable = 0;
  for (let slot = 0; slot < length; slot += 1) {
    const point = placed[slot];
    const value = point?.value ?? Number.NaN;
    measured[slot] = Math.abs(value) <= LARGEST ? value : Number.NaN;
    const out = point !== undefined && excluded.has(point.partition);
    values[slot] = out ? Number.NaN : (measured[slot] as number);
    if (!Number.isNaN(values[slot])) usable += 1;
  }
  for (const mark of marks) if (mark.kind === 'new_normal') rescale(values, first, mark, profile);

  const places = new Uint8Array(length + 1);
  let day = Number.NaN;
  let holiday: string | null = null;
  let offset = 0;
  for (let slot = 0; slot <= length; slot += 1) {
    const hour = first + slot;
    if (Math.floor(hour / 24) !== day) {
      day = Math.floor(hour / 24);
      holiday = profile.followsCalendar
        ? calendar(new Date(day * 24 * HOUR_MS).toISOString().slice(0, 10))
        : null;
      offset = holiday !== null || isWeekend(day) ? 24 : 0;
    }
    places[slot] = (((hour % 24) + 24) % 24) + offset;
  }
  return { profile, length, values, measured, places, holiday, usable };
}

function byHour(history: readonly DetectionPoint[], now: number): (DetectionPoint | undefined)[] {
  if (Number.isNaN(now)) return [];
  const slots = Array.from<DetectionPoint | undefined>({ length: HOURS });
  let first = HOURS;
  for (const point of history) {
    const slot = Math.floor(point.at.getTime() / HOUR_MS) - now + HOURS;
    if (!(slot >= 0 && slot < HOURS)) continue;
    slots[slot] = point;
    if (slot < first) first = slot;
  }
  return slots.slice(first);
}

/** 1970-01-01 was a Thursday. */
function isWeekend(day: number): boolean {
  const weekday = (((day + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}

/**
 * "New normal" from an hour on: what lies before is brought to the new level, by the median ratio of the new
 * hours (three days at most) to the same hours a week before, or a day before where that is not known; kinds
 * that are no volumes and may be near zero are shifted instead.
 */
function rescale(values: Float64Array, first: number, mark: Mark, profile: Profile): void {
  const from = Math.floor(mark.at.getTime() / HOUR_MS) - first;
  if (!(from > 0) || from >= values.length) return;
  const until = Math.min(values.length, from + 72);
  const changes = new Float64Array(until - from);
  const volume = profile.family === 'volume';
  let count = 0;
  for (let slot = from; slot < until; slot += 1) {
    const before = values[slot - 168] ?? values[slot - 24 * Math.ceil((slot - from + 1) / 24)] ?? Number.NaN;
    const change = volume ? (values[slot] as number) / before : (values[slot] as number) - before;
    if (Number.isFinite(change)) changes[count++] = change;
  }
  const change = medianOfFirst(changes, count);
  if (Number.isNaN(change) || (volume && change <= 0)) return;
  for (let slot = 0; slot < from; slot += 1)
    values[slot] = volume ? (values[slot] as number) * change : (values[slot] as number) + change;
}
