import type { DetectionPoint, DetectionQuestion, Mark } from '#model/detection.ts';
import { medianBetween } from '../statistics/order.ts';
import { type DayKind, holidaysBetween, weekdayOf } from './day-kind.ts';
import { PROFILES, type Profile } from './profile.ts';

const DAY_MS = 86_400_000;
/** Slots of history that are looked at. */
export const WINDOW = 42;

/** The history on an unbroken axis of slots; the target is at `length`. */
export interface Window {
  readonly profile: Profile;
  readonly length: number;
  /** In the metric's units; NaN where absent, excluded by a mark, or never seen. Rescaled by "new normal". */
  readonly values: Float64Array;
  /** As they were measured: excluded points too, nothing rescaled. */
  readonly measured: Float64Array;
  /** Sunday is 0; all 0 where there is no weekly rhythm to expect. length + 1 slots. */
  readonly weekdays: Uint8Array;
  /** By the calendar; length + 1 slots, all common for kinds that holidays do not move. */
  readonly days: readonly DayKind[];
  /** The name of the holiday that the target lies on. */
  readonly holiday: string | null;
  readonly usable: number;
  readonly daily: boolean;
}

/**
 * Lays the history out by day (daily) or by order (other cadences). Points of the target's day or later are
 * left out: a value never helps to excuse itself. Of two points on a day the later in the list counts.
 */
export function windowOf({ kind, cadence, history, target, marks, calendar }: DetectionQuestion): Window {
  const profile = PROFILES[kind];
  const today = Math.floor(target.at.getTime() / DAY_MS);
  const daily = cadence === 'daily' && !Number.isNaN(today);
  const placed = daily ? byDay(history, today) : byOrder(history, target);
  const length = placed.length;
  const measured = new Float64Array(length);
  const values = new Float64Array(length);
  const weekdays = new Uint8Array(length + 1);
  const calendared = daily && profile.followsCalendar;
  const holidays = calendared ? holidaysBetween(today - length, today, calendar) : null;
  const days: DayKind[] = [];
  const excluded = new Set(
    marks.filter(({ kind }) => kind === 'expected' || kind === 'incident').map(({ partition }) => partition),
  );
  let usable = 0;
  for (let slot = 0; slot <= length; slot += 1) {
    const day = today - length + slot;
    if (daily) weekdays[slot] = weekdayOf(day);
    days.push(holidays?.kindOf(day) ?? 'common');
    if (slot === length) break;
    const point = placed[slot];
    const value = point?.value ?? Number.NaN;
    measured[slot] = Number.isFinite(value) ? value : Number.NaN;
    values[slot] =
      point !== undefined && excluded.has(point.partition) ? Number.NaN : (measured[slot] as number);
    if (!Number.isNaN(values[slot])) usable += 1;
  }
  rescale(values, placed, marks, profile);
  const holiday = holidays?.nameOf(today) ?? null;
  return { profile, length, values, measured, weekdays, days, holiday, usable, daily };
}

function byDay(history: readonly DetectionPoint[], today: number): (DetectionPoint | undefined)[] {
  const slots = Array.from<DetectionPoint | undefined>({ length: WINDOW });
  let first = WINDOW;
  for (const point of history) {
    const slot = Math.floor(point.at.getTime() / DAY_MS) - today + WINDOW;
    if (!(slot >= 0 && slot < WINDOW)) continue;
    slots[slot] = point;
    first = Math.min(first, slot);
  }
  return slots.slice(first);
}

function byOrder(history: readonly DetectionPoint[], target: DetectionPoint): (DetectionPoint | undefined)[] {
  const before = target.at.getTime();
  return history
    .filter(({ at, partition }) => partition !== target.partition && !(at.getTime() >= before))
    .slice(-WINDOW);
}

/**
 * "New normal" from a partition on: what lies before is brought to the new level, by the median ratio of the
 * new values to the older ones (of the same place in the week where there are some); kinds that are no
 * volumes and may be near zero are shifted instead.
 */
function rescale(
  values: Float64Array,
  placed: readonly (DetectionPoint | undefined)[],
  marks: readonly Mark[],
  profile: Profile,
): void {
  for (const mark of marks) {
    if (mark.kind !== 'new_normal') continue;
    const from = placed.findIndex((point) => point !== undefined && point.at.getTime() >= mark.at.getTime());
    if (from <= 0) continue;
    const changes = new Float64Array(values.length);
    let count = 0;
    const older = medianBetween(values, Math.max(0, from - 14), from);
    for (let slot = from; slot < values.length && count < 14; slot += 1) {
      const same = slot - 7 * Math.ceil((slot - from + 1) / 7);
      const before = same >= 0 && !Number.isNaN(values[same]) ? (values[same] as number) : older;
      const now = values[slot] as number;
      const change = profile.family === 'volume' ? now / before : now - before;
      if (Number.isFinite(change)) changes[count++] = change;
    }
    const change = medianBetween(changes, 0, count);
    if (Number.isNaN(change) || (profile.family === 'volume' && change <= 0)) continue;
    for (let slot = 0; slot < from; slot += 1) {
      values[slot] =
        profile.family === 'volume' ? (values[slot] as number) * change : (values[slot] as number) + change;
    }
  }
}
