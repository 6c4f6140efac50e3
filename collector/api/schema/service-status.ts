import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** ISO 8601 in UTC. */
const Moment = Type.String();

/** How the service itself does, and what it was told to do; never an address with a password. */
export const ServiceStatus = Type.Object({
  version: Type.String(),
  node: Type.String(),
  startedAt: Moment,
  readAt: Moment,
  /** Requests need keys; false: everyone on this machine may do everything. */
  keys: Type.Boolean(),
  store: Type.Object({
    /** Of our own, in the data folder; false: the one that DATABASE_URL names. */
    embedded: Type.Boolean(),
    postgres: Type.String(),
    bytes: Type.Number(),
    migration: Type.String(),
    /** One sentence where the schema is not this version's. */
    problem: nullable(Type.String()),
  }),
  /** Events that were received and not stored yet, in this process. */
  intake: Type.Object({
    queuedEvents: Type.Integer(),
    queuedBytes: Type.Number(),
    queueLimitBytes: nullable(Type.Number()),
    /** When the last event was stored, of those of the last seven days. */
    lastStoredAt: nullable(Moment),
    kafka: nullable(Type.Object({ topics: Type.Array(Type.String()), groupId: Type.String() })),
  }),
  /** What waits in the store, whoever takes it. */
  waiting: Type.Object({
    /** Partitions to be judged. */
    monitor: Type.Integer(),
    /** Candidates to be decided on. */
    gate: Type.Integer(),
    /** Things to be described for search. */
    search: Type.Integer(),
    /** Messages to be delivered. */
    deliveries: Type.Integer(),
    /** Events that could not be understood. */
    quarantine: Type.Integer(),
  }),
  search: Type.Object({
    /** About so many things can be found. */
    entries: Type.Integer(),
    /** false: the store has no pg_trgm that Assay may use. */
    typoTolerant: Type.Boolean(),
    /** What to do about it, or null. */
    mend: nullable(Type.String()),
  }),
  /** Where gold is published to; GET /api/v2/enforcement says who may write there past the gate. */
  warehouses: Type.Array(Type.Object({ name: Type.String(), kind: Type.String(), watched: Type.Boolean() })),
  alerting: nullable(Type.Object({ channels: Type.Array(Type.String()), url: nullable(Type.String()) })),
  contractsFolder: Type.Boolean(),
  /** Days that things are kept; null: not said. */
  retention: Type.Object({
    events: nullable(Type.Integer()),
    eventBytes: nullable(Type.Number()),
    quarantine: nullable(Type.Integer()),
    statistics: nullable(Type.Integer()),
  }),
});
export type ServiceStatus = Static<typeof ServiceStatus>;
