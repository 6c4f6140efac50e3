import { Type } from 'typebox';
import { entityFacet, mapOf, optionalText, text, uuid } from './base.ts';

const transformation = Type.Object({
  type: text,
  subtype: optionalText,
  description: optionalText,
  masking: Type.Optional(Type.Boolean()),
});
const transformations = Type.Optional(Type.Array(transformation));

const inputField = Type.Object({ namespace: text, name: text, field: text, transformations });

/** ColumnLineageDatasetFacet 1-2-0 */
export const ColumnLineage = entityFacet({
  fields: mapOf(
    Type.Object({
      inputFields: Type.Array(inputField),
      transformationDescription: optionalText,
      transformationType: optionalText,
    }),
  ),
  dataset: Type.Optional(Type.Array(inputField)),
});

// A job's name without its namespace, or the other way round, names nothing.
const wholeName = { dependentRequired: { namespace: ['name'], name: ['namespace'] } };

const input = Type.Union([
  Type.Object({
    namespace: text,
    name: text,
    type: Type.Literal('DATASET'),
    field: optionalText,
    transformations,
  }),
  Type.Object(
    {
      namespace: optionalText,
      name: optionalText,
      type: Type.Literal('JOB'),
      runId: Type.Optional(uuid),
      transformations,
    },
    wholeName,
  ),
]);
const inputs = Type.Optional(Type.Array(input));
const fields = Type.Optional(mapOf(Type.Object({ inputs: Type.Array(input) })));

/** LineageDatasetFacet 1-0-0 (LineageFacet.json) */
export const DatasetLineage = entityFacet({ inputs, fields });

/** LineageJobFacet 1-0-0 (LineageFacet.json) */
export const JobLineage = entityFacet({
  entries: Type.Array(
    Type.Union([
      Type.Object({ namespace: text, name: text, type: Type.Literal('DATASET'), inputs, fields }),
      Type.Object(
        {
          namespace: optionalText,
          name: optionalText,
          type: Type.Literal('JOB'),
          runId: Type.Optional(uuid),
          inputs,
        },
        wholeName,
      ),
    ]),
  ),
});
