/**
 * The sum of numbers as if computed without rounding and rounded once at the end, so that it does not
 * depend on their order. Partial sums that do not overlap: J. R. Shewchuk, "Adaptive Precision Floating-Point
 * Arithmetic", 1997, figure 6. Sums beyond the range of a number are infinite, or not a number.
 */
export function exactSum(values: readonly number[]): number {
  let plain = 0;
  let exact = true;
  for (const value of values) {
    plain += value;
    exact &&= Number.isInteger(value) && Number.isSafeInteger(plain);
  }
  return exact || !Number.isFinite(plain) ? plain : roundOnce(partialSums(values));
}

/** Numbers that do not overlap and whose exact sum is that of the values, of growing size. */
function partialSums(values: readonly number[]): number[] {
  const partials: number[] = [];
  for (const value of values) {
    let rest = value;
    let kept = 0;
    for (const partial of partials) {
      const [large, small] = Math.abs(rest) < Math.abs(partial) ? [partial, rest] : [rest, partial];
      const sum = large + small;
      const lost = small - (sum - large);
      if (lost !== 0) {
        partials[kept] = lost;
        kept += 1;
      }
      rest = sum;
    }
    partials.length = kept;
    partials.push(rest);
  }
  return partials;
}

function roundOnce(partials: readonly number[]): number {
  let index = partials.length - 1;
  let high = partials[index] ?? 0;
  let low = 0;
  while (index > 0 && low === 0) {
    index -= 1;
    const before = high;
    const next = partials[index] as number;
    high = before + next;
    low = next - (high - before);
  }
  // A tie was rounded to even, although what is left says which side is nearer.
  const below = partials[index - 1] ?? 0;
  if (index > 0 && low !== 0 && low < 0 === below < 0 && below !== 0) {
    const doubled = low * 2;
    const nudged = high + doubled;
    if (doubled === nudged - high) return nudged;
  }
  return high;
}
