import type { Json, JsonObject } from '#model/json.ts';

import { mapAt, mapsAt, textAt, type LocatedMap } from '../located.ts';

/**
 * The custom property that holds what ODCS has no key for. Of a schema object: dataset, namespace, tier,
 * partition, gate, profile, positional, runbook. Of a property: pii, masking, retention, unit, currency. Of a quality item:
 * owner, runbook, approx, constraint. Of the document: generated.
 */
export const EXTRAS = 'assay';

/** What our custom property says at this place; null when it is not there. */
export function extrasOf(map: LocatedMap): LocatedMap | null {
  const property = mapsAt(map, 'customProperties').find((item) => textAt(item, 'property') === EXTRAS);
  return property === undefined ? null : mapAt(property, 'value');
}

/**
 * The keys of what is carried that somebody wrote: without our custom property, where it is the only one, and
 * without what it says that we made up to fulfil the schema.
 */
export function keysOfOthers(carried: JsonObject): readonly string[] {
  const properties = listOf(carried['customProperties']).filter(isObject);
  const ours = properties.find(({ property }) => property === EXTRAS)?.['value'];
  // Of the document and of a property.
  const added = isObject(ours) ? [...listOf(ours['generated']), ...listOf(ours['added'])] : [];
  return Object.keys(carried).filter((key) =>
    key === 'customProperties'
      ? properties.some(({ property }) => property !== EXTRAS)
      : !added.includes(key),
  );
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The custom property of these values; no key at all when there is nothing to say. */
export function extrasProperty(values: JsonObject): JsonObject {
  const value = stated(values);
  return Object.keys(value).length === 0 ? {} : { customProperties: [{ property: EXTRAS, value }] };
}

/** Without the keys that say nothing. */
export function stated(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Json] => {
      const [, value] = entry;
      return value !== null && value !== undefined && value !== false && !isEmptyList(value);
    }),
  );
}

function isEmptyList(value: Json): boolean {
  return Array.isArray(value) && value.length === 0;
}
