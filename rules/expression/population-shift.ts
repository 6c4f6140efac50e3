/** What is known of a column's numbers: the value below which a share of the rows lies, ascending. */
export interface Distribution {
  readonly points: readonly { readonly share: number; readonly value: number }[];
  /** Rows with a value. */
  readonly weight: number;
}

const BINS = 10;
/** An empty bin counts as this share: its logarithm would be infinite. */
const LEAST_SHARE = 1e-4;

/**
 * Population stability index against several past distributions together, weighed by their rows: the sum of
 * (p - q) ln(p / q) over bins that each hold a tenth of the past rows. Below 0.1 hardly any shift, above 0.25 a
 * strong one, by convention.
 */
export function populationShift(now: Distribution, past: readonly Distribution[]): number {
  const edges = edgesOf(past);
  const before = [...edges.map((edge) => pooled(past, edge)), 1];
  const after = [...edges.map((edge) => shareUpTo(now, edge)), 1];
  return indexOf(increments(after), increments(before));
}

/** Kolmogorov-Smirnov distance: the largest difference of the shares up to any value. */
export function ksDistance(now: Distribution, past: readonly Distribution[]): number {
  const values = [now, ...past].flatMap(({ points }) => points.map(({ value }) => value));
  return Math.max(0, ...values.map((value) => Math.abs(shareUpTo(now, value) - pooled(past, value))));
}

/** The same index over the groups of a column of texts; rows without a value belong to none. */
export function shiftOfGroups(
  now: ReadonlyMap<string | null, number>,
  past: readonly ReadonlyMap<string | null, number>[],
): number {
  const labels = new Set([now, ...past].flatMap((counts) => [...counts.keys()]));
  labels.delete(null);
  const shares = (list: readonly ReadonlyMap<string | null, number>[]): number[] => {
    const counts = [...labels].map((label) => list.reduce((total, one) => total + (one.get(label) ?? 0), 0));
    const whole = counts.reduce((total, count) => total + count, 0);
    return counts.map((count) => (whole === 0 ? 0 : count / whole));
  };
  return indexOf(shares([now]), shares(past));
}

function indexOf(after: readonly number[], before: readonly number[]): number {
  return after.reduce((total, share, index) => {
    const p = Math.max(share, LEAST_SHARE);
    const q = Math.max(before[index] ?? 0, LEAST_SHARE);
    return total + (p - q) * Math.log(p / q);
  }, 0);
}

/** Values that cut the past rows into tenths; fewer where many rows have one value. */
function edgesOf(past: readonly Distribution[]): readonly number[] {
  const values = [...new Set(past.flatMap(({ points }) => points.map(({ value }) => value)))].toSorted(
    (a, b) => a - b,
  );
  const edges: number[] = [];
  for (let bin = 1; bin < BINS; bin += 1) {
    const edge = values.find((value) => pooled(past, value) >= bin / BINS - 1e-9);
    if (edge !== undefined && edge !== edges.at(-1)) edges.push(edge);
  }
  return edges;
}

function pooled(past: readonly Distribution[], value: number): number {
  const weight = past.reduce((total, one) => total + one.weight, 0);
  return past.reduce((total, one) => total + one.weight * shareUpTo(one, value), 0) / weight;
}

/** The share of rows up to a value, straight between two points that are known. */
function shareUpTo({ points }: Distribution, value: number): number {
  let below: { share: number; value: number } | null = null;
  for (const point of points) {
    if (point.value > value) {
      if (below === null) return 0;
      return (
        below.share + ((point.share - below.share) * (value - below.value)) / (point.value - below.value)
      );
    }
    below = point;
  }
  return 1;
}

function increments(cumulated: readonly number[]): number[] {
  return cumulated.map((share, index) => share - (cumulated[index - 1] ?? 0));
}
