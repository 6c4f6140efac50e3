import type { ColumnRef, Literal, TableRef } from '#model/predicate.ts';

import { percentToRatio } from './decimal.ts';
import type { Token } from './lex.ts';
import { ExpressionError } from './problem.ts';
import { join, type TokenReader } from './tokens.ts';

/** Longest list of values or columns in one check. */
const MAX_LIST = 1000;
/** catalog.schema.table */
const MAX_PARTS = 3;

/** name { "." name } */
function parseDotted(reader: TokenReader, expected: string, mend: string): readonly Token[] {
  const parts: Token[] = [];
  do parts.push(reader.takeName() ?? reader.fail(expected, mend));
  while (reader.takeSymbol('.'));
  return parts;
}

/** Another table: `orders`, `bronze.orders`, `lake.bronze.orders`. */
export function parseTable(reader: TokenReader): TableRef {
  const parts = parseDotted(reader, 'a table', 'For example: bronze.orders.');
  return tableOf(parts);
}

function tableOf(parts: readonly Token[]): TableRef {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('no parts');
  const span = join(first.span, last.span);
  if (parts.length > MAX_PARTS)
    throw new ExpressionError(
      span,
      `A table's name has at most ${MAX_PARTS} parts`,
      'Write catalog.schema.table, and quote a part that contains a dot.',
    );
  return { parts: parts.map(({ text }) => text), span };
}

/** A column of the candidate, or of another table: `amount`, `bronze.orders.amount`. */
export function parseColumn(reader: TokenReader, mend: string): ColumnRef {
  const parts = parseDotted(reader, 'a column name', mend);
  const last = parts.at(-1);
  const [first] = parts;
  if (first === undefined || last === undefined) throw new RangeError('no parts');
  const table = parts.length === 1 ? null : tableOf(parts.slice(0, -1));
  return { name: last.text, table, span: join(first.span, last.span) };
}

/** columns = "(" column { "," column } ")": at least one, each once, all of one table. */
export function parseColumns(
  reader: TokenReader,
  owner: string,
  most = MAX_LIST,
): { columns: readonly ColumnRef[]; end: Token } {
  const hint = owner === 'count' ? '; all rows are counted by row_count' : '';
  reader.expectSymbol('(', `Name the column: ${owner}(column)${hint}.`);
  const columns: ColumnRef[] = [];
  for (;;) {
    const column = parseColumn(reader, `For example: ${owner}(order_id)${hint}.`);
    if (columns.some(({ name }) => name === column.name))
      throw new ExpressionError(
        column.span,
        `The column ${column.name} is named twice`,
        'Name each column once.',
      );
    const [first] = columns;
    if (first && first.table?.parts.join('.') !== column.table?.parts.join('.'))
      throw new ExpressionError(
        column.span,
        'The columns are not of one table',
        'Name columns of one table only.',
      );
    columns.push(column);
    if (reader.isSymbol(',')) {
      if (columns.length >= most) throw tooMany(reader.current, owner, most);
      reader.advance();
      continue;
    }
    const end = reader.expectSymbol(
      ')',
      'Close the list of columns; put a name with special characters in double quotes.',
    );
    return { columns, end };
  }
}

function tooMany(token: Token, owner: string, most: number): ExpressionError {
  const takes = most === 1 ? 'one column' : most === 2 ? 'two columns' : `at most ${most} columns`;
  return new ExpressionError(token.span, `${owner} takes ${takes}`, 'Write one check for each column.');
}

/** Names of columns alone, those of another table or of the schema. */
export function parseOwnColumns(
  reader: TokenReader,
  owner: string,
): { names: readonly string[]; columns: readonly ColumnRef[]; end: Token } {
  const { columns, end } = parseColumns(reader, owner);
  for (const { table, span } of columns) {
    if (table !== null)
      throw new ExpressionError(
        span,
        'A column of another table stands here',
        'Write the column alone; quote a name that contains a dot: "address.city".',
      );
  }
  return { names: columns.map(({ name }) => name), columns, end };
}

/** values = ("(" | "[") literal { "," literal } (")" | "]"): at least one, each once, all of one kind. */
export function parseLiterals(reader: TokenReader): { values: readonly Literal[]; end: Token } {
  const square = reader.takeSymbol('[') !== null;
  if (!square) reader.expectSymbol('(', "Write the values in brackets: in ('paid', 'open').");
  const values: Literal[] = [];
  do {
    const literal = parseLiteral(reader);
    const [first] = values;
    if (first && first.type !== literal.type)
      throw new ExpressionError(
        literal.span,
        'The values are not of one kind',
        'Write texts in single quotes, and numbers without.',
      );
    if (values.some(({ value }) => value === literal.value))
      throw new ExpressionError(
        literal.span,
        `The value ${literal.value} is named twice`,
        'Name each value once.',
      );
    if (values.length >= MAX_LIST)
      throw new ExpressionError(
        literal.span,
        `The list has more than ${MAX_LIST} values`,
        'Keep them in a table and write references.',
      );
    values.push(literal);
  } while (reader.takeSymbol(','));
  const end = reader.expectSymbol(square ? ']' : ')', 'Close the list of values.');
  return { values, end };
}

function parseLiteral(reader: TokenReader): Literal {
  const { current } = reader;
  if (current.kind === 'text') {
    reader.advance();
    return { type: 'text', value: current.text, span: current.span };
  }
  if (reader.isWord('true') || reader.isWord('false')) {
    const word = reader.advance();
    return { type: 'boolean', value: word.text.toLowerCase() === 'true', span: word.span };
  }
  if (reader.isWord('null'))
    reader.fail('a value', 'null is in no list: write "or column is null" beside it.');
  if (current.kind === 'word' || current.kind === 'quoted')
    reader.fail('a value', `Write a text in single quotes: '${current.text}'.`);
  const minus = reader.takeSymbol('-');
  const token = reader.current;
  if (token.kind !== 'number') return reader.fail('a value', "For example: 'paid', 5 or true.");
  reader.advance();
  const sign = reader.takeSymbol('%');
  const size = sign ? percentToRatio(token.text) : Number(token.text);
  const value = minus && size !== 0 ? -size : size;
  return { type: 'number', value, span: join((minus ?? token).span, (sign ?? token).span) };
}
