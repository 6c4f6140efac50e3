import type { Condition } from '#model/expression.ts';
import type { ColumnRef } from '#model/predicate.ts';

import { parseOwnColumns, parseTable } from './parse-names.ts';
import { parseShare } from './parse-number.ts';
import { join, type TokenReader } from './tokens.ts';

const EXAMPLE = 'For example: user_id references dim.users(user_id).';

/** `columns ["not"] "references" table "(" columns ")" [share]`, from `not` or `references` on. */
export function parseReferences(
  reader: TokenReader,
  columns: readonly ColumnRef[],
  negatedBefore = false,
): Condition {
  const negated = negatedBefore || reader.takeWord('not') !== null;
  reader.expectWord('references', EXAMPLE);
  const foreign = columns.find((column) => column.table !== null);
  if (foreign)
    reader.problem(
      foreign.span,
      'A column of another table stands before references',
      'Name columns of the dataset itself; quote a name that contains a dot.',
    );
  const table = parseTable(reader);
  const { names, end } = parseOwnColumns(reader, table.parts.join('.'));
  const [first] = columns;
  const span = join(first?.span ?? end.span, end.span);
  if (names.length !== columns.length)
    reader.problem(
      span,
      `${columns.length === 1 ? 'One column refers' : `${columns.length} columns refer`} to ${names.length}`,
      'Name as many columns on both sides, in the same order.',
    );
  const share = parseShare(reader) ?? 1;
  return { type: 'references', negated, columns, table, tableColumns: names, share, span };
}
