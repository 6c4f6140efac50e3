import { Type, type Static, type TSchema } from 'typebox';
import { PARTITION_SOURCES } from '#model/partition.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** Postgres takes any text but U+0000. */
const Plain = { pattern: '^[^\\u0000]*$', maxLength: 8192 };
/** ISO 8601 in UTC. */
const Moment = Type.String();
const Cursor = Type.Optional(Type.String({ maxLength: 8300, description: '`next` of the page before' }));
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }));
/** `cursor` of the next page; null when there is none. */
const Next = nullable(Type.String());

/** Facets by name, as their producer sent them. */
export const Facets = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: true,
});

/** A facet as it stands now. */
export const FacetNow = Type.Object({
  name: Type.String(),
  /** Event time of the last statement. */
  statedAt: Moment,
  facet: Facets,
});
export type FacetNow = Static<typeof FacetNow>;

export const RunState = Type.Enum([
  'STARTED',
  'RUNNING',
  'COMPLETED',
  'ABORTED',
  'FAILED',
  'UNKNOWN',
  'LOST',
]);

export const RunItem = Type.Object({
  id: Type.String(),
  /** As the producer writes it, where that is no UUID. */
  externalId: nullable(Type.String()),
  jobId: Type.String(),
  jobNamespace: Type.String(),
  job: Type.String(),
  /** false: known only from a child that names it as its parent. */
  reported: Type.Boolean(),
  /** LOST: begun, and silent for longer than usual; a late event takes it back. */
  state: RunState,
  attempts: Type.Integer(),
  /** The last attempt reported both FAIL and COMPLETE; it counts as failed. */
  conflicting: Type.Boolean(),
  startMissing: Type.Boolean(),
  startedAt: nullable(Moment),
  endedAt: nullable(Moment),
  lastEventAt: Moment,
  events: Type.Integer(),
  nominalStart: nullable(Moment),
  nominalEnd: nullable(Moment),
  parentRunId: nullable(Type.String()),
  rootRunId: nullable(Type.String()),
  error: nullable(Type.String()),
  producer: nullable(Type.String()),
  integration: nullable(Type.String()),
  jobType: nullable(Type.String()),
  processingType: nullable(Type.String()),
  engine: nullable(Type.String()),
});
export type RunItem = Static<typeof RunItem>;

export const RunListQuery = Type.Object({
  job: Type.Optional(Type.String({ description: 'Id of a job' })),
  dataset: Type.Optional(Type.String({ description: 'Id of a dataset that the run read or wrote' })),
  parent: Type.Optional(Type.String({ description: 'Id of the parent run' })),
  root: Type.Optional(Type.String({ description: 'Id of the run at the top' })),
  state: Type.Optional(RunState),
  since: Type.Optional(
    Type.String({ format: 'date-time', description: 'First heard of at this time or later' }),
  ),
  until: Type.Optional(Type.String({ format: 'date-time', description: 'First heard of before this time' })),
  limit: Limit,
  cursor: Cursor,
});

export const RunList = Type.Object({ runs: Type.Array(RunItem), next: Next });
export type RunList = Static<typeof RunList>;

export const Assertion = Type.Object({
  runId: Type.String(),
  /** null: about the run as a whole. */
  datasetId: nullable(Type.String()),
  namespace: nullable(Type.String()),
  dataset: nullable(Type.String()),
  partition: Type.String(),
  /** The facet that holds it. */
  facet: Type.String(),
  statedAt: Moment,
  assertion: Type.String(),
  column: nullable(Type.String()),
  name: nullable(Type.String()),
  /** null: skipped. */
  success: nullable(Type.Boolean()),
  severity: Type.Enum(['error', 'warn']),
  expected: nullable(Type.String()),
  actual: nullable(Type.String()),
  description: nullable(Type.String()),
});
export type Assertion = Static<typeof Assertion>;

const RunDataset = Type.Object({
  datasetId: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  partition: Type.String(),
  /** The partition follows from the run's nominal time. */
  inferred: Type.Boolean(),
  /** Who says which partition it is; null when nobody does, or when it was stored before that was kept. */
  partitionSource: nullable(Type.Enum([...PARTITION_SOURCES])),
  version: nullable(Type.String()),
  schemaId: nullable(Type.String()),
  statistics: Type.Array(Type.Object({ metric: Type.String(), value: Type.Number(), source: Type.String() })),
});
export type RunDataset = Static<typeof RunDataset>;

const SentFacets = Type.Object({ namespace: Type.String(), name: Type.String(), facets: Facets });

export const RunDetail = Type.Object({
  run: RunItem,
  inputs: Type.Array(RunDataset),
  outputs: Type.Array(RunDataset),
  /** Of the run, as it stated them last. */
  facets: Facets,
  /** Of what it read and wrote, under the names that the events use. */
  inputFacets: Type.Array(SentFacets),
  outputFacets: Type.Array(SentFacets),
  /** The raw events that held some facets are gone (retention.events_days). */
  facetsExpired: Type.Boolean(),
  /** At least so far ahead of ours was the sender's clock. */
  clockAheadSeconds: Type.Number(),
  parent: nullable(RunItem),
  /** The newest 100. */
  children: Type.Array(RunItem),
  /** The worst among the run and all its descendants: a gate relies on this, not on the run's own word. */
  worst: Type.Object({
    state: RunState,
    runId: Type.String(),
    runs: Type.Integer(),
    truncated: Type.Boolean(),
  }),
  errors: Type.Array(Type.Object({ message: Type.String(), task: nullable(Type.String()) })),
  assertions: Type.Array(Assertion),
});
export type RunDetail = Static<typeof RunDetail>;

export const JobItem = Type.Object({
  id: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  lastRunId: nullable(Type.String()),
  lastState: nullable(Type.String()),
  lastStartedAt: nullable(Moment),
});
export type JobItem = Static<typeof JobItem>;

export const JobListQuery = Type.Object({
  q: Type.Optional(Type.String({ ...Plain, minLength: 1, maxLength: 200 })),
  namespace: Type.Optional(Type.String(Plain)),
  limit: Limit,
  cursor: Cursor,
});
export const JobList = Type.Object({ jobs: Type.Array(JobItem), next: Next });
export type JobList = Static<typeof JobList>;

const NamedDataset = Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() });
export const JobDetail = Type.Object({
  job: JobItem,
  facets: Type.Array(FacetNow),
  inputs: Type.Array(NamedDataset),
  outputs: Type.Array(NamedDataset),
  runs: Type.Array(RunItem),
});
export type JobDetail = Static<typeof JobDetail>;

export const IdPath = Type.Object({ id: Type.String(Plain) });

export const DatasetFacets = Type.Object({
  dataset: NamedDataset,
  facets: Type.Array(FacetNow),
  /** The last word on it was DROP, and nothing has been written since. */
  dropped: Type.Boolean(),
  /** How it came to be what it is: CREATE, ALTER, RENAME, … and when; null when nobody said. */
  lifecycle: nullable(
    Type.Object({
      change: Type.String(),
      statedAt: Moment,
      previous: nullable(Type.Object({ namespace: Type.String(), name: Type.String() })),
    }),
  ),
});

export const PageQuery = Type.Object({ limit: Limit, cursor: Cursor });

export const VersionList = Type.Object({
  versions: Type.Array(
    Type.Object({
      /** A snapshot id, or the run that made it. */
      version: Type.String(),
      /** A producer names it; else it is called after its run. */
      stated: Type.Boolean(),
      runId: Type.String(),
      jobNamespace: Type.String(),
      job: Type.String(),
      partitions: Type.Array(Type.String()),
      schemaId: nullable(Type.String()),
      at: Moment,
    }),
  ),
  next: Next,
});
export type VersionList = Static<typeof VersionList>;

export const ColumnList = Type.Object({
  /** null: no event has stated a schema, or the last word took it back. */
  schemaId: nullable(Type.String()),
  columns: Type.Array(
    Type.Object({
      /** Nested columns as a dotted path. */
      name: Type.String(),
      type: nullable(Type.String()),
      description: nullable(Type.String()),
      tags: Type.Array(Type.Object({ key: Type.String(), value: Type.String() })),
    }),
  ),
  next: Next,
});
export type ColumnList = Static<typeof ColumnList>;

export const SchemaHistory = Type.Object({
  /** The newest first. */
  items: Type.Array(
    Type.Object({
      schemaId: Type.String(),
      /** Event time of the first statement, and the run that made it. */
      since: Moment,
      runId: Type.String(),
      columns: Type.Integer(),
      /** What is another than before, in a sentence; null of the first one that is known. */
      change: nullable(Type.String()),
      /** Some reader may fail by it, or read something else. */
      breaking: Type.Boolean(),
    }),
  ),
});
export type SchemaHistory = Static<typeof SchemaHistory>;

export const MeasurementList = Type.Object({
  partitions: Type.Array(
    Type.Object({
      partition: Type.String(),
      measurements: Type.Array(
        Type.Object({
          metric: Type.String(),
          value: Type.Number(),
          source: Type.String(),
          runId: Type.String(),
          takenAt: nullable(Moment),
        }),
      ),
    }),
  ),
  next: Next,
});

export const AssertionQuery = Type.Object({ partition: Type.Optional(Type.String(Plain)), limit: Limit });
export const AssertionList = Type.Object({ assertions: Type.Array(Assertion) });
export type AssertionList = Static<typeof AssertionList>;
