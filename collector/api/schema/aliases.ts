import { Type, type Static } from 'typebox';

const DatasetName = Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() });
const text = Type.String({ minLength: 1, maxLength: 2000 });

export const AliasListQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** `next` of the page before. */
  cursor: Type.Optional(Type.String({ format: 'uuid' })),
});

export const AliasList = Type.Object({
  items: Type.Array(
    Type.Object({
      dataset: DatasetName,
      /** Its other names. */
      aliases: Type.Array(DatasetName),
    }),
  ),
  next: Type.Union([Type.String(), Type.Null()]),
});
export type AliasList = Static<typeof AliasList>;

export const WhyQuery = Type.Object({
  dataset: Type.String({ minLength: 1, description: 'Dataset id, or one of its names' }),
  namespace: Type.Optional(Type.String()),
  with: Type.Optional(Type.String({ minLength: 1, description: 'A second name: why the two are one' })),
  withNamespace: Type.Optional(Type.String()),
});

const Claim = Type.Object({
  /** rename, table, location; operator for a decision to join */
  kind: Type.String(),
  from: DatasetName,
  to: DatasetName,
  /** The producers that claim it, or the operator who joined. */
  by: Type.Array(Type.String()),
  /** Why it does not join: root, reused_name, shared_location, denied; null when it does. */
  withheld: Type.Union([Type.String(), Type.Null()]),
});

export const WhyAnswer = Type.Object({
  /** The name that was asked for, as it is spelled here. */
  asked: DatasetName,
  /** The name that stands for all of them. */
  dataset: DatasetName,
  /** Every other name. */
  aliases: Type.Array(DatasetName),
  /** All that is claimed of these names, in force or not. */
  claims: Type.Array(Claim),
  /** With `with`: the shortest chain of claims that joins the two; null when they are not one. */
  chain: Type.Union([Type.Array(Claim), Type.Null()]),
  /** What operators said of these names, the latest first. */
  decisions: Type.Array(
    Type.Object({
      verdict: Type.String(),
      dataset: DatasetName,
      with: DatasetName,
      reason: Type.String(),
      author: Type.String(),
      decidedAt: Type.String({ format: 'date-time' }),
      /** Whether it is the last word on the pair. */
      stands: Type.Boolean(),
    }),
  ),
});
export type WhyAnswer = Static<typeof WhyAnswer>;

export const WithheldQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** `next` of the page before. */
  cursor: Type.Optional(Type.String()),
});

export const WithheldList = Type.Object({
  items: Type.Array(Claim),
  next: Type.Union([Type.String(), Type.Null()]),
});
export type WithheldList = Static<typeof WithheldList>;

const said = {
  reason: text,
  /** Who says so; where keys are configured it is the key's name. */
  author: Type.Optional(text),
};

export const PairBody = Type.Object(
  {
    dataset: text,
    namespace: Type.Optional(text),
    with: text,
    withNamespace: Type.Optional(text),
    ...said,
  },
  { additionalProperties: false },
);

export const SplitBody = Type.Object(
  { dataset: text, namespace: Type.Optional(text), ...said },
  { additionalProperties: false },
);
