import { gammaln } from 'simple-statistics';

const MAX_TERMS = 10_000;
const PRECISION = 1e-15;

/**
 * P(X > statistic) of the chi-square distribution: the regularised upper incomplete gamma function
 * Q(freedom/2, statistic/2), by its series or its continued fraction (Abramowitz and Stegun 6.5.29, 6.5.31),
 * whichever converges. 1 without degrees of freedom.
 */
export function chiSquareTail(statistic: number, freedom: number): number {
  if (!(freedom > 0) || !(statistic > 0)) return 1;
  const a = freedom / 2;
  const x = statistic / 2;
  const front = Math.exp(a * Math.log(x) - x - gammaln(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < MAX_TERMS && term > PRECISION * sum; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - front * sum);
  }
  // Modified Lentz.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MAX_TERMS; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || 1e-300);
    c = b + an / c || 1e-300;
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < PRECISION) break;
  }
  return front * fraction;
}
