import type { Operand } from '#model/predicate.ts';

import { ExpressionError } from './problem.ts';
import { join, type TokenReader } from './tokens.ts';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** `date '2026-01-31'`, `timestamp '2026-01-31T10:00:00Z'`: days that exist, and times with their offset. */
export function parseMoment(reader: TokenReader): Extract<Operand, { type: 'date' | 'timestamp' }> {
  const word = reader.advance();
  const text = reader.advance();
  const type = word.text.toLowerCase() === 'date' ? 'date' : 'timestamp';
  const valid = type === 'date' ? isDate(text.text) : isTimestamp(text.text);
  if (!valid)
    throw new ExpressionError(
      text.span,
      `'${text.text}' is not a ${type}`,
      type === 'date' ? "For example: date '2026-01-31'." : "For example: timestamp '2026-01-31T10:00:00Z'.",
    );
  return { type, value: text.text, span: join(word.span, text.span) };
}

function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = DATE.exec(text) ?? [];
  if (year === '' || Number(year) < 1) return false;
  const last = new Date(Date.UTC(2000, Number(month), 0));
  last.setUTCFullYear(Number(year), Number(month), 0);
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= last.getUTCDate();
}

function isTimestamp(text: string): boolean {
  const [, day = ''] = TIMESTAMP.exec(text) ?? [];
  return day !== '' && isDate(day);
}
