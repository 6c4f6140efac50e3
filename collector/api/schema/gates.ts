import { Type, type Static, type TSchema } from 'typebox';
import { ContractErrorItem } from './contracts.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Name = Type.String({ minLength: 1, maxLength: 8192 });
/** ISO 8601 in UTC. */
const Moment = Type.String();
const Person = Type.String({ minLength: 1, maxLength: 512 });

export const DatasetParams = Type.Object({ dataset: Name });
export const NamespaceQuery = Type.Object({ namespace: Type.Optional(Type.String({ maxLength: 8192 })) });
export const IdParams = Type.Object({ id: Type.String({ maxLength: 64 }) });

export const EvaluationBody = Type.Object(
  {
    /** Canonical partition key; '' for a dataset without partitions. */
    partition: Type.String({ maxLength: 1000 }),
    candidate: Type.Object({
      kind: Type.String({ minLength: 1, maxLength: 64 }),
      ref: Type.String({ minLength: 1, maxLength: 1024 }),
      /** When given, measurements stored for this very version answer without a query. */
      version: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    }),
    /** Id of the run that made the candidate, or of one above it (a DAG run): its failures are evidence. */
    run: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    idempotencyKey: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    contractVersion: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    /** Publish at once when the decision is allow. */
    publish: Type.Optional(Type.Boolean()),
    requestedBy: Type.Optional(Person),
    /** async: answer as soon as it has begun (202), or after `waitSeconds`. */
    mode: Type.Optional(Type.Union([Type.Literal('sync'), Type.Literal('async')])),
    waitSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 60 })),
  },
  { additionalProperties: false },
);

export const WaitQuery = Type.Object({ wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 60 })) });
export const PublishBody = Type.Object(
  { expectedVersion: Type.String({ minLength: 1, maxLength: 256 }), requestedBy: Type.Optional(Person) },
  { additionalProperties: false },
);
/** Evaluations of several partitions of one dataset, whose candidates are published at once or not at all. */
export const PublishTogetherBody = Type.Object(
  {
    evaluations: Type.Array(
      Type.Object(
        {
          id: Type.String({ format: 'uuid' }),
          expectedVersion: Type.String({ minLength: 1, maxLength: 256 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
    requestedBy: Type.Optional(Person),
  },
  { additionalProperties: false },
);
export const WaiverBody = Type.Object(
  {
    checkIds: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { maxItems: 1000 }),
    reason: Type.String({ maxLength: 4000 }),
    /** Who asks; with configured keys it is the key's name, whatever stands here. */
    requestedBy: Type.Optional(Type.String({ maxLength: 512 })),
    expiresAt: Type.String({ maxLength: 64 }),
    /** For every partition while it lasts, instead of this one alone. */
    anyPartition: Type.Optional(Type.Boolean()),
    /** For exactly the candidate that was evaluated: what is loaded after it is judged without. */
    thisCandidate: Type.Optional(Type.Boolean()),
    /** Where it is talked about: an address, `OPS-17`. */
    ticket: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  { additionalProperties: false },
);
export const ApproveBody = Type.Object(
  { approvedBy: Type.Optional(Type.String({ maxLength: 512 })) },
  { additionalProperties: false },
);
export const DecisionQuery = Type.Object({
  partition: Type.Optional(Type.String({ maxLength: 1000 })),
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
});
export const RollbackBody = Type.Object(
  { partition: Type.String({ maxLength: 1000 }), requestedBy: Type.Optional(Person) },
  { additionalProperties: false },
);

export const FreezeBody = Type.Object(
  { reason: Type.String({ maxLength: 4000 }), requestedBy: Type.Optional(Type.String({ maxLength: 512 })) },
  { additionalProperties: false },
);

/** That a gate was stopped, or let go again: by whom, when and why. */
export const FreezeItem = Type.Object({
  action: Type.String(),
  reason: Type.String(),
  author: Type.String(),
  at: Moment,
});
export const FreezeList = Type.Object({
  frozen: Type.Boolean(),
  /** The last first. */
  items: Type.Array(FreezeItem),
});
export type FreezeItem = Static<typeof FreezeItem>;
export type FreezeList = Static<typeof FreezeList>;

/** Runs that wrote what the contract's gate.evaluate_on names. */
export const GateEventList = Type.Object({
  items: Type.Array(
    Type.Object({
      runId: Type.String(),
      partition: Type.String(),
      candidate: Type.String(),
      evaluationId: nullable(Type.String()),
      /** Why nothing was evaluated. */
      fault: nullable(Type.String()),
      at: Moment,
    }),
  ),
});

export const ReasonItem = Type.Object({
  checkId: Type.String(),
  status: Type.String(),
  message: Type.String(),
  /** Who let this pass, or null. */
  waivedBy: nullable(Type.String()),
  /** Whether this keeps the candidate out of gold. */
  holds: Type.Boolean(),
});

export const CheckItem = Type.Object({
  checkId: Type.String(),
  text: Type.String(),
  severity: Type.String(),
  status: Type.String(),
  value: nullable(Type.Number()),
  expected: Type.String(),
  message: Type.String(),
  facts: Type.Record(Type.String(), Type.Number()),
  baseline: Type.Array(
    Type.Object({ partition: Type.String(), value: Type.Number(), of: Type.Optional(Type.String()) }),
  ),
  /** Keys of some rows that violate the check, masked where they are personal; null when none were read. */
  failingRows: nullable(
    Type.Object({
      columns: Type.Array(Type.String()),
      rows: Type.Array(Type.Array(nullable(Type.String()))),
      /** There are more than these. */
      more: Type.Boolean(),
    }),
  ),
});

export type CheckItem = Static<typeof CheckItem>;

export const PublicationAnswer = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  state: Type.String(),
  evaluationId: nullable(Type.String()),
  datasetId: Type.String(),
  namespace: Type.String(),
  dataset: Type.String(),
  partition: Type.String(),
  target: Type.String(),
  candidateVersion: nullable(Type.String()),
  /** Where what was served before is kept. */
  previous: nullable(Type.String()),
  reason: nullable(Type.String()),
  startedAt: Moment,
  finishedAt: nullable(Moment),
});
export type PublicationAnswer = Static<typeof PublicationAnswer>;

export const PublicationList = Type.Object({ items: Type.Array(PublicationAnswer) });
export type PublicationList = Static<typeof PublicationList>;

export const EvaluationAnswer = Type.Object({
  id: Type.String(),
  datasetId: Type.String(),
  namespace: Type.String(),
  dataset: Type.String(),
  partition: Type.String(),
  state: Type.String(),
  /** allow, block, unknown; null while running. */
  decision: nullable(Type.String()),
  reasons: Type.Array(ReasonItem),
  checks: Type.Array(CheckItem),
  candidate: Type.Object({ kind: Type.String(), ref: Type.String(), version: nullable(Type.String()) }),
  rowCount: nullable(Type.Number()),
  contract: Type.Object({
    version: Type.String(),
    hash: Type.String(),
    /** The last push for this dataset, when it was refused: this version then stays in force. */
    lastError: nullable(ContractErrorItem),
  }),
  warehouse: Type.String(),
  target: nullable(Type.String()),
  /** Of the compiled query; null when stored measurements answered. */
  sqlHash: nullable(Type.String()),
  /** What measuring took of the warehouse; null where it does not tell, or nothing was asked. */
  cost: nullable(
    Type.Object({
      statements: Type.Integer(),
      milliseconds: Type.Number(),
      /** Each of them; none where the warehouse tells the sum alone. */
      queries: Type.Array(Type.Object({ about: Type.String(), milliseconds: Type.Number() })),
    }),
  ),
  /** Why this partition stays out of baselines, or null. */
  excluded: nullable(Type.String()),
  requestedBy: nullable(Type.String()),
  requestedAt: Moment,
  decidedAt: nullable(Moment),
  /** While it runs: when it is given up for lost. */
  leaseExpiresAt: nullable(Moment),
  /** When an allowed one must be evaluated again; null once it is published. */
  expiresAt: nullable(Moment),
  /** Where to ask for it. */
  statusUrl: Type.String(),
  frozen: nullable(FreezeItem),
  publication: nullable(PublicationAnswer),
});
export type EvaluationAnswer = Static<typeof EvaluationAnswer>;

export const WaiverAnswer = Type.Object({
  id: Type.String(),
  evaluationId: Type.String(),
  /** Null: for any partition while it lasts. */
  partition: nullable(Type.String()),
  /** Of the one candidate that it is for; null: whatever is loaded while it lasts. */
  candidateVersion: nullable(Type.String()),
  checkIds: Type.Array(Type.String()),
  reason: Type.String(),
  ticket: nullable(Type.String()),
  requestedBy: Type.String(),
  approvedBy: nullable(Type.String()),
  approvedAt: nullable(Moment),
  expiresAt: Moment,
});
export type WaiverAnswer = Static<typeof WaiverAnswer>;

export const ApprovalAnswer = Type.Object({
  waiver: WaiverAnswer,
  evaluations: Type.Array(EvaluationAnswer),
});

export type ApprovalAnswer = Static<typeof ApprovalAnswer>;

export const DecisionAnswer = Type.Object({
  datasetId: Type.String(),
  partition: Type.String(),
  /** `unknown` when nothing was evaluated yet. */
  decision: Type.String(),
  state: nullable(Type.String()),
  evaluationId: nullable(Type.String()),
  candidateVersion: nullable(Type.String()),
  reasons: Type.Array(ReasonItem),
  /** What the target serves of this partition by Assay's ledger. */
  published: nullable(PublicationAnswer),
  /** The last push of a contract for this dataset, when it was refused: an earlier version is in force. */
  contractError: nullable(ContractErrorItem),
  /** Who stopped this gate, or null. */
  frozen: nullable(FreezeItem),
});
export type DecisionAnswer = Static<typeof DecisionAnswer>;

export const PublicationsQuery = Type.Object({
  state: Type.Optional(
    Type.Union(
      (['pending', 'held', 'ready', 'publishing', 'published', 'rolled_back', 'failed'] as const).map(
        (state) => Type.Literal(state),
      ),
    ),
  ),
  dataset: Type.Optional(Name),
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  /** `next` of the page before. */
  cursor: Type.Optional(Type.String({ maxLength: 128 })),
});

/** The newest evaluation of a partition with what became of it. */
export const HallmarkItem = Type.Object({
  evaluationId: Type.String(),
  datasetId: Type.String(),
  namespace: Type.String(),
  dataset: Type.String(),
  partition: Type.String(),
  state: Type.String(),
  evaluationState: Type.String(),
  decision: nullable(Type.String()),
  reasons: Type.Array(Type.Omit(ReasonItem, ['holds'])),
  rowCount: nullable(Type.Number()),
  candidate: Type.Object({ ref: Type.String(), version: nullable(Type.String()) }),
  target: nullable(Type.String()),
  publicationId: nullable(Type.String()),
  requestedAt: Moment,
  publishedAt: nullable(Moment),
  /** Since when a candidate of this partition waits; null when none does. */
  waitingSince: nullable(Moment),
  /** Seconds that it waits beyond the contract's sla. */
  overdueSeconds: nullable(Type.Number()),
});
export type HallmarkItem = Static<typeof HallmarkItem>;
export const HallmarkList = Type.Object({ items: Type.Array(HallmarkItem), next: nullable(Type.String()) });
export type HallmarkList = Static<typeof HallmarkList>;
