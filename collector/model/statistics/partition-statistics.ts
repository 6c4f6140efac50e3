import type { Uuid } from '../ids.ts';
import type { FactKey, Facts } from '../measurement.ts';
import { columnFact, type ColumnFact } from './column-fact.ts';
import { mergeColumns, total, type ColumnStatistics } from './column-statistics.ts';
import type { ColumnSketches, Sketches } from './packed-sketches.ts';

/**
 * What was measured of one partition, or of one segment of it (a named grouping value, `country=DE`): what a
 * profile of a warehouse's table fills, and what folded events give without sketches.
 */
export interface ProfiledPartition {
  readonly datasetId: Uuid;
  /** Canonical partition key. */
  readonly partition: string;
  /** In the form of a partition key; '' for the whole partition. */
  readonly segment: string;
  /** The run whose data it is or that stated it, the gate's evaluation, or the profile: a later one replaces. */
  readonly version: Uuid;
  readonly statedAt: Date;
  /**
   * By fact key: `row_count`, `size_bytes`, and of a column `null_count(c)`, `count(c)`, `min(c)`, `max(c)`,
   * `sum(c)`, `distinct_count(c)`, and `squared_deviations(c)` (var_samp(c) * (count(c) - 1)) or
   * `stddev(c)`. Others are kept and can be read as series, but not rolled up.
   */
  readonly facts: Facts;
  readonly sketches: Sketches;
}

/** What is known of some partitions of a dataset together, or of one. */
export interface PartitionStatistics {
  readonly partitions: number;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly files: number | null;
  readonly columns: ReadonlyMap<string, ColumnStatistics>;
}

const NO_SKETCHES: Sketches = new Map();

/**
 * The statistics that one partition's facts and sketches tell.
 * @param factOf takes keys apart: a caller of many partitions remembers what it did of the first.
 */
export function statisticsOf(
  facts: Facts,
  sketches: Sketches = NO_SKETCHES,
  factOf: (key: FactKey) => ColumnFact | null = columnFact,
): PartitionStatistics {
  const rows = natural(facts.get('row_count'));
  const ofColumns = new Map<string, Map<string, number>>();
  for (const [key, value] of facts) {
    const { metric, column } = factOf(key) ?? { metric: '', column: null };
    if (column === null) continue;
    let ofColumn = ofColumns.get(column);
    if (!ofColumn) ofColumns.set(column, (ofColumn = new Map()));
    ofColumn.set(metric, value);
  }
  for (const column of sketches.keys()) if (!ofColumns.has(column)) ofColumns.set(column, new Map());
  return {
    partitions: 1,
    rows,
    bytes: natural(facts.get('size_bytes')),
    files: natural(facts.get('file_count')),
    columns: new Map(
      [...ofColumns].map(([name, ofColumn]) => [name, columnOf(rows, ofColumn, sketches.get(name) ?? {})]),
    ),
  };
}

/** @param facts by metric. */
function columnOf(
  rows: number | null,
  facts: ReadonlyMap<string, number>,
  sketches: ColumnSketches,
): ColumnStatistics {
  const stated = natural(facts.get('null_count'));
  const count =
    natural(facts.get('count')) ??
    natural(rows !== null && stated !== null ? rows - stated : rows === 0 ? 0 : undefined);
  const nulls = stated ?? natural(rows !== null && count !== null ? rows - count : undefined);
  const distinct = natural(facts.get('distinct_count'));
  return {
    partitions: 1,
    rows,
    nulls,
    count,
    min: facts.get('min') ?? null,
    max: facts.get('max') ?? null,
    sum: facts.get('sum') ?? null,
    squaredDeviations: deviationsOf(facts, count),
    distinct: distinct === null ? null : { low: distinct, high: distinct },
    distinctSketch: sketches.distinct ?? null,
    quantileSketch: sketches.quantiles ?? null,
  };
}

/** A number of things; what is less than none is a contradiction, and not known. */
function natural(value: number | undefined): number | null {
  return value !== undefined && value >= 0 ? value : null;
}

function deviationsOf(facts: ReadonlyMap<string, number>, count: number | null): number | null {
  const squared = natural(facts.get('squared_deviations'));
  if (squared !== null) return squared;
  if (count === 1) return 0;
  const deviation = facts.get('stddev');
  return deviation === undefined || count === null ? null : deviation ** 2 * Math.max(count - 1, 0);
}

/**
 * One statement about the rows of all, which must be different partitions. A column counts the partitions that
 * say anything of it: one that was added in between is judged by the rows that have it.
 */
export function mergeStatistics(parts: readonly PartitionStatistics[]): PartitionStatistics {
  const ofColumns = new Map<string, ColumnStatistics[]>();
  for (const part of parts) {
    for (const [name, column] of part.columns) {
      const before = ofColumns.get(name);
      if (before) before.push(column);
      else ofColumns.set(name, [column]);
    }
  }
  const sum = (values: readonly (number | null)[]): number | null =>
    values.length === 0 ? null : total(values);
  return {
    partitions: parts.reduce((count, part) => count + part.partitions, 0),
    rows: sum(parts.map(({ rows }) => rows)),
    bytes: sum(parts.map(({ bytes }) => bytes)),
    files: sum(parts.map(({ files }) => files)),
    columns: new Map([...ofColumns].map(([name, columns]) => [name, mergeColumns(columns)])),
  };
}
