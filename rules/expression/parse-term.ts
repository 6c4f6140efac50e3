import type { MetricCall, MetricName, NumberLiteral, Term } from '#model/expression.ts';
import type { ColumnRef } from '#model/predicate.ts';

import { nearest } from '../spelling.ts';
import { percentToRatio } from './decimal.ts';
import type { Token } from './lex.ts';
import { isMetric, METRIC_SYNONYMS, METRICS } from './metrics.ts';
import { ExpressionError } from './problem.ts';
import { join, type TokenReader } from './tokens.ts';

/** Brackets in brackets; deeper than this is an attack or a slip. */
const MAX_DEPTH = 50;

/** term = product { ("+" | "-") product }, left to right. */
export function parseTerm(reader: TokenReader, depth = 0): Term {
  if (depth > MAX_DEPTH) {
    throw new ExpressionError(
      reader.current.span,
      `Brackets are nested more than ${MAX_DEPTH} deep`,
      'Remove the brackets that are not needed.',
    );
  }
  let left = parseProduct(reader, depth);
  for (;;) {
    const operator = reader.takeSymbol('+') ? '+' : reader.takeSymbol('-') ? '-' : null;
    if (operator === null) return left;
    const right = parseProduct(reader, depth);
    left = { type: 'arithmetic', operator, left, right, span: join(left.span, right.span) };
  }
}

/** product = factor { ("*" | "/") factor }. */
function parseProduct(reader: TokenReader, depth: number): Term {
  let left = parseFactor(reader, depth);
  for (;;) {
    const operator = reader.takeSymbol('*') ? '*' : reader.takeSymbol('/') ? '/' : null;
    if (operator === null) return left;
    const right = parseFactor(reader, depth);
    left = { type: 'arithmetic', operator, left, right, span: join(left.span, right.span) };
  }
}

/** factor = number | "-" number | metric | "(" term ")". */
function parseFactor(reader: TokenReader, depth: number): Term {
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
    const inner = parseTerm(reader, depth + 1);
    const close = reader.expectSymbol(')', 'Close the bracket.');
    return { ...inner, span: join(token.span, close.span) };
  }
  if (token.kind === 'word') return parseMetric(reader, token);
  if (token.kind === 'quoted') {
    throw new ExpressionError(
      token.span,
      `Found the column "${token.text}", expected a metric or a number`,
      `Say what to measure of it, for example null_count("${token.text}").`,
    );
  }
  return reader.fail('a metric or a number', 'For example: row_count > 0.');
}

/** number = ["-"] digits ["%"]; a percentage is stored as a ratio. */
export function parseNumber(reader: TokenReader): NumberLiteral {
  const minus = reader.takeSymbol('-');
  const token = reader.current;
  if (token.kind !== 'number') reader.fail('a number', 'For example: 5, 0.01 or 5%.');
  reader.advance();
  const sign = reader.takeSymbol('%');
  const size = sign ? percentToRatio(token.text) : Number(token.text);
  const value = minus && size !== 0 ? -size : size;
  return {
    type: 'number',
    value,
    unit: sign === null ? null : 'percent',
    span: join((minus ?? token).span, (sign ?? token).span),
  };
}

const NO_ARGUMENTS = { type: 'metric', table: null, quantile: null, values: null, predicate: null } as const;

function parseMetric(reader: TokenReader, token: Token): MetricCall {
  const metric = token.text.toLowerCase();
  if (!isMetric(metric)) throw unknownMetric(token);
  reader.advance();
  if (METRICS[metric].columns !== 'none') {
    const { columns, end } = parseColumns(reader, metric);
    return { ...NO_ARGUMENTS, metric, columns, span: join(token.span, end.span) };
  }
  if (reader.isSymbol('(')) {
    throw new ExpressionError(
      reader.current.span,
      `${metric} counts the rows of the partition and takes no columns`,
      `Write ${metric} alone; for one column there is null_count(column).`,
    );
  }
  return { ...NO_ARGUMENTS, metric, columns: [], span: token.span };
}

/** columns = "(" name { "," name } ")": one, or as many as the metric takes. */
export function parseColumns(
  reader: TokenReader,
  owner: MetricName | 'unique',
): { columns: ColumnRef[]; end: Token } {
  const many = owner === 'unique' || METRICS[owner].columns === 'many';
  reader.expectSymbol('(', `Name the column: ${owner}(column).`);
  const columns: ColumnRef[] = [];
  for (;;) {
    const token = reader.current;
    if (token.kind !== 'word' && token.kind !== 'quoted')
      reader.fail('a column name', `For example: ${owner}(order_id).`);
    if (columns.some(({ name }) => name === token.text))
      throw new ExpressionError(
        token.span,
        `The column ${token.text} is named twice`,
        'Name each column once.',
      );
    columns.push({ name: token.text, table: null, span: token.span });
    reader.advance();
    if (reader.isSymbol(',')) {
      if (!many)
        throw new ExpressionError(
          reader.current.span,
          `${owner} takes one column`,
          'Write one check for each column.',
        );
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

function unknownMetric(token: Token): ExpressionError {
  const word = token.text.toLowerCase();
  const synonym = Object.hasOwn(METRIC_SYNONYMS, word) ? METRIC_SYNONYMS[word] : undefined;
  const meant = synonym ?? nearest(word, [...Object.keys(METRICS), 'unique']);
  const known = `The metrics are ${Object.keys(METRICS).join(', ')} and unique.`;
  return new ExpressionError(
    token.span,
    `"${token.text}" is not a metric`,
    meant === null ? known : `Did you mean ${meant}?`,
  );
}
