import type { ColumnRef, Literal, Predicate, Span, TableRef } from './predicate.ts';

/** Numbers of a dataset, as checks say them (model/expression.ts). */

/**
 * Measures of a dataset. Ratios lie in 0..1: of all rows (null, missing), of the rows that the predicate is true
 * or false of (invalid), or of the rows without a null among the columns (distinct, duplicate). `row_count` alone counts the rows (that fulfil the check's
 * `where`); `row_count(bronze.orders)` those of another table. Times are epoch seconds in facts; freshness,
 * latency, retention and update_interval are seconds.
 */
export type MetricName =
  | 'row_count'
  | 'size_bytes'
  | 'file_count'
  | 'column_count'
  | 'null_count'
  | 'null_percentage'
  | 'missing_count'
  | 'missing_percentage'
  | 'empty_count'
  | 'distinct_count'
  | 'approx_distinct_count'
  | 'distinct_percentage'
  | 'duplicate_count'
  | 'duplicate_percentage'
  | 'duplicated_rows'
  | 'invalid_count'
  | 'invalid_percentage'
  | 'count'
  | 'min'
  | 'max'
  | 'sum'
  | 'avg'
  | 'stddev'
  | 'variance'
  | 'median'
  | 'quantile'
  | 'min_length'
  | 'max_length'
  | 'avg_length'
  | 'range'
  | 'iqr'
  | 'skew'
  | 'kurtosis'
  | 'max_z_score'
  | 'outlier_count'
  | 'outlier_percentage'
  | 'correlation'
  | 'mutual_information'
  | 'entropy'
  | 'casing_variants'
  | 'freshness'
  | 'latency'
  | 'retention'
  | 'update_interval';

export interface MetricCall {
  readonly type: 'metric';
  readonly metric: MetricName;
  readonly columns: readonly ColumnRef[];
  /** The table of `row_count(other)`; null for the candidate. Columns carry their own. */
  readonly table: TableRef | null;
  /** `quantile(c, 0.95)`. */
  readonly quantile: number | null;
  /** Sentinels that count as missing beside null: `missing_count(c, ['', 'n/a'])`; the one number of `outlier_count(c, 3)`. */
  readonly values: readonly Literal[] | null;
  /** `invalid_count(<row predicate>)`. */
  readonly predicate: Predicate | null;
  readonly span: Span;
}

export type Unit =
  | 'percent'
  | 'seconds'
  | 'minutes'
  | 'hours'
  | 'days'
  | 'weeks'
  | 'months'
  | 'years'
  | 'rows'
  | 'kb'
  | 'mb'
  | 'gb'
  | 'tb';

/** `value` is in base units already: per cent divided by 100, times in seconds, sizes in bytes (1 kB = 1000). */
export interface NumberLiteral {
  readonly type: 'number';
  readonly value: number;
  readonly unit: Unit | null;
  readonly span: Span;
}

export interface Arithmetic {
  readonly type: 'arithmetic';
  readonly operator: '+' | '-' | '*' | '/';
  readonly left: Term;
  readonly right: Term;
  readonly span: Span;
}

export type BaselineFunction =
  | 'avg_last'
  | 'median_last'
  | 'min_last'
  | 'max_last'
  | 'value_at'
  | 'same_weekday_last';

/**
 * A number from the past of the condition's subject, over closed partitions before the candidate's: never the
 * current one, an incident, a failed or waived publication. `value_at(n)` is the value n partitions ago,
 * `same_weekday_last(n)` the mean of the last n same weekdays.
 */
export interface Baseline {
  readonly type: 'baseline';
  readonly function: BaselineFunction;
  readonly points: number;
  readonly span: Span;
}

export type Term = MetricCall | NumberLiteral | Arithmetic | Baseline;

/** Relative when its unit is percent, else absolute; `sigma` is a multiple of the history's deviation. */
export interface Tolerance {
  readonly value: NumberLiteral;
  readonly sigma: boolean;
}
