import { createHash } from 'node:crypto';
import { factKey, type FactKey } from './measurement.ts';
import { partitionKey } from './partition.ts';
import type { ContentSummary, ProfilePart, ProfileRequest, TableProfile } from './profile.ts';
import { HyperLogLog } from './statistics/hyperloglog.ts';
import type { ColumnSketches } from './statistics/packed-sketches.ts';
import {
  mergeStatistics,
  statisticsOf,
  type PartitionStatistics,
} from './statistics/partition-statistics.ts';
import { QuantileSketch } from './statistics/quantile-sketch.ts';

/**
 * A row of a profile's answer, alike in all engines; numbers may come as text. `kind` says what `slots` are:
 * - `number`: none. The cell's numbers stand in the other columns.
 * - `register`: `register rank` of a HyperLogLog, separated by commas.
 * - `bucket`: `code count` of a quantile sketch; the code is three times the bucket plus the sign, zero for zero.
 * - `content`: two sums of the rows' hashes.
 * - `keys`: the smallest hashes of the keys.
 */
export interface ProfileRow {
  readonly kind: 'number' | 'register' | 'bucket' | 'content' | 'keys';
  /** Position of the segment's column; 0 without segments. */
  readonly part: unknown;
  /** The segment's value. */
  readonly label: unknown;
  /** Values that the segment's column has, as far as they were counted. */
  readonly labels: unknown;
  /** Position of the column. */
  readonly col: unknown;
  readonly slots: unknown;
  readonly row_count: unknown;
  /** Values that are not null. */
  readonly filled: unknown;
  /** Values that are numbers. */
  readonly numbers: unknown;
  readonly low: unknown;
  readonly high: unknown;
  readonly total: unknown;
  /** Squared deviations from the mean. */
  readonly deviations: unknown;
}

/** Longest name of a segment. */
const LONGEST_SEGMENT = 200;
/** Hive's name for rows without a value. */
const NULL_LABEL = '__HIVE_DEFAULT_PARTITION__';

interface Group {
  readonly part: number;
  readonly label: string | null;
  readonly facts: Map<FactKey, number>;
  readonly sketches: Map<string, ColumnSketches>;
}

/** Puts the rows of a profile's answer together. Throws RangeError where they are no such answer. */
export function collectProfile(request: ProfileRequest, rows: readonly ProfileRow[]): TableProfile {
  const groups = new Map<string, Group>();
  const refused = new Set<number>();
  for (const row of rows) {
    if (row.kind === 'content' || row.kind === 'keys') continue;
    const part = whole(row.part);
    const label = typeof row.label === 'string' ? row.label : null;
    if (whole(row.labels ?? 0) > request.mostSegments || (label?.length ?? 0) > LONGEST_SEGMENT)
      refused.add(part);
    const key = `${part}${label === null ? '' : `=${label}`}`;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { part, label, facts: new Map(), sketches: new Map() }));
    addRow(request, group, row);
  }
  const found = [...groups.values()].map((group) => ({
    ...group,
    statistics: statisticsOf(group.facts, group.sketches),
  }));
  const segments = found.flatMap(({ part, label, statistics }) => {
    const column = request.segments[part];
    if (column === undefined || refused.has(part)) return [];
    return [partOf(partitionKey([[column.name, label ?? NULL_LABEL]]), statistics)];
  });
  return {
    parts: [
      ...wholeOf(
        request,
        found.filter(({ part }) => part === 0),
      ),
      ...segments.sort((a, b) => (a.segment < b.segment ? -1 : 1)),
    ],
    content: contentOf(request, rows),
    refused: [...refused].flatMap((part) => request.segments[part]?.name ?? []),
  };
}

/** All rows lie in the groups of any one segment column. */
function wholeOf(
  { columns }: ProfileRequest,
  groups: readonly { readonly statistics: PartitionStatistics }[],
): ProfilePart[] {
  if (columns.length === 0) return [];
  if (groups.length > 0) return [partOf('', mergeStatistics(groups.map(({ statistics }) => statistics)))];
  const counted = columns.flatMap(({ name }): [FactKey, number][] => [
    [factKey('null_count', [name]), 0],
    [factKey('count', [name]), 0],
  ]);
  return [{ segment: '', facts: new Map([['row_count', 0], ...counted]), sketches: new Map() }];
}

function addRow({ columns }: ProfileRequest, group: Group, row: ProfileRow): void {
  const position = whole(row.col);
  const column = columns[position];
  if (column === undefined)
    throw new RangeError(`the profile tells of a column ${position} that nobody asked for`);
  const { name, values } = column;
  const sketches = group.sketches.get(name);
  if (row.kind === 'register') {
    const distinct = new HyperLogLog();
    for (const [register, rank] of slotsOf(row.slots)) distinct.raise(register, rank);
    group.sketches.set(name, { ...sketches, distinct });
  } else if (row.kind === 'bucket') {
    if (values) group.sketches.set(name, { ...sketches, quantiles: quantilesOf(row.slots) });
  } else {
    addNumbers(group.facts, column, row);
  }
}

function quantilesOf(slots: unknown): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const [code, times] of slotsOf(slots)) {
    if (code === 0) {
      sketch.addZeros(times);
      continue;
    }
    const isNegative = ((code % 3) + 3) % 3 === 2;
    const bucket = (code + (isNegative ? 1 : -1)) / 3;
    sketch.addBucket(isNegative ? 'negative' : 'positive', bucket + 0, 0, times);
  }
  return sketch;
}

function addNumbers(
  facts: Map<FactKey, number>,
  { name, values }: ProfileRequest['columns'][number],
  row: ProfileRow,
): void {
  const rows = whole(row.row_count);
  const filled = whole(row.filled);
  facts.set('row_count', rows);
  facts.set(factKey('null_count', [name]), rows - filled);
  facts.set(factKey('count', [name]), filled);
  // A sum that leaves out what is no number would be no sum of the column.
  if (!values || filled === 0 || whole(row.numbers) !== filled) return;
  for (const [metric, given] of [
    ['min', row.low],
    ['max', row.high],
    ['sum', row.total],
    ['squared_deviations', row.deviations],
  ] as const) {
    const number = given === null || given === undefined ? Number.NaN : Number(given);
    // Minus zero is zero.
    if (Number.isFinite(number)) facts.set(factKey(metric, [name]), number + 0);
  }
}

/** The facts that these statistics are read back from. */
function partOf(segment: string, { rows, columns }: PartitionStatistics): ProfilePart {
  const facts = new Map<FactKey, number>();
  const sketches = new Map<string, ColumnSketches>();
  const put = (metric: string, names: readonly string[], value: number | null): void => {
    if (value !== null) facts.set(factKey(metric, names), value);
  };
  put('row_count', [], rows);
  for (const [name, column] of columns) {
    put('null_count', [name], column.nulls);
    put('count', [name], column.count);
    put('min', [name], column.min);
    put('max', [name], column.max);
    put('sum', [name], column.sum);
    put('squared_deviations', [name], column.squaredDeviations);
    const { distinctSketch, quantileSketch } = column;
    if (distinctSketch !== null || quantileSketch !== null)
      sketches.set(name, {
        ...(distinctSketch && { distinct: distinctSketch }),
        ...(quantileSketch && { quantiles: quantileSketch }),
      });
  }
  return { segment, facts, sketches };
}

function contentOf({ content }: ProfileRequest, rows: readonly ProfileRow[]): ContentSummary {
  const sums = rows.find(({ kind }) => kind === 'content')?.slots;
  const keys = rows.find(({ kind }) => kind === 'keys')?.slots;
  return {
    checksum:
      typeof sums === 'string'
        ? createHash('sha256')
            .update(JSON.stringify([content, sums]))
            .digest('hex')
            .slice(0, 32)
        : null,
    keys: typeof keys === 'string' && keys !== '' ? hashesOf(keys) : null,
  };
}

function hashesOf(text: string): bigint[] {
  return [...new Set(text.split(',').map(BigInt))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `12 3,40 1`. */
function* slotsOf(text: unknown): Generator<[number, number]> {
  if (typeof text !== 'string') return;
  for (const slot of text.split(',')) {
    const [at = '', value = ''] = slot.split(' ');
    yield [whole(at), whole(value)];
  }
}

function whole(value: unknown): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new RangeError(`the profile answers ${JSON.stringify(value)} where a whole number should stand`);
}
