import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const AuditQuery = Type.Object({
  actor: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  /** The whole action, or its beginning up to a dot: `waiver`. */
  action: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  /** Id of what it was done to. */
  subjectId: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  /** Name or id of a dataset. */
  dataset: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })),
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
  since: Type.Optional(Type.String({ maxLength: 64 })),
  until: Type.Optional(Type.String({ maxLength: 64 })),
  /** last: the latest first. first: from the beginning of the chain, as its verification reads it. */
  order: Type.Optional(Type.Union([Type.Literal('last'), Type.Literal('first')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** `next` of the page before. */
  cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
});

/** One act. Its hash is that of model/audit.ts. */
export const AuditItem = Type.Object({
  position: Type.Number(),
  id: Type.Number(),
  at: Type.String(),
  /** The key's name, else who was said to act; null: Assay itself. */
  actor: nullable(Type.String()),
  action: Type.String(),
  subject: Type.String(),
  subjectId: Type.String(),
  datasetId: nullable(Type.String()),
  /** A JSON document, as the text that is hashed. */
  detail: Type.String(),
  hash: Type.String(),
});
export type AuditItem = Static<typeof AuditItem>;

export const AuditList = Type.Object({ items: Type.Array(AuditItem), next: nullable(Type.String()) });
export type AuditList = Static<typeof AuditList>;

/** Evaluations whose stored results are not those on which their last decision was taken. */
export const EvidenceAnswer = Type.Object({
  changed: Type.Array(Type.Object({ evaluationId: Type.String(), position: nullable(Type.Number()) })),
});
export type EvidenceAnswer = Static<typeof EvidenceAnswer>;
