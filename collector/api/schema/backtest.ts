import { Type, type Static, type TSchema } from 'typebox';
import { Explanation } from './findings.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const BacktestPath = Type.Object({ dataset: Type.String({ minLength: 1, maxLength: 8192 }) });

export const BacktestQuery = Type.Object({
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
  /** Days before the newest partition; of keys that tell no time so many partitions. */
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 90 })),
  /** Only this metric. */
  metric: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })),
  /** Up to this partition, and of its series (its region, say); the newest unless told. */
  partition: Type.Optional(Type.String({ maxLength: 1000 })),
});

const Said = Type.Object({
  detector: Type.String(),
  status: Type.String(),
  mean: nullable(Type.Number()),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  message: Type.String(),
});

export const BacktestPointItem = Type.Object({
  partition: Type.String(),
  at: nullable(Type.String()),
  value: nullable(Type.Number()),
  simple: Said,
  /** null where the key tells no time: then 2 sigma has the word. */
  adaptive: nullable(Type.Object({ ...Said.properties, explanation: nullable(Explanation) })),
  /** Somebody would have been told; false while an alarm goes on that was told before. */
  paged: Type.Boolean(),
});
export type BacktestPointItem = Static<typeof BacktestPointItem>;

export const BacktestMetricItem = Type.Object({
  metric: Type.String(),
  simpleFired: Type.Integer(),
  adaptiveFired: Type.Integer(),
  notices: Type.Integer(),
  paged: Type.Integer(),
  /** Oldest first. */
  points: Type.Array(BacktestPointItem),
});
export type BacktestMetricItem = Static<typeof BacktestMetricItem>;

export const BacktestAnswer = Type.Object({
  dataset: Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() }),
  from: nullable(Type.String()),
  to: nullable(Type.String()),
  partitions: Type.Integer(),
  /** Which contract's checks were asked, and why none were; null where there is no contract. */
  contract: nullable(Type.Object({ version: Type.String(), fault: nullable(Type.String()) })),
  metrics: Type.Array(BacktestMetricItem),
  checks: Type.Array(
    Type.Object({
      id: Type.String(),
      text: Type.String(),
      severity: Type.String(),
      /** Partitions by the status that the check would have had. */
      statuses: Type.Record(Type.String(), Type.Integer()),
      failures: Type.Array(
        Type.Object({ partition: Type.String(), status: Type.String(), message: Type.String() }),
      ),
    }),
  ),
  paged: Type.Integer(),
  simpleFired: Type.Integer(),
  /** The same in sentences. */
  summary: Type.Array(Type.String()),
});
export type BacktestAnswer = Static<typeof BacktestAnswer>;
