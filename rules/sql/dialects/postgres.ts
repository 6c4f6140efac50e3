import type { Dialect } from '../dialect.ts';
import { postgresJson } from '../json/postgres.ts';
import { printLike } from '../like.ts';
import { checkName, checkText, doubleText } from '../plain-text.ts';

const literal = (text: string): string => {
  const quoted = `'${checkText(text).replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  // With E the meaning of a backslash does not hang on standard_conforming_strings.
  return text.includes('\\') ? `E${quoted}` : quoted;
};

const where = (condition: string | null): string =>
  condition === null ? '' : ` filter (where ${condition})`;

/** PostgreSQL 15 and later. */
export const postgres: Dialect = {
  identifier: (name) => `"${checkName(name).replaceAll('"', '""')}"`,
  // An untyped constant has no collation.
  textLiteral: (text) => `${literal(text)}::text`,
  doubleLiteral: (value) => `${doubleText(value)}::double precision`,
  dateLiteral: (date) => `date '${date}'`,
  timestampLiteral: (time) => `timestamp '${time}'`,
  // char(n) loses its padding, enums and uuids become texts.
  text: (sql) => `${sql}::text`,
  binary: (sql) => `${sql} collate "C"`,
  // Collations that make different texts equal are rare here, and a cast would hide the partition.
  equalsText: (sql, text) => `${sql} = ${literal(text)}`,
  boolean: (sql) => sql,
  double: (sql) => `(${sql})::double precision`,
  nanToNull: (sql, kind) =>
    kind === 'double'
      ? `nullif((${sql})::double precision, 'NaN')`
      : kind === 'decimal'
        ? `nullif(${sql}, 'NaN')`
        : sql,
  dateToTimestamp: (sql) => `(${sql})::timestamp`,
  epoch: (sql) => `extract(epoch from ${sql})::double precision`,
  length: (sql) => `char_length(${sql})`,
  lower: (sql) => `lower(${sql} collate "C")`,
  upper: (sql) => `upper(${sql} collate "C")`,
  trim: (sql) => `btrim(${sql}, ' ')`,
  matches: (sql, pattern) => `${sql} collate "C" ~ ${literal(pattern)}`,
  like: (sql, parts) => `${sql} collate "C" like ${literal(printLike(parts, '!'))} escape '!'`,
  // From PostgreSQL 16 on.
  isJson: (sql) => `${sql} is json`,
  json: postgresJson((text) => `${literal(text)}::text`),
  countWhere: (condition) => `count(*) filter (where ${condition})`,
  countDistinct: (sql, condition) => `count(distinct ${sql})${where(condition)}`,
  countDistinctTuples: (sqls, condition) =>
    `count(distinct (${sqls.join(', ')}))${where([...sqls.map((sql) => `(${sql}) is not null`), ...(condition === null ? [] : [condition])].join(' and '))}`,
  approxDistinct: (sql) => `count(distinct ${sql})`,
  aggregate: (name, sql) => `${name}(${sql})`,
  exactSums: true,
  stddev: (sql) => `stddev_samp(${sql})`,
  quantile: (sql, share) => `percentile_cont(${doubleText(share)}) within group (order by ${sql})`,
  period: (sql, step) => `date_trunc('${step}', ${sql})`,
  previous: (sql, window) => `lag(${sql}) over (${window})`,
  // Tables stand in FROM as `only "staging"."orders"`.
  tableBytes: (table) =>
    `pg_total_relation_size(${literal(table.replace(/^only /, ''))}::regclass)::double precision`,
  label: (sql) => `(${sql})::text`,
  head: () => 'select',
  tail: () => '',
};
