import type { ContractColumn } from '#model/contract.ts';
import type { Expression } from '#model/expression.ts';

import { ColumnTable } from '../expression/check-columns.ts';
import { checkTypes } from '../expression/check-types.ts';
import type { ExpressionProblem } from '../expression/problem.ts';
import { tableName } from './plain-column.ts';

interface Schema {
  readonly table: ColumnTable;
  /** Columns that the table calls otherwise, by the message that their names give. */
  readonly renamed: ReadonlyMap<string, ContractColumn>;
}

/** The schema of a contract while its checks are read: made once, not once per check. */
const SCHEMAS = new WeakMap<readonly ContractColumn[], Schema>();

function schemaOf(columns: readonly ContractColumn[]): Schema {
  const known = SCHEMAS.get(columns);
  if (known !== undefined) return known;
  const renamed = columns.filter(({ physicalName }) => physicalName !== null);
  const schema = {
    table: new ColumnTable(columns.map((column) => ({ name: tableName(column), type: column.type }))),
    renamed: new Map(renamed.map((column) => [`The schema has no column ${column.name}`, column])),
  };
  SCHEMAS.set(columns, schema);
  return schema;
}

/**
 * Checks an expression against the columns of its contract. Checks name columns as the table does, so a name
 * that only the contract uses gets a word of its own.
 */
export function columnProblems(
  expression: Expression,
  columns: readonly ContractColumn[],
): readonly ExpressionProblem[] {
  const { table, renamed: names } = schemaOf(columns);
  return checkTypes(expression, table).map((problem) => {
    const renamed = names.get(problem.message);
    if (renamed === undefined) return problem;
    const stored = tableName(renamed);
    return {
      ...problem,
      message: `${renamed.name} is called ${stored} in the table`,
      mend: `Write ${stored}: checks name columns as the table does.`,
    };
  });
}
