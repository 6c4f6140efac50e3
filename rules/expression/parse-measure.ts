import type { ComparisonOperator } from '#model/predicate.ts';

import { looksLikeRange } from './bracket.ts';
import { parseTolerance } from './parse-number.ts';
import { parseValue } from './parse-value.ts';
import { ExpressionError } from './problem.ts';
import { jointLevel, type RawValue, toOperand, toTerm } from './raw-value.ts';
import type { Statement } from './statement.ts';
import { refuseBaselineIn, refuseConstants, refuseRows, refuseTwoBaselines } from './subject-rules.ts';
import { join, type TokenReader } from './tokens.ts';

/** `left op right [within tolerance]`, of the whole or of each row. */
export function parseComparison(
  reader: TokenReader,
  left: RawValue,
  operator: ComparisonOperator,
  depth: number,
): Statement {
  const right = parseValue(reader, depth);
  const level = jointLevel([left, right]);
  const span = join(left.span, right.span);
  if (level === 'row') {
    const predicate = {
      type: 'compare',
      operator,
      left: toOperand(left),
      right: toOperand(right),
      span,
    } as const;
    if (reader.isWord('within'))
      reader.fail('the end of the condition', 'Rows are compared exactly: write abs(a - b) <= 0.01.');
    return { level: 'rows', predicate };
  }
  refuseConstants(level, span);
  const sides = { left: toTerm(left), right: toTerm(right) };
  refuseTwoBaselines(sides.left, sides.right);
  const tolerance =
    (operator === '=' || operator === '!=') && reader.takeWord('within') ? parseTolerance(reader) : null;
  if (tolerance?.sigma)
    throw new ExpressionError(
      tolerance.value.span,
      'A tolerance in sigma needs a history',
      'Write for example: row_count within 2 sigma of avg_last(30).',
    );
  const end = tolerance?.value.span ?? right.span;
  return {
    level: 'whole',
    condition: { type: 'comparison', operator, ...sides, tolerance, span: join(left.span, end) },
  };
}

/** `between a and b`, with both ends unless brackets say otherwise. */
export function parseBetween(
  reader: TokenReader,
  subject: RawValue,
  negated: boolean,
  depth: number,
): Statement {
  reader.advance();
  const bracket = reader.isSymbol('[') || (reader.isSymbol('(') && looksLikeRange(reader));
  const open = bracket ? reader.advance() : null;
  const low = parseValue(reader, depth);
  reader.expectWord('and', 'Write between a and b; both ends are included.');
  const high = parseValue(reader, depth);
  const close = open
    ? (reader.takeSymbol(']') ?? reader.expectSymbol(')', 'Close the range with ) or ].'))
    : null;
  const lowOpen = open?.text === '(';
  const highOpen = close?.text === ')';
  refuseEmptyRange(low, high, lowOpen || highOpen);
  const span = join(subject.span, close?.span ?? high.span);
  const level = jointLevel([subject, low, high]);
  const ends = { negated, lowOpen, highOpen, span };
  if (level === 'row') {
    const values = { operand: toOperand(subject), low: toOperand(low), high: toOperand(high) };
    return { level: 'rows', predicate: { type: 'between', ...ends, ...values } };
  }
  refuseConstants(level, span);
  const terms = { subject: toTerm(subject), low: toTerm(low), high: toTerm(high) };
  refuseBaselineIn(terms.subject);
  refuseTwoBaselines(terms.subject, terms.low);
  refuseTwoBaselines(terms.subject, terms.high);
  return { level: 'whole', condition: { type: 'between', ...ends, ...terms } };
}

function refuseEmptyRange(low: RawValue, high: RawValue, open: boolean): void {
  if (low.type !== 'number' || high.type !== 'number') return;
  if (low.value > high.value)
    throw new ExpressionError(
      join(low.span, high.span),
      'The lower end of between is above the upper one',
      'Swap the two numbers.',
    );
  if (open && low.value === high.value)
    throw new ExpressionError(
      join(low.span, high.span),
      'Nothing lies between the two ends',
      'Move them apart, or include both.',
    );
}

/** `within 5% of avg_last(7)`, `within 2 sigma of avg_last(30)`, `within 0.1% of row_count(other)`. */
export function parseWithin(
  reader: TokenReader,
  subject: RawValue,
  negated: boolean,
  depth: number,
): Statement {
  reader.advance();
  if (jointLevel([subject]) === 'row') refuseRows(subject, 'within', 'Write abs(a - b) <= 0.01.');
  const tolerance = parseTolerance(reader);
  reader.expectWord('of', 'For example: within 5% of avg_last(7).');
  const value = parseValue(reader, depth);
  const span = join(subject.span, value.span);
  refuseConstants(jointLevel([subject, value]), span);
  const measured = toTerm(subject);
  const target = toTerm(value);
  refuseBaselineIn(measured);
  refuseTwoBaselines(measured, target);
  if (tolerance.sigma && target.type !== 'baseline')
    throw new ExpressionError(
      tolerance.value.span,
      'A tolerance in sigma needs a history',
      'Write for example: within 2 sigma of avg_last(30).',
    );
  return {
    level: 'whole',
    condition: { type: 'within', negated, subject: measured, tolerance, target, span },
  };
}
