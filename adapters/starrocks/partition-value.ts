import type { PartitionGrain } from './target.ts';

/** What a formal partition holds, as the frontend writes it. */
export type PartitionValue =
  | { readonly kind: 'range'; readonly lower: readonly string[]; readonly upper: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly string[])[] };

/**
 * Reads PARTITION_VALUE: `[types: [DATE]; keys: [2026-01-01]; ..types: [DATE]; keys: [2026-01-02]; )` of a range,
 * `(('2026-01-01', 'Houston'))` of a list. Null for what is neither (a table without partitions).
 */
export function parsePartitionValue(text: string): PartitionValue | null {
  const range =
    /^\[types: \[[^\]]*\]; keys: \[([^\]]*)\]; \.\.types: \[[^\]]*\]; keys: \[([^\]]*)\]; \)$/.exec(
      text.trim(),
    );
  if (range) return { kind: 'range', lower: split(range[1] ?? ''), upper: split(range[2] ?? '') };
  const list = /^\((.*)\)$/s.exec(text.trim());
  if (!list) return null;
  const inner = list[1] ?? '';
  const tuples = inner.trim().startsWith('(')
    ? [...inner.matchAll(/\(((?:'[^']*'|"[^"]*"|[^()])*)\)/g)]
    : null;
  const items =
    tuples === null ? split(inner).map((value) => [value]) : tuples.map(([, tuple]) => split(tuple ?? ''));
  return { kind: 'list', items };
}

function split(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|([^,\s][^,]*)/g)].map(([, single, double, bare]) =>
    (single ?? double ?? bare ?? '').trim(),
  );
}

/** A range of partition values; the lower belongs to it, the upper does not. */
export interface ValueRange {
  readonly lower: string;
  readonly upper: string;
}

/**
 * The range that a partition key's value means: a whole number the range of one, `2026-01-01` its day, `2026-01` its
 * month, `2026` with the grain year, `2026-01-01T05` its hour; with a grain what begins at that time. Null: none.
 */
export function rangeOfValue(value: string, grain: PartitionGrain | null): ValueRange | null {
  if (/^-?\d{1,15}$/.test(value) && !(grain === 'year' && value.length === 4))
    return { lower: value, upper: String(Number(value) + 1) };
  const [, year, month = '01', day = '01', hour] =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::00(?::00)?)?)?)?)?$/.exec(value) ?? [];
  if (year === undefined) return null;
  const fields = [Number(year), Number(month) - 1, Number(day), Number(hour ?? 0)] as const;
  const start = new Date(Date.UTC(...fields));
  if (
    start.getUTCMonth() !== fields[1] ||
    start.getUTCDate() !== fields[2] ||
    start.getUTCHours() !== fields[3]
  )
    return null;
  const said = hour !== undefined ? 'hour' : value.length > 7 ? 'day' : value.length > 4 ? 'month' : 'year';
  const length = grain ?? said;
  const end = new Date(start);
  if (length === 'year') end.setUTCFullYear(end.getUTCFullYear() + 1);
  else if (length === 'month') end.setUTCMonth(end.getUTCMonth() + 1);
  else if (length === 'week') end.setUTCDate(end.getUTCDate() + 7);
  else if (length === 'day') end.setUTCDate(end.getUTCDate() + 1);
  else end.setUTCHours(end.getUTCHours() + 1);
  return { lower: timeText(start, length === 'hour'), upper: timeText(end, length === 'hour') };
}

/** As a DATE is written, or a DATETIME where hours matter. */
const timeText = (time: Date, hours: boolean): string =>
  hours ? time.toISOString().slice(0, 19).replace('T', ' ') : time.toISOString().slice(0, 10);

/** The same time of a DATE and a DATETIME partition as one text. */
export function sameBound(a: string, b: string): boolean {
  const whole = (text: string): string => text.replace(/ 00:00:00(?:\.0+)?$/, '');
  return whole(a) === whole(b);
}

/** `p20260101`, as automatic and dynamic partitions are called. */
export function partitionNameOf({ lower }: ValueRange, grain: PartitionGrain | null, value: string): string {
  const digits = lower.replaceAll(/\D/g, '');
  const short = grain ?? (value.length === 7 ? 'month' : value.length === 4 ? 'year' : 'day');
  if (/^-?\d+$/.test(lower)) return `p${lower.replace('-', '_')}`;
  if (short === 'month') return `p${digits.slice(0, 6)}`;
  if (short === 'year') return `p${digits.slice(0, 4)}`;
  return lower.length > 10 ? `p${digits.slice(0, 10)}` : `p${digits}`;
}
