import { GAUSSIAN_MAD, medianOfFirst } from '../statistics/order.ts';
import { isWeekend } from './day-kind.ts';
import { LONGEST, meanBetween } from './levels.ts';

const centred = new Float64Array(LONGEST);
const sample = new Float64Array(LONGEST);
const members = new Uint8Array(7);
const groupSums = new Float64Array(2);
const groupCounts = new Float64Array(2);

/**
 * What each weekday adds to the level around it: medians of three to six values, hence drawn by their own
 * uncertainty towards the mean of the weekend or of the working days, and these two towards none. From the
 * values before `slot`; written to `offsets`, by weekday.
 */
export function weekdayOffsets(
  values: Float64Array,
  weekdays: Uint8Array,
  slot: number,
  offsets: Float64Array,
): void {
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
  shrinkOffsets(offsets, (rest === 0 ? 0 : GAUSSIAN_MAD * medianOfFirst(sample, rest)) ** 2);
}

/** Draws the raw offsets in; `noise` is the variance of one value around its weekday. */
function shrinkOffsets(offsets: Float64Array, noise: number): void {
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

const groupOf = (weekday: number): 0 | 1 => (isWeekend(weekday) ? 0 : 1);

/** The part of an estimate that is signal: its variance between groups against that of its own error. */
const kept = (between: number, error: number): number => between / (between + error + 1e-12);
