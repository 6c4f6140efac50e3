import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Text = Type.String({ maxLength: 1_000_000 });
const FileName = Type.String({ minLength: 1, maxLength: 1024, default: 'contract.yaml' });

export const LintBody = Type.Object(
  { text: Text, fileName: Type.Optional(FileName) },
  { additionalProperties: false },
);
export const PushBody = Type.Object(
  {
    text: Text,
    fileName: Type.Optional(FileName),
    pushedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  },
  { additionalProperties: false },
);
export const ContractParams = Type.Object({ dataset: Type.String({ minLength: 1, maxLength: 8192 }) });
export const ContractQuery = Type.Object({
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
  version: Type.Optional(Type.String({ maxLength: 64 })),
});
export const ContractListQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  /** `next` of the page before. */
  cursor: Type.Optional(Type.String({ maxLength: 8300 })),
});

/** What is wrong at one place of the file. */
export const ContractFault = Type.Object({
  file: Type.String(),
  line: Type.Integer(),
  column: Type.Integer(),
  message: Type.String(),
  mend: Type.String(),
});
export const LintAnswer = Type.Object({
  valid: Type.Boolean(),
  problems: Type.Array(ContractFault),
  warnings: Type.Array(ContractFault),
});
export type LintAnswer = Static<typeof LintAnswer>;

export const ContractItem = Type.Object({
  datasetId: Type.String(),
  namespace: Type.String(),
  dataset: Type.String(),
  version: Type.String(),
  hash: Type.String(),
  owner: Type.String(),
  fileName: Type.String(),
  pushedAt: Type.String(),
  pushedBy: nullable(Type.String()),
});
export type PushAnswer = Static<typeof PushAnswer>;
/** The first dataset of the file, and all of them. */
export const PushAnswer = Type.Object({
  ...ContractItem.properties,
  changed: Type.Boolean(),
  datasets: Type.Array(Type.Object({ ...ContractItem.properties, changed: Type.Boolean() })),
  warnings: Type.Array(ContractFault),
});
export const ContractList = Type.Object({ items: Type.Array(ContractItem), next: nullable(Type.String()) });
export type ContractList = Static<typeof ContractList>;
export type ContractItem = Static<typeof ContractItem>;
export type ContractFault = Static<typeof ContractFault>;

/** A push that was refused; what was in force before stays so. */
export const ContractErrorItem = Type.Object({
  fileName: Type.String(),
  pushedAt: Type.String(),
  pushedBy: nullable(Type.String()),
  errors: Type.Array(ContractFault),
});
export type ContractErrorItem = Static<typeof ContractErrorItem>;
export const ContractErrors = Type.Object({
  items: Type.Array(Type.Object({ ...ContractErrorItem.properties, datasetIds: Type.Array(Type.String()) })),
});
export type ContractErrors = Static<typeof ContractErrors>;

const CheckText = {
  id: Type.String(),
  text: Type.String(),
  severity: Type.String(),
  origin: Type.String(),
  line: Type.Integer(),
};

export const CheckItems = Type.Object({
  checks: Type.Array(
    Type.Object({
      ...CheckText,
      /** metadata, stats or scan: what answering it costs. */
      cost: Type.String(),
      name: nullable(Type.String()),
      dimension: nullable(Type.String()),
      owner: nullable(Type.String()),
    }),
  ),
  /** What is carried but not run: words for people, checks of other engines. */
  notRun: Type.Array(Type.Object({ ...CheckText, engine: nullable(Type.String()), reason: Type.String() })),
});

export const ContractAnswer = Type.Object({
  ...ContractItem.properties,
  /** As pushed. */
  text: Type.String(),
  /** short or odcs. */
  dialect: Type.String(),
  ...CheckItems.properties,
  /** The last push for this dataset, when it was refused. */
  lastError: nullable(ContractErrorItem),
  versions: Type.Array(Type.Object({ version: Type.String(), hash: Type.String(), pushedAt: Type.String() })),
});
export type ContractAnswer = Static<typeof ContractAnswer>;

export const SuggestionQuery = Type.Object({ namespace: Type.Optional(Type.String({ maxLength: 8192 })) });
export const SuggestionAnswer = Type.Object({
  /** A contract in the short form. */
  text: Type.String(),
  /** Why each line is there. */
  reasons: Type.Array(Type.Object({ about: Type.String(), because: Type.String() })),
  /** From how many partitions it was concluded. */
  partitions: Type.Integer(),
});
export type SuggestionAnswer = Static<typeof SuggestionAnswer>;
