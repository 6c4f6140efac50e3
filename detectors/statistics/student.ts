import { gammaln } from 'simple-statistics';

import { normalTwoSidedTail } from './normal.ts';

const MAX_TERMS = 300;
const PRECISION = 1e-15;
const TINY = 1e-300;

/**
 * The regularised incomplete beta function I_x(a, b), by its continued fraction (modified Lentz;
 * Abramowitz and Stegun 26.5.8). Good to about 1e-13 for the arguments of Student's t
 * up to some thousand degrees of freedom, to 1e-9 at a million, where ln Γ is rounded.
 */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges quickly only on this side of the mean; the other side is its mirror.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const front = Math.exp(
    gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a),
  );
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MAX_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < PRECISION) break;
  }
  return front * fraction;
}

/** P(|T| > t) for Student's t with `freedom` degrees of freedom. */
export function studentTwoSidedTail(t: number, freedom: number): number {
  return regularisedBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/**
 * The t that is exceeded (on both sides together) as often as `sigma` is in a Gaussian:
 * 2 → 2.87 for 4 degrees of freedom, 2.0 for infinitely many. Found by bisection of the tail.
 */
export function studentQuantileForSigma(sigma: number, freedom: number): number {
  const tail = normalTwoSidedTail(sigma);
  let low = 0;
  let high = Math.max(1, sigma);
  while (studentTwoSidedTail(high, freedom) > tail && high < 1e150) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 200 && high - low > 1e-12 * high; step += 1) {
    const middle = (low + high) / 2;
    if (studentTwoSidedTail(middle, freedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
