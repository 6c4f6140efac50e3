import { judgeOccurrence, type OccurrenceJudgement } from './judge.ts';
import { spanText } from './promise.ts';

/** Whether a run ends within its time: a run is due so many seconds after it began. */
export function judgeDuration(
  run: { readonly name: string; readonly startedAt: Date; readonly endedAt: Date | null },
  seconds: number,
  now: Date,
): OccurrenceJudgement {
  const dueAt = new Date(+run.startedAt + seconds * 1000);
  const judgement = judgeOccurrence(
    { period: run.name, opensAt: run.startedAt, dueAt, landedAt: run.endedAt },
    now,
  );
  const took = ((run.endedAt !== null && run.endedAt <= now ? +run.endedAt : +now) - +run.startedAt) / 1000;
  return {
    ...judgement,
    message: `${run.name} took ${spanText(took)} so far or in all, ${spanText(seconds)} allowed`,
  };
}
