import type { Dialect } from '../dialect.ts';
import { mysqlJson } from '../json/mysql.ts';
import { printLike } from '../like.ts';
import { checkName, checkText, doubleText, hexOf, isPlain } from '../plain-text.ts';

// A backslash escapes or not by sql_mode, bytes are read by the connection's character set: anything but
// plain ASCII is written as hexadecimal digits, which always mean the same.
const literal = (text: string): string =>
  isPlain(checkText(text)) ? `_utf8mb4'${text}'` : `_utf8mb4 X'${hexOf(text)}'`;

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz');

// lower() and upper() know all letters of Unicode, and there is no translate(). replace() minds the case.
const replaced = (sql: string, from: (letter: string) => string, to: (letter: string) => string): string =>
  LETTERS.reduce(
    (inner, letter) => `replace(${inner}, '${from(letter)}', '${to(letter)}')`,
    `${sql} collate utf8mb4_bin`,
  );
const same = (letter: string): string => letter;
const upper = (letter: string): string => letter.toUpperCase();

const when = (condition: string | null, sql: string): string =>
  condition === null ? sql : `case when ${condition} then ${sql} end`;

/** MySQL 8 and MariaDB 10.5 or later. */
export const mysql: Dialect = {
  identifier: (name) => `\`${checkName(name).replaceAll('`', '``')}\``,
  textLiteral: literal,
  doubleLiteral: doubleText,
  dateLiteral: (date) => `date '${date}'`,
  timestampLiteral: (time) => `timestamp '${time}'`,
  text: (sql) => `convert(${sql} using utf8mb4)`,
  // Collations ignore case, accents and trailing spaces; bytes of UTF-8 are ordered as code points.
  binary: (sql) => `cast(${sql} as binary)`,
  equalsText: (sql, text) =>
    `${sql} = ${literal(text)} and cast(convert(${sql} using utf8mb4) as binary) = cast(${literal(text)} as binary)`,
  boolean: (sql) => `(${sql} <> 0)`,
  // A sum with a double is one, in every version.
  double: (sql) => `(${sql} + 0e0)`,
  nanToNull: (sql, kind) => (kind === 'double' ? `(${sql} + 0e0)` : sql),
  dateToTimestamp: (sql) => `cast(${sql} as datetime(6))`,
  epoch: (sql) => `(timestampdiff(microsecond, timestamp '1970-01-01 00:00:00', ${sql}) / 1e6)`,
  length: (sql) => `char_length(${sql})`,
  lower: (sql) => replaced(sql, upper, same),
  upper: (sql) => replaced(sql, same, upper),
  trim: (sql) => `trim(${sql})`,
  matches: (sql, pattern) => `${sql} collate utf8mb4_bin regexp ${literal(pattern)}`,
  like: (sql, parts) => `${sql} collate utf8mb4_bin like ${literal(printLike(parts, '!'))} escape '!'`,
  isJson: (sql) => `json_valid(${sql}) = 1`,
  json: mysqlJson(literal),
  countWhere: (condition) => `count(case when ${condition} then 1 end)`,
  countDistinct: (sql, condition) => `count(distinct ${when(condition, sql)})`,
  countDistinctTuples: ([first = '', ...others], condition) =>
    `count(distinct ${[when(condition, first), ...others].join(', ')})`,
  approxDistinct: (sql) => `count(distinct ${sql})`,
  aggregate: (name, sql) => `${name}(${sql})`,
  exactSums: true,
  stddev: (sql) => `stddev_samp(${sql})`,
  quantile: null,
  period: (sql, step) =>
    ({
      hour: `date_format(${sql}, '%Y-%m-%d %H')`,
      day: `date(${sql})`,
      week: `to_days(${sql}) - weekday(${sql})`,
      month: `date_format(${sql}, '%Y-%m')`,
    })[step],
  previous: (sql, window) => `lag(${sql}) over (${window})`,
  tableBytes: null,
  label: (sql) => `convert(${sql} using utf8mb4)`,
  // MariaDB reads it as a comment; its adapter sets max_statement_time.
  head: ({ seconds }) => `select /*+ MAX_EXECUTION_TIME(${Math.ceil(seconds * 1000)}) */`,
  tail: () => '',
};
