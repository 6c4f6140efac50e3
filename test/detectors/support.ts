import { seededRandom } from '#test/bench/statistics.ts';

/** Seeded standard Gaussian numbers (Box and Muller over a 32-bit mulberry). */
export function gaussian(seed: number): () => number {
  const uniform = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
