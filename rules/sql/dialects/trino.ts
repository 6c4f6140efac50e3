import type { Dialect } from '../dialect.ts';
import { printLike } from '../like.ts';
import { checkName, checkText, doubleText } from '../plain-text.ts';

const literal = (text: string): string => `'${checkText(text).replaceAll("'", "''")}'`;
const where = (condition: string | null): string =>
  condition === null ? '' : ` filter (where ${condition})`;
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();

/** Trino 400 and later; the session's time zone must be UTC. */
export const trino: Dialect = {
  identifier: (name) => `"${checkName(name).replaceAll('"', '""')}"`,
  textLiteral: literal,
  doubleLiteral: (value) => `cast(${doubleText(value)} as double)`,
  dateLiteral: (date) => `date '${date}'`,
  timestampLiteral: (time) => `timestamp '${time}'`,
  text: (sql) => `cast(${sql} as varchar)`,
  binary: (sql) => sql,
  equalsText: (sql, text) => `${sql} = ${literal(text)}`,
  boolean: (sql) => sql,
  double: (sql) => `cast(${sql} as double)`,
  nanToNull: (sql, kind) => (kind === 'double' ? `if(is_nan(cast(${sql} as double)), null, ${sql})` : sql),
  dateToTimestamp: (sql) => `cast(${sql} as timestamp(6))`,
  epoch: (sql) => `to_unixtime(cast(${sql} as timestamp(6)))`,
  length: (sql) => `length(${sql})`,
  lower: (sql) => `translate(${sql}, '${UPPER}', '${LOWER}')`,
  upper: (sql) => `translate(${sql}, '${LOWER}', '${UPPER}')`,
  trim: (sql) => `trim(both ' ' from ${sql})`,
  matches: (sql, pattern) => `regexp_like(${sql}, ${literal(pattern)})`,
  like: (sql, parts) => `${sql} like ${literal(printLike(parts, '!'))} escape '!'`,
  countWhere: (condition) => `count_if(${condition})`,
  countDistinct: (sql, condition) => `count(distinct ${sql})${where(condition)}`,
  countDistinctTuples: (sqls, condition) =>
    `count(distinct row(${sqls.join(', ')}))${where([...sqls.map((sql) => `(${sql}) is not null`), ...(condition === null ? [] : [condition])].join(' and '))}`,
  approxDistinct: (sql) => `approx_distinct(${sql})`,
  aggregate: (name, sql) => `${name}(${sql})`,
  exactSums: false,
  stddev: (sql) => `stddev_samp(${sql})`,
  // approx_percentile is a sketch's.
  quantile: null,
  // A date has no hours for it.
  period: (sql, step) => `date_trunc('${step}', cast(${sql} as timestamp(6)))`,
  previous: (sql, window) => `lag(${sql}) over (${window})`,
  tableBytes: null,
  label: (sql) => `cast(${sql} as varchar)`,
  head: () => 'select',
  tail: () => '',
};
