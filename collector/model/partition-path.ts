import type { PartitionValues } from './partition.ts';

/** A path without the directories that tell a partition, and what they tell. */
export interface TrimmedPath {
  readonly name: string;
  readonly values: PartitionValues;
}

type Trimmer = (segments: readonly string[]) => Trimmed | null;

/** What the last directories tell, and how many they are. */
interface Trimmed {
  readonly directories: number;
  readonly value: readonly [column: string, value: string];
}

/**
 * Splits a path into the dataset's root and the partition that its last directories tell. Older Spark
 * integrations name every partition's directory as a dataset of its own; newer ones trim so themselves,
 * and both must come to one name: hence the same directories as OpenLineage's Java client since 1.39
 * (KeyValueTrimmer, DateTrimmer, YearMonthTrimmer, MultiDirDateTrimmer), from the tail, again and again.
 * The first directory always stays, because something has to name the dataset.
 */
export function trimPath(path: string): TrimmedPath {
  const rooted = path.startsWith('/') ? 1 : 0; // the slash at the front is no directory
  const segments = path.slice(rooted).split('/');
  const values: (readonly [string, string])[] = [];
  for (let trimmed = trimLast(segments); trimmed; trimmed = trimLast(segments)) {
    segments.length -= trimmed.directories;
    while (segments.length > 1 && segments.at(-1) === '') segments.pop();
    values.unshift(trimmed.value);
  }
  return values.length === 0
    ? { name: path, values }
    : { name: path.slice(0, rooted) + segments.join('/'), values };
}

/** What a location of a subset condition tells: a full path (s3://bucket/t/dt=1) or one relative to the dataset. */
export function partitionOfLocation(location: string): PartitionValues {
  return trimPath(`root/${location.replace(/\/+$/, '')}`).values;
}

function trimLast(segments: readonly string[]): Trimmed | null {
  for (const trim of [keyValue, day, month, nestedDirectories]) {
    const trimmed = trim(segments);
    if (trimmed && trimmed.directories < segments.length) return trimmed;
  }
  return null;
}

/** `dt=2026-01-01`. Both sides may carry Hive's percent escapes, so a second `=` is none of a partition. */
const keyValue: Trimmer = (segments) => {
  const match = /^([^=]+)=([^=]*)$/.exec(segments.at(-1) ?? '');
  return match && { directories: 1, value: [decode(match[1] ?? ''), decode(match[2] ?? '')] };
};

const DAYS: readonly { readonly pattern: RegExp; readonly order: readonly [number, number, number] }[] = [
  { pattern: /(\d{4})-(\d\d)-(\d\d)/g, order: [1, 2, 3] },
  { pattern: /(\d\d)\.(\d\d)\.(\d{4})/g, order: [3, 2, 1] },
  { pattern: /(\d{4})(\d\d)(\d\d)/g, order: [1, 2, 3] },
];

/** A day, maybe with a time: `20260101`, `2026-01-01`, `01.01.2026`, `20260101T0500`, `2026-01-01 05:00:00Z`. */
const day: Trimmer = (segments) => {
  const last = segments.at(-1) ?? '';
  for (const { pattern, order } of DAYS) {
    for (const match of last.matchAll(pattern)) {
      const [year = '', month = '', date = ''] = order.map((group) => match[group] ?? '');
      if (!isDay(year, month, date)) continue;
      const rest = last.slice(0, match.index) + last.slice(match.index + match[0].length);
      if (!/^[\d\s:.-]*$/.test(rest.replace('T', '').replace('Z', ''))) return null;
      return { directories: 1, value: ['date', `${year}-${month}-${date}${timeOf(rest, last)}`] };
    }
  }
  return null;
};

/** The rest of a directory as a time; what reads as none stays as it is, so that two directories stay two partitions. */
function timeOf(rest: string, whole: string): string {
  const digits = rest.replaceAll(/\D/g, '');
  if (digits === '') return '';
  const [, hour, minute, second] = /^([01]\d|2[0-3])([0-5]\d)?([0-5]\d)?$/.exec(digits) ?? [];
  if (hour === undefined) return ` ${whole}`;
  return `T${[hour, minute ?? '00', second].filter((part) => part !== undefined).join(':')}`;
}

/** `202601` or `2026-01`. */
const month: Trimmer = (segments) => {
  const [, year = '', number = ''] = /^(\d{4})-?(\d\d)$/.exec(segments.at(-1) ?? '') ?? [];
  return isMonth(year, number) ? { directories: 1, value: ['month', `${year}-${number}`] } : null;
};

/** `2026/01` or `2026/01/31`. */
const nestedDirectories: Trimmer = (segments) => {
  const [first = '', second = '', third = ''] = segments.slice(-3);
  if (isDay(first, second, third)) return { directories: 3, value: ['date', `${first}-${second}-${third}`] };
  const [year = '', number = ''] = segments.slice(-2);
  return isMonth(year, number) ? { directories: 2, value: ['month', `${year}-${number}`] } : null;
};

function isMonth(year: string, number: string): boolean {
  return /^\d{4}$/.test(year) && year !== '0000' && /^(0[1-9]|1[0-2])$/.test(number);
}

// As lenient about the length of a month as the Java client: what it trims must be trimmed here.
function isDay(year: string, number: string, date: string): boolean {
  return isMonth(year, number) && /^(0[1-9]|[12]\d|3[01])$/.test(date);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
