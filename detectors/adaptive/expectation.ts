import { medianBetween, spreadBetween } from '../statistics/order.ts';
import { combined, weighForecasters } from './combination.ts';
import { type DayKind, isWeekend } from './day-kind.ts';
import { FORECASTERS, forecastSlot, type ForecastInput, runForecasters } from './forecasters.ts';
import { likelyPower } from './likely-power.ts';
import { LONGEST } from './levels.ts';
import { errorScale } from './scale.ts';
import { type Transform, transformOf } from './transform.ts';
import type { Window } from './window.ts';

/** From here on a value can be judged by a model; below it only by hard rules. */
export const MODEL_POINTS = 10;
const FIRST_BACKTEST = 8;
const BACKTESTS = 22;
/** The plain deviation is that of a month. */
const MONTH = 30;
/** No scale is smaller: half a per cent. */
const SMALLEST_SCALE = 0.005;

/**
 * What a day near holidays may be: how far its expectation reaches towards those of days off (with this part
 * of the reach beyond), and how much wider its scale is.
 */
const NEAR_HOLIDAYS: Readonly<Record<DayKind, { reach: number; beyond: number; wider: number }>> = {
  common: { reach: 0, beyond: 0, wider: 1 },
  holiday: { reach: 1, beyond: 0.35, wider: 2 },
  bridge: { reach: 1, beyond: 0.35, wider: 1 },
  eve: { reach: 0.5, beyond: 0, wider: 1.3 },
  'long weekend': { reach: 0, beyond: 0, wider: 1.5 },
  beside: { reach: 0, beyond: 0, wider: 1.2 },
};

/** Where the next value is expected, on the transformed scale. */
export interface Expectation {
  readonly transform: Transform;
  readonly centre: number;
  /** On a common day both are the centre; near a holiday anything between is expected. */
  readonly low: number;
  readonly high: number;
  readonly scale: number;
  readonly weights: Float64Array;
  /** Each forecaster's value for the target. */
  readonly forecasts: Float64Array;
}

/** Scratch: one check at a time, nothing is left for the next. */
const forecasts = new Float64Array(FORECASTERS * (LONGEST + 1));
const errors = new Float64Array(LONGEST);
const weekends = new Uint8Array(LONGEST);

/**
 * The expectation for the target of a window; null while there are too few usable points. `rows` is the
 * number of rows behind the target's value, when known.
 */
export function expectationOf(window: Window, rows: number | undefined): Expectation | null {
  const { profile, length, weekdays, daily } = window;
  if (window.usable < MODEL_POINTS) return null;
  const trained = withoutHolidays(window);
  const median = medianBetween(trained, 0, length);
  const spread = spreadBetween(trained, 0, length, median);
  const negative = trained.some((value) => value < 0);
  const power = profile.family === 'volume' && !negative ? likelyPower(trained, weekdays, length) : 1;
  const transform = transformOf(profile.family, { median, spread, negative, power });
  const values = trained.map((value) => (Number.isNaN(value) ? value : transform.to(value)));
  const start = Math.max(FIRST_BACKTEST, length - BACKTESTS);
  const rhythmic = profile.family === 'volume';
  const input: ForecastInput = { length, values, daily, weekdays, rhythmic, start };
  runForecasters(input, forecasts);
  const weights = new Float64Array(FORECASTERS);
  weighForecasters(values, forecasts, start, length, weights);

  let count = 0;
  for (let slot = start; slot < length; slot += 1) {
    const error = Math.abs((values[slot] as number) - combined(forecasts, weights, slot));
    if (Number.isNaN(error)) continue;
    weekends[count] = isWeekend(weekdays[slot] as number) ? 1 : 0;
    errors[count++] = error;
  }
  const weekend = isWeekend(weekdays[length] as number);
  const common = errorScale(errors, weekends, count, weekend, profile.priorScale);
  const extra = extraVariance(window, values, median, rows);
  const near = NEAR_HOLIDAYS[window.days[length] ?? 'common'];
  const centre = combined(forecasts, weights, length);
  const own = targetForecasts(length);
  const scale = Math.max(Math.sqrt(common ** 2 + extra), SMALLEST_SCALE) * near.wider * profile.calibration;
  if (near.reach === 0)
    return { transform, centre, low: centre, high: centre, scale, weights, forecasts: own };
  const off = daysOff(window, input, weights, transform, centre);
  const beyond = near.beyond * (off.high - off.low);
  const low = centre - near.reach * (centre - off.low + beyond);
  const high = centre + near.reach * (off.high + beyond - centre);
  return { transform, centre, low, high, scale, weights, forecasts: own };
}

/** Days that holidays change say nothing of common ones, unless there is little else. */
function withoutHolidays({ values, days, length, usable }: Window): Float64Array {
  const kept = values.map((value, slot) => (isOff(days[slot]) ? Number.NaN : value));
  let left = 0;
  for (const value of kept) if (!Number.isNaN(value)) left += 1;
  return left < Math.min(14, length * 0.4, usable) ? values : kept;
}

const isOff = (day: DayKind | undefined): boolean => day === 'holiday' || day === 'bridge';

/** Between which values a day off lies: this weekday's, Saturday's, Sunday's, and the last days off themselves. */
function daysOff(
  window: Window,
  input: ForecastInput,
  weights: Float64Array,
  transform: Transform,
  centre: number,
): { low: number; high: number } {
  const { length, values, days } = window;
  let low = centre;
  let high = centre;
  const reach = (value: number): void => {
    if (Number.isNaN(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const weekday of [0, 6]) {
    forecastSlot(input, length, weekday, forecasts);
    reach(combined(forecasts, weights, length));
  }
  for (let slot = 0; slot < length; slot += 1) {
    if (days[slot] === 'holiday') reach(transform.to(values[slot] as number));
  }
  return { low, high };
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
  if (profile.deviationShare > 0) {
    variance += profile.deviationShare ** 2 * varianceFrom(values, Math.max(0, length - MONTH));
  }
  return variance;
}

function varianceFrom(values: Float64Array, from: number): number {
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
