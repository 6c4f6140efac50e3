import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DAY_MS = 86_400_000;

export type BenchKind = 'count' | 'distinct' | 'mean' | 'rate';

/** One daily series on an unbroken axis of days. */
export interface BenchSeries {
  readonly id: string;
  /** Series of one source resemble one another: they are weighted together. */
  readonly source: string;
  readonly kind: BenchKind;
  /** Midnight UTC of the first day, in days since 1970. */
  readonly firstDay: number;
  /** NaN: the partition is absent or incomplete. */
  readonly values: Float64Array;
  /** Rows behind a rate; NaN when not known. */
  readonly rows: Float64Array;
  /** The name of the public holiday on each day, or null. */
  readonly holidays: readonly (string | null)[];
}

export interface BenchData {
  readonly series: readonly BenchSeries[];
  /** What was missing or unreadable, and what follows from it. */
  readonly remarks: readonly string[];
}

const KINDS: Readonly<Record<string, BenchKind>> = {
  count: 'count',
  sum: 'count',
  bytes: 'count',
  distinct: 'distinct',
  mean: 'mean',
  rate: 'rate',
};

/**
 * Which holidays a source has, where series_meta.csv has no column `country`: Melbourne's pedestrians have
 * those of Victoria, everything else those of the United States.
 */
function countryOf(source: string, told: string | undefined): string {
  if (told) return told;
  return source.startsWith('melb') ? 'AU' : 'US';
}

/**
 * Reads daily.csv, null_rates_semisynthetic.csv, series_meta.csv and holidays.csv of a folder. Each may be
 * missing: a remark says so.
 */
export function readSeries(folder: string): BenchData {
  const remarks: string[] = [];
  const read = (name: string, without: string): Record<string, string>[] => {
    const path = join(folder, name);
    if (existsSync(path)) return parseCsv(readFileSync(path, 'utf8'));
    remarks.push(`${name} is missing: ${without}.`);
    return [];
  };
  const daily = read('daily.csv', 'no counts and no means');
  const rates = read('null_rates_semisynthetic.csv', 'no null rates');
  const meta = new Map(
    read('series_meta.csv', 'every series of daily.csv is a count and a source of its own').map((row) => [
      row['series_id'] ?? '',
      row,
    ]),
  );
  const holidays = holidaysByCountry(read('holidays.csv', 'no calendar for any method'));
  const series: BenchSeries[] = [];
  const add = (rows: readonly Record<string, string>[], rate: boolean): void => {
    for (const [id, points] of groupBy(rows, 'series_id')) {
      const about = meta.get(id) ?? (rate ? meta.get(id.replace(/^null_/, '')) : undefined);
      const kind = rate ? 'rate' : KINDS[about?.['kind'] ?? 'count'];
      const frequency = about?.['freq'] ?? 'D';
      if (kind === undefined || !frequency.startsWith('D')) {
        remarks.push(`${id} is no daily count, mean or rate: left out.`);
        continue;
      }
      const source = about?.['source'] ?? id.replace(/^null_/, '').replace(/_.*$/, '');
      const country = holidays.get(countryOf(source, about?.['country']));
      const made = seriesOf(id, source, kind, points, country);
      if (made === null) remarks.push(`${id} has no readable point: left out.`);
      else series.push(made);
    }
  };
  add(daily, false);
  add(rates, true);
  return { series, remarks };
}

function seriesOf(
  id: string,
  source: string,
  kind: BenchKind,
  points: readonly Record<string, string>[],
  holidays: ReadonlyMap<number, string> | undefined,
): BenchSeries | null {
  const dated = points
    .map((row) => ({
      day: dayNumber(row['ts'] ?? ''),
      value: numberOf(row['value']),
      rows: numberOf(row['rows']),
    }))
    .filter(({ day }) => !Number.isNaN(day));
  if (dated.length === 0) return null;
  const firstDay = dated.reduce((least, { day }) => Math.min(least, day), Infinity);
  const lastDay = dated.reduce((most, { day }) => Math.max(most, day), -Infinity);
  const values = new Float64Array(lastDay - firstDay + 1).fill(Number.NaN);
  const rows = new Float64Array(values.length).fill(Number.NaN);
  for (const point of dated) {
    values[point.day - firstDay] = point.value;
    rows[point.day - firstDay] = point.rows;
  }
  return {
    id,
    source,
    kind,
    firstDay,
    values,
    rows,
    holidays: Array.from(values, (_, index) => holidays?.get(firstDay + index) ?? null),
  };
}

function holidaysByCountry(rows: readonly Record<string, string>[]): Map<string, Map<number, string>> {
  const countries = new Map<string, Map<number, string>>();
  for (const row of rows) {
    if (row['type'] !== 'public') continue;
    const country = row['country'] ?? '';
    const days = countries.get(country) ?? new Map<number, string>();
    days.set(dayNumber(row['date'] ?? ''), row['name'] ?? 'holiday');
    countries.set(country, days);
  }
  return countries;
}

function groupBy(
  rows: readonly Record<string, string>[],
  key: string,
): Map<string, Record<string, string>[]> {
  const groups = new Map<string, Record<string, string>[]>();
  for (const row of rows) {
    const group = groups.get(row[key] ?? '');
    if (group) group.push(row);
    else groups.set(row[key] ?? '', [row]);
  }
  return groups;
}

function dayNumber(text: string): number {
  return Math.floor(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / DAY_MS);
}

/** An empty text is a missing value, not zero. */
function numberOf(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text);
}

/** Plain CSV with a header; quoted fields may hold commas. */
export function parseCsv(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.includes('"')
      ? [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field = '']) =>
          field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
        )
      : line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  });
}
