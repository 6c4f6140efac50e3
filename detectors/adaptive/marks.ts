import type { Mark } from '#model/detection.ts';

const DAY_MS = 86_400_000;
const NOISY_FACTOR = 1.25;
const HALF_LIFE_DAYS = 90;
/** "Noisy" raises a threshold no further than this: a metric is never switched off silently. */
const HIGHEST = 8;
const LOWEST = 3;

/** The threshold after what people said of the metric: each "noisy" raises it by a quarter and fades. */
export function markedThreshold(threshold: number, marks: readonly Mark[], at: Date): number {
  let said = 0;
  for (const { kind, markedAt } of marks) {
    if (kind !== 'noisy') continue;
    const age = Math.max(0, at.getTime() - markedAt.getTime()) / DAY_MS;
    said += 0.5 ** (age / HALF_LIFE_DAYS);
  }
  if (said === 0) return threshold;
  return Math.max(threshold, Math.min(HIGHEST, Math.max(LOWEST, threshold * NOISY_FACTOR ** said)));
}
