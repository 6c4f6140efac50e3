import type { Calendar } from '#model/detection.ts';

/**
 * What a day is by the holidays around it. On a holiday and on the working day caught between days off
 * (`bridge`) people do something between a working day and a Sunday; weekends that a holiday makes longer
 * and the working days on either side of the days off differ less, but more than other days do.
 */
export type DayKind = 'common' | 'holiday' | 'bridge' | 'long weekend' | 'eve' | 'beside';

/** No run of days off is followed further than this. */
const REACH = 8;
const LONGEST_MEMORY = 50_000;
const DAY_MS = 86_400_000;

/** Which days of a stretch are holidays, asked once for each. Days are numbered from 1970-01-01. */
export interface Holidays {
  readonly nameOf: (day: number) => string | null;
  readonly kindOf: (day: number) => DayKind;
}

/** The holidays of the days first..last and those near enough to change what they are. */
export function holidaysBetween(first: number, last: number, calendar: Calendar): Holidays {
  const names: (string | null)[] = [];
  for (let day = first - REACH; day <= last + REACH; day += 1) names.push(calendar(isoDay(day)));
  const nameOf = (day: number): string | null => names[day - first + REACH] ?? null;
  const none = names.every((name) => name === null);
  return { nameOf, kindOf: none ? () => 'common' : (day) => kindOf(day, nameOf) };
}

function kindOf(day: number, nameOf: Holidays['nameOf']): DayKind {
  const off = (other: number): boolean => isWeekend(weekdayOf(other)) || nameOf(other) !== null;
  if (nameOf(day) !== null) return 'holiday';
  const before = holidayInRun(day, -1, off, nameOf);
  const after = holidayInRun(day, 1, off, nameOf);
  if (!before && !after) return 'common';
  if (isWeekend(weekdayOf(day))) return 'long weekend';
  if (off(day - 1) && off(day + 1)) return 'bridge';
  return nameOf(day + 1) === null ? 'beside' : 'eve';
}

/** Whether the days off that begin right beside a day hold a holiday. */
function holidayInRun(
  day: number,
  step: 1 | -1,
  off: (day: number) => boolean,
  nameOf: Holidays['nameOf'],
): boolean {
  for (let other = day + step; Math.abs(other - day) < REACH && off(other); other += step) {
    if (nameOf(other) !== null) return true;
  }
  return false;
}

/** 0 is Sunday; 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;
export const isWeekend = (weekday: number): boolean => weekday === 0 || weekday === 6;

const texts = new Map<number, string>();

/** `YYYY-MM-DD` of a day number; remembered, since all series of a run ask for the same days. */
export function isoDay(day: number): string {
  const known = texts.get(day);
  if (known !== undefined) return known;
  if (texts.size > LONGEST_MEMORY) texts.clear();
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  texts.set(day, text);
  return text;
}
