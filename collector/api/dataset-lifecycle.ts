import type { Uuid } from '#model/ids.ts';
import { lastWriteOf } from '#store/dataset-views.ts';
import type { Database } from '#store/database.ts';
import { statedOfDataset, type StatedSetRow } from '#store/facets.ts';
import { heldFacets, type HeldFacet } from './run-answers.ts';

/** The last change of a dataset as a whole that anyone told of. */
export interface Lifecycle {
  /** ALTER, CREATE, DROP, OVERWRITE, RENAME, TRUNCATE */
  readonly change: string;
  readonly statedAt: string;
  /** What a renamed dataset was called before. */
  readonly previous: { readonly namespace: string; readonly name: string } | null;
}

/** Everything that is said of a dataset, under any of its names. */
export interface Description {
  readonly facets: readonly HeldFacet[];
  readonly lifecycle: Lifecycle | null;
  /** The last word was DROP, and no write has begun since: that would have made the dataset anew. */
  readonly dropped: boolean;
}

export async function describeDataset(database: Database, id: Uuid): Promise<Description> {
  const [facets, [write]] = await Promise.all([
    database.rows<StatedSetRow>(statedOfDataset(id)).then((stated) => heldFacets(database, stated)),
    database.rows<{ key: Uuid }>(lastWriteOf(id)),
  ]);
  const stated = facets.find(({ name }) => name === 'lifecycleStateChange');
  const lifecycle = stated ? lifecycleOf(stated) : null;
  const dropped = lifecycle?.change === 'DROP' && !(write && stated && write.key > stated.key);
  return { facets, lifecycle, dropped };
}

/** LifecycleStateChangeDatasetFacet 1-0-1 */
function lifecycleOf({ facet, statedAt }: HeldFacet): Lifecycle | null {
  const change = textIn(facet, 'lifecycleStateChange');
  if (change === null) return null;
  const before = facet['previousIdentifier'];
  const named = typeof before === 'object' && before !== null ? before : {};
  const [namespace, name] = [textIn(named, 'namespace'), textIn(named, 'name')];
  return { change, statedAt, previous: namespace !== null && name !== null ? { namespace, name } : null };
}

/** A member of a facet, when it is a text. */
export function textIn(object: object, member: string): string | null {
  const value: unknown = Reflect.get(object, member);
  return typeof value === 'string' ? value : null;
}
