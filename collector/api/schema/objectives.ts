import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** ISO 8601 in UTC. */
const Moment = Type.String();

/** at_risk: it will be missed unless something is faster than usual. cannot_tell: nobody can know. */
const State = Type.Enum(['waiting', 'met', 'at_risk', 'missed', 'cannot_tell']);

/** The error budget of the last thirty days, and how fast it goes. */
const ObjectiveBudget = Type.Object({
  /** The share of times that is to be kept. */
  target: Type.Number(),
  due: Type.Integer(),
  broken: Type.Integer(),
  /** Part that is left: 1 untouched, 0 spent, below 0 overspent; null when nothing was due. */
  left: nullable(Type.Number()),
  /** How many times faster than allowed it went in the last seven days, and in all thirty. */
  burnWeek: nullable(Type.Number()),
  burnMonth: nullable(Type.Number()),
});

/** A promise in time that a contract makes, as it stands. */
export const ObjectiveItem = Type.Object({
  datasetId: Type.String(),
  namespace: Type.String(),
  dataset: Type.String(),
  owner: nullable(Type.String()),
  /** landed_by, freshness, latency, retention. */
  name: Type.String(),
  promise: Type.String(),
  state: State,
  /** Why it is missed, at risk, or cannot be told. */
  why: nullable(Type.String()),
  /** What is due next, or was and is not there: an hour, day or month of data. */
  period: nullable(Type.String()),
  partition: nullable(Type.String()),
  dueAt: nullable(Moment),
  landedAt: nullable(Moment),
  /** Seconds: so far while it is missed. */
  lateSeconds: nullable(Type.Number()),
  /** When it will be there at the earliest, of one that is foreseen to be missed. */
  expectedAt: nullable(Moment),
  /** The dataset that everything waits for. */
  blocking: nullable(Type.Object({ id: Type.String(), name: nullable(Type.String()) })),
  budget: ObjectiveBudget,
  since: Moment,
  /** When it was looked at, and when it will be again. */
  judgedAt: nullable(Moment),
  nextAt: Moment,
});
export type ObjectiveItem = Static<typeof ObjectiveItem>;

/** Samples of how far a stream has come. */
export const ProgressBody = Type.Object(
  {
    samples: Type.Array(
      Type.Object(
        {
          /** When it was looked; now unless told. */
          at: Type.Optional(Type.String({ format: 'date-time' })),
          /** Event time of the last record that was processed; null before the first. */
          processedTo: nullable(Type.String({ format: 'date-time' })),
          /** How many records the source had by then. */
          sourceOffset: Type.Optional(Type.Number({ minimum: 0, maximum: 1e15 })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  { additionalProperties: false },
);

export const ProgressQuery = Type.Object({
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
});

export const ProgressAnswer = Type.Object({ datasetId: Type.String(), kept: Type.Integer() });

export const ObjectivesPath = Type.Object({ dataset: Type.String({ minLength: 1, maxLength: 8192 }) });

export const ObjectiveListQuery = Type.Object({
  state: Type.Optional(State),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  cursor: Type.Optional(Type.String({ maxLength: 8300, description: '`next` of the page before' })),
});

export const ObjectiveList = Type.Object({ items: Type.Array(ObjectiveItem), next: nullable(Type.String()) });
export type ObjectiveList = Static<typeof ObjectiveList>;

/** What became of one time that it fell due. */
export const ObjectivePeriod = Type.Object({
  period: Type.String(),
  partition: Type.String(),
  dueAt: Moment,
  state: Type.Enum(['waiting', 'met', 'missed', 'late', 'cannot_tell']),
  landedAt: nullable(Moment),
  lateSeconds: nullable(Type.Number()),
  message: Type.String(),
  /** When a miss was foreseen, and in which words; null when none was. */
  predictedAt: nullable(Moment),
  warning: nullable(Type.String()),
});

export const DatasetObjectivesQuery = Type.Object({
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'periods of each objective' })),
});

export const DatasetObjectives = Type.Object({
  dataset: Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() }),
  objectives: Type.Array(Type.Object({ ...ObjectiveItem.properties, periods: Type.Array(ObjectivePeriod) })),
});
export type DatasetObjectives = Static<typeof DatasetObjectives>;
