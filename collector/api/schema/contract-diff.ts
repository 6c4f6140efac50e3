import { Type, type Static, type TSchema } from 'typebox';
import { ContractFault } from './contracts.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Text = Type.String({ maxLength: 1_000_000 });
const Word = Type.String({ minLength: 1, maxLength: 1024 });

export const DiffBody = Type.Object(
  {
    /** The old contract as text; without it the stored one is taken. */
    before: Type.Optional(Text),
    /** Of the stored contract; without it the highest. */
    beforeVersion: Type.Optional(Type.String({ maxLength: 64 })),
    after: Text,
    fileName: Type.Optional(Word),
    /** The text of accepted-breaks.yaml. */
    accepted: Type.Optional(Text),
    acceptedFileName: Type.Optional(Word),
    positional: Type.Optional(Type.Boolean()),
    strict: Type.Optional(Type.Boolean()),
    otherWriters: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type DiffBody = Static<typeof DiffBody>;

const Position = Type.Object({ line: Type.Integer(), column: Type.Integer() });

export const ContractConsumers = Type.Object({
  jobs: Type.Array(
    Type.Object({
      namespace: Type.String(),
      name: Type.String(),
      /** Column lineage says so; else the job reads the dataset, nobody said which of its columns. */
      certain: Type.Boolean(),
    }),
  ),
  datasets: Type.Array(
    Type.Object({
      namespace: Type.String(),
      name: Type.String(),
      kind: Type.Union([Type.Literal('dataset'), Type.Literal('dashboard')]),
      certain: Type.Boolean(),
    }),
  ),
  truncated: Type.Boolean(),
});

export const ContractChange = Type.Object({
  /** B1 to B20: docs/contract-changes.md. */
  rule: Type.String(),
  class: Type.Union([Type.Literal('MAJOR'), Type.Literal('MINOR'), Type.Literal('PATCH')]),
  approval: Type.Boolean(),
  refused: Type.Boolean(),
  path: Type.String(),
  dataset: nullable(Type.String()),
  column: nullable(Type.String()),
  position: nullable(Position),
  before: Type.Unknown(),
  after: Type.Unknown(),
  message: Type.String(),
  mend: Type.String(),
  notice: nullable(Type.String()),
  accepted: nullable(Type.Object({ reason: Type.String(), author: Type.String(), expires: Type.String() })),
  consumers: nullable(ContractConsumers),
});

export const DiffAnswer = Type.Object({
  file: Type.String(),
  version: Type.Object({
    before: Type.String(),
    after: nullable(Type.String()),
    /** none, patch, minor or major. */
    required: Type.String(),
    /** The same, or lowered. */
    declared: Type.String(),
    isEnough: Type.Boolean(),
  }),
  versionAt: nullable(Position),
  changes: Type.Array(ContractChange),
  /** Why the new contract must not be merged as it is; empty when it may. */
  refusals: Type.Array(Type.String()),
  warnings: Type.Array(ContractFault),
});
export type DiffAnswer = Static<typeof DiffAnswer>;
