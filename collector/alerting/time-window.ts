import { wallTime } from './wall-clock.ts';

/** Hours of days by the clock of a zone: nights, weekends, a migration's evening. */
export interface TimeWindow {
  /** Weekdays on which it begins, 0 is Sunday; null: any. */
  readonly days: readonly number[] | null;
  /** Minutes since midnight. When `from` is not before `to` it goes over midnight. */
  readonly from: number;
  readonly to: number;
  /** The first and last day on which it begins, `2026-03-29`; null: no bound. */
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  /** IANA. */
  readonly zone: string;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The last answer of each window: an evaluation asks for thousands of alerts at the same minute. */
const remembered = new WeakMap<
  TimeWindow,
  { readonly at: number; readonly isOpen: boolean; end: Date | null }
>();

function look(window: TimeWindow, at: Date): { readonly isOpen: boolean; end: Date | null } {
  const minute = Math.floor(at.getTime() / MINUTE);
  const before = remembered.get(window);
  if (before?.at === minute) return before;
  const found = { at: minute, isOpen: isOpenAt(window, at), end: null };
  remembered.set(window, found);
  return found;
}

/**
 * Whether the instant lies in the window. On days on which clocks change this is by what the clock shows: an
 * hour that comes twice is in it twice, one that is left out never.
 */
export function covers(window: TimeWindow, at: Date): boolean {
  return look(window, at).isOpen;
}

function isOpenAt(window: TimeWindow, at: Date): boolean {
  const { date, weekday, minute } = wallTime(at, window.zone);
  const { from, to } = window;
  if (from < to) return minute >= from && minute < to && beginsOn(window, date, weekday);
  if (minute >= from) return beginsOn(window, date, weekday);
  return minute < to && beginsOn(window, dayBefore(date), (weekday + 6) % 7);
}

/** In minutes. Longest look ahead; what lasts longer is looked at again then. */
const HORIZON = (8 * DAY) / MINUTE;
const STRIDE = 15;

/** When the window that covers `at` ends, to the minute; at most eight days ahead. */
export function endOf(window: TimeWindow, at: Date): Date {
  const seen = look(window, at);
  seen.end ??= searchEnd(window, at);
  return seen.end;
}

function searchEnd(window: TimeWindow, at: Date): Date {
  const isOpen = (minute: number): boolean => isOpenAt(window, new Date(minute * MINUTE));
  const begin = Math.floor(at.getTime() / MINUTE);
  // Not longer than the time between two windows, which it would step over.
  const stride = Math.min(STRIDE, (window.from - window.to + DAY / MINUTE) % (DAY / MINUTE) || STRIDE);
  let low = begin;
  let high = low + stride;
  while (high < begin + HORIZON && isOpen(high)) {
    low = high;
    high += stride;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isOpen(middle)) low = middle;
    else high = middle;
  }
  return new Date(high * MINUTE);
}

function beginsOn({ days, firstDate, lastDate }: TimeWindow, date: string, weekday: number): boolean {
  if (days !== null && !days.includes(weekday)) return false;
  return (firstDate === null || date >= firstDate) && (lastDate === null || date <= lastDate);
}

function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - DAY).toISOString().slice(0, 10);
}
