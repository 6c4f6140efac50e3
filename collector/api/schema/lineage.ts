import { Type, type Static } from 'typebox';

export const LineageQuery = Type.Object({
  dataset: Type.String({ minLength: 1, description: 'Dataset id, or its name' }),
  namespace: Type.Optional(Type.String()),
  column: Type.Optional(
    Type.String({ minLength: 1, description: 'Follow one column instead of whole datasets' }),
  ),
  direction: Type.Optional(
    Type.Union([Type.Literal('upstream'), Type.Literal('downstream'), Type.Literal('both')]),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
});

const DatasetNode = Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() });

export const LineageAnswer = Type.Object({
  dataset: DatasetNode,
  column: Type.Union([Type.String(), Type.Null()]),
  datasets: Type.Array(DatasetNode),
  /** input → job → output, between the datasets above */
  edges: Type.Array(
    Type.Object({
      input: Type.String(),
      output: Type.String(),
      /** null with `job`: stated by a DatasetEvent, which names no job */
      jobNamespace: Type.Union([Type.String(), Type.Null()]),
      job: Type.Union([Type.String(), Type.Null()]),
      /** who says so: a lineage facet, column lineage, or that one job read and wrote */
      source: Type.Enum(['explicit', 'column', 'cartesian']),
    }),
  ),
  columnEdges: Type.Array(
    Type.Object({
      input: Type.String(),
      inputColumn: Type.String(),
      output: Type.String(),
      outputColumn: Type.String(),
      transformations: Type.Array(
        Type.Object({
          type: Type.String(),
          subtype: Type.Union([Type.String(), Type.Null()]),
          masking: Type.Boolean(),
        }),
      ),
      source: Type.Enum(['explicit', 'column']),
    }),
  ),
  /** true when the limit cut the answer */
  truncated: Type.Boolean(),
});
export type LineageAnswer = Static<typeof LineageAnswer>;
