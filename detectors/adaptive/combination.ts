import { medianOfFirst } from '../statistics/order.ts';
import { FORECASTERS } from './forecasters.ts';
import { LONGEST } from './levels.ts';

/** In medians of the same forecaster. */
const LARGEST_ERROR = 6;

const losses = new Float64Array(LONGEST);

/**
 * How much each forecaster is trusted, from its one-step errors at the slots start..length-1: the cube of
 * the best loss over its own. The loss is half median, half mean of the errors (those beyond six medians
 * cut), so that one wild day decides nothing.
 */
export function weighForecasters(
  values: Float64Array,
  forecasts: Float64Array,
  start: number,
  length: number,
  weights: Float64Array,
): void {
  let best = Infinity;
  for (let k = 0; k < FORECASTERS; k += 1) {
    let count = 0;
    for (let slot = start; slot < length; slot += 1) {
      const error = Math.abs((values[slot] as number) - (forecasts[k * (LONGEST + 1) + slot] as number));
      if (!Number.isNaN(error)) losses[count++] = error;
    }
    const middle = medianOfFirst(losses, count);
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += Math.min(losses[i] as number, LARGEST_ERROR * (middle || 1e-9));
    weights[k] = count === 0 ? Number.NaN : 0.5 * middle + (0.5 * sum) / count;
    if ((weights[k] as number) < best) best = weights[k] as number;
  }
  let sum = 0;
  for (let k = 0; k < FORECASTERS; k += 1) {
    const loss = weights[k] as number;
    weights[k] = Number.isNaN(loss) ? 0 : ((best + 1e-6) / (loss + 1e-6)) ** 3;
    sum += weights[k] as number;
  }
  for (let k = 0; k < FORECASTERS; k += 1) weights[k] = (weights[k] as number) / (sum || 1);
}

/** The forecasters' weighted mean for one slot; those without a forecast there are left out. */
export function combined(forecasts: Float64Array, weights: Float64Array, slot: number): number {
  let sum = 0;
  let weight = 0;
  for (let k = 0; k < FORECASTERS; k += 1) {
    const forecast = forecasts[k * (LONGEST + 1) + slot] as number;
    if (Number.isNaN(forecast)) continue;
    sum += (weights[k] as number) * forecast;
    weight += weights[k] as number;
  }
  return sum / weight;
}
