import { partitionsOf, type PartitionState } from './catalog.ts';
import { runLabelled, type LabelOutcome } from './labelled.ts';
import { shortHash, type TableName } from './names.ts';
import type { Session } from './session.ts';
import {
  addTemporaryPartition,
  dropTemporaryPartition,
  insertTemporary,
  type PartitionRange,
  type Source,
} from './statements.ts';

/** The name of the temporary partition of a candidate: no other candidate ever bears it. */
export function temporaryName(formal: string, candidate: string): string {
  return `${formal}__assay_${shortHash(candidate)}`;
}

/**
 * Drops temporary partitions at the same place that no publication under way needs: two for one range cannot
 * be, and nothing else ever removes one.
 * @param needed names that a publication under way may still put in place.
 * @returns false when one is needed: then the place is taken.
 */
export async function clearPlace(
  session: Session,
  target: TableName,
  formal: string,
  name: string,
  needed: ReadonlySet<string>,
): Promise<boolean> {
  const others = (await partitionsOf(session, target)).filter(
    (one) => one.temporary && one.name !== name && one.name.startsWith(`${formal}__assay_`),
  );
  if (others.some((one) => needed.has(one.name))) return false;
  for (const { name: other } of others) await session.query(dropTemporaryPartition(target, other));
  return true;
}

/**
 * Loads a candidate into a temporary partition of the target, exactly once. Only the gate's role may: then
 * nothing can change between the check and the publication.
 */
export async function stageTemporary(
  session: Session,
  target: TableName,
  partition: { readonly name: string; readonly range: PartitionRange },
  candidate: string,
  source: Source,
): Promise<LabelOutcome & { readonly partition?: PartitionState }> {
  const name = temporaryName(partition.name, candidate);
  await session.query(addTemporaryPartition(target, name, partition.range));
  const loaded = await runLabelled(
    session,
    target.database,
    (attempt) => `assay_stage_${shortHash(candidate)}_${attempt}`,
    (label) => insertTemporary(target, name, label, source),
  );
  if (loaded.status !== 'done') return loaded;
  const staged = (await partitionsOf(session, target)).find((one) => one.temporary && one.name === name);
  return staged ? { ...loaded, partition: staged } : { status: 'refused', reason: `${name} is gone.` };
}
