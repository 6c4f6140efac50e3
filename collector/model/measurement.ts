import type { Uuid } from './ids.ts';

/**
 * Where a number came from, most trusted first. Row counts lie in known ways (Spark's outputStatistics
 * counts failed task attempts, is repeated on every output, and is absent for an empty write), so each
 * measurement names its source and a reader prefers the better one.
 */
export const MEASUREMENT_SOURCES = {
  query: 100,
  iceberg_commit: 90,
  test_result: 80,
  quality_metrics: 70,
  dbt: 60,
  output_statistics: 40,
  input_statistics: 20,
} as const;

export type MeasurementSource = keyof typeof MEASUREMENT_SOURCES;

/** Base metrics that are stored. Ratios and means are derived from them when read. */
export type BaseMetric =
  | 'row_count'
  | 'size_bytes'
  | 'file_count'
  | 'null_count'
  | 'distinct_count'
  | 'duplicate_count'
  | 'count'
  | 'sum'
  | 'min'
  | 'max';

/**
 * The text form of one base metric: `row_count`, `null_count(user_id)`, `duplicate_count(a,b)`.
 * Column names with characters outside [A-Za-z0-9_] are double-quoted, as in the expression language.
 */
export type FactKey = string;

/** Writes a fact key; columns in the order given. */
export function factKey(metric: string, columns: readonly string[] = []): FactKey {
  return columns.length === 0 ? metric : `${metric}(${columns.map(quoteColumn).join(',')})`;
}

function quoteColumn(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** One number about one (dataset, partition[, column]), with its source. Absent is not zero. */
export interface Measurement {
  readonly datasetId: Uuid;
  /** Canonical partition key, `dt=2026-01-01/region=eu`; empty when the dataset has no partition. */
  readonly partition: string;
  readonly key: FactKey;
  readonly value: number;
  readonly source: MeasurementSource;
  /** The run that stated it, or the evaluation that measured it. */
  readonly runId: Uuid;
  /** Version of the data that was measured (staging checksum, snapshot id), when known. */
  readonly version: string | null;
  readonly takenAt: Date;
}

/** What is known of one partition: base metrics by key. */
export type Facts = ReadonlyMap<FactKey, number>;

/** A past partition, as baselines see it. */
export interface HistoryPoint {
  readonly partition: string;
  readonly facts: Facts;
  /** The day or time that the partition is about, when its key tells (for weekday slots). */
  readonly at: Date | null;
  /** Why the point must stay out of baselines (failed check, confirmed incident, waiver), or null. */
  readonly excluded: string | null;
}
