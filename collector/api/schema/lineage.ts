import { Type, type Static, type TSchema } from 'typebox';
import { SearchStatus } from './search.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Plain = { pattern: '^[^\\u0000]*$', maxLength: 8192 };
/** ISO 8601 in UTC. */
const Moment = Type.String();
const Direction = Type.Union([Type.Literal('upstream'), Type.Literal('downstream'), Type.Literal('both')]);
const Depth = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 1000,
    description: 'Steps from the dataset; left out: as far as there is anything',
  }),
);
const At = Type.Optional(
  Type.String({
    maxLength: 40,
    description:
      'ISO 8601: as the last runs of all jobs were then; statements of no run (DatasetEvents) are left out',
  }),
);

export const LineageQuery = Type.Object({
  dataset: Type.String({ ...Plain, minLength: 1, description: 'Dataset id, or its name' }),
  namespace: Type.Optional(Type.String(Plain)),
  column: Type.Optional(
    Type.String({ ...Plain, minLength: 1, description: 'Follow one column instead of whole datasets' }),
  ),
  direction: Type.Optional(Direction),
  depth: Depth,
  at: At,
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 1000,
      description: 'Datasets (with `column`, edges) that are told at most, for each direction',
    }),
  ),
});

/** Neighbours that are not among the nodes told, counted up to a thousand. */
const Hidden = Type.Object({ upstream: Type.Integer(), downstream: Type.Integer() });

export const LineageNode = Type.Object({
  id: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  /** Steps from the dataset asked for: negative upstream, positive downstream, 0 itself; of both the shorter. */
  depth: Type.Integer(),
  hidden: Hidden,
  owner: nullable(Type.String()),
  layer: nullable(Type.String()),
  /** As search knows it; null of a dataset that is not in its index yet. */
  status: nullable(SearchStatus),
  /** Version of the contract in force. */
  contract: nullable(Type.String()),
});
export type LineageNode = Static<typeof LineageNode>;

const DatasetName = Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() });

export const LineageEdge = Type.Object({
  input: Type.String(),
  output: Type.String(),
  /** null with `job`: stated by a DatasetEvent, which names no job */
  jobId: nullable(Type.String()),
  jobNamespace: nullable(Type.String()),
  job: nullable(Type.String()),
  /** who says so: a lineage facet, column lineage, or that one job read and wrote */
  source: Type.Enum(['explicit', 'column', 'cartesian']),
});
export type LineageEdge = Static<typeof LineageEdge>;

export const LineageAnswer = Type.Object({
  dataset: DatasetName,
  column: nullable(Type.String()),
  /** The moment asked for; null: now. */
  at: nullable(Moment),
  datasets: Type.Array(LineageNode),
  /** input → job → output, between the datasets above */
  edges: Type.Array(LineageEdge),
  /** With `column`: the columns at the ends of the edges, the one asked for among them; '' is a dataset as a whole. */
  columns: Type.Array(
    Type.Object({ dataset: Type.String(), column: Type.String(), depth: Type.Integer(), hidden: Hidden }),
  ),
  columnEdges: Type.Array(
    Type.Object({
      input: Type.String(),
      inputColumn: Type.String(),
      output: Type.String(),
      outputColumn: Type.String(),
      transformations: Type.Array(
        Type.Object({ type: Type.String(), subtype: nullable(Type.String()), masking: Type.Boolean() }),
      ),
      source: Type.Enum(['explicit', 'column']),
    }),
  ),
  /** true when the limit cut the answer; what the depth leaves out is in the hidden counts */
  truncated: Type.Boolean(),
});
export type LineageAnswer = Static<typeof LineageAnswer>;

export const LineagePathQuery = Type.Object({
  from: Type.String({ ...Plain, minLength: 1, description: 'Dataset id or name, where data begins' }),
  fromNamespace: Type.Optional(Type.String(Plain)),
  to: Type.String({ ...Plain, minLength: 1, description: 'Dataset id or name, where it arrives' }),
  toNamespace: Type.Optional(Type.String(Plain)),
  at: At,
});

export const LineagePathAnswer = Type.Object({
  from: DatasetName,
  to: DatasetName,
  at: nullable(Moment),
  found: Type.Boolean(),
  /** true: data goes the other way, from `to` to `from`, and the path is told so. */
  reversed: Type.Boolean(),
  /** A shortest path, first to last; empty when there is none. Their depths count from its beginning. */
  datasets: Type.Array(LineageNode),
  edges: Type.Array(LineageEdge),
  /** true: too many datasets lie between; there may be a path all the same */
  truncated: Type.Boolean(),
});
export type LineagePathAnswer = Static<typeof LineagePathAnswer>;

export const LineageImpactQuery = Type.Object({
  dataset: Type.String({ ...Plain, minLength: 1, description: 'Dataset id, or its name' }),
  namespace: Type.Optional(Type.String(Plain)),
  column: Type.Optional(Type.String({ ...Plain, minLength: 1, description: 'What follows from one column' })),
  direction: Type.Optional(
    Type.Union([Type.Literal('upstream'), Type.Literal('downstream')], { default: 'downstream' }),
  ),
  depth: Depth,
  at: At,
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 10_000,
      description: 'Rows at most: 1000 unless told, 10000 of a file',
    }),
  ),
  format: Type.Optional(Type.Enum(['json', 'csv'], { description: 'csv, or Accept: text/csv, for a file' })),
});

export const ImpactRow = Type.Object({
  id: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  /** With `column` the column that is reached; '' the dataset as a whole. */
  column: nullable(Type.String()),
  /** Steps away. */
  depth: Type.Integer(),
  /** The dataset one step nearer. */
  via: nullable(Type.String()),
  /** Jobs that lead from there to here. */
  jobs: Type.Array(Type.String()),
  owner: nullable(Type.String()),
  layer: nullable(Type.String()),
  status: nullable(SearchStatus),
  contract: nullable(Type.String()),
  /** Jobs that read it. */
  consumers: nullable(Type.Integer()),
  lastEventAt: nullable(Moment),
});
export type ImpactRow = Static<typeof ImpactRow>;

export const LineageImpactAnswer = Type.Object({
  dataset: DatasetName,
  column: nullable(Type.String()),
  at: nullable(Moment),
  direction: Type.Union([Type.Literal('upstream'), Type.Literal('downstream')]),
  /** Nearest first, then by name. */
  rows: Type.Array(ImpactRow),
  truncated: Type.Boolean(),
});
export type LineageImpactAnswer = Static<typeof LineageImpactAnswer>;
