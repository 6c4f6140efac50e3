import { ExpressionError } from './problem.ts';
import { parseBaseline, parseMetric } from './parse-metric.ts';
import { parseJsonEnd } from './parse-json.ts';
import { parseNumber } from './parse-number.ts';
import type { RawValue } from './raw-value.ts';
import { parseMoment } from './parse-moment.ts';
import { join, type TokenReader } from './tokens.ts';
import {
  BASELINES,
  isReserved,
  JSON_FUNCTIONS,
  type JsonFunction,
  meantBy,
  mistakenMetric,
  ROW_FUNCTIONS,
} from './vocabulary.ts';
import { isMetric, METRICS } from './metrics.ts';

/** Brackets in brackets; deeper than this is an attack or a slip. */
export const MAX_DEPTH = 50;

export function refuseDepth(reader: TokenReader, depth: number): void {
  if (depth <= MAX_DEPTH) return;
  throw new ExpressionError(
    reader.current.span,
    `Brackets are nested more than ${MAX_DEPTH} deep`,
    'Remove the brackets that are not needed.',
  );
}

/** value = product { ("+" | "-") product }, left to right. */
export function parseValue(reader: TokenReader, depth: number): RawValue {
  refuseDepth(reader, depth);
  let left = parseProduct(reader, depth);
  for (;;) {
    const operator = reader.takeOperator(['+', '-']);
    if (operator === null) return left;
    const right = parseProduct(reader, depth);
    left = { type: 'arithmetic', operator, left, right, span: join(left.span, right.span) };
  }
}

/** product = factor { ("*" | "/") factor }. */
function parseProduct(reader: TokenReader, depth: number): RawValue {
  let left = parseFactor(reader, depth);
  for (;;) {
    const operator = reader.takeOperator(['*', '/']);
    if (operator === null) return left;
    const right = parseFactor(reader, depth);
    left = { type: 'arithmetic', operator, left, right, span: join(left.span, right.span) };
  }
}

/** factor = number | text | column | metric | function | "(" value ")". */
function parseFactor(reader: TokenReader, depth: number): RawValue {
  const token = reader.current;
  if (token.kind === 'number' || (reader.isSymbol('-') && reader.at(1).kind === 'number'))
    return parseNumber(reader);
  if (reader.isSymbol('-')) {
    throw new ExpressionError(
      token.span,
      'A minus sign stands before something that is not a number',
      'Write 0 - … instead.',
    );
  }
  if (reader.takeSymbol('(')) {
    const inner = parseValue(reader, depth + 1);
    const close = reader.expectSymbol(')', 'Close the bracket.');
    return { ...inner, span: join(token.span, close.span) };
  }
  if (token.kind === 'text') {
    reader.advance();
    return { type: 'text', value: token.text, span: token.span };
  }
  if (token.kind === 'quoted') return parseOwnColumn(reader);
  if (token.kind === 'word') return parseWord(reader, depth);
  return reader.fail('a metric or a number', 'For example: row_count > 0.');
}

function parseWord(reader: TokenReader, depth: number): RawValue {
  const token = reader.current;
  const word = token.text.toLowerCase();
  const called = reader.isSymbol('(', 1);
  if (isMetric(word)) return parseMetric(reader, depth);
  if (word === 'true' || word === 'false') {
    reader.advance();
    return { type: 'boolean', value: word === 'true', span: token.span };
  }
  if ((word === 'date' || word === 'timestamp') && reader.at(1).kind === 'text') return parseMoment(reader);
  const baseline = BASELINES.find((name) => name === word);
  if (baseline !== undefined) return parseBaseline(reader, baseline);
  if (!called) return parseOwnColumn(reader);
  if (word === 'now') {
    reader.advance();
    reader.advance();
    const close = reader.expectSymbol(')', 'Write now().');
    return { type: 'now', span: join(token.span, close.span) };
  }
  const looking = JSON_FUNCTIONS.find((known) => known === word);
  if (looking !== undefined) return parseJsonFunction(reader, looking, depth);
  const name = ROW_FUNCTIONS.find((known) => known === word);
  if (name === undefined) throw unknownWord(reader, 'not a metric');
  reader.advance();
  reader.advance();
  refuseDepth(reader, depth + 1);
  const of = parseValue(reader, depth + 1);
  const close = reader.expectSymbol(')', `${name} takes one value.`);
  return { type: name, of, span: join(token.span, close.span) };
}

/** `json_value(payload, '$.a.b')`; the current token is the name. */
function parseJsonFunction(reader: TokenReader, name: JsonFunction, depth: number): RawValue {
  const token = reader.advance();
  reader.advance();
  refuseDepth(reader, depth + 1);
  const of = parseValue(reader, depth + 1);
  const { path, close } = parseJsonEnd(reader, name);
  return { type: name, of, path, span: join(token.span, close.span) };
}

/** A column of the row: one name. */
function parseOwnColumn(reader: TokenReader): RawValue {
  const token = reader.current;
  if (token.kind === 'word') refuseReserved(reader);
  reader.advance();
  if (reader.isSymbol('.')) {
    throw new ExpressionError(
      reader.current.span,
      'A row has only the columns of its own table',
      `Quote a column name that contains a dot: "${token.text}.${reader.at(1).text}".`,
    );
  }
  return {
    type: 'column',
    column: { name: token.text, table: null, span: token.span },
    span: token.span,
  };
}

function refuseReserved(reader: TokenReader): void {
  const token = reader.current;
  const mistaken = mistakenMetric(token.text);
  if (mistaken !== null)
    throw new ExpressionError(
      token.span,
      `"${token.text}" is not a metric`,
      `Did you mean ${mistaken}? A column of this name is written "${token.text}".`,
    );
  if (isReserved(token.text))
    reader.fail('a value', `A column of this name is written in double quotes: "${token.text}".`);
}

/** The problem of a word before a bracket that is none of ours. */
export function unknownWord(reader: TokenReader, what: string): ExpressionError {
  const token = reader.current;
  const meant = meantBy(token.text);
  const known = `The metrics are ${Object.keys(METRICS).join(', ')} and unique.`;
  return new ExpressionError(
    token.span,
    `"${token.text}" is ${what}`,
    meant === null ? known : `Did you mean ${meant}?`,
  );
}
