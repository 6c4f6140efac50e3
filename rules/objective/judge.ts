import type { OccurrenceState } from '#model/objective.ts';
import type { Occurrence } from './occurrence.ts';
import { spanText } from './promise.ts';

export interface OccurrenceJudgement {
  readonly state: OccurrenceState;
  /** When it became so: of a miss the moment at which it was due, whenever somebody looks. */
  readonly at: Date;
  /** Seconds after it was due, so far or for good; null unless it is late. */
  readonly lateSeconds: number | null;
  readonly message: string;
}

/** One time that a promise fell due, with what became of it. */
export interface JudgedOccurrence {
  readonly occurrence: Occurrence;
  readonly judgement: OccurrenceJudgement;
}

/**
 * Whether a promise was kept, once. What landed after `now` is not seen.
 * @param silent why nobody can tell; null when events come as usual
 */
export function judgeOccurrence(
  { period, opensAt, dueAt, landedAt: landed }: Pick<Occurrence, 'period' | 'opensAt' | 'dueAt' | 'landedAt'>,
  now: Date,
  silent: string | null = null,
): OccurrenceJudgement {
  const landedAt = landed !== null && landed <= now ? landed : null;
  const due = `due ${minuteText(dueAt)}`;
  if (landedAt !== null && landedAt <= dueAt)
    return {
      state: 'met',
      at: landedAt,
      lateSeconds: null,
      message: `${period} landed ${minuteText(landedAt)}, ${due}`,
    };
  if (landedAt !== null) {
    const lateSeconds = (+landedAt - +dueAt) / 1000;
    const message = `${period} landed ${minuteText(landedAt)}, ${spanText(lateSeconds)} late, ${due}`;
    return { state: 'late', at: landedAt, lateSeconds, message };
  }
  if (now <= dueAt)
    return { state: 'waiting', at: opensAt, lateSeconds: null, message: `${period} is ${due}` };
  const lateSeconds = (+now - +dueAt) / 1000;
  if (silent !== null)
    return {
      state: 'cannot_tell',
      at: dueAt,
      lateSeconds,
      message: `cannot tell whether ${period} landed, ${due}: ${silent}`,
    };
  return { state: 'missed', at: dueAt, lateSeconds, message: `missed: ${period} has not landed, ${due}` };
}

/** `2026-01-05 06:30Z`; seconds only where there are any. */
export function minuteText(at: Date): string {
  const text = at.toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, at.getTime() % 60_000 === 0 ? 16 : 19)}Z`;
}

/** So long after a deadline it is looked at again, at first and at most; a landing asks for a look by itself. */
const SOONEST = 60_000;
const LATEST = 3_600_000;

/**
 * The next moment at which a promise may change its state by the clock alone, or must be looked at in case
 * news of a landing went astray: less and less often while it is late.
 * @param warnAt when the data would be late if nothing of what it waits for had happened by then
 */
export function nextLook(judged: readonly JudgedOccurrence[], now: Date, warnAt: Date | null): Date {
  const moments = judged.flatMap(({ occurrence: { dueAt }, judgement: { state } }) => {
    // At the deadline itself it is still in time; after it the next one is looked at, kept already or not.
    if (dueAt >= now) return [+dueAt + 1];
    if (state !== 'missed' && state !== 'cannot_tell') return [];
    return [+now + Math.min(LATEST, Math.max(SOONEST, (+now - +dueAt) / 10))];
  });
  if (warnAt !== null && warnAt > now) moments.push(+warnAt);
  return new Date(moments.length === 0 ? +now + LATEST * 6 : Math.max(+now + 1, Math.min(...moments)));
}
