import { detectAdaptive } from '#detectors/adaptive.ts';
import type { Detection, DetectionPoint, DetectionQuestion } from '#model/detection.ts';
import { gaussian } from './support.ts';

export const DAY_MS = 86_400_000;
/** A Monday. */
export const START = Date.UTC(2026, 0, 5);

export const day = (index: number): Date => new Date(START + index * DAY_MS);
export const partition = (index: number): string => `dt=${day(index).toISOString().slice(0, 10)}`;

/** Points of consecutive days from START on; null or NaN: absent. */
export function daily(values: readonly (number | null)[]): DetectionPoint[] {
  return values.map((value, index) => ({
    partition: partition(index),
    at: day(index),
    value: value === null || Number.isNaN(value) ? null : value,
  }));
}

/** Weekends at half the level, a little noise: row counts of a business. */
export function businessDays(length: number, { level = 10_000, noise = 0.02, seed = 1 } = {}): number[] {
  const next = gaussian(seed);
  return Array.from({ length }, (_, index) =>
    Math.round(level * (index % 7 > 4 ? 0.5 : 1) * (1 + noise * next())),
  );
}

/** The verdict on the day after the values. */
export function judgeNext(
  values: readonly (number | null)[],
  value: number | null,
  options: Partial<DetectionQuestion> = {},
): Detection {
  return detectAdaptive({
    kind: 'count',
    cadence: 'daily',
    history: daily(values),
    target: { partition: partition(values.length), at: day(values.length), value },
    marks: [],
    calendar: () => null,
    label: 'row_count',
    ...options,
  });
}
