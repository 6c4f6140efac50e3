import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** Postgres takes any text but U+0000. */
const Plain = { pattern: '^[^\\u0000]*$', maxLength: 8192 };
const Moment = nullable(Type.String({ description: 'ISO 8601 in UTC' }));
const Amount = nullable(Type.Number());
const Day = Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' }));

export const StatisticsQuery = Type.Object({
  /** Days (UTC) that partitions are about, both included. */
  from: Day,
  to: Day,
  /** These columns alone; given several times for several. */
  columns: Type.Optional(Type.Array(Type.String(Plain), { maxItems: 1000 })),
  /** `country=DE`; left out: whole partitions. */
  segment: Type.Optional(Type.String({ ...Plain, maxLength: 1000 })),
  rollup: Type.Optional(Type.Enum(['none', 'month', 'window'])),
});

export const DistinctAnswer = Type.Object({
  /** Null: only the bounds are known. */
  value: Amount,
  low: Type.Number(),
  high: Amount,
  approximate: Type.Boolean(),
});

export const ColumnStatisticsAnswer = Type.Object({
  name: Type.String(),
  /** Partitions that say anything of the column, and their rows. */
  partitions: Type.Integer(),
  rows: Amount,
  nulls: Amount,
  /** Values that are not null. */
  count: Amount,
  /** 0 to 1. */
  nullRatio: Amount,
  min: Amount,
  max: Amount,
  sum: Amount,
  mean: Amount,
  /** Of a sample. */
  variance: Amount,
  standardDeviation: Amount,
  distinct: nullable(DistinctAnswer),
  /** From a sketch: each differs from a value of its rank by at most the share `relativeError`. */
  quantiles: nullable(
    Type.Object({
      relativeError: Type.Number(),
      values: Type.Array(Type.Object({ q: Type.Number(), value: Type.Number() })),
    }),
  ),
});
export type ColumnStatisticsAnswer = Static<typeof ColumnStatisticsAnswer>;

export const StatisticsPart = Type.Object({
  /** Null: several together. */
  partition: nullable(Type.String()),
  /** `2026-01`, of `rollup=month`. */
  month: nullable(Type.String()),
  /** Times that the first and the last partition are about. */
  from: Moment,
  to: Moment,
  partitions: Type.Integer(),
  /** `no_data`: no partition or no row; `known`: there are rows; `unknown`: nobody says how many. */
  status: Type.Enum(['known', 'unknown', 'no_data']),
  rows: Amount,
  sizeBytes: Amount,
  fileCount: Amount,
  /** Of one partition: the version that counts and when it was stated. */
  version: nullable(Type.String()),
  statedAt: Moment,
  /** Measured in the warehouse; false: folded from what events said. */
  profiled: nullable(Type.Boolean()),
  columns: Type.Array(ColumnStatisticsAnswer),
});
export type StatisticsPart = Static<typeof StatisticsPart>;

export const StatisticsAnswer = Type.Object({
  dataset: Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() }),
  segment: Type.String(),
  /** The first thousand that there are, beside the whole. */
  segments: Type.Array(Type.String()),
  rollup: Type.Enum(['none', 'month', 'window']),
  parts: Type.Array(StatisticsPart),
  /** Partitions whose stored statistics cannot be read: they are not among the parts. */
  faults: Type.Array(Type.Object({ partition: Type.String(), detail: Type.String() })),
});
export type StatisticsAnswer = Static<typeof StatisticsAnswer>;
