import { factKey, type HistoryPoint } from '#model/measurement.ts';
import { cadenceOf, parsePartitionKey } from '#model/partition.ts';
import { stringify } from 'yaml';

import { printColumn } from '../expression/print-names.ts';
import { parseColumnType } from './column-type.ts';
import { formatDuration } from './duration.ts';
import { parseContract } from './parse.ts';
import { shortTypeOfWarehouse } from './warehouse-type.ts';

/** What is known of a dataset. */
export interface KnownDataset {
  readonly dataset: string;
  readonly namespace: string;
  readonly owner: string | null;
  readonly description: string | null;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string | null;
    readonly description: string | null;
  }[];
  /** Closed partitions, oldest first; `landedAt` is when the last of it was stated. */
  readonly points: readonly (HistoryPoint & { readonly landedAt: Date | null })[];
}

export interface Suggestion {
  /** A contract in the short form; read again without a fault. */
  readonly text: string;
  /** Why each line is there. */
  readonly reasons: readonly { readonly about: string; readonly because: string }[];
  readonly partitions: number;
}

/** With fewer partitions than this nothing is concluded from what always was so. */
const ENOUGH = 7;

/**
 * A first contract of a dataset: its schema, and what held in every partition that was measured. Meant to be
 * read and changed: what always was so need not be what is meant.
 */
export function suggestContract(everything: KnownDataset): Suggestion {
  const reasons: { about: string; because: string }[] = [];
  const note = (about: string, because: string): void => void reasons.push({ about, because });
  const points = everything.points.filter(({ excluded }) => excluded === null);
  const known = { ...everything, points };
  const bad = everything.points.length - points.length;
  if (bad > 0)
    note(
      'partitions',
      `${bad} ${bad === 1 ? 'was' : 'were'} left out: failed, waived or marked as incidents`,
    );
  const enough = points.length >= ENOUGH;
  if (!enough)
    note('checks', `only ${points.length} partitions were measured, at least ${ENOUGH} are needed`);
  const rows = enough ? series(points, factKey('row_count')) : null;
  const quality: Readonly<Record<string, unknown>>[] = rows === null ? [] : rowChecks(rows, note);
  const schema = known.columns.flatMap((column) => {
    const promised = enough ? columnPromises(column.name, known, rows, note) : NOTHING;
    quality.push(...promised.quality);
    const named = !/\p{Cc}/u.test(column.name) && column.name.trim() !== '';
    const type = column.type === null || !named ? null : shortTypeOfWarehouse(column.type);
    if (type === null) {
      note(
        column.name,
        named
          ? `left out: ${column.type === null ? 'its type is not known' : `the short form has no type ${column.type}`}`
          : 'left out: its name cannot be written',
      );
      return [];
    }
    const parsed = parseColumnType(type);
    const numeric = parsed.status === 'ok' && parsed.kind === 'number';
    const bounded = numeric && promised.neverNegative;
    if (bounded) note(column.name, `its smallest value was never below 0 in ${points.length} partitions`);
    return [
      {
        name: column.name,
        type,
        ...(column.description !== null && { description: column.description }),
        ...(promised.required && { required: true }),
        ...(bounded && { constraints: ['min_value(0)'] }),
      },
    ];
  });
  const document = {
    dataset: known.dataset,
    ...(known.namespace !== '' && { namespace: known.namespace }),
    version: '0.1.0',
    owner: known.owner ?? 'nobody named',
    ...(known.description !== null && { description: known.description }),
    status: 'draft',
    ...landing(points, note),
    ...partitionOf(points),
    ...(quality.length > 0 && { quality: quality.filter(readable) }),
    ...(schema.length > 0 && { schema }),
  };
  const head = `# Suggested from ${points.length} partitions. What always was so need not be what is meant: read it, change it.\n`;
  const text = head + stringify(document, { version: '1.2', schema: 'core', lineWidth: 0 });
  return { text, reasons, partitions: points.length };
}

type Note = (about: string, because: string) => void;

interface Promised {
  readonly required: boolean;
  readonly neverNegative: boolean;
  readonly quality: readonly Readonly<Record<string, unknown>>[];
}

const NOTHING: Promised = { required: false, neverNegative: false, quality: [] };

/** The values of a fact in every partition; null where one does not state it. */
function series(points: KnownDataset['points'], key: string): readonly number[] | null {
  const values = points.map(({ facts }) => facts.get(key));
  return values.every((value) => value !== undefined) ? values : null;
}

function rowChecks(rows: readonly number[], note: Note): Readonly<Record<string, unknown>>[] {
  const usual = usualOf(rows);
  const [least, most] = [Math.min(...usual), Math.max(...usual)];
  const odd = rows.filter((value) => value < least || value > most);
  const of = odd.length === 0 ? '' : `${usual.length} of `;
  const aside = odd.length === 0 ? '' : `; far off and left aside: ${odd.join(', ')}`;
  note(
    'row_count',
    `between ${least} and ${most} in ${of}${rows.length} partitions; half and double are allowed${aside}`,
  );
  const low = rounded(least / 2, Math.floor);
  const high = rounded(most * 2, Math.ceil);
  return [
    ...(Math.min(...rows) > 0 ? [{ check: 'row_count > 0' }] : []),
    { check: `row_count between ${low} and ${Math.max(high, 1)}`, severity: 'warn' },
  ];
}

/** At most so many of the values are called far off; where more are, that is how the series is. */
const FAR_OFF_SHARE = 0.1;
/** Far off is beyond twice the upper quartile or half the lower one, further where the quartiles lie further apart. */
const FAR_OFF_FACTOR = 2;
const FAR_OFF_SPREADS = 3;

/** The values without those that are far off: a load that broke off says nothing about a good one. */
function usualOf(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [lower, upper] = [at(0.25), at(0.75)];
  if (lower <= 0) return values;
  const factor = Math.max(FAR_OFF_FACTOR, (upper / lower) ** FAR_OFF_SPREADS);
  const usual = values.filter((value) => value >= lower / factor && value <= upper * factor);
  return usual.length >= (1 - FAR_OFF_SHARE) * values.length ? usual : values;
}

function columnPromises(
  name: string,
  { points }: KnownDataset,
  rows: readonly number[] | null,
  note: Note,
): Promised {
  const count = points.length;
  const column = printColumn(name);
  const nulls = series(points, factKey('null_count', [name]));
  const distinct = series(points, factKey('distinct_count', [name]));
  const least = series(points, factKey('min', [name]));
  const quality: Readonly<Record<string, unknown>>[] = [];
  const required = nulls?.every((value) => value === 0) === true;
  if (required) note(name, `never null in ${count} partitions`);
  else if (nulls !== null && rows !== null) {
    const shares = nulls.map((value, index) => ((rows[index] ?? 0) > 0 ? value / (rows[index] ?? 1) : 0));
    const most = Math.max(...shares);
    const limit = Math.min(rounded(most * 150, Math.ceil), 100);
    if (most < 0.9) {
      note(name, `at most ${Number((most * 100).toPrecision(3))}% null in ${count} partitions`);
      quality.push({ check: `null_percentage(${column}) <= ${limit}%`, severity: 'warn' });
    }
  }
  if (required && rows !== null && distinct?.every((value, index) => value === rows[index]) === true) {
    note(name, `as many different values as rows in each of ${count} partitions`);
    quality.push({ check: `unique(${column}) on partition`, severity: 'warn' });
  }
  return { required, neverNegative: least?.every((value) => value >= 0) === true, quality };
}

/** Two significant digits, in the direction that allows more. */
function rounded(value: number, round: (value: number) => number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Number((round(Number((value / unit).toPrecision(12))) * unit).toPrecision(2));
}

/** A promise of freshness: half as long again as the longest time between two landings. */
function landing(points: KnownDataset['points'], note: Note): { readonly sla?: string } {
  const times = points
    .flatMap(({ landedAt }) => (landedAt === null ? [] : [landedAt.getTime()]))
    .toSorted((a, b) => a - b);
  const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? time)) / 1000);
  const longest = Math.max(0, ...gaps);
  if (times.length < ENOUGH || longest < 60) return {};
  const hours = Math.ceil((longest * 1.5) / 3600);
  note('sla', `new data came at least every ${formatDuration(Math.ceil(longest / 60) * 60)}`);
  return { sla: formatDuration(hours * 3600) };
}

const GRAINS: Readonly<Record<string, string>> = { daily: 'day', hourly: 'hour' };

function partitionOf(points: KnownDataset['points']): Readonly<Record<string, unknown>> {
  const key = points.at(-1)?.partition ?? '';
  const columns = (parsePartitionKey(key) ?? []).map(([column]) => column);
  const [only] = columns;
  if (only === undefined) return {};
  const grain = GRAINS[cadenceOf(key)];
  return {
    partition: {
      ...(columns.length === 1 ? { column: only } : { columns }),
      ...(grain !== undefined && { grain }),
    },
  };
}

/** Whether our own parser takes it: names may be anything. */
function readable(item: Readonly<Record<string, unknown>>): boolean {
  const probe = JSON.stringify({ dataset: 'a', owner: 'b', quality: [item] });
  return parseContract(probe, 'probe.yaml').status === 'ok';
}
