/** Relative error of quantiles as long as nothing had to be collapsed. */
export const QUANTILE_ERROR = 0.005;
/** Buckets that a sketch keeps at most. */
export const QUANTILE_BUCKETS = 256;
/** After so many collapses all of float64, of both signs, fits into the buckets. */
export const MOST_COLLAPSES = 11;
/** Beyond the bucket of the largest and of the smallest float64. */
export const GREATEST_BUCKET = 75_000;

const GAMMA = (1 + QUANTILE_ERROR) / (1 - QUANTILE_ERROR);
/** ln γ: the bucket of a size is ceil(ln(size) / this). */
export const LOG_GAMMA = Math.log(GAMMA);

/**
 * Quantiles of numbers with a relative error: UDDSketch (I. Epicoco et al., "UDDSketch: Accurate Tracking of
 * Quantiles in Data Streams", 2020), which is DDSketch (C. Masson et al., 2019) with collapses that are
 * uniform. Bucket i counts values in (γ^(i-1), γ^i]; negative values have buckets of their own by size. When
 * there are more than `QUANTILE_BUCKETS`, buckets 2i-1 and 2i become bucket i and γ is squared.
 *
 * How often that happened depends on the values alone, not on their order: it is the least number that
 * fits. So merging is exact, commutative and associative, and a sketch may be made by SQL:
 * `group by ceil(ln(x) / ln(γ))`. It is not idempotent: it counts.
 */
export class QuantileSketch {
  #collapses = 0;
  #zeros = 0;
  #positive = new Map<number, number>();
  #negative = new Map<number, number>();

  /** Times that γ was squared. */
  get collapses(): number {
    return this.#collapses;
  }

  get zeros(): number {
    return this.#zeros;
  }

  /** Counts by bucket, lowest bucket first. */
  get positive(): readonly (readonly [bucket: number, count: number])[] {
    return sorted(this.#positive);
  }

  /** The same of the sizes of negative values. */
  get negative(): readonly (readonly [bucket: number, count: number])[] {
    return sorted(this.#negative);
  }

  /** Values that were counted. */
  get count(): number {
    let count = this.#zeros;
    for (const one of this.#positive.values()) count += one;
    for (const one of this.#negative.values()) count += one;
    return count;
  }

  /** A quantile differs from a value of that rank by at most this share of it. */
  get relativeError(): number {
    const gamma = Math.exp(LOG_GAMMA * 2 ** this.#collapses);
    return (gamma - 1) / (gamma + 1);
  }

  /** @param value finite. */
  add(value: number, times = 1): void {
    if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be counted for quantiles`);
    if (value === 0) this.addZeros(times);
    else this.addBucket(value < 0 ? 'negative' : 'positive', bucketOf(Math.abs(value)), 0, times);
  }

  addZeros(times: number): void {
    requireCount(times);
    this.#zeros += times;
  }

  /**
   * Counts values of a bucket, which has been collapsed so often already.
   * @param times whole, at least 1.
   */
  addBucket(sign: 'positive' | 'negative', bucket: number, collapses: number, times: number): void {
    requireCount(times);
    if (!Number.isInteger(bucket) || Math.abs(bucket) > GREATEST_BUCKET)
      throw new RangeError(`${bucket} is no bucket of a number`);
    this.#collapseTo(collapses);
    const buckets = sign === 'positive' ? this.#positive : this.#negative;
    const index = collapsed(bucket, this.#collapses - collapses);
    buckets.set(index, (buckets.get(index) ?? 0) + times);
    while (this.#positive.size + this.#negative.size > QUANTILE_BUCKETS)
      this.#collapseTo(this.#collapses + 1);
  }

  /** Also counts what the other has counted. */
  merge(other: QuantileSketch): void {
    this.#collapseTo(other.#collapses);
    this.#zeros += other.#zeros;
    const before = other.#collapses;
    for (const [bucket, times] of other.#positive) this.addBucket('positive', bucket, before, times);
    for (const [bucket, times] of other.#negative) this.addBucket('negative', bucket, before, times);
  }

  /** What the same values give after more collapses: two sketches are compared on one scale. */
  collapsedTo(collapses: number): QuantileSketch {
    const coarser = new QuantileSketch();
    coarser.merge(this);
    coarser.#collapseTo(collapses);
    return coarser;
  }

  /**
   * The value of which the share `q` (0 to 1) lies below: the one of rank floor(q (n - 1)), counted from 0, to
   * within the relative error. Null of no values.
   */
  quantile(q: number): number | null {
    return this.quantiles([q])[0] ?? null;
  }

  /** The same for several shares, ascending, in one walk; nothing of no values. */
  quantiles(shares: readonly number[]): number[] {
    const count = this.count;
    if (count === 0) return [];
    const ranks = shares.map((q) => Math.floor(Math.min(Math.max(q, 0), 1) * (count - 1)));
    const values: number[] = [];
    let below = 0;
    const pass = (times: number, value: () => number): void => {
      below += times;
      while ((ranks[values.length] ?? below) < below) values.push(value());
    };
    for (const [bucket, times] of this.negative.toReversed()) pass(times, () => -this.#middle(bucket));
    pass(this.#zeros, () => 0);
    for (const [bucket, times] of this.positive) pass(times, () => this.#middle(bucket));
    return values;
  }

  /** The value that is off by the same share from both ends of a bucket. */
  #middle(bucket: number): number {
    const error = this.relativeError;
    const upper = Math.exp(LOG_GAMMA * 2 ** this.#collapses * bucket);
    return Math.min(upper, Number.MAX_VALUE) * (1 - error);
  }

  #collapseTo(collapses: number): void {
    const times = collapses - this.#collapses;
    if (times <= 0) return;
    this.#positive = collapseBuckets(this.#positive, times);
    this.#negative = collapseBuckets(this.#negative, times);
    this.#collapses = collapses;
  }
}

/** One sketch of the values of all; null of none. */
export function mergeQuantileSketches(sketches: readonly QuantileSketch[]): QuantileSketch | null {
  if (sketches.length === 0) return null;
  const merged = new QuantileSketch();
  for (const sketch of sketches) merged.merge(sketch);
  return merged;
}

function bucketOf(size: number): number {
  return Math.ceil(Math.log(size) / LOG_GAMMA);
}

function collapsed(bucket: number, times: number): number {
  return Math.ceil(bucket / 2 ** times) + 0; // no negative zero
}

function collapseBuckets(buckets: ReadonlyMap<number, number>, times: number): Map<number, number> {
  const fewer = new Map<number, number>();
  for (const [bucket, count] of buckets) {
    const index = collapsed(bucket, times);
    fewer.set(index, (fewer.get(index) ?? 0) + count);
  }
  return fewer;
}

function sorted(buckets: ReadonlyMap<number, number>): [number, number][] {
  return [...buckets].sort(([a], [b]) => a - b);
}

function requireCount(times: number): void {
  if (!Number.isSafeInteger(times) || times < 1) throw new RangeError(`${times} is no number of values`);
}
