import type { BaselineFunction, Condition, Expression, Term } from '#model/expression.ts';
import type { ComparisonOperator, Span } from '#model/predicate.ts';

import { nearest } from '../spelling.ts';
import { lex } from './lex.ts';
import { parseColumns, parseNumber, parseTerm } from './parse-term.ts';
import { ExpressionError, type ExpressionProblem } from './problem.ts';
import { join, TokenReader } from './tokens.ts';

export type ParsedExpression =
  | { readonly status: 'ok'; readonly expression: Expression }
  | { readonly status: 'error'; readonly problem: ExpressionProblem };

export const DEFAULT_SIGMA = 2;
const MAX_SIGMA = 20;
/** A baseline looks back over at most this many partitions. */
export const MAX_BASELINE_POINTS = 1000;

const BASELINES: readonly BaselineFunction[] = ['avg_last', 'median_last', 'min_last', 'max_last'];

const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/**
 * Parses the text of one check:
 *
 *     check    = "unique" columns | term condition
 *     condition = ("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=") term
 *              | ["not"] "between" term "and" term
 *              | "within" number ["%"] "of" baseline "(" n ")"
 *              | "not" "anomalous" ["(" number "sigma" ")"]
 *
 * Never throws: a text that is not a check gives the first problem with its place in the text.
 */
export function parseExpression(text: string): ParsedExpression {
  try {
    const reader = new TokenReader(lex(text));
    const condition = parseCheck(reader);
    expectEnd(reader, condition);
    const expression = { condition, where: null, scope: null, per: null, span: condition.span };
    if (!measures(condition)) {
      throw new ExpressionError(
        expression.span,
        'This check measures nothing: it compares numbers only',
        'Name a metric, for example: row_count > 0.',
      );
    }
    return { status: 'ok', expression };
  } catch (error) {
    if (error instanceof ExpressionError) return { status: 'error', problem: error.problem };
    throw error;
  }
}

function parseCheck(reader: TokenReader): Condition {
  const first = reader.current;
  if (first.kind === 'end') reader.fail('a check', 'For example: row_count > 0.');
  if (reader.isWord('unique')) {
    reader.advance();
    const { columns, end } = parseColumns(reader, 'unique');
    return { type: 'unique', columns, span: join(first.span, end.span) };
  }
  if (reader.isWord('not'))
    reader.fail(
      'a metric',
      'Write the metric first: row_count not anomalous, row_count not between 1 and 5.',
    );
  const subject = parseTerm(reader);
  const token = reader.current;
  const operator = token.kind === 'symbol' ? COMPARISONS[token.text] : undefined;
  if (operator !== undefined) {
    const sign = reader.advance();
    rejectSplitOperator(reader, sign.span);
    const right = parseTerm(reader);
    return {
      type: 'comparison',
      operator,
      left: subject,
      right,
      tolerance: null,
      span: join(subject.span, right.span),
    };
  }
  if (reader.isWord('between')) return parseBetween(reader, subject, false);
  if (reader.isWord('within')) return parseWithin(reader, subject);
  if (reader.takeWord('not')) {
    if (reader.isWord('between')) return parseBetween(reader, subject, true);
    if (reader.isWord('anomalous')) return parseNotAnomalous(reader, subject);
    if (reader.isWord('within'))
      reader.fail('between or anomalous', 'Turn the condition round: a check says what is good.');
    reader.fail('between or anomalous', 'Write not between a and b, or not anomalous.');
  }
  if (reader.isWord('anomalous')) reader.fail('"not"', 'A check says what is good: write not anomalous.');
  const mend = token.kind === 'word' ? suggestCondition(token.text) : null;
  return reader.fail(
    'a condition',
    mend ?? 'Write a comparison (> 0), between, within … of, or not anomalous.',
  );
}

function parseBetween(reader: TokenReader, subject: Term, negated: boolean): Condition {
  reader.advance();
  const low = parseTerm(reader);
  reader.expectWord('and', 'Write between a and b; both ends are included.');
  const high = parseTerm(reader);
  if (low.type === 'number' && high.type === 'number' && low.value > high.value) {
    throw new ExpressionError(
      join(low.span, high.span),
      'The lower end of between is above the upper one',
      'Swap the two numbers.',
    );
  }
  return {
    type: 'between',
    negated,
    subject,
    low,
    high,
    lowOpen: false,
    highOpen: false,
    span: join(subject.span, high.span),
  };
}

function parseWithin(reader: TokenReader, subject: Term): Condition {
  reader.advance();
  const tolerance = parseNumber(reader);
  if (tolerance.value < 0)
    throw new ExpressionError(
      tolerance.span,
      'The tolerance is negative',
      'Write how far the value may be off, to either side: within 5% of avg_last(7).',
    );
  reader.expectWord('of', 'For example: within 5% of avg_last(7).');
  const name = reader.current;
  const known = BASELINES.find((baseline) => reader.isWord(baseline));
  if (known === undefined) {
    const meant = name.kind === 'word' ? nearest(name.text, BASELINES) : null;
    reader.fail(
      `one of ${BASELINES.join(', ')}`,
      meant === null ? 'For example: within 5% of avg_last(7).' : `Did you mean ${meant}?`,
    );
  }
  reader.advance();
  reader.expectSymbol('(', `Say over how many partitions: ${known}(7).`);
  const count = parseNumber(reader);
  if (
    count.unit !== null ||
    !Number.isInteger(count.value) ||
    count.value < 1 ||
    count.value > MAX_BASELINE_POINTS
  ) {
    throw new ExpressionError(
      count.span,
      `${known} looks back over a whole number of partitions, 1 to ${MAX_BASELINE_POINTS}`,
      `For example: ${known}(7).`,
    );
  }
  const close = reader.expectSymbol(')', 'Close the bracket.');
  const target = {
    type: 'baseline',
    function: known,
    points: count.value,
    span: join(name.span, close.span),
  } as const;
  return {
    type: 'within',
    negated: false,
    subject,
    tolerance: { value: tolerance, sigma: false },
    target,
    span: join(subject.span, close.span),
  };
}

const SIMPLE = {
  type: 'not_anomalous',
  mode: 'simple',
  seasonality: 'auto',
  direction: 'both',
  minimumChange: 0,
  train: 30,
} as const;

function parseNotAnomalous(reader: TokenReader, subject: Term): Condition {
  const word = reader.advance();
  if (!reader.takeSymbol('(')) {
    return { ...SIMPLE, subject, sigma: DEFAULT_SIGMA, span: join(subject.span, word.span) };
  }
  const sigma = parseNumber(reader);
  if (sigma.unit !== null || sigma.value <= 0 || sigma.value > MAX_SIGMA) {
    throw new ExpressionError(
      sigma.span,
      `The width in sigma lies above 0 and up to ${MAX_SIGMA}`,
      'For example: not anomalous(2 sigma).',
    );
  }
  reader.expectWord('sigma', 'For example: not anomalous(2 sigma).');
  const close = reader.expectSymbol(')', 'Close the bracket.');
  return { ...SIMPLE, subject, sigma: sigma.value, span: join(subject.span, close.span) };
}

/** `=>`, `> =` and the like: two operators in a row. */
function rejectSplitOperator(reader: TokenReader, first: Span): void {
  const token = reader.current;
  if (token.kind !== 'symbol' || COMPARISONS[token.text] === undefined) return;
  throw new ExpressionError(
    join(first, token.span),
    'Two comparison signs stand side by side',
    'Write one of = != < <= > >=, without a space inside.',
  );
}

function expectEnd(reader: TokenReader, expression: Condition): void {
  const token = reader.current;
  if (token.kind === 'end') return;
  if (expression.type === 'unique' && token.kind === 'symbol') {
    reader.fail(
      'the end of the check',
      'unique is a whole check; to allow some repeats compare duplicate_count.',
    );
  }
  if (token.kind === 'symbol' && COMPARISONS[token.text] !== undefined) {
    reader.fail('the end of the check', 'For a value between two bounds write: metric between a and b.');
  }
  if (reader.isWord('and') || reader.isWord('or')) {
    reader.fail(
      'the end of the check',
      'A check is one condition: write the other one as a check of its own.',
    );
  }
  if (reader.isSymbol(',') && expression.type === 'comparison') {
    reader.fail(
      'the end of the check',
      'Numbers have no thousands separator, and the decimal sign is a point.',
    );
  }
  reader.fail('the end of the check', 'A check is one condition: remove what follows it.');
}

function suggestCondition(word: string): string | null {
  const meant = nearest(word, ['between', 'within', 'not']);
  return meant === null ? null : `Did you mean ${meant}?`;
}

function measures(expression: Condition): boolean {
  switch (expression.type) {
    case 'unique':
      return true;
    case 'comparison':
      return hasMetric(expression.left) || hasMetric(expression.right);
    case 'between':
      return [expression.subject, expression.low, expression.high].some(hasMetric);
    case 'within':
    case 'not_anomalous':
      return hasMetric(expression.subject);
    default:
      return true;
  }
}

function hasMetric(term: Term): boolean {
  if (term.type === 'arithmetic') return hasMetric(term.left) || hasMetric(term.right);
  return term.type === 'metric';
}
