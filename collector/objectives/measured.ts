import type { Uuid } from '#model/ids.ts';
import { factKey } from '#model/measurement.ts';
import { MOST_OCCURRENCES } from '#rules/objective/occurrence.ts';
import type { Queryable } from '#store/database.ts';
import { levelsOf, runTimesOf, type LevelRow, type RunTimeRow } from '#store/objective-runs.ts';
import type { TakenObjectiveRow } from '#store/objectives.ts';
import { progressOf, type ProgressRow } from '#store/stream-progress.ts';
import type { Evidence } from './judge-promise.ts';

type Measured = Pick<Evidence, 'runs' | 'levels' | 'progress'>;

/** Samples of streams that are read: those that the last two hours are judged by. */
const PROGRESS_MS = 3 * 3_600_000;

/** What promises about runs, time columns and streams are judged by. A statement for each kind that is among them. */
export async function readMeasured(
  connection: Queryable,
  taken: readonly TakenObjectiveRow[],
  now: Date,
): Promise<(row: TakenObjectiveRow) => Measured> {
  const idsOf = (wanted: (row: TakenObjectiveRow) => boolean): Uuid[] => [
    ...new Set(taken.filter(wanted).map((row) => row.dataset_id)),
  ];
  const timed = idsOf(({ promise }) => promise.kind === 'duration');
  const streams = idsOf(({ promise }) => promise.kind === 'lag');
  const asked = taken.flatMap((row) => {
    const key = levelKey(row);
    return key === null ? [] : [{ datasetId: row.dataset_id, key }];
  });
  const [runs, levels, progress] = await Promise.all([
    timed.length === 0 ? [] : connection.rows<RunTimeRow>(runTimesOf(timed, MOST_OCCURRENCES, now)),
    asked.length === 0 ? [] : connection.rows<LevelRow>(levelsOf(asked, MOST_OCCURRENCES)),
    streams.length === 0
      ? []
      : connection.rows<ProgressRow>(progressOf(streams, new Date(+now - PROGRESS_MS))),
  ]);
  const runsBy = Map.groupBy(runs, (row) => row.dataset_id);
  const levelsBy = Map.groupBy(levels, (row) => `${row.dataset_id} ${row.key}`);
  const progressBy = Map.groupBy(progress, (row) => row.dataset_id);
  return (row) => ({
    runs: (runsBy.get(row.dataset_id) ?? []).map((run) => ({
      startedAt: run.started_at,
      endedAt: run.ended_at,
      partition: run.partition,
    })),
    levels: (levelsBy.get(`${row.dataset_id} ${levelKey(row) ?? ''}`) ?? []).map(({ at, value }) => ({
      at,
      value: new Date(value * 1000),
    })),
    progress: (progressBy.get(row.dataset_id) ?? []).map((sample) => ({
      at: sample.at,
      processedTo: sample.processed_to,
      sourceOffset: sample.source_offset,
    })),
  });
}

/** The fact that tells how new, or how old, the values of a time column are; null where no column is promised. */
function levelKey({ promise }: TakenObjectiveRow): string | null {
  if (promise.kind === 'landed_by' || promise.measured === undefined) return null;
  if (promise.kind === 'retention') return factKey('min', [promise.measured]);
  return promise.kind === 'freshness' || promise.kind === 'latency'
    ? factKey('max', [promise.measured])
    : null;
}
