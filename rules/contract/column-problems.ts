import type { ContractColumn } from '#model/contract.ts';
import type { Expression } from '#model/expression.ts';

import { checkTypes } from '../expression/check-types.ts';
import type { ExpressionProblem } from '../expression/problem.ts';
import { tableName } from './plain-column.ts';

/**
 * Checks an expression against the columns of its contract. Checks name columns as the table does, so a name
 * that only the contract uses gets a word of its own.
 */
export function columnProblems(
  expression: Expression,
  columns: readonly ContractColumn[],
): readonly ExpressionProblem[] {
  const typed = columns.map((column) => ({ name: tableName(column), type: column.type }));
  return checkTypes(expression, typed).map((problem) => {
    const renamed = columns.find(
      (column) =>
        column.physicalName !== null &&
        problem.severity === 'warning' &&
        problem.message === `The schema has no column ${column.name}`,
    );
    if (renamed === undefined) return problem;
    const stored = tableName(renamed);
    return {
      ...problem,
      message: `${renamed.name} is called ${stored} in the table`,
      mend: `Write ${stored}: checks name columns as the table does.`,
    };
  });
}
