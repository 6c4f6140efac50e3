import { type CalendarEntry, CalendarSettingsError } from './settings.ts';

const DAY_MS = 86_400_000;
/** An event longer than this is a season, not a holiday: most likely a wrong date. */
const LONGEST_DAYS = 60;

/**
 * The days of an iCalendar file (name ends in .ics; whole-day events, RRULE FREQ=YEARLY only) or of a CSV file
 * with the columns date or yearly, name and remove. Throws CalendarSettingsError with file and line.
 */
export function entriesOfFile(path: string, text: string): CalendarEntry[] {
  const clean = text.replace(/^\uFEFF/, '');
  return /\.ics$/i.test(path) ? entriesOfIcs(path, clean) : entriesOfCsv(path, clean);
}

function entriesOfIcs(path: string, text: string): CalendarEntry[] {
  const entries: CalendarEntry[] = [];
  // A line that begins with a blank continues the one before (RFC 5545, 3.1).
  const blocks = text
    .replaceAll(/\r?\n[ \t]/g, '')
    .split(/^BEGIN:VEVENT\s*$/m)
    .slice(1);
  for (const block of blocks) {
    const property = (name: string): string | undefined =>
      new RegExp(`^${name}(?:;[^:\\r\\n]*)?:(.*)$`, 'm').exec(block)?.[1]?.trim();
    const name = property('SUMMARY')?.replaceAll(/\\([,;\\])/g, '$1') || 'holiday';
    const start = icsDay(property('DTSTART'));
    if (start === null) {
      throw new CalendarSettingsError(`${path}: the event "${name}" has no DTSTART of the form 20260303.`);
    }
    const rule = property('RRULE');
    if (rule !== undefined && !/^FREQ=YEARLY(;INTERVAL=1)?$/i.test(rule)) {
      throw new CalendarSettingsError(
        `${path}: the event "${name}" repeats by ${rule}; only FREQ=YEARLY is read, list its days instead.`,
      );
    }
    const end = icsDay(property('DTEND')) ?? start + DAY_MS;
    const days = Math.max(1, Math.round((end - start) / DAY_MS));
    if (days > LONGEST_DAYS) {
      throw new CalendarSettingsError(
        `${path}: the event "${name}" lasts ${days} days; ${LONGEST_DAYS} are read at most.`,
      );
    }
    for (let offset = 0; offset < days; offset += 1) {
      const day = new Date(start + offset * DAY_MS).toISOString().slice(0, 10);
      entries.push(rule === undefined ? { date: day, name } : { yearly: day.slice(5), name });
    }
  }
  return entries;
}

function icsDay(text: string | undefined): number | null {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(text ?? '') ?? [];
  const time = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(time) ? null : time;
}

function entriesOfCsv(path: string, text: string): CalendarEntry[] {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const columns = fieldsOf(header).map((name) => name.toLowerCase());
  if (!columns.includes('date') && !columns.includes('yearly')) {
    throw new CalendarSettingsError(
      `${path}:1: the first line must name the columns: date (or yearly), and name and remove where wanted.`,
    );
  }
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = new Map(fieldsOf(line).map((field, at) => [columns[at] ?? '', field]));
    const date = row.get('date');
    const yearly = row.get('yearly');
    const fault = date ? dateFault(date) : yearlyFault(yearly ?? '');
    if (fault !== null) throw new CalendarSettingsError(`${path}:${index + 2}: ${fault}`);
    return [
      {
        ...(date ? { date } : { yearly: yearly ?? '' }),
        ...(row.get('name') ? { name: row.get('name') ?? '' } : {}),
        ...(/^(true|yes|1|x)$/i.test(row.get('remove') ?? '') ? { remove: true } : {}),
      },
    ];
  });
}

function fieldsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, -1)
    .map(([, field = '']) =>
      field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field.trim(),
    );
}

/** Why a text is no date of the form 2026-03-03; null when it is one. */
export function dateFault(text: string): string | null {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const real = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  return real ? null : `"${text}" is no date of the form 2026-03-03.`;
}

/** Why a text is no day of every year of the form 03-03; null when it is one. */
export function yearlyFault(text: string): string | null {
  // 2024 has a 29th of February.
  const real = /^\d{2}-\d{2}$/.test(text) && dateFault(`2024-${text}`) === null;
  return real ? null : `"${text}" is no day of the form 03-03 (month, day).`;
}
