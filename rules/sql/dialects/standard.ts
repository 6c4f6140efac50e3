import type { Dialect } from '../dialect.ts';
import { printLike } from '../like.ts';
import { checkName, checkText, doubleText } from '../plain-text.ts';

/** A text constant with a quote doubled and nothing else that means something. */
export const literal = (text: string): string => `'${checkText(text).replaceAll("'", "''")}'`;

const where = (condition: string | null): string =>
  condition === null ? '' : ` filter (where ${condition})`;
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();

/** What DuckDB and Trino say alike: standard SQL, texts compared by code point, a type `double`. */
export const standard = {
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
  length: (sql) => `length(${sql})`,
  lower: (sql) => `translate(${sql}, '${UPPER}', '${LOWER}')`,
  upper: (sql) => `translate(${sql}, '${LOWER}', '${UPPER}')`,
  like: (sql, parts) => `${sql} like ${literal(printLike(parts, '!'))} escape '!'`,
  countDistinct: (sql, condition) => `count(distinct ${sql})${where(condition)}`,
  countDistinctTuples: (sqls, condition) =>
    `count(distinct row(${sqls.join(', ')}))${where([...sqls.map((sql) => `(${sql}) is not null`), ...(condition === null ? [] : [condition])].join(' and '))}`,
  aggregate: (name, sql) => `${name}(${sql})`,
  stddev: (sql) => `stddev_samp(${sql})`,
  previous: (sql, window) => `lag(${sql}) over (${window})`,
  tableBytes: null,
  label: (sql) => `cast(${sql} as varchar)`,
  head: () => 'select',
  tail: () => '',
} as const satisfies Partial<Dialect>;
