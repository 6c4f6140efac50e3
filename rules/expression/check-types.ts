import type { Expression, NumberLiteral, Term } from '#model/expression.ts';

import { parseColumnType } from '../contract/column-type.ts';
import { nearest } from '../spelling.ts';
import { metricsIn, metricsOf } from './facts.ts';
import { METRICS } from './metrics.ts';
import { printTerm } from './print-term.ts';
import type { ExpressionProblem } from './problem.ts';

/** A column as the type check sees it. */
export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * Checks an expression against the columns of its contract. Metrics that compute must stand on numbers: an
 * error. A column that the schema does not list is a warning only, because a short contract may list just the
 * columns it promises something about; so is a ratio compared with a literal above 1, which was nearly always
 * meant as a percentage. Without a schema (no columns) columns are not judged.
 */
export function checkTypes(
  expression: Expression,
  columns: readonly TypedColumn[],
): readonly ExpressionProblem[] {
  return [...columnProblems(expression, columns), ...ratioWarnings(expression)];
}

function columnProblems(
  expression: Expression,
  columns: readonly TypedColumn[],
): readonly ExpressionProblem[] {
  if (columns.length === 0) return [];
  const problems: ExpressionProblem[] = [];
  for (const call of metricsOf(expression.condition)) {
    for (const { name } of call.columns) {
      const column = columns.find((candidate) => candidate.name === name);
      if (column === undefined) {
        const meant = nearest(
          name,
          columns.map((candidate) => candidate.name),
        );
        const mend =
          meant === null ? 'Add it to the schema, or name one of its columns.' : `Did you mean ${meant}?`;
        problems.push({
          severity: 'warning',
          span: call.span,
          message: `The schema has no column ${name}`,
          mend,
        });
        continue;
      }
      const type = parseColumnType(column.type);
      if (METRICS[call.metric].needs !== 'number' || type.status === 'error' || type.kind === 'number')
        continue;
      problems.push({
        severity: 'error',
        span: call.span,
        message: `${printTerm(call)} needs numbers, but ${name} is of type ${column.type}`,
        mend: 'Use it on a numeric column, or measure null_count or distinct_count.',
      });
    }
  }
  return problems;
}

function ratioWarnings({ condition }: Expression): readonly ExpressionProblem[] {
  switch (condition.type) {
    case 'comparison':
      return [
        ...suspicious(condition.left, [condition.right]),
        ...suspicious(condition.right, [condition.left]),
      ];
    case 'between':
      return suspicious(condition.subject, [condition.low, condition.high]);
    case 'within':
      return suspicious(condition.subject, [condition.tolerance.value]);
    default:
      return [];
  }
}

function suspicious(subject: Term, literals: readonly Term[]): readonly ExpressionProblem[] {
  const [metric] = metricsIn(subject);
  if (subject.type !== 'metric' || metric === undefined) return [];
  const ratio = METRICS[metric.metric].gives === 'ratio';
  return literals
    .filter((literal): literal is NumberLiteral => literal.type === 'number')
    .filter((literal) => ratio && literal.unit !== 'percent' && literal.value > 1)
    .map((literal) => ({
      severity: 'warning',
      span: literal.span,
      message: `${metric.metric} is a ratio from 0 to 1, but it is compared with ${literal.value}`,
      mend: `Write ${literal.value}% if per cent is meant.`,
    }));
}
