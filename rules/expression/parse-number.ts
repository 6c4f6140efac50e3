import type { NumberLiteral, Tolerance } from '#model/expression.ts';

import { percentToRatio } from './decimal.ts';
import { ExpressionError } from './problem.ts';
import { join, type TokenReader } from './tokens.ts';
import { unitOf, UNITS } from './units.ts';

/** number = ["-"] digits [unit]; its value is kept in base units (a percentage as a ratio). */
export function parseNumber(reader: TokenReader): NumberLiteral {
  const minus = reader.takeSymbol('-');
  const token = reader.current;
  if (token.kind !== 'number') reader.fail('a number', 'For example: 5, 0.01, 5% or 2 hours.');
  reader.advance();
  const sign = reader.takeSymbol('%');
  const word = reader.current;
  const named = sign || word.kind !== 'word' ? null : unitOf(word.text);
  if (named !== null) reader.advance();
  const unit = sign ? 'percent' : named;
  const end = sign ?? (named === null ? token : word);
  const size =
    unit === 'percent'
      ? percentToRatio(token.text)
      : Number(token.text) * (unit === null ? 1 : UNITS[unit].factor);
  const span = join((minus ?? token).span, end.span);
  if (!Number.isFinite(size))
    throw new ExpressionError(span, `${token.text} is too large`, 'Write a number below 1.7e308.');
  const value = minus && size !== 0 ? -size : size;
  return { type: 'number', value, unit, span };
}

/** A whole number of something between two bounds, without a unit. */
export function parseCount(reader: TokenReader, most: number, message: string, mend: string): number {
  const count = parseNumber(reader);
  if (count.unit === null && Number.isInteger(count.value) && count.value >= 1 && count.value <= most)
    return count.value;
  throw new ExpressionError(count.span, message, mend);
}

/** tolerance = number [unit | "sigma"], not negative. */
export function parseTolerance(reader: TokenReader): Tolerance {
  const value = parseNumber(reader);
  if (value.value < 0)
    throw new ExpressionError(
      value.span,
      'The tolerance is negative',
      'Write how far the value may be off, to either side: within 5% of avg_last(7).',
    );
  const sigma = reader.isWord('sigma');
  if (sigma && value.unit !== null) reader.fail('"of"', 'Write a tolerance in per cent or in sigma.');
  if (sigma) reader.advance();
  return { value, sigma };
}

/** share = "for" number "%" "of" "rows": what part of the tested rows must fulfil a condition, 0..1. */
export function parseShare(reader: TokenReader): number | null {
  if (!reader.takeWord('for')) return null;
  const { value, unit, span } = parseNumber(reader);
  if (unit !== 'percent' || value <= 0 || value > 1)
    throw new ExpressionError(
      span,
      'The share of rows lies above 0% and up to 100%',
      'For example: for 99.9% of rows.',
    );
  reader.expectWord('of', 'For example: for 99.9% of rows.');
  reader.expectWord('rows', 'For example: for 99.9% of rows.');
  return value;
}
