import { randomUUID } from 'node:crypto';
import type { MarkKind } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import type { StatedMark } from '#model/mark.ts';
import { seriesPattern } from '#model/partition.ts';
import type { Database } from '#store/database.ts';
import { markDueFrom } from '#store/due.ts';
import { addMark, markOf, withdrawMark, type MarkRow } from '#store/marks.ts';
import { reachOf } from './reach.ts';

export interface NewMark {
  readonly datasetId: Uuid;
  readonly kind: MarkKind;
  readonly partition: string;
  readonly metric: string | null;
  readonly reason: string;
  readonly author: string;
}

/** Keeps a mark, and has everything judged anew that it may change. */
export async function addNewMark(
  database: Database,
  { datasetId, ...said }: NewMark,
  now: Date,
): Promise<StatedMark> {
  const mark: StatedMark = { id: randomUUID(), markedAt: now, ...said };
  await database.transaction(async (connection) => {
    await connection.execute(addMark(datasetId, mark));
    await connection.execute(markDueFrom(datasetId, seriesOf(mark), reachOfMark(mark), now));
  });
  return mark;
}

/**
 * Takes a mark back; what it changed is judged anew.
 * @returns the mark as it is then kept, `fresh` unless it had been taken back before; null when the dataset
 * has no such mark.
 */
export async function takeBackMark(
  database: Database,
  datasetId: Uuid,
  id: Uuid,
  said: { readonly reason: string; readonly author: string },
  now: Date,
): Promise<{ readonly mark: MarkRow; readonly fresh: boolean } | null> {
  return database.transaction(async (connection) => {
    const [mark] = await connection.rows<MarkRow>(markOf(datasetId, id));
    if (!mark) return null;
    const fresh = (await connection.execute(withdrawMark(id, { ...said, withdrawnAt: now }))) > 0;
    if (fresh) await connection.execute(markDueFrom(datasetId, seriesOf(mark), reachOfMark(mark), now));
    const [after = mark] = await connection.rows<MarkRow>(markOf(datasetId, id));
    return { mark: after, fresh };
  });
}

function seriesOf({ partition }: Pick<StatedMark, 'partition'>): { partition: string; pattern: string } {
  return { partition, pattern: seriesPattern(partition) };
}

/** How many partitions, from the marked one on, a mark may change: `noisy` is forgotten slowly, so all. */
function reachOfMark({ kind, partition }: Pick<StatedMark, 'kind' | 'partition'>): number | null {
  return kind === 'noisy' ? null : reachOf(partition) + 1;
}
