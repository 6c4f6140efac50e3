import type { Logger } from 'pino';
import type { Database } from '#store/database.ts';
import {
  deleteOldEvaluations,
  deleteOldIncidents,
  deleteOldPeriods,
  type DeletedIncidentsRow,
} from '#store/old-records.ts';
import { deleteProgress } from '#store/stream-progress.ts';

/** Days that records are kept after they are over. */
export interface RecordDays {
  /** Incidents with their evidence and timelines, and what became of promises. */
  readonly incidents: number;
  /** Evaluations of the gate that were neither published nor waived. */
  readonly evaluations: number;
}

const DAY = 86_400_000;
const AT_ONCE = 5000;
/** Samples of how far streams came are judged within hours. */
const PROGRESS_DAYS = 2;

/** Deletes what has been over for longer, a slice at a time. */
export async function deleteOldRecords(
  database: Database,
  { incidents, evaluations }: RecordDays,
  now: Date,
  log: Pick<Logger, 'info'>,
): Promise<void> {
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * DAY);
  const deleted = { incidents: 0, evidence: 0, periods: 0, evaluations: 0 };
  for (;;) {
    const [slice] = await database.rows<DeletedIncidentsRow>(deleteOldIncidents(daysAgo(incidents), AT_ONCE));
    deleted.incidents += slice?.incidents ?? 0;
    deleted.evidence += slice?.evidence ?? 0;
    if ((slice?.incidents ?? 0) + (slice?.evidence ?? 0) + (slice?.events ?? 0) === 0) break;
  }
  deleted.periods = await all(() => database.execute(deleteOldPeriods(daysAgo(incidents), AT_ONCE)));
  await all(() => database.execute(deleteProgress(daysAgo(PROGRESS_DAYS), AT_ONCE)));
  deleted.evaluations = await all(() =>
    database.execute(deleteOldEvaluations(daysAgo(evaluations), AT_ONCE)),
  );
  if (Object.values(deleted).some((count) => count > 0))
    log.info({ deleted }, 'deleted records that were over for longer than the retention');
}

async function all(slice: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (;;) {
    const count = await slice();
    sum += count;
    if (count < AT_ONCE) return sum;
  }
}
