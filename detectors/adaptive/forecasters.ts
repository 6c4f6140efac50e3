import { medianOfFirst } from '../statistics/order.ts';
import { holtWinters } from './holt-winters.ts';
import { lastOf, levelOf, LONGEST, meanBetween, winsorise } from './levels.ts';
import { weekdayOffsets } from './weekday-offsets.ts';

/**
 * Ten small forecasters, each run once over the series: all of their one-step forecasts from slot `start`
 * on, so that the back-test of their combination costs no second run. A slot's forecast uses earlier slots
 * only. Values are on the transformed scale; NaN where a partition is absent or kept out of training.
 */
export interface ForecastInput {
  /** Slots before the target. */
  readonly length: number;
  readonly values: Float64Array;
  /** Whether slots are days; else no weekday is expected to differ. */
  readonly daily: boolean;
  /** 0..6 for each slot, the target's at `length`; all 0 when not daily. */
  readonly weekdays: Uint8Array;
  /**
   * Whether yesterday's value is taken for that of today's weekday. Volumes have a weekly rhythm as a rule; means
   * and rates hardly, and an offset that is an estimate from noise would only add to it.
   */
  readonly rhythmic: boolean;
  /** First slot to forecast. */
  readonly start: number;
}

export const FORECASTERS = 10;

/** How forecasters are called, by the weekday (`Mondays`) and by what a slot is (`days`). */
export const FORECASTER_NAMES: readonly ((weekday: string, slots: string) => string)[] = [
  () => 'Holt-Winters, slow',
  () => 'Holt-Winters',
  () => 'Holt-Winters, fast',
  (weekday, slots) => `${weekday} + level of 2 ${slots}`,
  (weekday, slots) => `${weekday} + level of 7 ${slots}`,
  (weekday, slots) => `${weekday} + level of 21 ${slots}`,
  (_, slots) => `level of 7 ${slots} alone`,
  (weekday) => `last 4 ${weekday}`,
  () => 'the partition before',
  (weekday, slots) => `latest ${weekday} against their week + level of 4 ${slots}`,
];

/** Weight of the newest value in level and season. */
const HOLT_WINTERS = [
  { alpha: 0.1, gamma: 0.3 },
  { alpha: 0.3, gamma: 0.3 },
  { alpha: 0.6, gamma: 0.2 },
] as const;
/** Half-lives of the levels, in slots. */
const LEVELS = [2, 7, 21] as const;
const LEVEL_ANY_WEEKDAY = 7;
const SAME_WEEKDAYS = 4;
const LEVEL_BESIDE_WEEKDAYS = 4;
/** Weight of a weekday against that of a week later. */
const WEEKDAY_FADE = 0.6;

const seasonless = new Float64Array(LONGEST);
const offsets = new Float64Array(7);
const sample = new Float64Array(LONGEST);

/** Writes forecaster k's forecast of slot i to `forecasts[k * (LONGEST + 1) + i]`, for i in start..length. */
export function runForecasters(input: ForecastInput, forecasts: Float64Array): void {
  const { length, weekdays, start } = input;
  HOLT_WINTERS.forEach((speed, k) => holtWinters(input.values, start, speed, row(forecasts, k)));
  for (let slot = start; slot <= length; slot += 1) {
    forecastSlot(input, slot, weekdays[slot] as number, forecasts);
  }
}

const row = (forecasts: Float64Array, k: number): Float64Array =>
  forecasts.subarray(k * (LONGEST + 1), (k + 1) * (LONGEST + 1));

/** All forecasters but Holt-Winters, for one slot taken as the given weekday. */
export function forecastSlot(
  input: ForecastInput,
  slot: number,
  weekday: number,
  forecasts: Float64Array,
): void {
  const { values, weekdays } = input;
  const at = (k: number): number => k * (LONGEST + 1) + slot;
  offsets.fill(0);
  if (input.daily) weekdayOffsets(values, weekdays, slot, offsets);
  for (let i = 0; i < slot; i += 1) {
    seasonless[i] = (values[i] as number) - (offsets[weekdays[i] as number] as number);
  }
  const offset = offsets[weekday] as number;
  winsorise(seasonless, slot);
  LEVELS.forEach((halfLife, k) => {
    forecasts[at(3 + k)] = levelOf(seasonless, slot, halfLife) + offset;
  });
  let count = 0;
  let last = Number.NaN;
  for (let i = slot - 1; i >= 0; i -= 1) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(last)) last = value;
    if (weekdays[i] === weekday && count < SAME_WEEKDAYS) sample[count++] = value;
  }
  forecasts[at(7)] = count >= 2 ? medianOfFirst(sample, count) : Number.NaN;
  forecasts[at(8)] = input.rhythmic ? lastOf(seasonless, slot) + offset : last;
  const sameAsSlot = weekdays[slot] === weekday;
  forecasts[at(9)] = sameAsSlot
    ? levelOf(seasonless, slot, LEVEL_BESIDE_WEEKDAYS) + latestWeekdays(values, slot)
    : Number.NaN;
  seasonless.set(values.subarray(0, slot));
  winsorise(seasonless, slot);
  forecasts[at(6)] = levelOf(seasonless, slot, LEVEL_ANY_WEEKDAY);
}

/** What the last same weekdays were above the level around them, the newest with most weight. */
function latestWeekdays(values: Float64Array, slot: number): number {
  let sum = 0;
  let weights = 0;
  let weight = 1;
  for (let week = 1; week <= SAME_WEEKDAYS && slot - 7 * week >= 0; week += 1) {
    const same = slot - 7 * week;
    const value = values[same] as number;
    const around = meanBetween(seasonless, Math.max(0, same - 3), Math.min(slot, same + 4));
    if (!Number.isNaN(value) && !Number.isNaN(around)) {
      sum += weight * (value - around);
      weights += weight;
    }
    weight *= WEEKDAY_FADE;
  }
  return sum / weights;
}
