import type { Expression } from '#model/expression.ts';

import { termsOf } from './conditions-in.ts';
import { METRICS } from './metrics.ts';
import { printTerm } from './print-term.ts';
import { metricsIn } from './subject.ts';

const KNOWN = new WeakMap<Expression, { readonly metric: string | null }>();

/** The first metric of a check that a sketch estimates, or null. */
export function approximateMetric(expression: Expression): string | null {
  const known = KNOWN.get(expression);
  if (known !== undefined) return known.metric;
  const call = termsOf(expression.condition)
    .flatMap(metricsIn)
    .find(({ metric }) => METRICS[metric].approximate === true);
  const metric = call === undefined ? null : printTerm(call);
  KNOWN.set(expression, { metric });
  return metric;
}
