import { spanText } from './promise.ts';

/** Silence shorter than this says nothing. */
const SHORTEST = 3_600_000;
/** Silence so many times the usual is no chance. */
const TIMES = 5;
/** Before that many signs of life nobody knows what is usual. */
const FEWEST = 20;

/**
 * Whether those who would tell are silent: the jobs of a scheduler, by when they were heard. A dataset that
 * does not land while all others go on is late; when none is heard, nobody can tell. The reason, or null.
 * @param heard when jobs of the same scheduler were heard, milliseconds since 1970 in any order
 */
export function silence(heard: readonly number[], now: Date): string | null {
  const times = heard.filter((time) => time <= +now).sort((a, b) => a - b);
  const last = times.at(-1);
  if (last === undefined || times.length < FEWEST) return null;
  const gaps = times
    .slice(1)
    .map((time, index) => time - (times[index] ?? time))
    .sort((a, b) => a - b);
  // The usual longest: nights are silent every day.
  const usual = gaps[Math.floor(gaps.length * 0.95)] ?? 0;
  const silent = +now - last;
  if (silent <= Math.max(SHORTEST, TIMES * usual)) return null;
  return `nothing is heard of any job of its scheduler for ${spanText(silent / 1000)}`;
}
