import type { Baseline, BaselineFunction, MetricCall, MetricName } from '#model/expression.ts';

import { METRICS } from './metrics.ts';
import { parseColumn, parseColumns, parseLiterals, parseTable } from './parse-names.ts';
import { parseCount, parseNumber } from './parse-number.ts';
import { ExpressionError } from './problem.ts';
import { join, type TokenReader } from './tokens.ts';
import type { Token } from './lex.ts';

/** A baseline looks back over at most this many partitions. */
export const MAX_BASELINE_POINTS = 1000;

const NO_ARGUMENTS = {
  type: 'metric',
  columns: [],
  table: null,
  quantile: null,
  values: null,
  predicate: null,
} as const;

/** A metric with what stands in its brackets; the current token is its name. */
export function parseMetric(reader: TokenReader, depth: number): MetricCall {
  const token = reader.advance();
  const metric = metricNamed(token);
  const { takes } = METRICS[metric];
  const plain = { ...NO_ARGUMENTS, metric };
  switch (takes) {
    case 'none':
      refuseBrackets(reader, `${metric} takes no columns`, `Write ${metric} alone.`);
      return { ...plain, span: token.span };
    case 'table':
      return parseOfTable(reader, token, metric);
    case 'column':
    case 'columns':
    case 'pair':
      return parseOfColumns(reader, token, metric);
    case 'sentinels':
      return parseMissing(reader, token, metric);
    case 'quantile':
      return parseQuantile(reader, token);
    case 'deviations':
      return parseDeviations(reader, token, metric);
    default: {
      reader.expectSymbol('(', `Say which rows are good: ${metric}(status in ('paid', 'open')).`);
      const predicate = reader.predicate(depth + 1);
      const end = reader.expectSymbol(')', 'Close the bracket.');
      return { ...plain, predicate, span: join(token.span, end.span) };
    }
  }
}

function metricNamed(token: Token): MetricName {
  return token.text.toLowerCase() as MetricName;
}

function refuseBrackets(reader: TokenReader, message: string, mend: string): void {
  if (reader.isSymbol('(')) throw new ExpressionError(reader.current.span, message, mend);
}

function parseOfTable(reader: TokenReader, token: Token, metric: MetricName): MetricCall {
  if (!reader.takeSymbol('(')) return { ...NO_ARGUMENTS, metric, span: token.span };
  const table = parseTable(reader);
  const end = reader.expectSymbol(
    ')',
    `${metric} takes the name of another table, or nothing; for one column there is count(column).`,
  );
  return { ...NO_ARGUMENTS, metric, table, span: join(token.span, end.span) };
}

function parseOfColumns(reader: TokenReader, token: Token, metric: MetricName): MetricCall {
  const { takes } = METRICS[metric];
  const most = takes === 'column' ? 1 : takes === 'pair' ? 2 : undefined;
  const { columns, end } = parseColumns(reader, metric, most);
  const span = join(token.span, end.span);
  if (takes === 'pair' && columns.length !== 2)
    throw new ExpressionError(
      span,
      `${metric} takes two columns`,
      METRICS[metric].needs === 'time'
        ? `Name the earlier time first: ${metric}(event_time, load_time).`
        : `For example: ${metric}(price, cost).`,
    );
  return { ...NO_ARGUMENTS, metric, columns, span };
}

function parseMissing(reader: TokenReader, token: Token, metric: MetricName): MetricCall {
  reader.expectSymbol('(', `Name the column: ${metric}(column).`);
  const column = parseColumn(reader, `For example: ${metric}(email, ['', 'n/a']).`);
  const values = reader.takeSymbol(',')
    ? reader.isSymbol('[') || reader.isSymbol('(')
      ? parseLiterals(reader).values
      : reader.fail(
          'the values that stand for missing',
          `Write them in brackets: ${metric}(email, ['', 'n/a']).`,
        )
    : null;
  const end = reader.expectSymbol(')', 'Close the bracket.');
  return { ...NO_ARGUMENTS, metric, columns: [column], values, span: join(token.span, end.span) };
}

function parseQuantile(reader: TokenReader, token: Token): MetricCall {
  reader.expectSymbol('(', 'For example: quantile(amount, 0.95).');
  const column = parseColumn(reader, 'For example: quantile(amount, 0.95).');
  reader.expectSymbol(',', 'Say which quantile: quantile(amount, 0.95).');
  const quantile = parseNumber(reader);
  if ((quantile.unit !== null && quantile.unit !== 'percent') || quantile.value < 0 || quantile.value > 1)
    throw new ExpressionError(
      quantile.span,
      'The quantile lies between 0 and 1',
      'For example: quantile(amount, 0.95).',
    );
  const end = reader.expectSymbol(')', 'Close the bracket.');
  const span = join(token.span, end.span);
  return { ...NO_ARGUMENTS, metric: 'quantile', columns: [column], quantile: quantile.value, span };
}

/** How far from the mean, in deviations: `outlier_count(amount, 3)`. */
function parseDeviations(reader: TokenReader, token: Token, metric: MetricName): MetricCall {
  const example = `For example: ${metric}(amount, 3), for values more than 3 deviations from the mean.`;
  reader.expectSymbol('(', example);
  const column = parseColumn(reader, example);
  reader.expectSymbol(',', example);
  const { value, unit, span } = parseNumber(reader);
  if (unit !== null || value <= 0)
    throw new ExpressionError(span, 'Deviations are a number above 0, without a unit', example);
  const end = reader.expectSymbol(')', 'Close the bracket.');
  const values = [{ type: 'number', value, span } as const];
  return { ...NO_ARGUMENTS, metric, columns: [column], values, span: join(token.span, end.span) };
}

/** baseline = name "(" n ")"; the current token is its name. */
export function parseBaseline(reader: TokenReader, name: BaselineFunction): Baseline {
  const token = reader.advance();
  reader.expectSymbol('(', `Say over how many partitions: ${name}(7).`);
  const points = parseCount(
    reader,
    MAX_BASELINE_POINTS,
    `${name} looks back over a whole number of partitions, 1 to ${MAX_BASELINE_POINTS}`,
    `For example: ${name}(7).`,
  );
  const close = reader.expectSymbol(')', 'Close the bracket.');
  return { type: 'baseline', function: name, points, span: join(token.span, close.span) };
}
