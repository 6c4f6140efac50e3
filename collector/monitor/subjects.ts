import type { TakenPartition } from '#store/due.ts';
import type { GroupRow } from '#store/groups.ts';

/** A partition that is to be judged, under the name that stands for its dataset. */
export interface DueSubject {
  readonly datasetId: string;
  readonly partition: string;
  /** Its own data changed, not only what it is compared with. */
  readonly changed: boolean;
}

/** What is judged: a dataset of several names once, under the name that stands for it. */
export function subjectsOf(taken: readonly TakenPartition[], groups: readonly GroupRow[]): DueSubject[] {
  const canonical = new Map(groups.map((row) => [row.dataset_id, row.canonical_id]));
  const subjects = new Map<string, DueSubject>();
  for (const { datasetId: name, partition, rescored } of taken) {
    const datasetId = canonical.get(name) ?? name;
    const identity = identityOf(datasetId, partition);
    const changed = !rescored || (subjects.get(identity)?.changed ?? false);
    subjects.set(identity, { datasetId, partition, changed });
  }
  return [...subjects.values()];
}

/** The same partitions under every name of their datasets. */
export function underAllNames(
  subjects: readonly DueSubject[],
  groups: readonly GroupRow[],
): { readonly datasetId: string; readonly partition: string }[] {
  const names = new Map<string, string[]>();
  for (const row of groups)
    names.set(row.canonical_id, [...(names.get(row.canonical_id) ?? []), row.dataset_id]);
  return subjects.flatMap(({ datasetId, partition }) =>
    (names.get(datasetId) ?? [datasetId]).map((name) => ({ datasetId: name, partition })),
  );
}

/** One text for a partition of a dataset: ids are all of one length. */
export const identityOf = (datasetId: string, partition: string): string => `${datasetId}${partition}`;
