/** What is known of |z| in a class of metrics when nobody said anything was wrong. */
export interface Tail {
  /** Values that it was fitted to. */
  readonly count: number;
  /** Sorted upwards. */
  readonly sample: Float64Array;
  /** Where the Pareto tail begins, and which part of all values lies beyond. */
  readonly threshold: number;
  readonly beyond: number;
  /** Hill's estimate of the tail's index⁻¹: 1/3 for the tails that row counts have. */
  readonly xi: number;
}

/** Ranks are trusted up to here; beyond there are too few values. */
const BODY = 0.93;
/** Daily metrics have Pareto tails of index 3: what a small sample is drawn to, as if these many were seen. */
const USUAL_XI = 1 / 3;
const USUAL_COUNT = 10;
/** |z| of a class about which nothing is known yet: its 93rd percentile. */
const USUAL_THRESHOLD = 1.9;
const FEWEST = 50;
/** Of a class that never strays. */
const SMALLEST_THRESHOLD = 0.1;

/**
 * Fits the pooled sample of |z| of a metric class: the last 30 to 90 days of all its metrics, unlabelled ones
 * and those marked "expected". Values that are no finite numbers are left out. With fewer than 50 values the
 * tail is the usual one.
 */
export function fitTail(scores: Iterable<number>): Tail {
  const sample = Float64Array.from(
    [...scores].filter((score) => Number.isFinite(score)).map(Math.abs),
  ).sort();
  const count = sample.length;
  if (count < FEWEST) {
    return { count, sample, threshold: USUAL_THRESHOLD, beyond: 1 - BODY, xi: USUAL_XI };
  }
  const body = Math.floor(BODY * count);
  const threshold = Math.max(sample[body - 1] ?? 0, SMALLEST_THRESHOLD);
  let excess = 0;
  for (let index = body; index < count; index += 1)
    excess += Math.log(Math.max(sample[index] ?? 0, threshold) / threshold);
  const xi = (excess + USUAL_COUNT * USUAL_XI) / (count - body + USUAL_COUNT);
  return { count, sample, threshold, beyond: (count - body) / count, xi };
}

/**
 * The probability that a value of this class is as far out as |z| with nothing wrong: (rank + 1)/(n + 1) in the
 * body, beyond it the Pareto tail, q·(z/u)^(−1/ξ). Never 0, so that values can be ranked; 1 for no z.
 */
export function pValue(tail: Tail, z: number | null): number {
  if (z === null || Number.isNaN(z)) return 1;
  const size = Math.abs(z);
  if (size >= tail.threshold) {
    return Math.max(Number.MIN_VALUE, tail.beyond * (size / tail.threshold) ** (-1 / tail.xi));
  }
  // A class that is not known well: a straight line from 1 to where the tail begins.
  if (tail.count < FEWEST) return 1 - (1 - tail.beyond) * (size / tail.threshold);
  return Math.max(tail.beyond, (atLeast(tail.sample, size) + 1) / (tail.count + 1));
}

/** How many of the sorted values are at least this large, by bisection. */
function atLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}
