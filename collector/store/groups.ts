import type { Uuid } from '#model/ids.ts';
import { uuidArray } from './binary-array.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

// Histories of a dataset's names are merged when they are read: a query about a dataset looks at the rows of
// every name in its group. These are the parts that such queries share.

/** An array of the ids of all names of a dataset, the given one among them. @param id one uuid. */
export function namesOf(id: Fragment): Fragment {
  return sql`array(
    select ${id}
     union all
    select peer.dataset_id
      from dataset_group own join dataset_group peer on peer.canonical_id = own.canonical_id
     where own.dataset_id = ${id} and peer.dataset_id <> own.dataset_id)`;
}

/** The id that stands for all names of a dataset. @param id one uuid. */
export function canonicalOf(id: Fragment): Fragment {
  return sql`coalesce((select own.canonical_id from dataset_group own where own.dataset_id = ${id}), ${id})`;
}

export interface GroupRow {
  readonly dataset_id: Uuid;
  readonly canonical_id: Uuid;
}

/** The groups that these datasets are in, as rows of all their members; nothing for a dataset of one name. */
export function groupsOf(ids: readonly Uuid[]): Statement {
  return sql`
    select peer.dataset_id, peer.canonical_id
      from dataset_group own join dataset_group peer on peer.canonical_id = own.canonical_id
     where own.dataset_id = any(${uuidArray(ids)}::uuid[])
     group by peer.dataset_id, peer.canonical_id
     order by peer.canonical_id, peer.dataset_id`.named('groups_of');
}
