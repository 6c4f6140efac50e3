import type { Dialect } from '../dialect.ts';
import { printLike } from '../like.ts';
import { checkName, checkText, doubleText, hexOf, isPlain } from '../plain-text.ts';

// Whether a backslash escapes is a setting (escapedStringLiterals), and two quotes join two texts.
const literal = (text: string): string =>
  isPlain(checkText(text)) ? `'${text}'` : `cast(X'${hexOf(text)}' as string)`;

const where = (condition: string | null): string =>
  condition === null ? '' : ` filter (where ${condition})`;
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();

/** Spark SQL 3.3 and later; the session's time zone must be UTC. */
export const spark: Dialect = {
  identifier: (name) => `\`${checkName(name).replaceAll('`', '``')}\``,
  textLiteral: literal,
  doubleLiteral: (value) => `cast(${doubleText(value)} as double)`,
  dateLiteral: (date) => `date '${date}'`,
  timestampLiteral: (time) => `timestamp '${time}Z'`,
  text: (sql) => `cast(${sql} as string)`,
  binary: (sql) => sql,
  equalsText: (sql, text) => `${sql} = ${literal(text)}`,
  boolean: (sql) => sql,
  double: (sql) => `cast(${sql} as double)`,
  nanToNull: (sql, kind) => (kind === 'double' ? `nullif(${sql}, cast('NaN' as double))` : sql),
  dateToTimestamp: (sql) => `cast(${sql} as timestamp)`,
  epoch: (sql) => `(unix_micros(cast(${sql} as timestamp)) / cast(1e6 as double))`,
  length: (sql) => `char_length(${sql})`,
  lower: (sql) => `translate(${sql}, '${UPPER}', '${LOWER}')`,
  upper: (sql) => `translate(${sql}, '${LOWER}', '${UPPER}')`,
  trim: (sql) => `trim(both ' ' from ${sql})`,
  matches: (sql, pattern) => `${sql} rlike ${literal(pattern)}`,
  like: (sql, parts) => `${sql} like ${literal(printLike(parts, '!'))} escape '!'`,
  isJson: {
    instead:
      "With Spark 4 write sql('select count(*) from {dataset} where column is not null and try_parse_json(column) is null') = 0.",
  },
  // Its functions take texts for numbers and half a document for a whole one.
  json: {
    instead:
      "With Spark 4 write sql('select count(*) from {dataset} where …') = 0 with try_parse_json and try_variant_get.",
  },
  countWhere: (condition) => `count_if(${condition})`,
  countDistinct: (sql, condition) => `count(distinct ${sql})${where(condition)}`,
  // A tuple with a null in it is left out by count itself.
  countDistinctTuples: (sqls, condition) => `count(distinct ${sqls.join(', ')})${where(condition)}`,
  approxDistinct: (sql) => `approx_count_distinct(${sql})`,
  aggregate: (name, sql) => `${name}(${sql})`,
  exactSums: false,
  stddev: (sql) => `stddev_samp(${sql})`,
  quantile: (sql, share) => `percentile(${sql}, cast(${doubleText(share)} as double))`,
  period: (sql, step) => `date_trunc('${step}', ${sql})`,
  previous: (sql, window) => `lag(${sql}) over (${window})`,
  tableBytes: null,
  label: (sql) => `cast(${sql} as string)`,
  head: () => 'select',
  tail: () => '',
};
