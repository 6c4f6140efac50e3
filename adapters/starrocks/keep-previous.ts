import type { PartitionState } from './catalog.ts';
import { runLabelled, type LabelOutcome } from './labelled.ts';
import type { TableName } from './names.ts';
import type { Session } from './session.ts';
import { addPartition, createTableLike, insertOverwrite, type PartitionRange } from './statements.ts';

/** The table beside the target that keeps what was published before. */
export function previousOf(target: TableName): TableName {
  return { database: target.database, table: `${target.table}__assay_previous` };
}

/** The label of the copy of a partition as it is. */
export function previousLabel(
  { id, version }: Pick<PartitionState, 'id' | 'version'>,
  attempt: number,
): string {
  return `assay_previous_${id}_${version}_${attempt}`;
}

/** A partition that was never loaded holds nothing to keep. */
const NEVER_LOADED = '1';

/**
 * Copies a partition (or a table without partitions) aside before it is replaced: StarRocks drops the old data for good. The label carries the
 * partition's id and version, so the copy is made once for each state of the data.
 */
export async function keepPrevious(
  session: Session,
  target: TableName,
  formal: PartitionState,
  range: PartitionRange | null,
): Promise<LabelOutcome> {
  if (formal.version === NEVER_LOADED) return { status: 'done' };
  const previous = previousOf(target);
  await session.query(createTableLike(previous, target));
  if (range !== null) await session.query(addPartition(previous, formal.name, range));
  return runLabelled(
    session,
    target.database,
    (attempt) => previousLabel(formal, attempt),
    (label) =>
      range === null
        ? insertOverwrite({ table: previous }, label, { table: target })
        : insertOverwrite({ table: previous, partition: formal.name }, label, {
            table: target,
            partition: formal.name,
          }),
  );
}
