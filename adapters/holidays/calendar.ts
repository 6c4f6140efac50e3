import { readFileSync } from 'node:fs';
import type { Calendar } from '#model/detection.ts';
import { entriesOfFile } from './files.ts';
import { type CalendarEntry, type CalendarSettings, CalendarSettingsError } from './settings.ts';

/** What a day is called when nobody named it. */
const UNNAMED = 'holiday';

/**
 * The calendar that the settings describe: own entries first (those of the files, then those of assay.yaml,
 * the last one of a day counts; an entry for a date comes before a yearly one), then the public holidays of the
 * country. Throws CalendarSettingsError.
 */
export async function openCalendar(settings: CalendarSettings | null): Promise<Calendar> {
  const entries = [
    ...(settings?.files ?? []).flatMap((path) => readEntries(path)),
    ...(settings?.entries ?? []),
  ];
  const dates = new Map<string, string | null>();
  const yearly = new Map<string, string | null>();
  for (const { date, yearly: day, name, remove } of entries) {
    const said = remove === true ? null : (name ?? UNNAMED);
    if (date !== undefined) dates.set(date, said);
    if (day !== undefined) yearly.set(day, said);
  }
  const national =
    settings?.country === undefined ? NONE : await publicHolidays(settings.country, settings.region);
  return (day) => {
    const own = dates.get(day) ?? (dates.has(day) ? null : yearly.get(day.slice(5)));
    return own === undefined ? national(day) : own;
  };
}

const NONE: Calendar = () => null;

/**
 * Public holidays of a country by date-holidays, computed for a year when it is first asked of. The library is
 * loaded only here: its tables are large, and many need none.
 */
async function publicHolidays(country: string, region: string | undefined): Promise<Calendar> {
  const { default: Holidays } = await import('date-holidays');
  const all = new Holidays();
  const countries = all.getCountries('en');
  if (!Object.hasOwn(countries, country)) {
    throw new CalendarSettingsError(
      `calendar.country is "${country}", which has no known holidays; give the two letters of ISO 3166-1, such as DE or US.`,
    );
  }
  const regions = { ...all.getStates(country, 'en') };
  if (region !== undefined && !Object.hasOwn(regions, region)) {
    const known = Object.keys(regions);
    const mend = known.length === 0 ? 'leave it away' : `it must be one of ${known.join(', ')}`;
    throw new CalendarSettingsError(
      `calendar.region is "${region}", which ${country} does not have; ${mend}.`,
    );
  }
  const options = { types: ['public' as const], languages: 'en' };
  const holidays =
    region === undefined ? new Holidays(country, options) : new Holidays(country, region, options);
  const years = new Map<string, Map<string, string>>();
  return (day) => {
    const year = day.slice(0, 4);
    const known = years.get(year) ?? namesOf(holidays.getHolidays(Number(year)));
    years.set(year, known);
    return known.get(day) ?? null;
  };
}

const DAY_MS = 86_400_000;

function namesOf(
  holidays: readonly {
    readonly date: string;
    readonly start: Date;
    readonly end: Date;
    readonly name: string;
  }[],
): Map<string, string> {
  const names = new Map<string, string>();
  for (const { date, start, end, name } of holidays) {
    const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
    const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
    for (let offset = 0; offset < days; offset += 1) {
      const day = new Date(first + offset * DAY_MS).toISOString().slice(0, 10);
      if (!names.has(day)) names.set(day, name);
    }
  }
  return names;
}

function readEntries(path: string): CalendarEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CalendarSettingsError(`calendar.files names ${path}, which cannot be read (${code}).`);
  }
  return entriesOfFile(path, text);
}
