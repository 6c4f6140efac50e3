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

export interface RetentionJudgement {
  readonly state: 'met' | 'missed' | 'cannot_tell';
  /** From when on the oldest data is too old; null when its time is not known. */
  readonly dueAt: Date | null;
  readonly message: string;
}

/** Whether the oldest data is no older than promised. @param oldest its time; null when nobody knows */
export function judgeRetention(oldest: Date | null, seconds: number, now: Date): RetentionJudgement {
  if (oldest === null)
    return { state: 'cannot_tell', dueAt: null, message: 'nobody says how old the oldest data is' };
  const dueAt = new Date(+oldest + seconds * 1000);
  const age = spanText((+now - +oldest) / 1000);
  return {
    state: now > dueAt ? 'missed' : 'met',
    dueAt,
    message: `the oldest data is ${age} old, ${spanText(seconds)} allowed`,
  };
}
