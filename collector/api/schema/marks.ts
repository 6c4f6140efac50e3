import { Type, type Static } from 'typebox';

const text = Type.String({ minLength: 1, maxLength: 2000 });
const nullable = <T extends ReturnType<typeof Type.String>>(type: T) => Type.Union([type, Type.Null()]);
const Uuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
});

export const MarkKind = Type.Union([
  Type.Literal('expected'),
  Type.Literal('new_normal'),
  Type.Literal('incident'),
  Type.Literal('noisy'),
]);

export const MarksPath = Type.Object({ dataset: Type.String({ minLength: 1, maxLength: 8192 }) });
export const MarkPath = Type.Object({ ...MarksPath.properties, mark: Uuid });
export const InNamespace = Type.Object({ namespace: Type.Optional(Type.String({ maxLength: 8192 })) });

export const MarkListQuery = Type.Object({
  ...InNamespace.properties,
  /** Only marks of this partition. */
  partition: Type.Optional(Type.String({ maxLength: 1000 })),
  /** With those that were taken back. */
  withdrawn: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** `next` of the page before. */
  cursor: Type.Optional(Type.String()),
});

const said = {
  reason: text,
  /** Who says so; where keys are configured it is the key's name. */
  author: Type.Optional(text),
};

export const MarkBody = Type.Object(
  {
    kind: MarkKind,
    partition: Type.String({ maxLength: 1000 }),
    /** Only this metric, as the findings name it; every metric when absent. */
    metric: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })),
    ...said,
  },
  { additionalProperties: false },
);

export const WithdrawalBody = Type.Object(said, { additionalProperties: false });

export const MarkItem = Type.Object({
  id: Type.String(),
  kind: MarkKind,
  partition: Type.String(),
  /** null: every metric. */
  metric: nullable(Type.String()),
  reason: Type.String(),
  author: Type.String(),
  markedAt: Type.String(),
  /** Who took it back, when and why; null while it stands. */
  withdrawn: Type.Union([
    Type.Object({ author: Type.String(), reason: Type.String(), at: Type.String() }),
    Type.Null(),
  ]),
});
export type MarkItem = Static<typeof MarkItem>;

const DatasetName = Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() });

export const MarkAnswer = Type.Object({ dataset: DatasetName, mark: MarkItem });
export type MarkAnswer = Static<typeof MarkAnswer>;

export const MarkList = Type.Object({
  dataset: DatasetName,
  items: Type.Array(MarkItem),
  next: nullable(Type.String()),
});
export type MarkList = Static<typeof MarkList>;
