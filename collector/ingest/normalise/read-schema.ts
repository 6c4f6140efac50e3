import { contentId } from '#model/ids.ts';
import type { SchemaContent, SchemaField } from './event-delta.ts';
import { FacetFault, isObject, requireArray, textOf, type JsonObject } from './facet-reader.ts';

const DEEPEST = 32;

/** The `schema` facet (SchemaDatasetFacet 1-2-0). An empty list of fields says nothing: null. */
export function readSchema(facet: JsonObject): SchemaContent | null {
  if (facet['fields'] === undefined) return null;
  const fields = readFields(requireArray(facet, 'fields'), '/fields', 0);
  return fields.length === 0 ? null : { id: contentId(`schema ${JSON.stringify(fields)}`), fields };
}

function readFields(list: readonly unknown[], pointer: string, depth: number): SchemaField[] {
  if (depth > DEEPEST) throw new FacetFault(pointer, `fields are nested deeper than ${DEEPEST} levels`);
  return list.map((field, index) => {
    const at = `${pointer}/${index}`;
    if (!isObject(field) || typeof field['name'] !== 'string')
      throw new FacetFault(`${at}/name`, 'name must be a text');
    const nested = field['fields'];
    return {
      name: field['name'],
      type: textOf(field['type']),
      description: textOf(field['description']),
      fields: Array.isArray(nested) ? readFields(nested, `${at}/fields`, depth + 1) : [],
    };
  });
}
