import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** ISO 8601 in UTC. */
const Moment = Type.String();

export const CostLists = Type.Union([Type.Literal('datasets'), Type.Literal('jobs'), Type.Literal('unread')]);
export type CostListName = Static<typeof CostLists>;

export const CostQuery = Type.Object({
  /** Length of the span that ends now; 30 unless told. */
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
  /** Lines of each list; 50 unless told, in a file 10 000. */
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  /** `csv` gives one of the lists as a file, as an Accept header that names text/csv does. */
  format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv')])),
  /** Which list the file holds; datasets unless told. */
  list: Type.Optional(CostLists),
});

/** What was used. */
export const Use = Type.Object({
  runs: Type.Integer(),
  /** Of running, from start to end; a run with parts takes none of its own. */
  seconds: Type.Number(),
  /** As far as runs told them. */
  bytesRead: Type.Number(),
  bytesWritten: Type.Number(),
  /** In `unit`; null where nothing has a price. */
  cost: nullable(Type.Number()),
});
export type Use = Static<typeof Use>;

const Line = {
  ...Use.properties,
  id: Type.String(),
  namespace: nullable(Type.String()),
  name: Type.String(),
};
const Before = Type.Object({ seconds: Type.Number(), cost: nullable(Type.Number()) });

export const CostLine = Type.Object({
  ...Line,
  /** In the span of the same length before; null where it was not counted whole. */
  before: nullable(Before),
});
export type CostLine = Static<typeof CostLine>;

export const DatasetCostLine = Type.Object({
  ...CostLine.properties,
  /** Jobs that read it. */
  readers: Type.Integer(),
  /** Queries of the gate about it, and the seconds that they took in its warehouse; they are in no price. */
  gateQueries: Type.Integer(),
  gateSeconds: Type.Number(),
});
export type DatasetCostLine = Static<typeof DatasetCostLine>;

export const UnreadLine = Type.Object({
  ...Line,
  /** When a run last read it; null: none that is kept ever did. */
  lastReadAt: nullable(Moment),
});
export type UnreadLine = Static<typeof UnreadLine>;

export const CostAnswer = Type.Object({
  days: Type.Integer(),
  since: Moment,
  until: Moment,
  /** What costs are counted in, `EUR` or `units`; null where nothing has a price (`cost` in assay.yaml). */
  unit: nullable(Type.String()),
  total: Use,
  /** The span of the same length before; null where it was not counted whole. */
  before: nullable(Use),
  /** There are more runs than are looked at: then only the latest count. */
  truncated: Type.Boolean(),
  /** The dearest first. */
  datasets: Type.Array(DatasetCostLine),
  jobs: Type.Array(CostLine),
  /** Written in the span, and read by no run in it. */
  unread: Type.Array(UnreadLine),
});
export type CostAnswer = Static<typeof CostAnswer>;
