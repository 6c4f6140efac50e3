import { freshness } from '#detectors/freshness.ts';
import type { Calendar } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import type { Judgement } from '#model/judgement.ts';
import { cadenceOf, partitionTime } from '#model/partition.ts';
import type { Database } from '#store/database.ts';
import { landingsOf, type LandingsRow } from '#store/detector-evidence.ts';
import { type LateRow, putFreshnessWatches, takeLate } from '#store/freshness-watch.ts';
import { putVerdicts } from '#store/verdicts.ts';
import { freshnessFinding } from './other-findings.ts';

/** Late datasets that are told at once. */
const BATCH = 256;
const LEASE = 60_000;

/** A day (or hour) that lands later than this after it began is the past played again. */
const LIVE = 14 * 86_400_000;

/**
 * Of partitions that were judged the datasets that live in the present: when their data landed says when the
 * next is due. One that is filled with the past (a demo on flights of 2001, a backfill) has no schedule.
 */
export function liveDatasets(
  judged: readonly {
    readonly datasetId: Uuid;
    readonly partition: string;
    readonly stated: { readonly takenAt: Date };
  }[],
): Uuid[] {
  const live = judged.filter(({ partition, stated }) => {
    const at = partitionTime(partition);
    return at === null || cadenceOf(partition) === 'other' || stated.takenAt.getTime() - at.getTime() < LIVE;
  });
  return [...new Set(live.map(({ datasetId }) => datasetId))];
}

/**
 * Looks at how fresh datasets are: says of each whether it is late (metric `freshness`, of no partition, in
 * place of what was said before) and notes from when on it will be. To be called with the datasets of a batch
 * after their verdicts are kept, which a landing makes fresh again. Datasets that landed too seldom to say
 * have no verdict. Two statements and one transaction, whatever the number.
 */
export async function watchFreshness(
  database: Database,
  datasetIds: readonly Uuid[],
  now: Date,
  calendar: Calendar,
): Promise<Judgement[]> {
  if (datasetIds.length === 0) return [];
  const rows = await database.rows<LandingsRow>(landingsOf([...new Set(datasetIds)]));
  const judged = rows.flatMap(({ dataset_id: datasetId, landings }) => {
    const found = freshness({ landings, now, label: 'this dataset', calendar });
    return found.lateAt === null ? [] : [{ datasetId, found, lateAt: found.lateAt }];
  });
  const judgements = judged.map(({ datasetId, found }) => freshnessFinding(datasetId, found));
  if (judged.length === 0) return [];
  await database.transaction(async (connection) => {
    await connection.execute(
      putFreshnessWatches(
        judged.map(({ datasetId, found, lateAt }) => ({
          datasetId,
          lateAt,
          told: found.status === 'anomalous',
        })),
      ),
    );
    await connection.execute(putVerdicts(judgements, now));
  });
  return judgements;
}

/**
 * Tells the datasets that became late since it last looked: to be called every minute or so, by any number of
 * collectors. Resolves with what was said. What a crash leaves untold is told a minute later.
 */
export async function tellLate(database: Database, now: Date, calendar: Calendar): Promise<Judgement[]> {
  const late = await database.rows<LateRow>(takeLate(BATCH, now, new Date(now.getTime() + LEASE)));
  return watchFreshness(
    database,
    late.map((row) => row.dataset_id),
    now,
    calendar,
  );
}
