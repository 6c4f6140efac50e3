import type { Grain } from '#model/contract.ts';
import type { Calendar } from '#model/detection.ts';
import { localDay, localInstant } from '../expression/time-zone.ts';
import { grainOf, Landings, type Landing } from './landing.ts';
import { dueOn, periodAfter, periodAt } from './period.ts';
import type { LandedByPromise, Promised } from '#model/objective.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LONGEST = { hour: HOUR, day: DAY, month: 31 * DAY } as const;
/** Occurrences looked at: what is older is settled, or given up. */
export const MOST_OCCURRENCES = 62;
/** Landings that are looked at; where there are as many, the oldest period may have had more. */
export const MOST_LANDINGS = 200;
/** A local time of a day lies no farther from that day's midnight in UTC, whatever the zone. */
const EARLIEST = 3 * DAY;
/** Days until something must be due again; a promise for one month end in a row of holidays is within it. */
const FARTHEST = 70;
/** A period that lands later than this after its end is the past played again. */
const LIVE = 14 * DAY;

/** One time that a promise falls due: a period of data, a moment by which it is there, and when it was. */
export interface Occurrence {
  /** `2026-01-05`; of data without periods the landing that was to be followed. */
  readonly period: string;
  /** Canonical partition key; '' where none is known. */
  readonly partition: string;
  /** From when on it can land. */
  readonly opensAt: Date;
  /** Data up to here is meant: what it is made of must reach so far. */
  readonly dataTo: Date;
  readonly dueAt: Date;
  readonly landedAt: Date | null;
}

export interface OccurrencesQuestion {
  readonly promise: Promised;
  /** The newest, in any order. Those after `now` are not seen. */
  readonly landings: readonly Landing[];
  /** Since when the promise is made: nothing was due before. */
  readonly since: Date;
  readonly now: Date;
  readonly calendar?: Calendar;
}

export type Occurrences =
  /** Oldest first; the last is the next to fall due, when one is known. */
  | { readonly status: 'known'; readonly occurrences: readonly Occurrence[] }
  | { readonly status: 'cannot_tell'; readonly why: string };

/**
 * What a promise has to be kept of, since it was made and until the next time. Pure: the same landings up to
 * `now` give the same, so a look that comes late finds what was so at the moment itself.
 */
export function occurrencesOf(question: OccurrencesQuestion): Occurrences {
  const { promise, since, now } = question;
  if (promise.kind === 'retention')
    return { status: 'cannot_tell', why: 'nobody measured how old its oldest data is' };
  const landings = question.landings.filter(({ at }) => at <= now).sort((a, b) => +b.at - +a.at);
  const [newest] = landings;
  if (newest === undefined) return { status: 'cannot_tell', why: 'nothing of it has ever landed' };
  const grain = promise.grain ?? grainOf(landings);
  const periods = grain === null ? null : new Landings(landings, grain);
  const last = periods?.starts.at(-1);
  if (grain !== null && last === undefined)
    return { status: 'cannot_tell', why: `its partitions tell no ${grain}: ${newest.partition || 'none'}` };
  if (grain !== null && last !== undefined) {
    const behind = +newest.at - +periodAt(new Date(last), grain).end;
    if (behind > LIVE)
      return { status: 'cannot_tell', why: 'what lands is the past, played again or filled in' };
  }
  const found =
    periods === null || grain === null ? rolling(question, landings) : byPeriod(question, periods, grain);
  const wanted = found.filter(({ dueAt }) => dueAt > since);
  return { status: 'known', occurrences: wanted.slice(-MOST_OCCURRENCES) };
}

/** Of partitions with a time in their keys. */
function byPeriod(
  { promise, now, since, landings: { length: landings }, calendar = () => null }: OccurrencesQuestion,
  periods: Landings,
  grain: Grain,
): Occurrence[] {
  // A time of day is due once a day: of hours the whole day is meant.
  const isDeadline = promise.kind === 'landed_by';
  const unit = isDeadline && grain === 'hour' ? 'day' : grain;
  const days = unit === grain ? periods : null;
  const found: Occurrence[] = [];
  const span = promise.kind === 'landed_by' ? 0 : promise.seconds * 1000;
  // Of what lies before the first landing that is known nothing is known.
  const [first = 0, second = first] = periods.starts;
  const from = landings >= MOST_LANDINGS ? second : first;
  const back = (isDeadline ? 2 : 1) * MOST_OCCURRENCES * LONGEST[unit];
  // Finding a local time is dear: none for days that do not count.
  const begin = Math.max(+now - span - back, from, +since - span - EARLIEST - LONGEST[unit]);
  let period = periodAt(new Date(begin), unit);
  for (let n = 0; n < 2 * MOST_OCCURRENCES + FARTHEST; n += 1, period = periodAfter(period, unit)) {
    const dueAt =
      promise.kind === 'landed_by'
        ? dueOn(period.end, promise.deadline, calendar)
        : promise.kind === 'retention'
          ? null
          : new Date(+period.end + promise.seconds * 1000);
    if (dueAt === null) continue;
    const landedAt = days === null ? wholeDay(periods, period.start) : periods.landedAt(period);
    const partition = promise.column === null || unit === 'hour' ? '' : `${promise.column}=${period.label}`;
    found.push({
      period: period.label,
      partition,
      opensAt: period.start,
      dataTo: period.end,
      dueAt,
      landedAt,
    });
    if (dueAt > now) break;
  }
  return found;
}

/** When the last of a day's 24 hours was there. */
function wholeDay(hours: Landings, start: Date): Date | null {
  let last = 0;
  for (let hour = 0; hour < 24; hour += 1) {
    const at = hours.landedAt(periodAt(new Date(+start + hour * HOUR), 'hour'));
    if (at === null) return null;
    last = Math.max(last, +at);
  }
  return new Date(last);
}

/** Of data without times in its keys: every write is a landing. @param landings newest first */
function rolling(question: OccurrencesQuestion, landings: readonly Landing[]): Occurrence[] {
  const { promise } = question;
  const times = landings.map(({ at }) => +at).reverse();
  if (promise.kind === 'landed_by') return byDay(promise, times, question);
  if (promise.kind === 'retention') return [];
  return [...new Set(times)].map((time, index, all) => {
    const next = all[index + 1];
    return {
      period: new Date(time).toISOString(),
      partition: '',
      opensAt: new Date(time),
      dataTo: new Date(time),
      dueAt: new Date(time + promise.seconds * 1000),
      landedAt: next === undefined ? null : new Date(next),
    };
  });
}

/** A landing is that of the local day on which it comes; one that never came is made up for by the next. */
function byDay(
  { deadline }: LandedByPromise,
  times: readonly number[],
  { now, since, calendar = () => null }: OccurrencesQuestion,
): Occurrence[] {
  const found: Occurrence[] = [];
  const first = +localDay(now, deadline.zone) - MOST_OCCURRENCES * 2 * DAY;
  for (let n = 0; n < MOST_OCCURRENCES * 2 + FARTHEST; n += 1) {
    const day = new Date(first + n * DAY);
    if (+day < Math.max(+since, times[0] ?? 0) - EARLIEST) continue;
    const dueAt = dueOn(day, deadline, calendar);
    if (dueAt === null) continue;
    const opensAt = localInstant(day, 0, deadline.zone);
    if (+opensAt <= (times[0] ?? 0) - DAY) continue;
    const landed = times.find((time) => time >= +opensAt);
    const period = day.toISOString().slice(0, 10);
    const landedAt = landed === undefined ? null : new Date(landed);
    found.push({ period, partition: '', opensAt, dataTo: opensAt, dueAt, landedAt });
    if (dueAt > now) break;
  }
  return found;
}
