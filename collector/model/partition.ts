import type { Cadence } from './detection.ts';

/** Partition columns with their values, in the order in which they were declared. */
export type PartitionValues = readonly (readonly [column: string, value: string])[];

/** Longest partition key that is kept: it is part of an index. */
export const LONGEST_PARTITION_KEY = 1000;

/** The one written form of a partition: `dt=2026-01-01/region=eu`; '' for a dataset without. */
export function partitionKey(values: PartitionValues): string {
  return values.map(([column, value]) => `${escape(column)}=${escape(value)}`).join('/');
}

// As Hive does for directory names, only for the characters that would make the key ambiguous.
function escape(text: string): string {
  return text.replaceAll(
    /[%/=]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function unescape(text: string): string {
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Reads a key back; null when the text is no partition key. */
export function parsePartitionKey(key: string): PartitionValues | null {
  if (key === '') return [];
  const values: [string, string][] = [];
  for (const part of key.split('/')) {
    const at = part.indexOf('=');
    if (at <= 0) return null;
    values.push([unescape(part.slice(0, at)), unescape(part.slice(at + 1))]);
  }
  return values;
}

const DATE_VALUE = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T_ -]?(\d\d)(?::?(\d\d))?(?::?(\d\d))?Z?)?$/;
const MONTH_VALUE = /^\d{4}-\d\d$/;

const HOUR_COLUMN = /^(hour|hr|hh|h)$|_(hour|hr)$/i;
const HOUR_VALUE = /^([01]?\d|2[0-3])$/;
const HOUR = 3_600_000;

/**
 * The day or time that a partition is about, from the first value that reads as a date; null when none does.
 * A day beside a column of hours (`dt=2026-01-01/hour=05`) is that hour.
 */
export function partitionTime(key: string): Date | null {
  return timeOf(key)?.at ?? null;
}

/** How often such partitions come, as far as one key tells: a key of a day comes daily. */
export function cadenceOf(key: string): Cadence {
  return timeOf(key)?.cadence ?? 'other';
}

interface PartitionTime {
  readonly at: Date;
  readonly cadence: Cadence;
  /** Which columns of the key tell it. */
  readonly columns: readonly number[];
}

function timeOf(key: string): PartitionTime | null {
  const values = parsePartitionKey(key) ?? [];
  for (const [index, [, value]] of values.entries()) {
    const isMonth = MONTH_VALUE.test(value);
    const match = DATE_VALUE.exec(isMonth ? `${value}-01` : value);
    if (!match) continue;
    const [, year, month, day, hour, minute = '0', second = '0'] = match;
    const time = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour ?? '0'),
      Number(minute),
      Number(second),
    );
    if (Number(month) < 1 || Number(month) > 12 || new Date(time).getUTCDate() !== Number(day)) continue;
    const columns = [index];
    if (hour !== undefined)
      return { at: new Date(time), cadence: isWholeHour(match) ? 'hourly' : 'other', columns };
    const hours = values.findIndex(
      ([column, text], place) => place > index && HOUR_COLUMN.test(column) && HOUR_VALUE.test(text),
    );
    if (hours < 0) return { at: new Date(time), cadence: isMonth ? 'other' : 'daily', columns };
    return {
      at: new Date(time + Number(values[hours]?.[1]) * HOUR),
      cadence: 'hourly',
      columns: [index, hours],
    };
  }
  return null;
}

/**
 * LIKE pattern of the keys of the same series: the time may be another, all else is the same
 * (`dt=%/region=eu`). Of a key without a time it is `%`: nothing tells series apart.
 */
export function seriesPattern(key: string): string {
  const columns = timeOf(key)?.columns ?? null;
  if (columns === null) return '%';
  return key
    .split('/')
    .map((part, index) => {
      const text = part.replaceAll(/[\\%_]/g, '\\$&');
      return columns.includes(index) ? `${text.slice(0, text.indexOf('='))}=%` : text;
    })
    .join('/');
}

/**
 * The key of the same series that is about another day or hour, written in the same way; null where the key
 * tells no day and no hour, or tells minutes as well as a date in a way that is not written back.
 */
export function siblingKey(key: string, at: Date): string | null {
  const time = timeOf(key);
  const values = parsePartitionKey(key);
  if (time === null || values === null || time.cadence === 'other') return null;
  const [date, hour] = [at.toISOString().slice(0, 10), at.toISOString().slice(11, 13)];
  const [first = -1, second] = time.columns;
  const sibling = partitionKey(
    values.map(([column, value], index) => {
      if (index === second)
        return [column, /^0\d/.test(value) || value.length === 2 ? hour : `${Number(hour)}`];
      if (index !== first) return [column, value];
      const digits = `${date.replaceAll('-', '')}${hour}0000`;
      let place = 0;
      return [column, value.replaceAll(/\d/g, () => digits[place++] ?? '0')];
    }),
  );
  return timeOf(sibling)?.at.getTime() === at.getTime() ? sibling : null;
}

function isWholeHour([, , , , , minute = '00', second = '00']: RegExpExecArray): boolean {
  return Number(minute) === 0 && Number(second) === 0;
}

/** The partition that a run's nominal interval suggests: a whole UTC day as `nominal=2026-01-01`, else its start. */
export function nominalPartition(start: Date): string {
  const iso = start.toISOString();
  return partitionKey([
    ['nominal', iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.replace('.000Z', 'Z')],
  ]);
}

/**
 * Who says which partition a statement is about, the most trusted first: a subset condition by partition or by
 * locations, directories in the dataset's name, our own facet, the run's nominal time. The index is stored.
 */
export const PARTITION_SOURCES = ['condition', 'location', 'name', 'facet', 'nominal_time'] as const;
export type PartitionSource = (typeof PARTITION_SOURCES)[number];
