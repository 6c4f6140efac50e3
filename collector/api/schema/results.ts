import { Type, type Static, type TSchema } from 'typebox';
import { CheckItem } from './gates.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const ResultListQuery = Type.Object({
  /** Name or id. */
  dataset: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })),
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
  partition: Type.Optional(Type.String({ maxLength: 1000 })),
  /** Only partitions of which at least one check came out so, and of these only such checks. */
  status: Type.Optional(
    Type.Union(
      (['pass', 'warn', 'fail', 'error', 'no_data', 'learning', 'skipped'] as const).map((status) =>
        Type.Literal(status),
      ),
    ),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  cursor: Type.Optional(Type.String({ maxLength: 4096 })),
});

/** What the monitor said of one partition by the contract of that time, from measurements alone. */
export const ResultItem = Type.Object({
  datasetId: Type.String(),
  namespace: nullable(Type.String()),
  dataset: Type.String(),
  partition: Type.String(),
  contract: Type.Object({ version: Type.String(), hash: Type.String() }),
  /** The worst of all its checks. */
  status: Type.String(),
  /** The run that stated what was judged. */
  runId: nullable(Type.String()),
  /** When that was stated; what lasts until now was answered as of then. */
  statedAt: Type.String(),
  decidedAt: Type.String(),
  /** In the contract's order. */
  checks: Type.Array(CheckItem),
});
export type ResultItem = Static<typeof ResultItem>;

export const ResultList = Type.Object({ items: Type.Array(ResultItem), next: nullable(Type.String()) });
export type ResultList = Static<typeof ResultList>;
