import type { Literal, Predicate, Scope, TableRef } from './predicate.ts';

/**
 * One number that must be learnt of a dataset before checks can be evaluated: what a fact key says, taken
 * apart. Checks are evaluated on facts alone; SQL is compiled from facts alone. Ratios and means are derived
 * from facts when read, never stored.
 */
export interface Fact {
  readonly metric: FactMetric;
  readonly columns: readonly string[];
  /** Rows that do not fulfil it are not counted. */
  readonly where: Predicate | null;
  readonly scope: Scope;
  /** Another table than the candidate's. */
  readonly table: TableRef | null;
  /** One number for each value of this column. */
  readonly per: string | null;
  /** Of `true_count` and `false_count`. */
  readonly predicate: Predicate | null;
  /** Of `quantile`, 0..1. */
  readonly quantile: number | null;
  /** Of `sentinel_count`; the one step of `misstep_count`; how many deviations of `outlier_count`. */
  readonly values: readonly Literal[] | null;
  /** Of `orphan_count` and `difference_count`: the other table and its key columns. */
  readonly other: {
    readonly table: TableRef;
    readonly columns: readonly string[];
    readonly compared: readonly string[];
    readonly tolerance: number | null;
  } | null;
  /** Of `custom_sql`: the guarded query. */
  readonly query: string | null;
  /** Of `period_count`. */
  readonly step: 'hour' | 'day' | 'week' | 'month' | null;
}

/**
 * row_count: rows. null_count(c), count(c): null and other values. empty_count(c): '' . sentinel_count(c, [..]):
 * values that stand for missing. distinct_count(c…): exact; approx_distinct_count(c): a sketch's.
 * duplicate_count(c…): rows beyond the first of each set of equal values; duplicated_rows(c…): all rows whose
 * values occur more than once. repeat_count(c…), of the whole table: the candidate's rows beyond the first of
 * each set, plus its different values that rows elsewhere in the table hold; what is published is not compared
 * with itself. true_count(p), false_count(p): rows of which the predicate is true, false.
 * sum_of_squares, stddev: of deviations (sample). min, max: numbers, or epoch seconds of times.
 * skew, kurtosis: of the population, above the normal one's 3; null where all values are equal. correlation(a,b):
 * Pearson's, of rows that have both. mutual_information(a,b): of the same rows, in nats. entropy(c…): of the different values by their rows, natural logarithm.
 * outlier_count(c,[k]): values that lie more than k sample deviations from the mean.
 * folded_count(c): different texts when small and capital letters a to z are one. falling_count(c,by,each…),
 * rising_count, not_rising_count, not_falling_count: rows below, above, not above, not below the row before them in
 * the order of `by` among those with the same `each`. misstep_count(c,each…,[step]): rows that do not lie one step
 * above the row before. overlap_count(low,high,each…): ranges that begin before the end of an earlier one.
 * orphan_count: rows whose key is not in the other table. difference_count: keys that only one side has plus
 * keys whose compared columns differ. period_count(c, step): different periods that occur.
 * max_lag(a, b): the largest b - a in seconds. max_gap(c): the longest time between a value and the next, in seconds.
 */
export type FactMetric =
  | 'row_count'
  | 'size_bytes'
  | 'file_count'
  | 'null_count'
  | 'count'
  | 'empty_count'
  | 'sentinel_count'
  | 'distinct_count'
  | 'approx_distinct_count'
  | 'duplicate_count'
  | 'duplicated_rows'
  | 'repeat_count'
  | 'true_count'
  | 'false_count'
  | 'sum'
  | 'min'
  | 'max'
  | 'stddev'
  | 'skew'
  | 'kurtosis'
  | 'correlation'
  | 'mutual_information'
  | 'entropy'
  | 'outlier_count'
  | 'folded_count'
  | 'falling_count'
  | 'rising_count'
  | 'not_rising_count'
  | 'not_falling_count'
  | 'misstep_count'
  | 'overlap_count'
  | 'quantile'
  | 'min_length'
  | 'max_length'
  | 'sum_length'
  | 'max_lag'
  | 'max_gap'
  | 'period_count'
  | 'orphan_count'
  | 'difference_count'
  | 'custom_sql';
