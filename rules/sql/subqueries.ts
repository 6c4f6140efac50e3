import type { Fact } from '#model/fact.ts';
import type { DialectName } from '#model/ports.ts';

import { DIALECTS } from './dialects.ts';

// Facts whose SQL reads the rows anew, as a subquery of its own.

const SUBQUERIES: ReadonlySet<Fact['metric']> = new Set<Fact['metric']>([
  'duplicated_rows',
  'quantile',
  'skew',
  'kurtosis',
  'correlation',
  'mutual_information',
  'entropy',
  'outlier_count',
  'falling_count',
  'rising_count',
  'not_rising_count',
  'not_falling_count',
  'misstep_count',
  'overlap_count',
  'max_gap',
]);

/** Whether the SQL of a fact reads rows anew. */
export function needsSubquery({ metric, columns }: Fact): boolean {
  return (
    SUBQUERIES.has(metric) ||
    ((metric === 'distinct_count' || metric === 'duplicate_count') && columns.length > 1)
  );
}

/** Whether it is nothing else, so that a statement of such facts alone needs no rows of its own. */
export function isSubquery(fact: Fact, dialect: DialectName): boolean {
  const { quantile, countDistinctTuples } = DIALECTS[dialect];
  if (fact.metric === 'quantile') return quantile === null;
  if (fact.metric === 'distinct_count') return fact.columns.length > 1 && countDistinctTuples === null;
  return fact.metric !== 'duplicate_count' && needsSubquery(fact);
}
