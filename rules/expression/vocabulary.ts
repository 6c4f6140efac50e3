import type { BaselineFunction } from '#model/expression.ts';
import type { FormatName } from '#model/predicate.ts';

import { nearest } from '../spelling.ts';
import { METRICS } from './metrics.ts';

export const BASELINES: readonly BaselineFunction[] = [
  'avg_last',
  'median_last',
  'min_last',
  'max_last',
  'value_at',
  'same_weekday_last',
];

/** Functions of one row's value. */
export const ROW_FUNCTIONS = ['length', 'lower', 'upper', 'trim', 'abs'] as const;
export type RowFunction = (typeof ROW_FUNCTIONS)[number];

/** Functions that look into a text of JSON. */
export const JSON_FUNCTIONS = ['json_value', 'json_number'] as const;
export type JsonFunction = (typeof JSON_FUNCTIONS)[number];

/** Words that begin a condition of their own. */
export const CONDITION_WORDS = [
  'unique',
  'has_columns',
  'column_type',
  'schema',
  'groups',
  'no_gaps',
  'landed_by',
  'distribution',
  'equals',
  'sql',
  'increasing',
  'decreasing',
  'sequential',
  'mutually_exclusive',
  'most_common',
  'consistent_casing',
  'complete_rows',
  'any_complete',
  'inside_box',
  'within_radius',
  'inside_polygon',
] as const;

export const FORMATS: readonly FormatName[] = [
  'email',
  'uuid',
  'ipv4',
  'ipv6',
  'url',
  'hostname',
  'iso_date',
  'iso_timestamp',
  'iso_country',
  'iso_currency',
  'phone',
  'credit_card',
  'integer',
  'decimal',
  'hex',
  'slug',
];

/** Words that join, or that follow a value: columns of these names are quoted. */
const KEYWORDS = [
  'and',
  'or',
  'not',
  'where',
  'on',
  'per',
  'for',
  'of',
  'between',
  'in',
  'is',
  'matches',
  'like',
  'within',
  'anomalous',
  'references',
  'null',
  'true',
  'false',
  'date',
  'timestamp',
  'now',
];

const RESERVED: ReadonlySet<string> = new Set<string>([
  ...KEYWORDS,
  ...Object.keys(METRICS),
  ...BASELINES,
  ...ROW_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...CONDITION_WORDS,
]);

/** Words that other tools use, and what is meant here. */
const SYNONYMS: Readonly<Record<string, string>> = {
  rows: 'row_count',
  rowcount: 'row_count',
  number_of_rows: 'row_count',
  num_rows: 'row_count',
  n_rows: 'row_count',
  nrows: 'row_count',
  row_cnt: 'row_count',
  rowcnt: 'row_count',
  rows_count: 'row_count',
  volume: 'row_count',
  hassize: 'row_count',
  columncount: 'column_count',
  col_count: 'column_count',
  num_columns: 'column_count',
  num_files: 'file_count',
  file_cnt: 'file_count',
  bytes: 'size_bytes',
  mean: 'avg',
  average: 'avg',
  null_rate: 'null_percentage',
  null_ratio: 'null_percentage',
  null_percent: 'null_percentage',
  nulls: 'null_count',
  nullvalues: 'null_count',
  not_null: 'null_count(column) = 0',
  completeness: '1 - null_percentage(column)',
  missing: 'missing_count',
  missing_percent: 'missing_percentage',
  missing_ratio: 'missing_percentage',
  missingvalues: 'missing_count',
  invalid: 'invalid_count',
  invalid_percent: 'invalid_percentage',
  invalid_ratio: 'invalid_percentage',
  invalidvalues: 'invalid_count',
  minimum: 'min',
  min_value: 'column >= …',
  max_value: 'column <= …',
  maximum: 'max',
  total: 'sum',
  std: 'stddev',
  stdev: 'stddev',
  standard_deviation: 'stddev',
  stddev_samp: 'stddev',
  var: 'variance',
  percentile: 'quantile',
  duplicates: 'duplicate_count',
  duplicate_percent: 'duplicate_percentage',
  duplicate_ratio: 'duplicate_percentage',
  duplicatevalues: 'duplicate_count',
  unique_count: 'distinct_count',
  distinct: 'distinct_count',
  distinctness: 'distinct_percentage',
  unique_ratio: 'distinct_percentage',
  distinct_ratio: 'distinct_percentage',
  approx_count_distinct: 'approx_distinct_count',
  is_unique: 'unique',
  isunique: 'unique',
  unique_combination: 'unique',
  in_set: 'column in (…)',
  accepted_values: 'column in (…)',
  not_in_set: 'column not in (…)',
  relationships: 'column references table(column)',
  recency: 'freshness',
  datafreshness: 'freshness',
  min_len: 'min_length',
  max_len: 'max_length',
  avg_len: 'avg_length',
  len: 'length',
  char_length: 'length',
  skewness: 'skew',
  corr: 'correlation',
  mutual_info: 'mutual_information',
  z_score: 'max_z_score',
  outliers: 'outlier_count',
  outlier_ratio: 'outlier_percentage',
  n_stdevs: 'outlier_count',
  parseable: 'column is parseable as …',
  is_json: 'column is parseable as json',
  latitude: 'column is latitude',
  longitude: 'column is longitude',
  in_box: 'inside_box',
  in_polygon: 'inside_polygon',
  within_polygon: 'inside_polygon',
  inside_radius: 'within_radius',
  st_distance: 'within_radius',
  st_contains: 'inside_polygon',
  mutually_exclusive_ranges: 'mutually_exclusive',
  sequential_values: 'sequential',
  is_increasing: 'increasing',
  is_decreasing: 'decreasing',
  most_common_value: 'most_common',
  not_future: 'column <= now()',
  at_least_one: 'count(column) > 0',
  kl_divergence: 'distribution(column) kl < 0.2 vs last(28)',
  chi_square: 'distribution(column) chi_square < 0.2 vs last(28)',
  json_schema: "column matches json_schema '{…}'",
  match_json_schema: "column matches json_schema '{…}'",
  json_extract: 'json_value',
  json_extract_scalar: 'json_value',
  json_path: 'json_value',
  get_json_object: 'json_value',
  wasserstein: 'distribution(column) swd < 0.2 vs last(28)',
  swd: 'distribution(column) swd < 0.2 vs last(28)',
  psi: 'distribution(column) psi < 0.2 vs last(28)',
  custom_sql: 'sql',
  avg_over_last: 'avg_last',
};

/** What a word that is no word of ours most likely means, or null. */
export function meantBy(word: string): string | null {
  const lower = word.toLowerCase();
  if (Object.hasOwn(SYNONYMS, lower)) return SYNONYMS[lower] ?? null;
  return nearest(lower, [
    ...Object.keys(METRICS),
    ...BASELINES,
    ...ROW_FUNCTIONS,
    ...JSON_FUNCTIONS,
    ...CONDITION_WORDS,
  ]);
}

const WITHOUT_BRACKETS = ['row_count', 'size_bytes', 'file_count', 'column_count'];

/**
 * What a plain word that stands alone most likely means when it is no column: another tool's word for a
 * metric of the whole, or one letter away from one. A column of such a name is quoted.
 */
export function mistakenMetric(word: string): string | null {
  const lower = word.toLowerCase();
  const synonym = Object.hasOwn(SYNONYMS, lower) ? SYNONYMS[lower] : undefined;
  if (synonym !== undefined && WITHOUT_BRACKETS.includes(synonym)) return synonym;
  return WITHOUT_BRACKETS.find((metric) => differsByOne(lower, metric)) ?? null;
}

/** One letter inserted, left out, changed, or swapped with its neighbour. */
function differsByOne(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1 || one === other) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const rest = (text: string, from: number): string => text.slice(from);
  const swapped =
    one[start] === other[start + 1] &&
    one[start + 1] === other[start] &&
    rest(one, start + 2) === rest(other, start + 2);
  return (
    swapped ||
    rest(one, start + 1) === rest(other, start) ||
    rest(one, start) === rest(other, start + 1) ||
    rest(one, start + 1) === rest(other, start + 1)
  );
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a column's name must be quoted where a value is expected. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name.toLowerCase()) || mistakenMetric(name) !== null;
}

export function isPlainName(name: string): boolean {
  return PLAIN.test(name);
}
