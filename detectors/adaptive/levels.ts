import { medianBetween, spreadBetween } from '../statistics/order.ts';

/** Slots that scratch arrays hold: more than a window has. */
export const LONGEST = 64;

/** Draws in what lies more than three robust sigmas from the median of the last 14 slots. */
export function winsorise(values: Float64Array, slot: number): void {
  const from = Math.max(0, slot - 14);
  const middle = medianBetween(values, from, slot);
  if (Number.isNaN(middle)) return;
  const reach = 3 * (spreadBetween(values, from, slot, middle) || 1e-9);
  for (let i = 0; i < slot; i += 1) {
    const value = values[i] as number;
    if (value > middle + reach) values[i] = middle + reach;
    else if (value < middle - reach) values[i] = middle - reach;
  }
}

/** The last value before `slot`; NaN when there is none. */
export function lastOf(values: Float64Array, slot: number): number {
  for (let i = slot - 1; i >= 0; i -= 1) if (!Number.isNaN(values[i])) return values[i] as number;
  return Number.NaN;
}

/** The mean of the values before `slot`, each weighing half as much as one that is `halfLife` slots newer. */
export function levelOf(values: Float64Array, slot: number, halfLife: number): number {
  const fade = 0.5 ** (1 / halfLife);
  let weight = 1;
  let weights = 0;
  let sum = 0;
  for (let i = slot - 1; i >= 0 && weight >= 1e-3; i -= 1) {
    const value = values[i] as number;
    if (!Number.isNaN(value)) {
      weights += weight;
      sum += weight * value;
    }
    weight *= fade;
  }
  return sum / weights;
}

/** The mean of at least four values of `values[from, to)`; NaN when there are fewer. */
export function meanBetween(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i += 1) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count >= 4 ? sum / count : Number.NaN;
}
