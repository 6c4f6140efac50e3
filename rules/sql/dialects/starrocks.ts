import type { Dialect } from '../dialect.ts';
import { printLike } from '../like.ts';
import { checkName, checkText, doubleText, hexOf, isPlain } from '../plain-text.ts';

const literal = (text: string): string =>
  isPlain(checkText(text)) ? `'${text}'` : `unhex('${hexOf(text)}')`;

const when = (condition: string | null, sql: string): string =>
  condition === null ? sql : `case when ${condition} then ${sql} end`;

/** Memory that one query may take on a node, in bytes. */
const MEMORY_LIMIT = 8 * 1024 ** 3;

/** StarRocks 3.1 and later. Its texts are compared by bytes, without collations. */
export const starrocks: Dialect = {
  identifier: (name) => `\`${checkName(name).replaceAll('`', '``')}\``,
  textLiteral: literal,
  doubleLiteral: (value) => `cast(${doubleText(value)} as double)`,
  dateLiteral: (date) => `cast('${date}' as date)`,
  timestampLiteral: (time) => `cast('${time}' as datetime)`,
  text: (sql) => `cast(${sql} as string)`,
  binary: (sql) => sql,
  equalsText: (sql, text) => `${sql} = ${literal(text)}`,
  boolean: (sql) => sql,
  double: (sql) => `cast(${sql} as double)`,
  nanToNull: (sql) => sql,
  dateToTimestamp: (sql) => `cast(${sql} as datetime)`,
  epoch: (sql) => `(milliseconds_diff(${sql}, cast('1970-01-01 00:00:00' as datetime)) / 1000.0)`,
  length: (sql) => `char_length(${sql})`,
  // Without lower_upper_support_utf8 these know ASCII only.
  lower: (sql) => `lower(${sql})`,
  upper: (sql) => `upper(${sql})`,
  trim: (sql) => `trim(${sql})`,
  matches: (sql, pattern) => `regexp(${sql}, ${literal(pattern)})`,
  // There is no escape clause: the backslash is the escape character.
  like: (sql, parts) => `${sql} like ${literal(printLike(parts, '\\'))}`,
  isJson: {
    instead:
      "It reads any word as a JSON text; write sql('select count(*) from {dataset} where …') = 0 with parse_json.",
  },
  // It reads any word as a JSON text.
  json: {
    instead: "Write sql('select count(*) from {dataset} where …') = 0 with parse_json and json_query.",
  },
  countWhere: (condition) => `count(case when ${condition} then 1 end)`,
  countDistinct: (sql, condition) => `count(distinct ${when(condition, sql)})`,
  // Several distinct counts in one query may not have several columns.
  countDistinctTuples: null,
  approxDistinct: (sql) => `approx_count_distinct(${sql})`,
  aggregate: (name, sql) => `${name}(${sql})`,
  exactSums: false,
  stddev: (sql) => `stddev_samp(${sql})`,
  quantile: (sql, share) => `percentile_cont(${sql}, ${doubleText(share)})`,
  // A date has no hours for it.
  period: (sql, step) => `date_trunc('${step}', cast(${sql} as datetime))`,
  previous: (sql, window) => `lag(${sql}) over (${window})`,
  tableBytes: null,
  label: (sql) => `cast(${sql} as string)`,
  head: ({ seconds }) =>
    `select /*+ SET_VAR(query_timeout=${Math.ceil(seconds)}, query_mem_limit=${MEMORY_LIMIT}, enable_rewrite_simple_agg_to_meta_scan=false) */`,
  tail: () => '',
};
