import type { Standing } from '#model/judgement.ts';
import { cadenceOf, partitionTime } from '#model/partition.ts';

const DAY = 86_400_000;

/** Partitions younger than this many milliseconds may open and resolve findings. */
export const DETECTION_PERIOD = 7 * DAY;

/** A run that wrote more partitions of a dataset than this is a backfill. */
export const ORDINARY_PARTITIONS = 5;

/** When and by whom what counts of a partition was stated. */
export interface Statement {
  readonly takenAt: Date;
  /** The newest partition of the dataset that anybody had stated by then; this one when there is no newer. */
  readonly newest: string;
  /** How many partitions of the dataset the same run states. */
  readonly ofRun: number;
}

/**
 * How a partition stands. Age is not counted from the clock alone, or past data (a demo on flights of 2001, a
 * catch-up after an outage) would never find anything: it is counted from the newest partition that was known
 * when this one's value was stated, and from that moment itself where the newest lies in the future. So a
 * stream is young while it runs, whatever year it is about, and a run that rewrites an old partition after
 * newer ones were there rewrites history. All of it follows from what is stored, so when the monitor comes to
 * look does not matter.
 *
 * Of a backfill the newest partition is judged like any other when it is the newest of all: it is what is
 * read next. Otherwise a pipeline that rewrites its last month every day would never be watched.
 */
export function standingOf(partition: string, { takenAt, newest, ofRun }: Statement): Standing {
  const at = partitionTime(partition);
  const newestAt = partitionTime(newest);
  const reference = Math.min(takenAt.getTime(), newestAt?.getTime() ?? takenAt.getTime());
  if (ofRun > ORDINARY_PARTITIONS && newest !== partition) return 'backfill';
  if (at === null || newestAt === null) return 'young'; // no time, no age
  return reference - at.getTime() < DETECTION_PERIOD ? 'young' : 'history';
}

const PERIOD = { daily: DAY, hourly: DAY / 24 } as const;
/** Earlier partitions by which it is known how old they are when they are complete. */
const TELLING_AGES = 14;

/**
 * Until when a partition still grows, or null. Its time must not be over, and it must be younger than earlier
 * partitions were when they were last written: a partition that is always complete at two in the morning of
 * its own day (a snapshot) is not waited for until midnight. A partition that grows is compared with nothing.
 * @param earlier when earlier partitions were last written, newest last
 */
export function growsUntil(
  partition: string,
  earlier: readonly { readonly partition: string; readonly takenAt: Date }[],
  now: Date,
): Date | null {
  const cadence = cadenceOf(partition);
  const at = partitionTime(partition);
  if (at === null || cadence === 'other') return null;
  const end = at.getTime() + PERIOD[cadence];
  if (now.getTime() >= end) return null;
  const ages = earlier
    .slice(-TELLING_AGES)
    .flatMap((one) => {
      const from = partitionTime(one.partition);
      return from === null ? [] : [one.takenAt.getTime() - from.getTime()];
    })
    .sort((a, b) => a - b);
  const usual = ages[Math.floor(ages.length / 2)];
  const complete = Math.min(end, usual === undefined ? end : at.getTime() + usual);
  return now.getTime() < complete ? new Date(complete) : null;
}
