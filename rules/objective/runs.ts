import type { JudgedOccurrence } from './judge.ts';
import { MOST_OCCURRENCES } from './occurrence.ts';
import { judgeDuration } from './span.ts';

/** A run that writes a dataset, for how long it takes. */
export interface RunTime {
  readonly startedAt: Date;
  /** Null while it is at work. */
  readonly endedAt: Date | null;
  /** Canonical; '' where none is known. */
  readonly partition: string;
}

/** Whether runs ended within their time, oldest first. A run is named by when it began. */
export function judgeRuns(
  runs: readonly RunTime[],
  { seconds, since }: { readonly seconds: number; readonly since: Date },
  now: Date,
): readonly JudgedOccurrence[] {
  const once = new Map(runs.map((run) => [run.startedAt.toISOString(), run]));
  return [...once]
    .filter(([, { startedAt }]) => startedAt <= now && +startedAt + seconds * 1000 > +since)
    .toSorted(([, a], [, b]) => +a.startedAt - +b.startedAt)
    .slice(-MOST_OCCURRENCES)
    .map(([period, { startedAt, endedAt, partition }]) => {
      const name = `the run of ${partition === '' ? period.slice(0, 16) : partition}`;
      const judgement = judgeDuration({ name, startedAt, endedAt }, seconds, now);
      const dueAt = new Date(+startedAt + seconds * 1000);
      return {
        occurrence: { period, partition, opensAt: startedAt, dataTo: startedAt, dueAt, landedAt: endedAt },
        judgement,
      };
    });
}
