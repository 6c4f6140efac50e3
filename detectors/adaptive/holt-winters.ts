import { LONGEST } from './levels.ts';

const filled = new Float64Array(LONGEST);
const season = new Float64Array(2 * LONGEST);

/**
 * Additive Holt-Winters without trend, period 7: writes the one-step forecast of slot i to `forecasts[i]`, for i
 * in start..values.length. It needs two weeks; an absent value is taken for that of a week before, and without
 * one leaves the state as it is.
 */
export function holtWinters(
  values: Float64Array,
  start: number,
  { alpha, gamma }: { readonly alpha: number; readonly gamma: number },
  forecasts: Float64Array,
): void {
  const { length } = values;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < length; i += 1) {
    const value = values[i] as number;
    filled[i] = Number.isNaN(value) && i >= 7 ? (filled[i - 7] as number) : value;
    if (i < 7 && !Number.isNaN(value)) {
      sum += value;
      count += 1;
    }
  }
  let level = sum / count;
  for (let i = 0; i < 7; i += 1) {
    const value = filled[i] as number;
    season[i] = Number.isNaN(value) ? 0 : value - level;
  }
  for (let i = 0; i <= length; i += 1) {
    const seasonal = season[i] as number;
    if (i >= start) forecasts[i] = i < 14 || count === 0 ? Number.NaN : level + seasonal;
    const value = filled[i] as number;
    if (i === length || Number.isNaN(value)) {
      season[i + 7] = seasonal;
      continue;
    }
    const before = level;
    level = alpha * (value - seasonal) + (1 - alpha) * before;
    season[i + 7] = gamma * (value - before) + (1 - gamma) * seasonal;
  }
}
