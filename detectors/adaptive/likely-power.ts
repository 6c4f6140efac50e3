import { medianOfFirst } from '../statistics/order.ts';
import { LONGEST } from './levels.ts';

/** Powers that are tried: from nearly the logarithm to the values themselves. */
const POWERS = [0.1, 0.25, 0.5, 0.75, 1] as const;
/** What is believed of a volume's power before its values are seen. */
const USUAL = 0.3;
const UNCERTAIN = 0.3;
const FEWEST = 10;
/** A ratio below this (an empty day among full ones) counts as this: it is rather an outage than noise. */
const SMALLEST_RATIO = 0.05;
/** So that constants have a likelihood. */
const SMALLEST_VARIANCE = 1e-5;

const ratios = new Float64Array(LONGEST);
const sample = new Float64Array(LONGEST);
const likelihoods = new Float64Array(POWERS.length);

/**
 * The power that makes the noise of positive values most even (Box and Cox 1964): bursts upward ask for a small
 * one, as page views do; gaps downward for a large one, as traffic in bad weather does. The values are taken
 * by their weekday's median, and the answer is the mean over the powers by likelihood and prior, since a
 * month tells little.
 */
export function likelyPower(values: Float64Array, weekdays: Uint8Array, length: number): number {
  const count = weekdayRatios(values, weekdays, length);
  if (count < FEWEST) return USUAL;
  let logs = 0;
  for (let i = 0; i < count; i += 1) logs += Math.log(ratios[i] as number);
  let best = -Infinity;
  POWERS.forEach((power, k) => {
    const variance = varianceOfPowers(count, power) + SMALLEST_VARIANCE;
    const likelihood = (-count / 2) * Math.log(variance) + (power - 1) * logs;
    const likely = likelihood - ((power - USUAL) / UNCERTAIN) ** 2 / 2;
    likelihoods[k] = likely;
    best = Math.max(best, likely);
  });
  let sum = 0;
  let weights = 0;
  POWERS.forEach((power, k) => {
    const weight = Math.exp((likelihoods[k] as number) - best);
    sum += weight * power;
    weights += weight;
  });
  return sum / weights;
}

/** Fills `ratios` with the values over their weekday's median, and says how many there are. */
function weekdayRatios(values: Float64Array, weekdays: Uint8Array, length: number): number {
  let count = 0;
  for (let weekday = 0; weekday < 7; weekday += 1) {
    let members = 0;
    for (let i = 0; i < length; i += 1) {
      if (weekdays[i] === weekday && !Number.isNaN(values[i])) sample[members++] = values[i] as number;
    }
    const median = medianOfFirst(sample, members);
    if (!(median > 0)) continue;
    for (let i = 0; i < members; i += 1) {
      const ratio = (sample[i] as number) / median;
      if (ratio < Infinity) ratios[count++] = Math.max(SMALLEST_RATIO, ratio);
    }
  }
  return count;
}

function varianceOfPowers(count: number, power: number): number {
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < count; i += 1) {
    const value = ((ratios[i] as number) ** power - 1) / power;
    const distance = value - mean;
    mean += distance / (i + 1);
    squares += distance * (value - mean);
  }
  return squares / count;
}
