import { contentId, type Uuid } from '#model/ids.ts';
import type { Identifier } from '#model/naming.ts';
import type { ColumnInput, LineageContent } from './event-delta.ts';
import {
  FacetFault,
  isObject,
  requireArray,
  requireObject,
  requireText,
  textOf,
  type JsonObject,
} from './facet-reader.ts';

/**
 * The `columnLineage` facet (ColumnLineageDatasetFacet 1-2-0), with the deprecated transformationType.
 * @param identify the same normalisation of names as for datasets: producers leave partitions on them here too.
 */
export function readColumnLineage(
  facet: JsonObject,
  outputDatasetId: Uuid,
  identify: (namespace: string, name: string) => Identifier,
): LineageContent | null {
  const columns = new Map<string, ColumnInput[]>();
  const fields = facet['fields'] === undefined ? {} : requireObject(facet, 'fields');
  for (const [column, value] of Object.entries(fields)) {
    const pointer = `/fields/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!isObject(value)) throw new FacetFault(pointer, 'a field of columnLineage must be an object');
    const legacy = textOf(value['transformationType']);
    const inputs = readInputs(requireArray(value, 'inputFields'), identify, legacy);
    if (inputs.length > 0) columns.set(column, inputs);
  }
  if (Array.isArray(facet['dataset'])) {
    const inputs = readInputs(facet['dataset'], identify, null);
    if (inputs.length > 0) columns.set('', inputs);
  }
  if (columns.size === 0) return null;
  return {
    id: contentId(`lineage ${outputDatasetId} ${JSON.stringify([...columns])}`),
    outputDatasetId,
    columns,
  };
}

function readInputs(
  list: readonly unknown[],
  identify: (namespace: string, name: string) => Identifier,
  legacyType: string | null,
): ColumnInput[] {
  return list.map((input) => {
    if (!isObject(input)) throw new FacetFault('', 'an input field must be an object');
    const transformations = Array.isArray(input['transformations'])
      ? input['transformations'].filter(isObject)
      : [];
    return {
      dataset: identify(requireText(input, 'namespace'), requireText(input, 'name')),
      column: requireText(input, 'field'),
      transformations:
        transformations.length === 0 && legacyType
          ? [{ type: legacyType, subtype: null, masking: legacyType === 'MASKED' }]
          : transformations.map((transformation) => ({
              type: textOf(transformation['type']) ?? 'DIRECT',
              subtype: textOf(transformation['subtype']),
              masking: transformation['masking'] === true,
            })),
    };
  });
}
