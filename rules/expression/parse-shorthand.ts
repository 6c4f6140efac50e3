import type { Operand, Predicate, Span } from '#model/predicate.ts';

import { parseColumn, parseOwnColumns } from './parse-names.ts';
import { parseNumber } from './parse-number.ts';
import { join, type TokenReader } from './tokens.ts';

// Shorter ways to write conditions on rows.

/**
 * `inside_box(latitude, longitude, south, west, north, east)` is another way to write two ranges; a box whose west
 * lies east of its east goes around the 180th meridian. Null when the current token does not begin it.
 */
export function parseBox(reader: TokenReader): Predicate | null {
  if (!reader.isWord('inside_box') || !reader.isSymbol('(', 1)) return null;
  const example = 'For example: inside_box(lat, lon, 47.2, 5.8, 55.1, 15.1), south, west, north, east.';
  const word = reader.advance();
  reader.advance();
  const columns = [
    parseColumn(reader, example),
    (reader.expectSymbol(',', example), parseColumn(reader, example)),
  ];
  const ends: { readonly value: number; readonly span: Span }[] = [];
  for (const most of [90, 180, 90, 180]) {
    reader.expectSymbol(',', example);
    const { value, unit, span } = parseNumber(reader);
    if (unit !== null || Math.abs(value) > most)
      reader.problem(span, `A place lies between -${most} and ${most} degrees here`, example);
    ends.push({ value, span });
  }
  const close = reader.expectSymbol(')', example);
  const span = join(word.span, close.span);
  const [lat, lon] = columns.map((column): Operand => ({ type: 'column', column, span: column.span }));
  const [south, west, north, east] = ends.map(
    ({ value, span: at }): Operand & { readonly value: number } => ({
      type: 'number',
      value,
      span: at,
    }),
  );
  if (!lat || !lon || !south || !west || !north || !east) throw new RangeError('a box has four sides');
  if (south.value > north.value)
    reader.problem(north.span, 'The north of the box lies south of its south', example);
  const between = (operand: Operand, low: Operand, high: Operand): Predicate => ({
    type: 'between',
    negated: false,
    operand,
    low,
    high,
    lowOpen: false,
    highOpen: false,
    span,
  });
  const across: Predicate =
    west.value <= east.value
      ? between(lon, west, east)
      : {
          type: 'or',
          predicates: [
            { type: 'compare', operator: '>=', left: lon, right: west, span },
            { type: 'compare', operator: '<=', left: lon, right: east, span },
          ],
          span,
        };
  return { type: 'and', predicates: [between(lat, south, north), across], span };
}

/**
 * `complete_rows(a, b)` is another way to write `a is not null and b is not null`, `any_complete(a, b)` with `or`;
 * null when the current token begins neither.
 */
export function parseComplete(reader: TokenReader): Predicate | null {
  const all = reader.isWord('complete_rows');
  if ((!all && !reader.isWord('any_complete')) || !reader.isSymbol('(', 1)) return null;
  const word = reader.advance();
  const { columns, end } = parseOwnColumns(reader, word.text);
  const predicates = columns.map((column): Predicate => {
    const operand: Operand = { type: 'column', column, span: column.span };
    return { type: 'is_null', negated: true, operand, span: column.span };
  });
  const [only] = predicates;
  if (only !== undefined && predicates.length === 1) return only;
  return { type: all ? 'and' : 'or', predicates, span: join(word.span, end.span) };
}
