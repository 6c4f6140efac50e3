import type { Calendar } from '#model/detection.ts';

import { usualTail } from './usual-tail.ts';

const HOUR_MS = 3_600_000;
const STEP_MS = { daily: 24 * HOUR_MS, hourly: HOUR_MS } as const;
/** How far back the same place of the week is looked at. */
const WEEKS = 4;
/** Of the same places before, this part must have had data for more to be expected. */
const USUALLY_THERE = 0.75;

export interface DueQuestion {
  readonly cadence: 'daily' | 'hourly';
  /** The day or hour that each known partition is about, in any order; about six weeks. */
  readonly known: readonly Date[];
  /** Seconds from the end of a partition's time to its landing, of past partitions; a full step without enough. */
  readonly delays: readonly number[];
  readonly now: Date;
  readonly calendar?: Calendar;
  /** How many steps back absent ones are told: 7 days or 48 hours by default. */
  readonly reach?: number;
}

export interface AbsentPartition {
  /** The day or hour that is absent. */
  readonly at: Date;
  /** When it should have been there, by the usual delay. */
  readonly dueAt: Date;
  /** Of the same place in the last weeks: how many were there. */
  readonly seen: number;
  readonly of: number;
}

/**
 * The partitions that should be there by now and are not, by cadence alone: a place of the week (weekday, or
 * hour of a weekday) that usually has one, past its time and the usual delay. On holidays one is due only if
 * earlier holidays had one. Oldest first; nothing before the first known partition.
 */
export function absentPartitions(question: DueQuestion): AbsentPartition[] {
  const { cadence, known, delays, now, calendar = () => null } = question;
  const step = STEP_MS[cadence];
  const there = new Set(known.map((at) => Math.floor(at.getTime() / step)));
  if (there.size === 0) return [];
  const first = Math.min(...there);
  const delay = (usualTail(delays)?.high ?? step / 1000) * 1000;
  // The latest slot whose end and usual delay have passed.
  const last = Math.floor((now.getTime() - delay) / step) - 1;
  const reach = question.reach ?? (cadence === 'daily' ? 7 : 48);
  const holidayOf = (slot: number): string | null =>
    calendar(new Date(slot * step).toISOString().slice(0, 10));
  const absent: AbsentPartition[] = [];
  for (let slot = Math.max(first + 1, last - reach + 1); slot <= last; slot += 1) {
    if (there.has(slot)) continue;
    const like =
      holidayOf(slot) === null ? placesBefore(slot, first, step) : holidaysBefore(slot, first, holidayOf);
    const seen = like.filter((other) => there.has(other)).length;
    if (like.length === 0 ? holidayOf(slot) !== null : seen < USUALLY_THERE * like.length) continue;
    absent.push({
      at: new Date(slot * step),
      dueAt: new Date((slot + 1) * step + delay),
      seen,
      of: like.length,
    });
  }
  return absent;
}

/** The same weekday (and hour) of the weeks before; in the first week simply the slots before. */
function placesBefore(slot: number, first: number, step: number): number[] {
  const week = (7 * 24 * HOUR_MS) / step;
  const places = Array.from({ length: WEEKS }, (_, back) => slot - week * (back + 1)).filter(
    (other) => other >= first,
  );
  return places.length > 0 ? places : Array.from({ length: slot - first }, (_, back) => slot - 1 - back);
}

function holidaysBefore(slot: number, first: number, holidayOf: (slot: number) => string | null): number[] {
  return Array.from({ length: slot - first }, (_, back) => slot - 1 - back).filter(
    (other) => holidayOf(other) !== null,
  );
}
