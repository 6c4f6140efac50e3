import { GAUSSIAN_MAD, medianOfFirst, quantileOfSorted } from '../statistics/order.ts';
import { LONGEST } from './levels.ts';

/** Errors that the prior scale is worth. */
const PRIOR_ERRORS = 3;
const VOLATILITY_HALF_LIFE = 7;
/** After a surprise the next value may stay there or come back: this part of its square is added. */
const SURPRISE = 0.2;
/** A surprise beyond this many scales is no larger one. */
const LARGEST_SURPRISE = 3;

const sorted = new Float64Array(LONGEST);

/**
 * The scale of the next error from past one-step errors (absolute, oldest first): robust against a wild day
 * but not blind to it, drawn to a prior when there are few, then moved by how volatile the last week was
 * and by how noisy weekends (or working days) are of themselves, and widened after a surprise. `prior` is the
 * scale of a quiet series; until four errors are known twice that is assumed.
 */
export function errorScale(
  errors: Float64Array,
  weekends: Uint8Array,
  count: number,
  targetOnWeekend: boolean,
  prior: number,
): number {
  if (count < 4) return 2 * prior;
  sorted.set(errors.subarray(0, count));
  const median = medianOfFirst(sorted, count);
  const byMedian = GAUSSIAN_MAD * median;
  const byTail = quantileOfSorted(sorted, count, 0.9) / 1.645;
  let variance = (byMedian ** 2 + byTail ** 2) / 2;
  if (count >= 6) {
    const largest = sorted[count - 1] as number;
    const byLargest = Math.min(largest / (1 + 0.55 * Math.log(count)), 2.5 * (byMedian || byTail));
    variance = 0.6 * variance + 0.4 * byLargest ** 2;
  }
  variance = (count * variance + PRIOR_ERRORS * prior ** 2) / (count + PRIOR_ERRORS);
  let scale = Math.sqrt(variance);
  if (count >= 8) scale *= recentVolatility(errors, count, 3 * median || 1e-9);
  if (count >= 14) scale *= weekendFactor(errors, weekends, count, targetOnWeekend);
  const surprise = Math.min(errors[count - 1] as number, LARGEST_SURPRISE * scale);
  return Math.sqrt(scale ** 2 + SURPRISE * surprise ** 2);
}

const within = (factor: number): number => Math.min(1.6, Math.max(0.7, factor));

function recentVolatility(errors: Float64Array, count: number, cut: number): number {
  const fade = 0.5 ** (1 / VOLATILITY_HALF_LIFE);
  let weight = 1;
  let recent = 0;
  let weights = 0;
  let plain = 0;
  for (let i = count - 1; i >= 0; i -= 1) {
    const error = Math.min(errors[i] as number, cut);
    recent += weight * error;
    weights += weight;
    plain += error / count;
    weight *= fade;
  }
  return plain > 0 ? within(recent / weights / plain) : 1;
}

function weekendFactor(errors: Float64Array, weekends: Uint8Array, count: number, weekend: boolean): number {
  let same = 0;
  let number = 0;
  let all = 0;
  for (let i = 0; i < count; i += 1) {
    all += (errors[i] as number) / count;
    if ((weekends[i] === 1) !== weekend) continue;
    same += errors[i] as number;
    number += 1;
  }
  return all > 0 ? within((same + 5 * all) / (number + 5) / all) : 1;
}
