import { type Columns, dayNumber, isAnything, isDay, isNumber, numberOf, readRows } from './csv-file.ts';

const POINTS: Columns = { series_id: isAnything, ts: isDay, value: isNumber };
const HOLIDAYS: Columns = { country: isAnything, date: isDay, type: isAnything };

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
 * missing, empty or in part unreadable: a remark says so.
 */
export function readSeries(folder: string): BenchData {
  const remarks: string[] = [];
  const read = (name: string, columns: Columns, without: string): Record<string, string>[] =>
    readRows(folder, name, columns, without, remarks);
  const daily = read('daily.csv', POINTS, 'no counts and no means');
  const rates = read('null_rates_semisynthetic.csv', POINTS, 'no null rates');
  const meta = new Map(
    read(
      'series_meta.csv',
      { series_id: isAnything },
      'every series of daily.csv is a count and a source of its own',
    ).map((row) => [row['series_id'] ?? '', row]),
  );
  const holidays = holidaysByCountry(read('holidays.csv', HOLIDAYS, 'no calendar for any method'));
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
      series.push(seriesOf(id, source, kind, points, country));
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
): BenchSeries {
  const dated = points.map((row) => ({
    day: dayNumber(row['ts'] ?? ''),
    value: numberOf(row['value']),
    rows: numberOf(row['rows']),
  }));
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
