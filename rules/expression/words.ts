import type { Comparison, Condition, Term } from '#model/expression.ts';
import type { ComparisonOperator } from '#model/predicate.ts';
import { formatNumber, formatPercent } from '#model/number-text.ts';

import { METRICS } from './metrics.ts';
import { printTerm } from './print-term.ts';

/** A number as the subject's reader expects it: ratios as percentages. */
export function numberText(subject: Term, value: number, digits?: number): string {
  const ratio = subject.type === 'metric' && METRICS[subject.metric].gives === 'ratio';
  return ratio ? formatPercent(value, digits) : formatNumber(value, digits);
}

/** Two numbers with as many digits as it takes to tell them apart: never "is 10, expected < 10". */
export function numberTexts(subject: Term, left: number, right: number): readonly [string, string] {
  for (let digits = 6; ; digits += 1) {
    const texts = [numberText(subject, left, digits), numberText(subject, right, digits)] as const;
    if (left === right || texts[0] !== texts[1] || digits >= 12) return texts;
  }
}

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** A comparison with the measured side first: `0 < row_count` is told as `row_count > 0`. */
export function measuredFirst(expression: Comparison): {
  subject: Term;
  operator: ComparisonOperator;
  limit: Term;
} {
  const { left, right, operator } = expression;
  if (left.type !== 'number') return { subject: left, operator, limit: right };
  return { subject: right, operator: MIRRORED[operator], limit: left };
}

/** What a check expects, in words, before anything is measured: `> 0`, `within 50 % of avg_last(7)`. */
export function expectedText(expression: Condition): string {
  switch (expression.type) {
    case 'comparison': {
      const { subject, operator, limit } = measuredFirst(expression);
      return `${operator} ${termText(subject, limit)}`;
    }
    case 'between': {
      const { subject, low, high } = expression;
      return `${expression.negated ? 'not ' : ''}between ${termText(subject, low)} and ${termText(subject, high)}`;
    }
    case 'within': {
      const { target, subject } = expression;
      const tolerance = expression.tolerance.value;
      const reach =
        tolerance.unit === 'percent' ? formatPercent(tolerance.value) : numberText(subject, tolerance.value);
      return `within ${reach} of ${printTerm(target)}`;
    }
    case 'not_anomalous':
      return `within ${expression.sigma} sigma of the history`;
    case 'unique':
      return 'no repeats';
    default:
      return 'as the check says';
  }
}

function termText(subject: Term, term: Term): string {
  return term.type === 'number' ? numberText(subject, term.value) : printTerm(term);
}
