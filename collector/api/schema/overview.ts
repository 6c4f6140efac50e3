import { Type, type Static, type TSchema } from 'typebox';
import { Explanation, FindingItem } from './findings.ts';
import { IncidentItem, IncidentState } from './incidents.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Uuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
});
/** ISO 8601 in UTC. */
const Moment = Type.String();

/** How a partition stands towards gold. */
export const PublicationState = Type.Union([
  Type.Literal('published'),
  Type.Literal('held'),
  Type.Literal('rolled_back'),
]);
export type PublicationState = Static<typeof PublicationState>;

export const Reason = Type.Object({
  checkId: Type.String(),
  status: Type.String(),
  message: Type.String(),
  /** Who let this failure pass, or null. */
  waivedBy: nullable(Type.String()),
});
export type Reason = Static<typeof Reason>;

/** The last word on one partition of a gated dataset. */
export const Publication = Type.Object({
  /** The dataset's id in the model; null when no event has named it yet. */
  datasetId: nullable(Type.String()),
  dataset: Type.String(),
  /** OpenLineage namespace, when the contract states one or an event did. */
  namespace: nullable(Type.String()),
  name: Type.String(),
  partition: Type.String(),
  state: PublicationState,
  decision: nullable(Type.String()),
  reasons: Type.Array(Reason),
  decidedAt: nullable(Moment),
  /** When a held partition was refused first, however often it was tried again. */
  heldSince: nullable(Moment),
  evaluationId: nullable(Type.String()),
  /** For a held partition: what gold serves meanwhile. */
  serving: nullable(Type.Object({ partition: Type.String(), publishedAt: Moment })),
});
export type Publication = Static<typeof Publication>;

/** One row of a list of datasets. */
export const DatasetItem = Type.Object({
  id: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  owner: nullable(Type.String()),
  /** Highest partition key; null when the dataset has no partitions. */
  lastPartition: nullable(Type.String()),
  /** Rows of the last partition, or of the whole when there are no partitions. */
  lastRowCount: nullable(Type.Number()),
  /** State of the newest run of the jobs that write it (or, when none does, that read it). */
  lastRunState: nullable(Type.String()),
  lastEventAt: nullable(Moment),
  partitions: Type.Integer(),
  heldPartitions: Type.Integer(),
  /** Anomalous verdicts about the last partition. */
  lastPartitionFindings: Type.Integer(),
  /** Columns of the current schema. */
  columns: Type.Integer(),
});
export type DatasetItem = Static<typeof DatasetItem>;

/** What the gate keeps from gold because of an incident: on its root or below it. */
export const HeldByIncident = Type.Object({
  evaluationId: Type.String(),
  dataset: Type.String(),
  partition: Type.String(),
});

export const OverviewIncident = Type.Object({
  ...IncidentItem.properties,
  /** The latest five. */
  held: Type.Array(HeldByIncident),
  heldCount: Type.Integer(),
});
export type OverviewIncident = Static<typeof OverviewIncident>;

export const Overview = Type.Object({
  counts: Type.Object({
    datasets: Type.Integer(),
    jobs: Type.Integer(),
    runs: Type.Integer(),
    /** Accepted events in the raw log. */
    events: Type.Integer(),
    /** null when there are too many to count at each look. */
    partitions: nullable(Type.Integer()),
    held: Type.Integer(),
    findings: Type.Integer(),
    /** Measures on which only 2 sigma would have fired, at most a thousand. */
    simpleAlone: Type.Integer(),
    /** True when what there are very many of (over 20,000) is the planner's estimate. */
    approximate: Type.Boolean(),
  }),
  publications: Type.Array(Publication),
  findings: Type.Array(FindingItem),
  /** Those that are not resolved, the worst first, at most fifty; GET /api/v2/incidents lists all. */
  incidents: Type.Array(OverviewIncident),
  /** The first hundred: with held partitions first, then by name. GET /api/v2/datasets lists all. */
  datasets: Type.Array(DatasetItem),
  readAt: Moment,
});
export type Overview = Static<typeof Overview>;

export const DatasetListQuery = Type.Object({
  /** Part of the name or namespace, in any case. */
  q: Type.Optional(Type.String({ maxLength: 8192 })),
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
  name: Type.Optional(Type.String({ maxLength: 8192 })),
  /** `next` of the page before. */
  cursor: Type.Optional(Uuid),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
});

export const DatasetList = Type.Object({ items: Type.Array(DatasetItem), next: nullable(Type.String()) });
export type DatasetList = Static<typeof DatasetList>;

export const DatasetPath = Type.Object({ id: Uuid });

export const DatasetDetail = Type.Object({
  id: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  /** Its other names; everything here is about all of them. */
  aliases: Type.Array(Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() })),
  owner: nullable(Type.String()),
  /** Version of the contract in force; null without one. */
  contract: nullable(Type.String()),
  /** The last word on it was DROP, and nothing has been written since. */
  dropped: Type.Boolean(),
  /** Of the current schema version, in order; nested columns as dotted paths. */
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      type: nullable(Type.String()),
      description: nullable(Type.String()),
    }),
  ),
  /** Metrics that have a series. */
  metrics: Type.Array(Type.String()),
  /** Newest first, at most a thousand. */
  partitions: Type.Array(
    Type.Object({
      partition: Type.String(),
      published: nullable(PublicationState),
      lastEventAt: nullable(Moment),
    }),
  ),
});
export type DatasetDetail = Static<typeof DatasetDetail>;

export const SeriesQuery = Type.Object({
  metric: Type.Optional(Type.String({ minLength: 1, maxLength: 8192, default: 'row_count' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000, default: 400 })),
});

/** The 2 sigma mode, as it was asked for: always computed, beside the detector that has the word. */
export const SimpleVerdict = Type.Object({
  mean: nullable(Type.Number()),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  status: Type.String(),
  message: Type.String(),
});

export const SeriesPoint = Type.Object({
  partition: Type.String(),
  /** The time that the partition is about, when its key tells. */
  at: nullable(Moment),
  value: nullable(Type.Number()),
  /** Which detector has the word: adaptive, hourly, or sigma where the key tells no time. */
  detector: nullable(Type.String()),
  /** Its expected centre and band; null while learning or when nothing watches this metric. */
  mean: nullable(Type.Number()),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  /** Its status; null when nothing watches this metric. */
  status: nullable(Type.String()),
  /** Its sentence. */
  message: nullable(Type.String()),
  /** It is told as a finding. */
  finding: Type.Boolean(),
  /** young, history or backfill: how the partition stood when it was stated. */
  standing: nullable(Type.String()),
  explanation: nullable(Explanation),
  simple: nullable(SimpleVerdict),
  published: nullable(PublicationState),
  /** The incident that this value is evidence of; an open one before one that is over. */
  incident: nullable(
    Type.Object({
      id: Type.String(),
      state: IncidentState,
      /** What was seen, in a sentence. */
      summary: Type.String(),
    }),
  ),
});
export type SeriesPoint = Static<typeof SeriesPoint>;

export const Series = Type.Object({
  dataset: Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() }),
  metric: Type.String(),
  /** How often the 2 sigma mode would have fired on the points shown. */
  simple: Type.Object({
    fired: Type.Integer(),
    judged: Type.Integer(),
    /** `2 sigma would have fired 9 times in the last 60 days`. */
    message: Type.String(),
  }),
  /** Oldest first. */
  points: Type.Array(SeriesPoint),
});
export type Series = Static<typeof Series>;
