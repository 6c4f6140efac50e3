/**
 * The p-quantile (0 to 1) of the first `count` values, between two of them linearly; reorders them. By
 * partition (quickselect): a full sort of some hundred values costs several times as much.
 * NaN when there are none; none of the values may be NaN.
 */
export function quantileBySelection(values: Float64Array, count: number, p: number): number {
  if (count === 0) return Number.NaN;
  const place = (count - 1) * p;
  const below = Math.floor(place);
  const lower = select(values, count, below);
  if (place === below) return lower;
  // After the selection all values behind `below` are at least as large.
  let upper = Infinity;
  for (let index = below + 1; index < count; index += 1) upper = Math.min(upper, values[index] as number);
  return lower + (place - below) * (upper - lower);
}

/** Puts the k-th smallest of the first `count` values at k, smaller ones before it and larger ones behind. */
function select(values: Float64Array, count: number, k: number): number {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const pivot = median3(
      values[left] as number,
      values[(left + right) >> 1] as number,
      values[right] as number,
    );
    let low = left;
    let high = right;
    while (low <= high) {
      while ((values[low] as number) < pivot) low += 1;
      while ((values[high] as number) > pivot) high -= 1;
      if (low > high) break;
      const kept = values[low] as number;
      values[low] = values[high] as number;
      values[high] = kept;
      low += 1;
      high -= 1;
    }
    if (k <= high) right = high;
    else if (k >= low) left = low;
    else break;
  }
  return values[k] as number;
}

function median3(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
