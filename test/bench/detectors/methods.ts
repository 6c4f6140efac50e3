import { mean, medianSorted, sampleStandardDeviation } from 'simple-statistics';
import { type BenchDay, type Method, VISIBLE_DAYS } from './protocol.ts';

/** What others do, with the statistic that their documentation names and the days that ours may see too. */
export const PEERS: Readonly<Record<string, Method>> = {
  'Holt-Winters, RMSE scale': (day, scores) => holtWinters(day, scores, (value) => value),
  'Holt-Winters on log': (day, scores) =>
    holtWinters(day, scores, (value) => Math.log(Math.max(value, 0) + 1)),
  'mean + sd': (day, scores) => byMoments(past(day), day, scores),
  'same weekday mean + sd': (day, scores) => byMoments(sameWeekdays(day), day, scores),
  EWMA: exponential,
  'median + MAD': medianAndMad,
  'seasonal naive': seasonalNaive,
  'robust STL': robustDecomposition,
};

/** No scale is taken for smaller than this part of the expectation. */
const SMALLEST_SHARE = 1e-3;

function write(day: BenchDay, scores: Float64Array, expected: number, scale: number): void {
  const least = Math.max(scale, SMALLEST_SHARE * Math.abs(expected), 1e-9);
  day.candidates.forEach((value, at) => (scores[at] = Math.abs(value - expected) / least));
}

/** The visible values, oldest first, with their gaps. */
const visible = ({ series, index }: BenchDay): number[] => [
  ...series.values.subarray(index - VISIBLE_DAYS, index),
];
const past = (day: BenchDay): number[] => visible(day).filter((value) => !Number.isNaN(value));
const sameWeekdays = ({ series, index }: BenchDay): number[] =>
  [7, 14, 21, 28]
    .map((back) => series.values[index - back] ?? Number.NaN)
    .filter((value) => !Number.isNaN(value));

function byMoments(values: readonly number[], day: BenchDay, scores: Float64Array): void {
  if (values.length < 2) scores.fill(Number.NaN);
  else write(day, scores, mean([...values]), sampleStandardDeviation([...values]));
}

/** The exponentially weighted mean and deviation, half-life of about five days. */
function exponential(day: BenchDay, scores: Float64Array): void {
  const fade = 0.87;
  let weights = 0;
  let sum = 0;
  const values = past(day).reverse();
  values.forEach((value, age) => {
    weights += fade ** age;
    sum += fade ** age * value;
  });
  const expected = sum / weights;
  const squares = values.reduce((whole, value, age) => whole + fade ** age * (value - expected) ** 2, 0);
  write(day, scores, expected, Math.sqrt(squares / weights));
}

function median(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : medianSorted([...values].sort((a, b) => a - b));
}

const robustSpread = (values: readonly number[], centre: number): number =>
  1.4826 * median(values.map((value) => Math.abs(value - centre)));

function medianAndMad(day: BenchDay, scores: Float64Array): void {
  const values = past(day);
  const centre = median(values);
  write(day, scores, centre, robustSpread(values, centre));
}

/** The value of a week ago; its scale is the root mean square of the same error in the past. */
function seasonalNaive(day: BenchDay, scores: Float64Array): void {
  const values = visible(day);
  const errors = values
    .slice(7)
    .map((value, at) => value - (values[at] ?? Number.NaN))
    .filter((error) => !Number.isNaN(error));
  const weekAgo = values[VISIBLE_DAYS - 7] ?? Number.NaN;
  const expected = Number.isNaN(weekAgo) ? mean(past(day)) : weekAgo;
  const scale = errors.length === 0 ? 0 : Math.sqrt(mean(errors.map((error) => error ** 2)));
  write(day, scores, expected, scale);
}

const LEVELS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9];
const SEASONS = [0.05, 0.1, 0.2, 0.4];

/** Additive Holt-Winters of period 7 without trend, the best of a grid; its own one-step RMSE is the scale. */
function holtWinters(day: BenchDay, scores: Float64Array, to: (value: number) => number): void {
  const values = visible(day);
  values.forEach((value, at) => {
    if (Number.isNaN(value) && at >= 7) values[at] = values[at - 7] ?? Number.NaN;
  });
  const scaled = values.map(to);
  let best = { error: Infinity, forecast: Number.NaN };
  for (const alpha of LEVELS) {
    for (const gamma of SEASONS) {
      const run = runHoltWinters(scaled, alpha, gamma);
      if (run.error < best.error) best = run;
    }
  }
  const least = Math.max(best.error, SMALLEST_SHARE * Math.abs(best.forecast), 1e-9);
  day.candidates.forEach((value, at) => (scores[at] = Math.abs(to(value) - best.forecast) / least));
}

function runHoltWinters(
  values: readonly number[],
  alpha: number,
  gamma: number,
): { error: number; forecast: number } {
  const first = values.slice(0, 7).filter((value) => !Number.isNaN(value));
  let level = mean(first.length === 0 ? [0] : first);
  const season = values.slice(0, 7).map((value) => (Number.isNaN(value) ? 0 : value - level));
  let squares = 0;
  let count = 0;
  for (let at = 7; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    const seasonal = season[at - 7] ?? 0;
    if (Number.isNaN(value)) {
      season.push(seasonal);
      continue;
    }
    squares += (value - level - seasonal) ** 2;
    count += 1;
    const before = level;
    level = alpha * (value - seasonal) + (1 - alpha) * before;
    season.push(gamma * (value - before) + (1 - gamma) * seasonal);
  }
  return { error: Math.sqrt(squares / count), forecast: level + (season[values.length - 7] ?? 0) };
}

/**
 * Decomposition in the way of robust STL, without loess: level = moving median of a week, season = median of
 * each weekday around it, scale = robust spread of the remainder.
 */
function robustDecomposition(day: BenchDay, scores: Float64Array): void {
  const values = visible(day);
  const level = values.map((_, at) => {
    const from = Math.max(0, Math.min(at - 3, values.length - 7));
    return median(values.slice(from, from + 7).filter((value) => !Number.isNaN(value)));
  });
  const around = values.map((value, at) => value - (level[at] ?? Number.NaN));
  const ofWeekday = (at: number): number[] =>
    around.filter((value, other) => other % 7 === at % 7 && !Number.isNaN(value));
  const season = Array.from({ length: 7 }, (_, weekday) => median(ofWeekday(weekday)) || 0);
  const rest = around
    .map((value, at) => value - (season[at % 7] ?? 0))
    .filter((value) => !Number.isNaN(value));
  const expected = (level.at(-1) ?? Number.NaN) + (season[VISIBLE_DAYS % 7] ?? 0);
  write(day, scores, expected, robustSpread(rest, median(rest)));
}
