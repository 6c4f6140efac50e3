/**
 * P(|Z| > sigma) of a standard Gaussian, precise far into the tail (erfc, by its series near the middle
 * and Lentz's continued fraction beyond): 2 → 0.0455, 3 → 0.0027, 6 → 1.97e-9.
 */
export function normalTwoSidedTail(sigma: number): number {
  const z = Math.abs(sigma);
  if (z < 2.5) {
    // 1 - 2·φ(z)·(z + z³/3 + z⁵/15 + …)
    let term = z;
    let sum = z;
    for (let k = 1; k < 200 && term > 1e-17 * sum; k += 1) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 1 - 2 * density(z) * sum;
  }
  // Mills ratio as a continued fraction, from the inside out.
  let fraction = z;
  for (let k = 160; k >= 1; k -= 1) fraction = z + k / fraction;
  return (2 * density(z)) / fraction;
}

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}
