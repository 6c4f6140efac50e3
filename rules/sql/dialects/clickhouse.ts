import type { Dialect } from '../dialect.ts';
import { clickhouseJson } from '../json/clickhouse.ts';
import { printLike } from '../like.ts';
import { checkName, checkText, doubleText } from '../plain-text.ts';

const literal = (text: string): string =>
  `'${checkText(text).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const epoch = (sql: string): string => `(toUnixTimestamp64Micro(toDateTime64(${sql}, 6, 'UTC')) / 1e6)`;

/** ClickHouse 23 and later. */
export const clickhouse: Dialect = {
  identifier: (name) => `\`${checkName(name).replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``,
  textLiteral: literal,
  doubleLiteral: (value) => `toFloat64(${doubleText(value)})`,
  dateLiteral: (date) => `toDate32('${date}')`,
  timestampLiteral: (time) => `toDateTime64('${time}', 6, 'UTC')`,
  text: (sql) => `toString(${sql})`,
  binary: (sql) => sql,
  equalsText: (sql, text) => `${sql} = ${literal(text)}`,
  boolean: (sql) => sql,
  double: (sql) => `toFloat64(${sql})`,
  nanToNull: (sql, kind) => (kind === 'double' ? `if(isNaN(${sql}), null, ${sql})` : sql),
  dateToTimestamp: (sql) => `toDateTime64(${sql}, 6, 'UTC')`,
  epoch,
  length: (sql) => `lengthUTF8(${sql})`,
  // These know ASCII only; lowerUTF8 would know more.
  lower: (sql) => `lower(${sql})`,
  upper: (sql) => `upper(${sql})`,
  trim: (sql) => `trim(both ' ' from ${sql})`,
  matches: (sql, pattern) => `match(${sql}, ${literal(pattern)})`,
  // Older versions have no escape clause: the backslash is the escape character.
  like: (sql, parts) => `${sql} like ${literal(printLike(parts, '\\'))}`,
  // Of a null it may say that it is in no list.
  isIn: (sql, values) => `if((${sql}) is null, null, ${sql} in (${values.join(', ')}))`,
  isJson: (sql) => `isValidJSON(${sql}) = 1`,
  json: clickhouseJson(literal),
  countWhere: (condition) => `countIf(${condition})`,
  countDistinct: (sql, condition) =>
    condition === null ? `uniqExact(${sql})` : `uniqExactIf(${sql}, ${condition})`,
  countDistinctTuples: (sqls, condition) =>
    `uniqExactIf(tuple(${sqls.join(', ')}), ${[...sqls.map((sql) => `(${sql}) is not null`), ...(condition === null ? [] : [condition])].join(' and ')})`,
  approxDistinct: (sql) => `uniq(${sql})`,
  // Without OrNull an aggregate of nothing is 0.
  aggregate: (name, sql) => `${name}OrNull(${sql})`,
  exactSums: false,
  stddev: (sql) => `stddevSampOrNull(${sql})`,
  quantile: (sql, share) => `quantileExactInclusiveOrNull(${doubleText(share)})(${sql})`,
  // toStartOfHour and the like know no time before 1970.
  period: (sql, step) =>
    ({
      hour: `floor(${epoch(sql)} / 3600)`,
      day: `toDate32(${sql})`,
      week: `floor((toInt32(toDate32(${sql})) + 3) / 7)`,
      month: `toYear(toDate32(${sql})) * 12 + toMonth(toDate32(${sql}))`,
    })[step],
  // lag() is not in older versions; over all rows of the window this is the same.
  previous: (sql, window) =>
    `lagInFrame(${sql}) over (${window} rows between unbounded preceding and unbounded following)`,
  tableBytes: null,
  label: (sql) => `toString(${sql})`,
  head: () => 'select',
  tail: ({ seconds }) => `settings max_execution_time = ${Math.ceil(seconds)}, join_use_nulls = 1`,
};
