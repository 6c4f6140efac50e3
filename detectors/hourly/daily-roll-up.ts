import type { DetectionPoint, MetricKind } from '#model/detection.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface RollUp {
  readonly kind: MetricKind;
  /** Hours of a day (0 to 23, UTC) that bring a partition; all 24 by default. */
  readonly expectedHours?: readonly number[];
}

/** How the hours of a day make one value; null: they cannot (the same thing may be in two hours). */
const WAYS: Readonly<Record<MetricKind, 'sum' | 'weighted' | 'largest' | null>> = {
  count: 'sum',
  sum: 'sum',
  bytes: 'sum',
  duration: 'sum',
  mean: 'weighted',
  rate: 'weighted',
  delay: 'largest',
  distinct: null,
};

/**
 * Days made of hours, for what no single hour can tell: an hour of half a load is within the noise of an
 * hour, a day of them is not. A day counts only when every expected hour has a value; the others are left
 * out, oldest first. Means and rates weigh their hours by rows where all of them say their rows (and then
 * hours without rows count for nothing); delays take the worst hour. Distinct counts give no days.
 */
export function rollUpDays(
  hours: readonly DetectionPoint[],
  { kind, expectedHours }: RollUp,
): DetectionPoint[] {
  const way = WAYS[kind];
  if (way === null) return [];
  const expected = new Set(expectedHours ?? Array.from({ length: 24 }, (_, hour) => hour));
  const days = new Map<number, Map<number, DetectionPoint>>();
  for (const point of hours) {
    const time = point.at.getTime();
    if (Number.isNaN(time)) continue;
    const day = Math.floor(time / DAY_MS);
    const found = days.get(day) ?? new Map<number, DetectionPoint>();
    found.set(Math.floor((time - day * DAY_MS) / HOUR_MS), point);
    days.set(day, found);
  }
  return [...days]
    .sort(([a], [b]) => a - b)
    .flatMap(([day, found]) => {
      const points = [...expected].map((hour) => found.get(hour));
      const value = points.length === 0 ? null : valueOf(points, way);
      if (value === null) return [];
      const at = new Date(day * DAY_MS);
      const rows = points.reduce((sum, point) => sum + (point?.rows ?? Number.NaN), 0);
      const partition = `day=${at.toISOString().slice(0, 10)}`;
      return [{ partition, at, value, ...(Number.isFinite(rows) && { rows }) }];
    });
}

function valueOf(
  points: readonly (DetectionPoint | undefined)[],
  way: 'sum' | 'weighted' | 'largest',
): number | null {
  const values = points.map((point) => point?.value ?? Number.NaN);
  if (!values.every((value) => Number.isFinite(value))) return null;
  if (way === 'sum') return values.reduce((sum, value) => sum + value, 0);
  if (way === 'largest') return values.reduce((most, value) => Math.max(most, value), -Infinity);
  const told = points.every((point) => point?.rows !== undefined);
  const weights = points.map((point) => (told ? (point?.rows ?? 0) : 1));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(whole > 0)) return null;
  return values.reduce((sum, value, index) => sum + value * (weights[index] as number), 0) / whole;
}
