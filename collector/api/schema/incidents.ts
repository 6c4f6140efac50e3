import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** ISO 8601 in UTC. */
const Moment = Type.String();
const text = Type.String({ minLength: 1, maxLength: 2000 });

export const IncidentState = Type.Union([
  Type.Literal('open'),
  Type.Literal('acknowledged'),
  Type.Literal('snoozed'),
  Type.Literal('resolved'),
  Type.Literal('merged'),
]);
export const IncidentSeverity = Type.Union([
  Type.Literal('notice'),
  Type.Literal('warning'),
  Type.Literal('critical'),
]);

export const IncidentListQuery = Type.Object({
  /** One state, or `active` (open, acknowledged or snoozed), which is the default, or `all` that were not merged. */
  state: Type.Optional(Type.Union([IncidentState, Type.Literal('active'), Type.Literal('all')])),
  severity: Type.Optional(IncidentSeverity),
  /** Name or id of a dataset that is its root or has evidence in it. */
  dataset: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })),
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
  /** Of the root or of what lies below it. */
  owner: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** `next` of the page before. */
  cursor: Type.Optional(Type.String()),
});

export const IncidentPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });

/** Who acts; where keys are configured it is the key's name. */
const by = { author: Type.Optional(text) };
const strict = { additionalProperties: false };

export const AckBody = Type.Object(by, strict);
export const SnoozeBody = Type.Object({ until: Type.String({ format: 'date-time' }), ...by }, strict);
export const ResolveBody = Type.Object(
  {
    /** fixed: it was wrong and is mended. expected: a one-off that is fine. new_normal: it stays so. */
    how: Type.Union([
      Type.Literal('fixed'),
      Type.Literal('expected'),
      Type.Literal('new_normal'),
      Type.Literal('false_alarm'),
    ]),
    reason: text,
    ...by,
  },
  strict,
);
export const AssignBody = Type.Object({ assignee: nullable(text), ...by }, strict);
export const NoteBody = Type.Object({ text, ...by }, strict);

const Dataset = Type.Object({
  id: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  owner: nullable(Type.String()),
  tier: Type.Integer(),
});

export const IncidentItem = Type.Object({
  id: Type.String(),
  state: IncidentState,
  severity: IncidentSeverity,
  kind: Type.String(),
  /** Where it begins, as far as it is known. */
  root: Type.Object({
    datasetId: Type.String(),
    namespace: nullable(Type.String()),
    dataset: Type.String(),
    /** observed: evidence lies on it. suspected: nobody looks at it, and it explains what does. */
    how: Type.Union([Type.Literal('observed'), Type.Literal('suspected')]),
  }),
  tier: Type.Integer(),
  owner: nullable(Type.String()),
  /** Of the evidence that stands for it. */
  partition: Type.String(),
  subject: Type.String(),
  /** One sentence, the reason first. */
  summary: Type.String(),
  openedAt: Moment,
  lastAt: Moment,
  resolvedAt: nullable(Moment),
  resolution: nullable(Type.String()),
  acknowledgedBy: nullable(Type.String()),
  snoozedUntil: nullable(Moment),
  assignee: nullable(Type.String()),
  /** How often it came back within a day. */
  reopened: Type.Integer(),
  evidenceCount: Type.Integer(),
  /** Of it what has not turned good. */
  standing: Type.Integer(),
  datasets: Type.Integer(),
  /** Datasets below the root. */
  impactedCount: Type.Integer(),
  dedupKey: Type.String(),
  version: Type.Integer(),
  mergedInto: nullable(Type.String()),
});
export type IncidentItem = Static<typeof IncidentItem>;

export const IncidentList = Type.Object({
  items: Type.Array(IncidentItem),
  next: nullable(Type.String()),
});
export type IncidentList = Static<typeof IncidentList>;

export const EvidenceItem = Type.Object({
  id: Type.String(),
  source: Type.String(),
  kind: Type.String(),
  severity: IncidentSeverity,
  datasetId: Type.String(),
  namespace: nullable(Type.String()),
  dataset: Type.String(),
  partition: Type.String(),
  subject: Type.String(),
  summary: Type.String(),
  value: nullable(Type.Number()),
  expected: nullable(Type.String()),
  hint: nullable(Type.String()),
  direction: nullable(Type.String()),
  ownFault: nullable(Type.String()),
  at: Moment,
  madeAt: nullable(Moment),
  runId: nullable(Type.String()),
  evaluationId: nullable(Type.String()),
  /** Why it lies in this incident. */
  because: Type.Object({
    type: Type.String(),
    /** 0..1; null where that is no matter of likelihood. */
    likelihood: nullable(Type.Number()),
    message: Type.String(),
  }),
  clearedAt: nullable(Moment),
  /** What is to be done about it, an address or words; null when neither the contract nor assay.yaml says. */
  runbook: nullable(Type.String()),
});
export type EvidenceItem = Static<typeof EvidenceItem>;

export const IncidentDetail = Type.Object({
  incident: IncidentItem,
  /** Oldest first, the first 500. */
  evidence: Type.Array(EvidenceItem),
  /** Whom it touches: datasets below the root, nearest first, and candidates that the gate holds there. */
  blastRadius: Type.Object({
    datasets: Type.Array(Dataset),
    datasetCount: Type.Integer(),
    owners: Type.Array(Type.String()),
    held: Type.Array(
      Type.Object({
        evaluationId: Type.String(),
        datasetId: Type.String(),
        dataset: Type.String(),
        partition: Type.String(),
        decidedAt: nullable(Moment),
      }),
    ),
  }),
  /** What is different since the root was last good. */
  changes: Type.Array(Type.String()),
  /** What is to be done, an address or words; null when neither the contract nor assay.yaml says. */
  runbook: nullable(Type.String()),
  /** Oldest first. */
  timeline: Type.Array(
    Type.Object({
      at: Moment,
      type: Type.String(),
      /** null: Assay itself. */
      actor: nullable(Type.String()),
      message: Type.String(),
      /** Another incident than this when it was merged into this one. */
      incidentId: Type.String(),
    }),
  ),
});
export type IncidentDetail = Static<typeof IncidentDetail>;

export const ResolveAnswer = Type.Object({
  ...IncidentDetail.properties,
  /** Marks that the detectors learn from, made by this word. */
  marks: Type.Array(Type.Object({ id: Type.String(), datasetId: Type.String(), partition: Type.String() })),
});
export type ResolveAnswer = Static<typeof ResolveAnswer>;
