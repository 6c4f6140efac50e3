import type { DistributionMeasure } from '#model/expression.ts';

/** In the order in which messages list them. */
export const DISTRIBUTION_MEASURES: readonly DistributionMeasure[] = [
  'psi',
  'ks',
  'kl',
  'js',
  'chi_square',
  'swd',
];
