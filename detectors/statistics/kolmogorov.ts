/**
 * P(D > distance) when two samples come from one distribution, by Kolmogorov's limit with Stephens' correction
 * for small samples: 2 Σ (−1)^(k−1) exp(−2 k² λ²).
 */
export function kolmogorovTail(distance: number, one: number, other: number): number {
  if (!(distance > 0) || !(one > 0) || !(other > 0)) return 1;
  const root = Math.sqrt((one * other) / (one + other));
  const lambda = (root + 0.12 + 0.11 / root) * distance;
  // The series alternates ever more slowly towards zero, where the answer is 1 to many digits.
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
