import { type Distribution, pooled, shareUpTo } from './population-shift.ts';

/**
 * The standardised Wasserstein distance: by how much the values must move on the mean to become those of the past,
 * in standard deviations of the past. The area between the two curves of shares, which are straight between the
 * values that are known. Null where the past has one value alone and now has another: there is nothing to measure
 * the way by.
 */
export function wassersteinDistance(now: Distribution, past: readonly Distribution[]): number | null {
  const values = [now, ...past].flatMap(({ points }) => points.map(({ value }) => value));
  const steps = [...new Set(values)].toSorted((a, b) => a - b);
  const apart = (value: number): number => shareUpTo(now, value) - pooled(past, value);
  let area = 0;
  for (const [at, from] of steps.entries()) {
    const to = steps[at + 1];
    if (to === undefined) break;
    const start = apart(from);
    // Shares may jump at a value, so the end of the line is told from its middle.
    const end = 2 * apart(from + (to - from) / 2) - start;
    area += (to - from) * meanSize(start, end);
  }
  if (area === 0) return 0;
  const deviation = deviationOf(past);
  return deviation === 0 ? null : area / deviation;
}

/** The mean distance from 0 of a line between two heights. */
function meanSize(start: number, end: number): number {
  const ends = Math.abs(start) + Math.abs(end);
  if (start * end >= 0) return ends / 2;
  return (start * start + end * end) / (2 * ends);
}

/** Of the values of all together, weighed by their rows, even between those that are known. */
function deviationOf(past: readonly Distribution[]): number {
  const origin = past[0]?.points[0]?.value ?? 0;
  let weight = 0;
  let first = 0;
  let second = 0;
  for (const { points, weight: rows } of past)
    for (const [at, { share, value }] of points.entries()) {
      const next = points[at + 1];
      if (next === undefined) continue;
      const part = rows * (next.share - share);
      const [a, b] = [value - origin, next.value - origin];
      weight += part;
      first += (part * (a + b)) / 2;
      second += (part * (a * a + a * b + b * b)) / 3;
    }
  const mean = first / weight;
  return Math.sqrt(Math.max(0, second / weight - mean * mean));
}
