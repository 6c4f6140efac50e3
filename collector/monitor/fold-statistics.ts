import type { Uuid } from '#model/ids.ts';
import type { ProfiledPartition } from '#model/statistics/partition-statistics.ts';
import type { Queryable } from '#store/database.ts';
import type { DuePartition } from '#store/due.ts';
import { seriesUpTo, type SeriesRow } from '#store/measurements.ts';
import { dropFolded } from '#store/partition-statistics.ts';
import { dropOtherSegments } from '#store/profiles.ts';
import { writeStatistics } from '#store/write-statistics.ts';
import { readProfiles, withProfile } from './folded-profile.ts';

/**
 * Folds what runs, the gate and events state of these partitions into their packed statistics: a projection
 * that may be made again at any time. Where nothing counts any more (the run failed), what was folded goes.
 * @param due under the names that stand for their datasets (groupsOf).
 * @param rows their current measurements, when the caller has read them (seriesUpTo); else they are read.
 */
export async function foldStatistics(
  database: Queryable,
  due: readonly DuePartition[],
  rows?: readonly SeriesRow[],
): Promise<void> {
  if (due.length === 0) return;
  const known = rows ?? (await database.rows<SeriesRow>(seriesUpTo(due, 1)));
  const own = new Map(
    known
      .filter((row) => row.bound === null || row.bound === row.partition)
      .map((row) => [keyOf(row.dataset_id, row.partition), row]),
  );
  const silent = due.filter(({ datasetId, partition }) => !own.has(keyOf(datasetId, partition)));
  if (silent.length > 0) await database.execute(dropFolded(silent));
  const folded = due.flatMap(({ datasetId, partition }) => {
    const row = own.get(keyOf(datasetId, partition));
    return row ? [foldedOf(row)] : [];
  });
  const profiles = await readProfiles(database, folded);
  if (profiles.size === 0) return writeStatistics(database, folded, { profiled: false });
  const beside = folded.map((one) => withProfile(one, profiles.get(keyOf(one.datasetId, one.partition))));
  await writeStatistics(
    database,
    beside.flatMap(({ own }) => own ?? []),
    { profiled: false },
  );
  await writeStatistics(
    database,
    beside.flatMap(({ joined }) => joined ?? []),
    { profiled: true },
  );
  const outdated = folded.filter(
    (one, index) => beside[index]?.own && profiles.has(keyOf(one.datasetId, one.partition)),
  );
  if (outdated.length > 0) await database.execute(dropOtherSegments(outdated));
}

const NEVER = new Date(0);

/**
 * The latest of the statements gives the version. What was counted while reading is taken only where nobody says
 * anything else: who reads a partition, or a part of it, makes no new version of it.
 */
export function foldedOf(row: SeriesRow): ProfiledPartition {
  const all = Object.entries(row.facts);
  const written = all.filter(([, { source }]) => source !== 'input_statistics');
  const facts = written.length > 0 ? written : all;
  let version: Uuid = '';
  let statedAt = NEVER;
  for (const [, { runId, takenAt }] of facts) {
    const at = takenAt === null ? NEVER : new Date(takenAt);
    if (at > statedAt || (at.getTime() === statedAt.getTime() && runId > version)) {
      version = runId;
      statedAt = at;
    }
  }
  return {
    datasetId: row.dataset_id,
    partition: row.partition,
    segment: '',
    version,
    statedAt,
    facts: new Map(facts.map(([key, fact]) => [key, fact.value])),
    sketches: new Map(),
  };
}

function keyOf(datasetId: Uuid, partition: string): string {
  return `${datasetId}${partition}`;
}
