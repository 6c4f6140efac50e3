import type { Dialect } from '../dialect.ts';
import { printLike } from '../like.ts';
import { checkName, checkText, doubleText } from '../plain-text.ts';

const literal = (text: string): string => `'${checkText(text).replaceAll("'", "''")}'`;
const where = (condition: string | null): string =>
  condition === null ? '' : ` filter (where ${condition})`;
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();

/** DuckDB 1.0 and later. */
export const duckdb: Dialect = {
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
  nanToNull: (sql, kind) =>
    kind === 'double' ? `nullif(cast(${sql} as double), cast('NaN' as double))` : sql,
  dateToTimestamp: (sql) => `cast(${sql} as timestamp)`,
  epoch: (sql) => `epoch(${sql})`,
  length: (sql) => `length(${sql})`,
  lower: (sql) => `translate(${sql}, '${UPPER}', '${LOWER}')`,
  upper: (sql) => `translate(${sql}, '${LOWER}', '${UPPER}')`,
  // Without the second argument all of Unicode's spaces go.
  trim: (sql) => `trim(${sql}, ' ')`,
  matches: (sql, pattern) => `regexp_matches(${sql}, ${literal(pattern)})`,
  like: (sql, parts) => `${sql} like ${literal(printLike(parts, '!'))} escape '!'`,
  countWhere: (condition) => `count(*) filter (where ${condition})`,
  countDistinct: (sql, condition) => `count(distinct ${sql})${where(condition)}`,
  countDistinctTuples: (sqls, condition) =>
    `count(distinct row(${sqls.join(', ')}))${where([...sqls.map((sql) => `(${sql}) is not null`), ...(condition === null ? [] : [condition])].join(' and '))}`,
  approxDistinct: (sql) => `approx_count_distinct(${sql})`,
  aggregate: (name, sql) => `${name}(${sql})`,
  exactSums: true,
  stddev: (sql) => `stddev_samp(${sql})`,
  quantile: (sql, share) => `quantile_cont(${sql}, ${doubleText(share)})`,
  period: (sql, step) => `date_trunc('${step}', ${sql})`,
  previous: (sql, window) => `lag(${sql}) over (${window})`,
  tableBytes: null,
  label: (sql) => `cast(${sql} as varchar)`,
  head: () => 'select',
  tail: () => '',
};
