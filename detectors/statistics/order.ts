/**
 * Order statistics of small samples in scratch arrays: a detector takes hundreds of medians of a few dozen
 * values for each check, and a sorted copy of each would cost more than all the rest.
 */

/** Sorts the first `count` values in place, by insertion: they are few. */
export function sortFirst(values: Float64Array, count: number): void {
  for (let index = 1; index < count; index += 1) {
    const value = values[index] as number;
    let place = index - 1;
    while (place >= 0 && (values[place] as number) > value) {
      values[place + 1] = values[place] as number;
      place -= 1;
    }
    values[place + 1] = value;
  }
}

/** The p-quantile (0 to 1) of the first `count` values, which are sorted; between two of them linearly. */
export function quantileOfSorted(values: Float64Array, count: number, p: number): number {
  if (count === 0) return Number.NaN;
  const place = (count - 1) * p;
  const below = Math.floor(place);
  const lower = values[below] as number;
  return below + 1 < count ? lower + (place - below) * ((values[below + 1] as number) - lower) : lower;
}

/** The median of the first `count` values, which it sorts. */
export function medianOfFirst(values: Float64Array, count: number): number {
  sortFirst(values, count);
  return quantileOfSorted(values, count, 0.5);
}

const scratch = new Float64Array(512);

/** The median of the finite values among `values[from, to)`; NaN when there are none. */
export function medianBetween(values: Float64Array, from: number, to: number): number {
  let count = 0;
  for (let index = from; index < to; index += 1) {
    const value = values[index] as number;
    if (value - value === 0) scratch[count++] = value;
  }
  return medianOfFirst(scratch, count);
}

/** The median distance from `centre` among the finite values of `values[from, to)`, as a Gaussian's sigma. */
export function spreadBetween(values: Float64Array, from: number, to: number, centre: number): number {
  let count = 0;
  for (let index = from; index < to; index += 1) {
    const distance = Math.abs((values[index] as number) - centre);
    if (distance - distance === 0) scratch[count++] = distance;
  }
  return GAUSSIAN_MAD * medianOfFirst(scratch, count);
}

/** A Gaussian's sigma is this many of its median absolute deviations. */
export const GAUSSIAN_MAD = 1.4826;
