import { randomUUID } from 'node:crypto';
import type { MarkKind } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import type { StatedMark } from '#model/mark.ts';
import { seriesPattern } from '#model/partition.ts';
import type { Database } from '#store/database.ts';
import { markDueFrom, markDueFromEach } from '#store/due.ts';
import { markedBy, type MarkedPartition } from '#store/incidents.ts';
import { addMark, addMarks, markOf, withdrawMark, type MarkRow } from '#store/marks.ts';
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

/** A mark that a word about an incident made. */
export interface IncidentMark {
  readonly id: Uuid;
  readonly datasetId: Uuid;
  readonly partition: string;
}

/** Partitions that one word about an incident is kept for at most. */
const MARKED = 100;

/**
 * What people say of an incident said of the partitions behind it: `expected` takes their values out of what is
 * compared with, `new_normal` begins anew at the first of each dataset. What that changes is judged anew. Said
 * twice it is kept once. @returns what was marked
 */
export async function markIncident(
  database: Database,
  incidentId: Uuid,
  how: 'expected' | 'new_normal',
  said: { readonly reason: string; readonly author: string },
  now: Date,
): Promise<IncidentMark[]> {
  return database.transaction(async (connection) => {
    const about = await connection.rows<MarkedPartition>(markedBy(incidentId, MARKED));
    const marks = (how === 'new_normal' ? firstOfEach(about) : about).map(
      ({ dataset_id: datasetId, partition }) => ({
        datasetId,
        mark: { id: randomUUID(), kind: how, partition, metric: null, markedAt: now, ...said },
      }),
    );
    if (marks.length === 0) return [];
    const rows = await connection.rows<{ id: Uuid }>(addMarks(marks));
    const added = new Set(rows.map(({ id }) => id));
    const fresh = marks.filter(({ mark }) => added.has(mark.id));
    await connection.execute(
      markDueFromEach(
        fresh.map(({ datasetId, mark }) => ({ datasetId, ...seriesOf(mark), limit: reachOfMark(mark) })),
        now,
      ),
    );
    return fresh.map(({ datasetId, mark: { id, partition } }) => ({ id, datasetId, partition }));
  });
}

/** @param about sorted by dataset and partition */
function firstOfEach(about: readonly MarkedPartition[]): MarkedPartition[] {
  return about.filter((one, index) => about[index - 1]?.dataset_id !== one.dataset_id);
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
