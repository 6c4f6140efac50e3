import { medianBetween, spreadBetween } from '../statistics/order.ts';
import { combined, weighForecasters } from './combination.ts';
import { FORECASTERS, forecastSlot, type ForecastInput, LONGEST, runForecasters } from './forecasters.ts';
import { errorScale } from './scale.ts';
import { type Transform, transformOf } from './transform.ts';
import type { Window } from './window.ts';

/** From here on a value can be judged by a model; below it only by hard rules. */
export const MODEL_POINTS = 10;
const FIRST_BACKTEST = 8;
const BACKTESTS = 20;

/** Where the next value is expected, on the transformed scale. */
export interface Expectation {
  readonly transform: Transform;
  readonly centre: number;
  /** On a common day both are the centre; on a holiday anything between is expected. */
  readonly low: number;
  readonly high: number;
  readonly scale: number;
  readonly weights: Float64Array;
  /** Each forecaster's value for the target. */
  readonly forecasts: Float64Array;
}

const forecasts = new Float64Array(FORECASTERS * (LONGEST + 1));
const errors = new Float64Array(LONGEST);
const weekends = new Uint8Array(LONGEST);

/** The expectation for the target of a window; null while there are too few usable points. */
export function expectationOf(window: Window, rows: number | undefined): Expectation | null {
  const { profile, length, weekdays, holidays } = window;
  if (window.usable < MODEL_POINTS) return null;
  const trained = withoutHolidays(window);
  const median = medianBetween(trained, 0, length);
  const transform = transformOf(
    profile.family,
    median,
    trained.some((value) => value < 0),
  );
  const values = trained.map((value) => (Number.isNaN(value) ? value : transform.to(value)));
  const start = Math.max(FIRST_BACKTEST, length - BACKTESTS);
  const input: ForecastInput = { length, values, weekdays, start };
  runForecasters(input, forecasts);
  const weights = new Float64Array(FORECASTERS);
  weighForecasters(values, forecasts, start, length, weights);
  const centre = combined(forecasts, weights, length);
  const own = targetForecasts(length);

  let count = 0;
  for (let slot = start; slot < length; slot += 1) {
    const error = Math.abs((values[slot] as number) - combined(forecasts, weights, slot));
    if (Number.isNaN(error)) continue;
    weekends[count] = isWeekend(weekdays[slot] as number) ? 1 : 0;
    errors[count++] = error;
  }
  const size =
    transform.name === 'identity' ? Math.abs(median) + spreadBetween(trained, 0, length, median) : 1;
  let scale = errorScale(
    errors,
    weekends,
    count,
    isWeekend(weekdays[length] as number),
    profile.priorScale * size,
  );
  scale = Math.sqrt(scale ** 2 + extraVariance(window, values, median, rows));
  scale = Math.max(scale, transform.name === 'identity' ? 1e-3 * Math.abs(centre) + 1e-9 : 0.005);

  let low = centre;
  let high = centre;
  if (holidays[length] !== null) {
    for (const weekday of [0, 6]) {
      forecastSlot(input, length, weekday, forecasts);
      const other = combined(forecasts, weights, length);
      low = Math.min(low, other);
      high = Math.max(high, other);
    }
    for (let slot = 0; slot < length; slot += 1) {
      const value = window.values[slot] as number;
      if (holidays[slot] === null || Number.isNaN(value)) continue;
      low = Math.min(low, transform.to(value));
      high = Math.max(high, transform.to(value));
    }
    const pad = 0.35 * (high - low);
    low -= pad;
    high += pad;
    scale *= 2;
  }
  return { transform, centre, low, high, scale, weights, forecasts: own };
}

/** Holidays say nothing of common days, unless there is little else. */
function withoutHolidays({ values, holidays, length, usable }: Window): Float64Array {
  const kept = values.map((value, slot) => (holidays[slot] === null ? value : Number.NaN));
  let left = 0;
  for (const value of kept) if (!Number.isNaN(value)) left += 1;
  return left < Math.min(14, length * 0.4, usable) ? values : kept;
}

function targetForecasts(length: number): Float64Array {
  const own = new Float64Array(FORECASTERS);
  for (let k = 0; k < FORECASTERS; k += 1) own[k] = forecasts[k * (LONGEST + 1) + length] as number;
  return own;
}

/** Noise that no error of the past need have shown: of few rows, of whole numbers, of the plain month. */
function extraVariance(
  { profile, length }: Window,
  values: Float64Array,
  median: number,
  rows: number | undefined,
): number {
  let variance = 0;
  if (profile.family === 'rate' && rows !== undefined && rows > 0) variance += 1 / (4 * rows);
  if (profile.whole) variance += 0.25 / Math.max(1, Math.abs(median)) ** 2;
  if (profile.deviationShare > 0)
    variance += profile.deviationShare ** 2 * varianceOf(values, Math.max(0, length - 30));
  return variance;
}

function varianceOf(values: Float64Array, from: number): number {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let slot = from; slot < values.length; slot += 1) {
    const value = values[slot] as number;
    if (Number.isNaN(value)) continue;
    count += 1;
    const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }
  return count < 2 ? 0 : squares / (count - 1);
}

const isWeekend = (weekday: number): boolean => weekday === 0 || weekday === 6;
