import type { AliasClaim } from '#model/alias.ts';
import type { Uuid } from '#model/ids.ts';
import { isPathLike, isRoot, type Identifier } from '#model/naming.ts';
import type { DatasetReference } from './event-delta.ts';
import {
  FacetFault,
  isObject,
  requireArray,
  requireText,
  textOf,
  type JsonObject,
  type Warnings,
} from './facet-reader.ts';
import type { Identify } from './identify.ts';
import { datasetReference } from './references.ts';

/** Another name that a producer gives a dataset, as sent. */
export interface Symlink extends Identifier {
  readonly kind: 'table' | 'location';
}

/** The `symlinks` facet (SymlinksDatasetFacet 1-0-1). */
export function readSymlinks(facet: JsonObject): readonly Symlink[] {
  return requireArray(facet, 'identifiers').map((identifier, index) => {
    if (!isObject(identifier))
      throw new FacetFault(`/identifiers/${index}`, 'an identifier must be an object');
    const namespace = requireText(identifier, 'namespace');
    const type = textOf(identifier['type'])?.toUpperCase();
    // The types are not enumerated by the spec; what else there is tells by its namespace what it names.
    const isPlace = type === 'LOCATION' || (type !== 'TABLE' && isPathLike(namespace));
    return { namespace, name: requireText(identifier, 'name'), kind: isPlace ? 'location' : 'table' };
  });
}

/** What was made of symlinks for the dataset that bore them last: nearly always they come again with the same one. */
const lastClaims = new WeakMap<
  readonly Symlink[],
  { readonly bearer: Uuid; readonly identify: Identify; readonly claims: readonly AliasClaim[] }
>();

/**
 * What the symlinks claim of the dataset that bears them. A whole bucket is no dataset's other name: every
 * table in it would be one with every other.
 * @param symlinks as `readSymlinks` gave them: a facet that recurs gives the same list, and then the same claims.
 * @param pointer of the dataset's facets.
 */
export function symlinkClaims(
  symlinks: readonly Symlink[],
  bearer: DatasetReference,
  identify: Identify,
  pointer: string,
  warnings: Warnings,
): readonly AliasClaim[] {
  const last = lastClaims.get(symlinks);
  if (last?.bearer === bearer.id && last.identify === identify) return last.claims;
  const faults = warnings.list.length;
  const claims = new Map<string, AliasClaim>();
  for (const { namespace, name, kind } of symlinks) {
    const meant = identify(namespace, name);
    const to = datasetReference(meant.namespace, meant.name);
    if (to.id === bearer.id) continue;
    if (isRoot(to) || isRoot(bearer)) {
      const reason = 'a symlink names a whole bucket or file system; it joins no names';
      warnings.add('symlinks', `${pointer}/symlinks`, reason);
    } else claims.set(`${to.id}${kind}`, { kind, from: bearer, to });
  }
  const found = [...claims.values()];
  // A warning belongs to each event.
  if (warnings.list.length === faults)
    lastClaims.set(symlinks, { bearer: bearer.id, identify, claims: found });
  return found;
}
