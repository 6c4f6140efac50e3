import type { Dialect } from '../dialect.ts';
import { trinoJson } from '../json/trino.ts';
import { literal, standard } from './standard.ts';

/** Trino 400 and later; the session's time zone must be UTC. */
export const trino: Dialect = {
  ...standard,
  nanToNull: (sql, kind) => (kind === 'double' ? `if(is_nan(cast(${sql} as double)), null, ${sql})` : sql),
  dateToTimestamp: (sql) => `cast(${sql} as timestamp(6))`,
  epoch: (sql) => `to_unixtime(cast(${sql} as timestamp(6)))`,
  trim: (sql) => `trim(both ' ' from ${sql})`,
  matches: (sql, pattern) => `regexp_like(${sql}, ${literal(pattern)})`,
  isJson: (sql) => `case when ${sql} is not null then try(json_parse(${sql})) is not null end`,
  json: trinoJson(literal),
  countWhere: (condition) => `count_if(${condition})`,
  approxDistinct: (sql) => `approx_distinct(${sql})`,
  exactSums: false,
  // approx_percentile is a sketch's.
  quantile: null,
  // A date has no hours for it.
  period: (sql, step) => `date_trunc('${step}', cast(${sql} as timestamp(6)))`,
};
