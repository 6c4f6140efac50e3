import type { Deadline, Grain } from '#model/contract.ts';
import type { Calendar } from '#model/detection.ts';
import { localInstant } from '../expression/time-zone.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** An hour, day or month of data, in UTC as partition keys are read. */
export interface Period {
  readonly start: Date;
  /** Exclusive: the start of the next. */
  readonly end: Date;
  /** `2026-01-05T07`, `2026-01-05`, `2026-01`. */
  readonly label: string;
}

const LABELS: Readonly<Record<Grain, number>> = { hour: 13, day: 10, month: 7 };

/** The period that an instant lies in. */
export function periodAt(at: Date, grain: Grain): Period {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  const midnight = Date.UTC(year, month, day);
  const start =
    grain === 'month'
      ? Date.UTC(year, month, 1)
      : grain === 'day'
        ? midnight
        : midnight + at.getUTCHours() * HOUR;
  const end =
    grain === 'month' ? Date.UTC(year, month + 1, 1) : grain === 'day' ? midnight + DAY : start + HOUR;
  return {
    start: new Date(start),
    end: new Date(end),
    label: new Date(start).toISOString().slice(0, LABELS[grain]),
  };
}

export function periodAfter(period: Period, grain: Grain): Period {
  return periodAt(period.end, grain);
}

export function periodBefore(period: Period, grain: Grain): Period {
  return periodAt(new Date(period.start.getTime() - 1), grain);
}

/**
 * When something is due on a day, in the zone of its deadline; null on days on which nothing is. A promise for
 * some days of the week is one for working days: it leaves out holidays too. One for every day does not.
 * @param day midnight UTC of the local date
 */
export function dueOn(day: Date, { minute, zone, weekdays }: Deadline, calendar: Calendar): Date | null {
  if (!weekdays.includes(day.getUTCDay())) return null;
  if (weekdays.length < 7 && calendar(day.toISOString().slice(0, 10)) !== null) return null;
  return localInstant(day, minute, zone);
}
