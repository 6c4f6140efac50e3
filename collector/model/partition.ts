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

/** The day or time that a partition is about, from the first value that reads as a date; null when none does. */
export function partitionTime(key: string): Date | null {
  for (const [, value] of parsePartitionKey(key) ?? []) {
    const match = DATE_VALUE.exec(value);
    if (!match) continue;
    const [, year, month, day, hour = '0', minute = '0', second = '0'] = match;
    const time = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    );
    if (Number(month) >= 1 && Number(month) <= 12 && new Date(time).getUTCDate() === Number(day))
      return new Date(time);
  }
  return null;
}

const KEY_VALUE = /^([A-Za-z_][A-Za-z0-9_.-]*)=(.+)$/;
const DAY = /^(\d{4})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])$/;
const YEAR = /^(?:19|20)\d\d$/;
const MONTH = /^(0[1-9]|1[0-2])$/;
const DAY_OF_MONTH = /^(0[1-9]|[12]\d|3[01])$/;

/**
 * Splits a path into the dataset's root and the partition that its last directories tell: `key=value`
 * directories, a day (`20260101`, `2026-01-01`) or `2026/01/01`. Older Spark integrations name every
 * partition's directory as a dataset of its own; newer ones trim so themselves (OpenLineage Java 1.39).
 */
export function trimPath(path: string): { readonly name: string; readonly values: PartitionValues } {
  const segments = path.split('/');
  const values: [string, string][] = [];
  while (segments.length > 1) {
    const last = segments.at(-1) ?? '';
    const pair = KEY_VALUE.exec(last);
    const day = DAY.exec(last);
    const [year = '', month = ''] = segments.slice(-3, -1);
    if (pair) {
      values.unshift([pair[1] ?? '', decode(pair[2] ?? '')]);
      segments.pop();
    } else if (day) {
      values.unshift(['date', `${day[1]}-${day[2]}-${day[3]}`]);
      segments.pop();
    } else if (segments.length > 3 && DAY_OF_MONTH.test(last) && MONTH.test(month) && YEAR.test(year)) {
      values.unshift(['date', `${year}-${month}-${last}`]);
      segments.splice(-3);
    } else break;
  }
  // A path of nothing but partition directories has no root to name the dataset by: leave it whole.
  if (segments.join('/') === '') return { name: path, values: [] };
  return { name: segments.join('/'), values };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The partition that a run's nominal interval suggests: a whole UTC day as `nominal=2026-01-01`, else its start. */
export function nominalPartition(start: Date): string {
  const iso = start.toISOString();
  return partitionKey([
    ['nominal', iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.replace('.000Z', 'Z')],
  ]);
}
