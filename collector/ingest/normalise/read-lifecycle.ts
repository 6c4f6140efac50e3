import type { Identifier } from '#model/naming.ts';
import { isObject, requireText, type JsonObject } from './facet-reader.ts';

/**
 * The name that a dataset had before: `lifecycleStateChange` RENAME (LifecycleStateChangeDatasetFacet 1-0-1).
 * Null for every other change, and when the old name is not told. What was dropped or truncated is shown by
 * the facet itself.
 */
export function readPreviousName(facet: JsonObject): Identifier | null {
  const previous = facet['previousIdentifier'];
  if (facet['lifecycleStateChange'] !== 'RENAME' || !isObject(previous)) return null;
  return { namespace: requireText(previous, 'namespace'), name: requireText(previous, 'name') };
}
