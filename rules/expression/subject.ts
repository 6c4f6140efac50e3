import type { Baseline, Comparison, MetricCall, Term } from '#model/expression.ts';
import type { ComparisonOperator, Span } from '#model/predicate.ts';

import { agesWithTheClock } from './metrics.ts';
import { ExpressionError } from './problem.ts';

/** The metrics of one term from left to right. */
export function metricsIn(term: Term): readonly MetricCall[] {
  if (term.type === 'metric') return [term];
  return term.type === 'arithmetic' ? [...metricsIn(term.left), ...metricsIn(term.right)] : [];
}

/** The baselines of one term from left to right. */
export function baselinesIn(term: Term): readonly Baseline[] {
  if (term.type === 'baseline') return [term];
  return term.type === 'arithmetic' ? [...baselinesIn(term.left), ...baselinesIn(term.right)] : [];
}

/** The first baseline of a term, or null. */
export function baselineIn(term: Term): Baseline | null {
  return baselinesIn(term)[0] ?? null;
}

/** How old something was when a past partition was new is not known, so it has no history. */
export function refuseClock(subject: Term, span: Span): void {
  const aging = metricsIn(subject).find(({ metric }) => agesWithTheClock(metric));
  if (aging === undefined) return;
  throw new ExpressionError(
    span,
    `${aging.metric} changes with the clock and has no history`,
    `Compare it with a limit: ${aging.metric}(…) < 2 hours.`,
  );
}

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/**
 * A comparison with the measured side first: `0 < row_count` is told as `row_count > 0`, and what looks back is
 * the limit.
 */
export function measuredFirst(comparison: Comparison): {
  subject: Term;
  operator: ComparisonOperator;
  limit: Term;
} {
  const { left, right, operator } = comparison;
  if (left.type !== 'number' && baselineIn(left) === null) return { subject: left, operator, limit: right };
  return { subject: right, operator: MIRRORED[operator], limit: left };
}
