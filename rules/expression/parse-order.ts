import type { Condition, Groups, MutuallyExclusive, Ordered } from '#model/expression.ts';
import type { ColumnRef } from '#model/predicate.ts';

import type { Token } from './lex.ts';
import { parseLiterals, parseOwnColumns } from './parse-names.ts';
import { parseNumber } from './parse-number.ts';
import { ExpressionError } from './problem.ts';
import { join, type TokenReader } from './tokens.ts';

const DIRECTIONS = ['increasing', 'decreasing', 'sequential'] as const;

/** A condition on how rows follow one another, or null when the current token begins none. */
export function parseOrder(reader: TokenReader): Condition | null {
  const direction = DIRECTIONS.find((word) => reader.isWord(word));
  if (direction !== undefined && opens(reader, direction !== 'sequential'))
    return parseOrdered(reader, direction);
  if (!reader.isSymbol('(', 1)) return null;
  if (reader.isWord('mutually_exclusive')) return parseExclusive(reader);
  if (reader.isWord('most_common')) return parseMostCommon(reader);
  return reader.isWord('consistent_casing') ? parseCasing(reader) : null;
}

function opens(reader: TokenReader, mayBeStrict: boolean): boolean {
  return reader.isSymbol('(', 1) || (mayBeStrict && reader.isWord('strictly', 1) && reader.isSymbol('(', 2));
}

/** `increasing ["strictly"] "(" c "by" o [each] ")"`, `sequential "(" c ["," step] [each] ")"`. */
function parseOrdered(reader: TokenReader, direction: Ordered['direction']): Ordered {
  const word = reader.advance();
  const strictly = reader.takeWord('strictly') !== null;
  reader.expectSymbol('(', `For example: ${EXAMPLES[direction]}.`);
  const column = parseName(reader, direction);
  let by: ColumnRef | null = null;
  let step = 1;
  if (direction === 'sequential') {
    if (reader.takeSymbol(',')) step = parseStep(reader);
  } else {
    reader.expectWord(
      'by',
      `Rows have no order of their own. Name the column that orders them: ${EXAMPLES[direction]}.`,
    );
    by = parseName(reader, direction);
  }
  const each = parseEach(reader, direction);
  refuseRepeats([column, ...(by === null ? [] : [by]), ...each]);
  const end = reader.expectSymbol(')', `For example: ${EXAMPLES[direction]}.`);
  return { type: 'ordered', direction, strictly, column, by, step, each, span: join(word.span, end.span) };
}

const EXAMPLES = {
  increasing: 'increasing(version by updated_at for each order_id)',
  decreasing: 'decreasing(stock by counted_at for each sku)',
  sequential: 'sequential(line, 1 for each order_id)',
  mutually_exclusive: 'mutually_exclusive(valid_from, valid_to for each customer_id)',
} as const;

function parseName(reader: TokenReader, what: keyof typeof EXAMPLES): ColumnRef {
  const token = reader.takeName() ?? reader.fail('a column name', `For example: ${EXAMPLES[what]}.`);
  return { name: token.text, table: null, span: token.span };
}

function parseStep(reader: TokenReader): number {
  const { value, unit, span } = parseNumber(reader);
  if (unit === null && value > 0) return value;
  throw new ExpressionError(span, 'The step is a number above 0', `For example: ${EXAMPLES.sequential}.`);
}

/** `for each k, k2`; empty when it is not said. */
function parseEach(reader: TokenReader, what: keyof typeof EXAMPLES): readonly ColumnRef[] {
  if (!reader.takeWord('for')) return [];
  reader.expectWord('each', `For example: ${EXAMPLES[what]}.`);
  const columns = [parseName(reader, what)];
  while (reader.takeSymbol(',')) columns.push(parseName(reader, what));
  return columns;
}

function refuseRepeats(columns: readonly ColumnRef[]): void {
  const seen = new Set<string>();
  for (const { name, span } of columns) {
    if (seen.has(name))
      throw new ExpressionError(span, `The column ${name} is named twice`, 'Name each column once.');
    seen.add(name);
  }
}

/** `mutually_exclusive "(" low "," high [each] ")"`. */
function parseExclusive(reader: TokenReader): MutuallyExclusive {
  const word = reader.advance();
  reader.advance();
  const low = parseName(reader, 'mutually_exclusive');
  reader.expectSymbol(',', `Name where ranges begin and end: ${EXAMPLES.mutually_exclusive}.`);
  const high = parseName(reader, 'mutually_exclusive');
  const each = parseEach(reader, 'mutually_exclusive');
  refuseRepeats([low, high, ...each]);
  const end = reader.expectSymbol(')', `For example: ${EXAMPLES.mutually_exclusive}.`);
  return { type: 'mutually_exclusive', low, high, each, span: join(word.span, end.span) };
}

/** `most_common "(" c ")" "in" values`. */
function parseMostCommon(reader: TokenReader): Groups {
  const { word, column } = parseOneColumn(reader);
  const example = "For example: most_common(status) in ('paid', 'open').";
  reader.expectWord('in', example);
  const { values, end } = parseLiterals(reader);
  return { type: 'groups', column, relation: 'most_common', values, span: join(word.span, end.span) };
}

function parseOneColumn(reader: TokenReader): { word: Token; column: ColumnRef; end: Token } {
  const word = reader.advance();
  const { columns, end } = parseOwnColumns(reader, word.text);
  const [column] = columns;
  if (column === undefined || columns.length > 1)
    throw new ExpressionError(
      join(word.span, end.span),
      `${word.text} takes one column`,
      'Write one check for each column.',
    );
  return { word, column, end };
}

/** `consistent_casing(c)` is another way to write `casing_variants(c) = 0`. */
function parseCasing(reader: TokenReader): Condition {
  const { word, column, end } = parseOneColumn(reader);
  const span = join(word.span, end.span);
  return {
    type: 'comparison',
    operator: '=',
    left: {
      type: 'metric',
      metric: 'casing_variants',
      columns: [column],
      table: null,
      quantile: null,
      values: null,
      predicate: null,
      span,
    },
    right: { type: 'number', value: 0, unit: null, span },
    tolerance: null,
    span,
  };
}
