import { GAUSSIAN_MAD, medianBetween, medianOfFirst, spreadBetween } from '../statistics/order.ts';

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

export const LONGEST = 64;
export const FORECASTERS = 10;

export const FORECASTER_NAMES: readonly ((weekday: string) => string)[] = [
  () => 'Holt-Winters, slow',
  () => 'Holt-Winters',
  () => 'Holt-Winters, fast',
  (weekday) => `${weekday} + level of 2 days`,
  (weekday) => `${weekday} + level of a week`,
  (weekday) => `${weekday} + level of 3 weeks`,
  () => 'level of a week, any weekday',
  (weekday) => `last 4 ${weekday}`,
  () => 'the partition before',
  (weekday) => `latest ${weekday} against their week + level of 4 days`,
];

/** Weight of the newest value in level and season. */
const HOLT_WINTERS = [
  [0.1, 0.3],
  [0.3, 0.3],
  [0.6, 0.2],
] as const;
/** Half-lives of the levels, in slots. */
const LEVELS = [2, 7, 21] as const;
const LEVEL_ANY_WEEKDAY = 7;
const SAME_WEEKDAYS = 4;
const LEVEL_BESIDE_WEEKDAYS = 4;
/** Weight of a weekday against that of a week later. */
const WEEKDAY_FADE = 0.6;

const seasonless = new Float64Array(LONGEST);
const filled = new Float64Array(LONGEST);
const season = new Float64Array(2 * LONGEST);
const offsets = new Float64Array(7);
const centred = new Float64Array(LONGEST);
const sample = new Float64Array(LONGEST);

/** Writes forecaster k's forecast of slot i to `forecasts[k * (LONGEST + 1) + i]`, for i in start..length. */
export function runForecasters(input: ForecastInput, forecasts: Float64Array): void {
  const { length, weekdays, start } = input;
  HOLT_WINTERS.forEach(([level, seasonal], k) => holtWinters(input, level, seasonal, row(forecasts, k)));
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
  weekdayOffsets(input, slot);
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

/** Additive Holt-Winters without trend, period 7; an absent value leaves its state as it is. */
function holtWinters(
  { length, values, start }: ForecastInput,
  alpha: number,
  gamma: number,
  forecasts: Float64Array,
): void {
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

/**
 * What each weekday adds to the level around it: medians of three to six values, hence drawn by their own
 * uncertainty towards the mean of the weekend or of the working days, and these two towards none.
 */
function weekdayOffsets({ values, weekdays, daily }: ForecastInput, slot: number): void {
  offsets.fill(0);
  if (!daily) return;
  for (let i = 0; i < slot; i += 1) {
    const from = Math.max(0, Math.min(i - 3, slot - 7));
    centred[i] = (values[i] as number) - meanBetween(values, from, Math.min(slot, from + 7));
  }
  groupSums.fill(0);
  groupCounts.fill(0);
  for (let weekday = 0; weekday < 7; weekday += 1) {
    let count = 0;
    for (let i = 0; i < slot; i += 1) {
      if (weekdays[i] === weekday && !Number.isNaN(centred[i])) sample[count++] = centred[i] as number;
    }
    members[weekday] = count;
    offsets[weekday] = count === 0 ? 0 : medianOfFirst(sample, count);
    const group = groupOf(weekday);
    groupSums[group] = (groupSums[group] as number) + count * (offsets[weekday] as number);
    groupCounts[group] = (groupCounts[group] as number) + count;
  }
  let rest = 0;
  for (let i = 0; i < slot; i += 1) {
    const value = centred[i] as number;
    if (!Number.isNaN(value)) sample[rest++] = Math.abs(value - (offsets[weekdays[i] as number] as number));
  }
  shrinkOffsets((rest === 0 ? 0 : GAUSSIAN_MAD * medianOfFirst(sample, rest)) ** 2);
}

/** Draws the raw offsets in; `noise` is the variance of one value around its weekday. */
function shrinkOffsets(noise: number): void {
  const weekend = (groupSums[0] as number) / Math.max(1, groupCounts[0] as number);
  const working = (groupSums[1] as number) / Math.max(1, groupCounts[1] as number);
  const contrast = (weekend - working) ** 2 / 2;
  let spread = 0;
  let seen = 0;
  for (let weekday = 0; weekday < 7; weekday += 1) {
    if (members[weekday] === 0) continue;
    spread += ((offsets[weekday] as number) - (groupOf(weekday) === 0 ? weekend : working)) ** 2;
    seen += 1;
  }
  spread /= Math.max(1, seen - 2);
  let mean = 0;
  for (let weekday = 0; weekday < 7; weekday += 1) {
    const group = groupOf(weekday);
    const centre = group === 0 ? weekend : working;
    const count = members[weekday] as number;
    const own = count === 0 ? 0 : kept(spread, noise / count) * ((offsets[weekday] as number) - centre);
    const shared = kept(contrast, noise / Math.max(1, groupCounts[group] as number)) * centre;
    offsets[weekday] = shared + own;
    mean += (shared + own) / 7;
  }
  for (let weekday = 0; weekday < 7; weekday += 1) offsets[weekday] = (offsets[weekday] as number) - mean;
}

const members = new Uint8Array(7);
const groupSums = new Float64Array(2);
const groupCounts = new Float64Array(2);

const groupOf = (weekday: number): 0 | 1 => (weekday === 0 || weekday === 6 ? 0 : 1);

/** The part of an estimate that is signal: its variance between groups against that of its own error. */
const kept = (between: number, error: number): number => between / (between + error + 1e-12);

/** The mean of at least four values of `values[from, to)`; NaN when there are fewer. */
function meanBetween(values: Float64Array, from: number, to: number): number {
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

/** Draws in what lies more than three robust sigmas from the median of the last 14 slots. */
function winsorise(values: Float64Array, slot: number): void {
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

function lastOf(values: Float64Array, slot: number): number {
  for (let i = slot - 1; i >= 0; i -= 1) if (!Number.isNaN(values[i])) return values[i] as number;
  return Number.NaN;
}

function levelOf(values: Float64Array, slot: number, halfLife: number): number {
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
