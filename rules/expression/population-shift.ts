import type { DistributionMeasure } from '#model/expression.ts';

/** What is known of a column's numbers: the value below which a share of the rows lies, ascending. */
export interface Distribution {
  readonly points: readonly { readonly share: number; readonly value: number }[];
  /** Rows with a value. */
  readonly weight: number;
}

const BINS = 10;
/** An empty bin counts as this share: its logarithm would be infinite. */
const LEAST_SHARE = 1e-4;

/** Measures over bins or groups. */
export type ShareMeasure = Exclude<DistributionMeasure, 'ks' | 'swd'>;

/**
 * How far the shares of now (p) lie from those of the past (q). psi: the population stability index, the sum of
 * (p - q) ln(p / q): below 0.1 hardly any shift, above 0.25 a strong one, by convention. kl: Kullback-Leibler,
 * p ln(p / q). js: the Jensen-Shannon distance, the root of half their divergences from the mean, 0 to
 * √ln 2. chi_square: (p - q)² / q, the statistic for one row, so that it does not grow with the table.
 */
const TERMS: Readonly<Record<ShareMeasure, (p: number, q: number) => number>> = {
  psi: (p, q) => (p - q) * Math.log(p / q),
  kl: (p, q) => p * Math.log(p / q),
  js: (p, q) => (p * Math.log((2 * p) / (p + q)) + q * Math.log((2 * q) / (p + q))) / 2,
  chi_square: (p, q) => (p - q) ** 2 / q,
};

/**
 * The measure against several past distributions together, weighed by their rows, over bins that each hold a tenth
 * of the past rows.
 */
export function populationShift(
  now: Distribution,
  past: readonly Distribution[],
  measure: ShareMeasure = 'psi',
): number {
  const edges = edgesOf(past);
  const before = [...edges.map((edge) => pooled(past, edge)), 1];
  const after = [...edges.map((edge) => shareUpTo(now, edge)), 1];
  return indexOf(increments(after), increments(before), measure);
}

/** Kolmogorov-Smirnov distance: the largest difference of the shares up to any value. */
export function ksDistance(now: Distribution, past: readonly Distribution[]): number {
  const values = [now, ...past].flatMap(({ points }) => points.map(({ value }) => value));
  return Math.max(0, ...values.map((value) => Math.abs(shareUpTo(now, value) - pooled(past, value))));
}

/** The same measure over the groups of a column of texts; rows without a value belong to none. */
export function shiftOfGroups(
  now: ReadonlyMap<string | null, number>,
  past: readonly ReadonlyMap<string | null, number>[],
  measure: ShareMeasure = 'psi',
): number {
  const labels = new Set([now, ...past].flatMap((counts) => [...counts.keys()]));
  labels.delete(null);
  const shares = (list: readonly ReadonlyMap<string | null, number>[]): number[] => {
    const counts = [...labels].map((label) => list.reduce((total, one) => total + (one.get(label) ?? 0), 0));
    const whole = counts.reduce((total, count) => total + count, 0);
    return counts.map((count) => (whole === 0 ? 0 : count / whole));
  };
  return indexOf(shares([now]), shares(past), measure);
}

function indexOf(after: readonly number[], before: readonly number[], measure: ShareMeasure): number {
  const total = after.reduce((total, share, index) => {
    const p = Math.max(share, LEAST_SHARE);
    const q = Math.max(before[index] ?? 0, LEAST_SHARE);
    return total + TERMS[measure](p, q);
  }, 0);
  // Shares that were raised to the least one add up to a little more than 1.
  return measure === 'js' ? Math.sqrt(Math.max(0, total)) : Math.max(0, total);
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

/** The share of the rows of all together up to a value. */
export function pooled(past: readonly Distribution[], value: number): number {
  const weight = past.reduce((total, one) => total + one.weight, 0);
  return past.reduce((total, one) => total + one.weight * shareUpTo(one, value), 0) / weight;
}

/** The share of rows up to a value, straight between two points that are known. */
export function shareUpTo({ points }: Distribution, value: number): number {
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
