import type { Expression } from '#model/expression.ts';
import type { DialectName } from '#model/ports.ts';

import { leavesOf } from '../expression/conditions-in.ts';
import type { ExpressionProblem } from '../expression/problem.ts';
import { guardCustomSql } from '../sql/custom-sql.ts';
import { SqlRefusal } from '../sql/refusal.ts';

/** Engines differ in quotes and comments: what one of these takes may run somewhere. */
const DIALECTS: readonly DialectName[] = ['postgres', 'mysql', 'spark'];

/** What the fillings of placeholders are does not matter here. */
const NAMES = { dataset: 'dataset', partition: '(true)', column: null } as const;

/** Why a query of the author's will be run nowhere (it writes, it has two statements), or null. */
export function queryProblem(query: string): { readonly message: string; readonly mend: string } | null {
  let first: SqlRefusal | null = null;
  for (const dialect of DIALECTS) {
    try {
      guardCustomSql(query, dialect, NAMES);
      return null;
    } catch (error) {
      if (!(error instanceof SqlRefusal)) throw error;
      first ??= error;
    }
  }
  return first && { message: first.message, mend: first.mend };
}

/** The same of the queries in a check's text: `sql('delete …') = 0`. */
export function queryProblems({ condition }: Expression): readonly ExpressionProblem[] {
  return leavesOf(condition).flatMap((leaf) => {
    const found = leaf.type === 'custom_sql' ? queryProblem(leaf.query) : null;
    return found === null ? [] : [{ severity: 'error' as const, span: leaf.span, ...found }];
  });
}
