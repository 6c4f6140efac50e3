import { GAUSSIAN_MAD, medianOfFirst } from '../statistics/order.ts';
import { quantileBySelection } from '../statistics/select.ts';
import { HOURS, type HourAxis, PLACES } from './axis.ts';

/** The variance of a median is this many times that of a mean (π/2). */
const MEDIAN_VARIANCE = 1.57;
/** From this share of explained spread on the season begins to be believed, and from the second fully. */
const SOME_SEASON = 0.4;
const CLEAR_SEASON = 0.8;
/** Hours that the common noise is worth beside those of a place and its neighbours. */
const PRIOR_HOURS = 24;

/** What the time of the day and of the week explains of a series. */
export interface Season {
  /** Median of the usable values. */
  readonly level: number;
  /** What a place adds to the level; 0 for a place that was never seen and whose hour was not either. */
  readonly offsets: Float64Array;
  /**
   * What is left of each slot, as if its place had been learnt without it (a residual divided by one less
   * its own weight): with two values to a place the plain ones would be half of what they should be.
   */
  readonly residuals: Float64Array;
  /** How far other views of the series should look at it without its season: 0 not at all, 1 wholly. */
  readonly belief: number;
  /** How noisy each place is beside the others; all 1 where the season is not believed. */
  readonly noise: Float64Array;
}

const group = new Float64Array(HOURS);

/**
 * Learns the season by medians: first of the 24 hours, then of working days and weekends within an hour,
 * each drawn to nothing as far as its own uncertainty may explain it.
 */
export function seasonOf({ length, values, places }: HourAxis): Season {
  const level = medianOfSome(values, length);
  const hours = shrunkMedians(values, length, 24, (slot) => (places[slot] as number) % 24, level);
  const left = new Float64Array(length);
  for (let slot = 0; slot < length; slot += 1)
    left[slot] = (values[slot] as number) - level - (hours.medians[(places[slot] as number) % 24] as number);
  const kinds = shrunkMedians(left, length, PLACES, (slot) => places[slot] as number, 0);
  const offsets = new Float64Array(PLACES);
  for (let place = 0; place < PLACES; place += 1)
    offsets[place] = (hours.medians[place % 24] as number) + (kinds.medians[place] as number);
  const residuals = new Float64Array(length);
  for (let slot = 0; slot < length; slot += 1) {
    const place = places[slot] as number;
    const own = (hours.weights[place % 24] as number) + (kinds.weights[place] as number);
    residuals[slot] = ((left[slot] as number) - (kinds.medians[place] as number)) / Math.max(0.1, 1 - own);
  }
  const unexplained = spread(residuals, length, 0);
  const explained = 1 - unexplained / (spread(values, length, level) || 1);
  const belief = Math.min(1, Math.max(0, (explained - SOME_SEASON) / (CLEAR_SEASON - SOME_SEASON)));
  return {
    level,
    offsets,
    residuals,
    belief,
    noise: noiseOf(residuals, length, places, belief, unexplained),
  };
}

/** Medians of groups, shrunk; and how much one value moves that of its group. */
function shrunkMedians(
  values: Float64Array,
  length: number,
  groups: number,
  groupOf: (slot: number) => number,
  centre: number,
): { readonly medians: Float64Array; readonly weights: Float64Array } {
  const counts = new Uint16Array(groups);
  for (let slot = 0; slot < length; slot += 1)
    if (!Number.isNaN(values[slot])) counts[groupOf(slot)] = (counts[groupOf(slot)] as number) + 1;
  const ends = new Uint16Array(groups);
  let total = 0;
  for (let at = 0; at < groups; at += 1) {
    ends[at] = total;
    total += counts[at] as number;
  }
  const members = new Float64Array(total);
  for (let slot = 0; slot < length; slot += 1) {
    if (Number.isNaN(values[slot])) continue;
    const at = groupOf(slot);
    members[ends[at] as number] = (values[slot] as number) - centre;
    ends[at] = (ends[at] as number) + 1;
  }
  const medians = new Float64Array(groups);
  const distances = new Float64Array(total);
  let repeated = 0;
  let seen = 0;
  let mean = 0;
  let squares = 0;
  for (let at = 0; at < groups; at += 1) {
    const count = counts[at] as number;
    if (count === 0) continue;
    const own = members.subarray((ends[at] as number) - count, ends[at]);
    const median = medianOfFirst(own, count);
    medians[at] = median;
    seen += 1;
    const step = median - mean;
    mean += step / seen;
    squares += step * (median - mean);
    if (count < 2) continue;
    for (const value of own) distances[repeated++] = (Math.abs(value - median) * count) / (count - 1);
  }
  const weights = new Float64Array(groups);
  // Nothing was seen twice: what differs from hour to hour may as well be noise.
  if (repeated === 0) return { medians: medians.fill(0), weights };
  const within = (GAUSSIAN_MAD * quantileBySelection(distances, repeated, 0.5)) ** 2;
  const between = seen > 1 ? squares / (seen - 1) : 0;
  for (let at = 0; at < groups; at += 1) {
    const count = counts[at] as number;
    if (count === 0) continue;
    const kept = between === 0 ? 0 : between / (between + (MEDIAN_VARIANCE * within) / count);
    medians[at] = kept * (medians[at] as number);
    weights[at] = kept / count;
  }
  return { medians, weights };
}

/** The mean distance of each place and its neighbouring hours beside that of all, as far as there is a season. */
function noiseOf(
  residuals: Float64Array,
  length: number,
  places: Uint8Array,
  belief: number,
  variance: number,
): Float64Array {
  const noise = new Float64Array(PLACES).fill(1);
  if (belief === 0) return noise;
  const cut = 4 * Math.sqrt(variance) || Infinity;
  const sums = new Float64Array(PLACES);
  const counts = new Float64Array(PLACES);
  let sum = 0;
  let count = 0;
  for (let slot = 0; slot < length; slot += 1) {
    const distance = Math.min(cut, Math.abs(residuals[slot] as number));
    if (Number.isNaN(distance)) continue;
    const place = places[slot] as number;
    sums[place] = (sums[place] as number) + distance;
    counts[place] = (counts[place] as number) + 1;
    sum += distance;
    count += 1;
  }
  const mean = sum / count;
  if (!(mean > 0)) return noise;
  for (let place = 0; place < PLACES; place += 1) {
    const kind = place < 24 ? 0 : 24;
    let near = PRIOR_HOURS * mean;
    let hours = PRIOR_HOURS;
    for (const step of [23, 0, 1]) {
      near += sums[kind + ((place + step) % 24)] as number;
      hours += counts[kind + ((place + step) % 24)] as number;
    }
    noise[place] = Math.min(2, Math.max(0.5, near / hours / mean)) ** belief;
  }
  return noise;
}

/** A robust variance: between that of the middle half and that of all but a tenth. */
function spread(values: Float64Array, length: number, centre: number): number {
  let count = 0;
  for (let slot = 0; slot < length; slot += 1) {
    const distance = Math.abs((values[slot] as number) - centre);
    if (!Number.isNaN(distance)) group[count++] = distance;
  }
  const middle = GAUSSIAN_MAD * quantileBySelection(group, count, 0.5);
  const most = quantileBySelection(group, count, 0.9) / 1.645;
  return (middle ** 2 + most ** 2) / 2;
}

function medianOfSome(values: Float64Array, length: number): number {
  let count = 0;
  for (let slot = 0; slot < length; slot += 1)
    if (!Number.isNaN(values[slot])) group[count++] = values[slot] as number;
  return quantileBySelection(group, count, 0.5);
}
