import { judgeOccurrence, minuteText, type JudgedOccurrence } from './judge.ts';
import { MOST_OCCURRENCES } from './occurrence.ts';
import { spanText } from './promise.ts';

/** What a time column of a dataset reached (its newest value) or still held (its oldest) when it was looked at. */
export interface LevelSample {
  /** When it was known: the run ended, the gate published. */
  readonly at: Date;
  readonly value: Date;
}

/**
 * A promise about the values of a time column: the newest is at most so old (`newest`), or the oldest is (`oldest`).
 * Each value must be followed by a later one before it is too old. What was known after `now` is not seen.
 */
export function judgeLevels(
  samples: readonly LevelSample[],
  of: 'newest' | 'oldest',
  { seconds, since }: { readonly seconds: number; readonly since: Date },
  now: Date,
): readonly JudgedOccurrence[] {
  const steps: LevelSample[] = [];
  for (const sample of samples.toSorted((a, b) => +a.at - +b.at)) {
    const last = steps.at(-1);
    if (sample.at <= now && (last === undefined || sample.value > last.value)) steps.push(sample);
  }
  return steps
    .map(({ at, value }, index) => ({
      period: value.toISOString(),
      partition: '',
      opensAt: at,
      dataTo: value,
      dueAt: new Date(+value + seconds * 1000),
      landedAt: steps[index + 1]?.at ?? null,
    }))
    .filter(({ dueAt }) => dueAt > since)
    .slice(-MOST_OCCURRENCES)
    .map((occurrence) => {
      const judgement = judgeOccurrence(occurrence, now);
      return { occurrence, judgement: { ...judgement, message: WORDS[of](occurrence, judgement) } };
    });
}

type Words = (occurrence: JudgedOccurrence['occurrence'], judgement: JudgedOccurrence['judgement']) => string;

const WORDS: Readonly<Record<'newest' | 'oldest', Words>> = {
  newest: ({ dataTo, dueAt, landedAt }, { state, lateSeconds }) => {
    const data = `data up to ${minuteText(dataTo)}`;
    if (state === 'met') return `${data} was followed in time, due ${minuteText(dueAt)}`;
    if (state === 'late')
      return `${data} was followed ${landedAt ? minuteText(landedAt) : ''}, ${spanText(lateSeconds ?? 0)} late`;
    if (state === 'waiting') return `it has ${data}, newer is due ${minuteText(dueAt)}`;
    return `missed: it has ${data} only, newer was due ${minuteText(dueAt)}`;
  },
  oldest: ({ dataTo, dueAt }, { state, lateSeconds }) => {
    const data = `data of ${minuteText(dataTo)}`;
    if (state === 'met') return `${data} was gone in time, due ${minuteText(dueAt)}`;
    if (state === 'late') return `${data} was gone ${spanText(lateSeconds ?? 0)} late`;
    if (state === 'waiting') return `the oldest is ${data}, to be gone by ${minuteText(dueAt)}`;
    return `missed: ${data} is still there, to be gone by ${minuteText(dueAt)}`;
  },
};
