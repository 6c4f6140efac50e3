import type { Deadline } from '#model/contract.ts';

/** `06:30 Asia/Tokyo on mon-fri`, `6:30 Europe/Berlin`, `09:00-08:00` (as ODCS writes it). */
const DEADLINE =
  /^\s*(\d{1,2}):(\d{2})(?::00)?\s*(Z|[+-]\d{2}:?\d{2}|[A-Za-z][A-Za-z0-9_+/-]*)\s*(?:\s+on\s+(.+?))?\s*$/;

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6] as const;

export type ParsedDeadline =
  | { readonly status: 'ok'; readonly deadline: Deadline }
  | { readonly status: 'error'; readonly message: string; readonly mend: string };

const EXAMPLE = 'For example: deadline: "06:30 Asia/Tokyo on mon-fri".';

/** Reads a time of day with its zone and, if not every day is meant, its days. */
export function parseDeadline(text: string): ParsedDeadline {
  const [, hours, minutes, zone, days] = DEADLINE.exec(text.slice(0, 200)) ?? [];
  if (hours === undefined || minutes === undefined || zone === undefined)
    return { status: 'error', message: `"${text}" is not a time of day with its zone`, mend: EXAMPLE };
  const minute = Number(hours) * 60 + Number(minutes);
  if (Number(hours) > 23 || Number(minutes) > 59)
    return { status: 'error', message: `${hours}:${minutes} is not a time of day`, mend: EXAMPLE };
  const iana = zone === 'Z' ? 'UTC' : zone;
  if (!isZone(iana))
    return {
      status: 'error',
      message: `"${zone}" is not a time zone`,
      mend: 'Write an IANA name like Europe/Berlin, or UTC.',
    };
  const weekdays = days === undefined ? EVERY_DAY : parseDays(days);
  if (weekdays === null)
    return {
      status: 'error',
      message: `"${days ?? ''}" are not days of the week`,
      mend: 'Write for example on mon-fri, or on mon, wed.',
    };
  return { status: 'ok', deadline: { text: text.trim(), minute, zone: iana, weekdays } };
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function parseDays(text: string): readonly number[] | null {
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(/\s*,\s*|\s+and\s+/)) {
    const [first, last, ...more] = part.split(/\s*-\s*/).map(dayOf);
    if (first === undefined || first === null || last === null || more.length > 0) return null;
    // A range may go over the end of the week: sat-mon.
    for (let day = first; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === (last ?? first)) break;
    }
  }
  return [...found].toSorted((a, b) => a - b);
}

function dayOf(word: string): number | null {
  const index = DAYS.findIndex(
    (day) => word === day || (word.length > 3 && FULL[day]?.startsWith(word) === true),
  );
  return index === -1 ? null : index;
}

const FULL: Readonly<Record<string, string>> = {
  sun: 'sunday',
  mon: 'monday',
  tue: 'tuesday',
  wed: 'wednesday',
  thu: 'thursday',
  fri: 'friday',
  sat: 'saturday',
};
