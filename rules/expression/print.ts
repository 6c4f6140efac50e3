import type { Condition, Expression, NumberLiteral, Term } from '#model/expression.ts';

import { ratioToPercent } from './decimal.ts';

/**
 * Writes an expression in its one canonical form. Parsing the text gives the same tree again (spans aside),
 * so it serves as identity: `ROW_COUNT<>0` and `row_count != 0` print alike.
 */
export function printExpression(expression: Expression): string {
  return printCondition(expression.condition);
}

function printCondition(expression: Condition): string {
  switch (expression.type) {
    case 'comparison':
      return `${printTerm(expression.left)} ${expression.operator} ${printTerm(expression.right)}`;
    case 'between': {
      const word = expression.negated ? 'not between' : 'between';
      return `${printTerm(expression.subject)} ${word} ${printTerm(expression.low)} and ${printTerm(expression.high)}`;
    }
    case 'within': {
      const { subject, tolerance, target } = expression;
      return `${printTerm(subject)} within ${printNumber(tolerance.value)} of ${printTerm(target)}`;
    }
    case 'not_anomalous':
      return `${printTerm(expression.subject)} not anomalous(${expression.sigma} sigma)`;
    case 'unique':
      return `unique(${expression.columns.map(({ name }) => printColumn(name)).join(', ')})`;
    default:
      throw new TypeError(`${expression.type} cannot be printed yet`);
  }
}

/** Writes a term with no more brackets than its tree needs. */
export function printTerm(term: Term): string {
  if (term.type === 'number') return printNumber(term);
  if (term.type === 'metric') {
    return term.columns.length === 0
      ? term.metric
      : `${term.metric}(${term.columns.map(({ name }) => printColumn(name)).join(', ')})`;
  }
  if (term.type === 'baseline') return `${term.function}(${term.points})`;
  const strength = strengthOf(term);
  const left = bracket(term.left, strengthOf(term.left) < strength);
  // Operators group to the left, so an equally strong right side came from brackets.
  const right = bracket(term.right, strengthOf(term.right) <= strength);
  return `${left} ${term.operator} ${right}`;
}

/** A plain name as it is, any other in double quotes. */
export function printColumn(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function printNumber(literal: NumberLiteral): string {
  return literal.unit === 'percent' ? `${ratioToPercent(literal.value)}%` : String(literal.value);
}

function strengthOf(term: Term): number {
  if (term.type !== 'arithmetic') return 3;
  return term.operator === '*' || term.operator === '/' ? 2 : 1;
}

function bracket(term: Term, needed: boolean): string {
  return needed ? `(${printTerm(term)})` : printTerm(term);
}
