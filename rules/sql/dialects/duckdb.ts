import type { Dialect } from '../dialect.ts';
import { duckdbJson } from '../json/duckdb.ts';
import { doubleText } from '../plain-text.ts';
import { literal, standard } from './standard.ts';

/** DuckDB 1.0 and later. */
export const duckdb: Dialect = {
  ...standard,
  nanToNull: (sql, kind) =>
    kind === 'double' ? `nullif(cast(${sql} as double), cast('NaN' as double))` : sql,
  dateToTimestamp: (sql) => `cast(${sql} as timestamp)`,
  epoch: (sql) => `epoch(${sql})`,
  // Without the second argument all of Unicode's spaces go.
  trim: (sql) => `trim(${sql}, ' ')`,
  matches: (sql, pattern) => `regexp_matches(${sql}, ${literal(pattern)})`,
  isJson: (sql) => `json_valid(${sql})`,
  json: duckdbJson(literal),
  countWhere: (condition) => `count(*) filter (where ${condition})`,
  approxDistinct: (sql) => `approx_count_distinct(${sql})`,
  exactSums: true,
  quantile: (sql, share) => `quantile_cont(${sql}, ${doubleText(share)})`,
  period: (sql, step) => `date_trunc('${step}', ${sql})`,
};
