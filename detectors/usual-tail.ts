import { GAUSSIAN_MAD } from './statistics/order.ts';
import { quantileBySelection } from './statistics/select.ts';

/** What is usual among past values of one kind, seen from above. */
export interface UsualTail {
  readonly centre: number;
  /** One robust deviation, as a factor: 1.2 is a fifth more. Above 1. */
  readonly factor: number;
  /** The value from which one is too large. */
  readonly high: number;
  readonly count: number;
}

export interface TailOptions {
  /** |z| on the logarithmic scale from which a value is too large; 4 by default. */
  readonly threshold?: number;
  /** A value is never too large below this many times the centre; 1.5 by default. */
  readonly leastRatio?: number;
  /** A value is never too large before it passes the centre by this much, in the metric's units; 0 by default. */
  readonly leastExcess?: number;
  /** Deviation of logarithms expected before any was seen; 0.15 by default. */
  readonly prior?: number;
}

export const TAIL_THRESHOLD = 4;
/** Below this many values nothing is usual. */
export const TAIL_POINTS = 5;
/** How many past values count, newest last. */
const WINDOW = 30;
/** Deviation expected before any was seen, and what it is worth in values. */
const PRIOR = 0.15;
const PRIOR_POINTS = 2;
/** From this many values on two that were as large make a third usual. */
const ENOUGH_TO_REMEMBER = 10;

/**
 * Up to where positive values (times, costs, sizes) are usual: on the logarithmic scale, since such values
 * grow by factors; robust, so that one slow run of the past does not hide the next; and never below the
 * second largest that was seen, so that what is rare but regular (a full load each Sunday) stays usual.
 * @returns null with fewer than five positive values
 */
export function usualTail(values: readonly number[], options: TailOptions = {}): UsualTail | null {
  const known = values.filter((value) => Number.isFinite(value) && value > 0).slice(-WINDOW);
  const count = known.length;
  if (count < TAIL_POINTS) return null;
  const logs = Float64Array.from(known, Math.log);
  const centre = quantileBySelection(logs, count, 0.5);
  const distances = logs.map((value) => Math.abs(value - centre));
  const middle = GAUSSIAN_MAD * quantileBySelection(distances, count, 0.5);
  const most = quantileBySelection(distances, count, 0.9) / 1.645;
  const variance = (middle ** 2 + most ** 2) / 2;
  const shrunk = Math.sqrt(
    (count * variance + PRIOR_POINTS * (options.prior ?? PRIOR) ** 2) / (count + PRIOR_POINTS),
  );
  // The centre itself is an estimate.
  const deviation = shrunk * Math.sqrt(1 + 1 / count);
  const usual = Math.exp(centre);
  const second = known.toSorted((a, b) => b - a)[1] ?? 0;
  const high = Math.max(
    Math.exp(centre + (options.threshold ?? TAIL_THRESHOLD) * deviation),
    usual * (options.leastRatio ?? 1.5),
    usual + (options.leastExcess ?? 0),
    count >= ENOUGH_TO_REMEMBER ? second : 0,
  );
  return { centre: usual, factor: Math.exp(deviation), high, count };
}

/** Robust deviations above the usual (below it negative), on the logarithmic scale. */
export function tailDistance({ centre, factor }: UsualTail, value: number): number {
  return value > 0 ? Math.log(value / centre) / Math.log(factor) : -Infinity;
}
