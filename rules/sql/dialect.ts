import type { JsonDialect } from './json-dialect.ts';
import type { ValueKind } from './value-kind.ts';

/** A piece of a LIKE pattern: a text as it is, one character, or any number of them. */
export type LikePart = { readonly type: 'text'; readonly text: string } | { readonly type: 'one' | 'any' };

export type Step = 'hour' | 'day' | 'week' | 'month';

export interface TimeLimit {
  readonly seconds: number;
}

/**
 * What differs between the SQL of the systems that hold data. One file per system in dialects/. Arguments
 * called `sql` are expressions that were compiled already; names and values of authors reach a statement
 * through `identifier` and `textLiteral` only. Sessions run in UTC: the adapters set that.
 */
export interface Dialect {
  /** Quotes one name. Throws SqlRefusal for what the engine cannot have as a name. */
  identifier(name: string): string;
  /** A string constant that is safe whatever the session's settings are. */
  textLiteral(text: string): string;
  /** A constant of double precision; finite, negative ones in brackets. */
  doubleLiteral(value: number): string;
  /** `2026-01-31`. */
  dateLiteral(date: string): string;
  /** `2026-01-31 10:00:00.000000`, in UTC. */
  timestampLiteral(time: string): string;
  /** A text column as a character string without padding. */
  text(sql: string): string;
  /** A character string as it is compared, ordered and told apart: by code point. */
  binary(sql: string): string;
  /** A bare text column equal to a constant, so that partitions can be left unread and nothing else is equal. */
  equalsText(sql: string, text: string): string;
  /** A boolean column as a condition. */
  boolean(sql: string): string;
  /** As double precision. */
  double(sql: string): string;
  /** A number of that kind, null for NaN. */
  nanToNull(sql: string, kind: ValueKind): string;
  dateToTimestamp(sql: string): string;
  /** Seconds since 1970-01-01 UTC as double precision, of a date or timestamp. */
  epoch(sql: string): string;
  /** Length in characters (code points). */
  length(sql: string): string;
  /** Of the letters a to z only, so that all engines agree. */
  lower(sql: string): string;
  upper(sql: string): string;
  /** Without spaces (U+0020 alone) at both ends. */
  trim(sql: string): string;
  /** Whether the pattern (already translated for this engine) occurs in the text. */
  matches(sql: string, pattern: string): string;
  like(sql: string, parts: readonly LikePart[]): string;
  /** Whether a value is one of a list, null for null; absent where plain `in` is that. */
  readonly isIn?: (sql: string, values: readonly string[]) => string;
  /** Whether a text is JSON, null for null; where the engine cannot tell: what to write instead. */
  readonly isJson: ((sql: string) => string) | { readonly instead: string };
  /** How it looks into texts of JSON; where it cannot: what to write instead. */
  readonly json: JsonDialect | { readonly instead: string };
  /** Rows for which the condition is true. */
  countWhere(condition: string): string;
  /** Different values that are not null, among rows of the condition (null: all rows). */
  countDistinct(sql: string, condition: string | null): string;
  /** Different tuples without a null in them; null: the engine does that in a subquery only. */
  countDistinctTuples: ((sqls: readonly string[], condition: string | null) => string) | null;
  /** By a sketch; exact where the engine has none. */
  approxDistinct(sql: string): string;
  /** `sum`, `min` or `max` of values; null when there are none. */
  aggregate(name: 'sum' | 'min' | 'max', sql: string): string;
  /** Whether `sum` adds whole numbers and decimals up without overflow or rounding. */
  readonly exactSums: boolean;
  /** Sample standard deviation of doubles; null (or NaN) below two values. */
  stddev(sql: string): string;
  /** The quantile with linear interpolation between neighbours; null: the engine has no such aggregate. */
  quantile: ((sql: string, share: number) => string) | null;
  /** Something that is equal exactly for times in one period; weeks begin on Monday. */
  period(sql: string, step: Step): string;
  /** The value of the row before in a window (`partition by … order by …`); anything for its first row. */
  previous(sql: string, window: string): string;
  /** Bytes of an ordinary table with its indexes, as double precision; null: the engine's rows do not tell. */
  tableBytes: ((table: string) => string) | null;
  /** The value of a group as text. */
  label(sql: string): string;
  /** `select` with the hints that bound the query. */
  head(limit: TimeLimit): string;
  /** What ends the query, or ''. */
  tail(limit: TimeLimit): string;
}
