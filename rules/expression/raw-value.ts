import type { Baseline, MetricCall, NumberLiteral, Term } from '#model/expression.ts';
import type { Operand, Span } from '#model/predicate.ts';

import { impossible } from '../impossible.ts';
import { ExpressionError } from './problem.ts';
import type { JsonFunction, RowFunction } from './vocabulary.ts';

/**
 * A value as it is read, before it is known whether it is a number of the whole (`sum(a) / 2`) or a value of
 * each row (`a / 2`): brackets and arithmetic look the same until a metric or a column comes.
 */
export type RawValue =
  | NumberLiteral
  | MetricCall
  | Baseline
  | Extract<Operand, { type: 'column' | 'text' | 'boolean' | 'date' | 'timestamp' | 'now' }>
  | { readonly type: RowFunction; readonly of: RawValue; readonly span: Span }
  | {
      readonly type: JsonFunction;
      readonly of: RawValue;
      readonly path: readonly (string | number)[];
      readonly span: Span;
    }
  | {
      readonly type: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: RawValue;
      readonly right: RawValue;
      readonly span: Span;
    };

/** What a value is about: all rows, each row, or nothing in the data. */
export type Level = 'whole' | 'row' | 'number';

export function levelOf(value: RawValue): Level {
  switch (value.type) {
    case 'metric':
    case 'baseline':
      return 'whole';
    case 'number':
      return 'number';
    case 'arithmetic':
      return jointLevel([value.left, value.right]);
    default:
      return 'row';
  }
}

/** The level of values that stand in one condition; those of rows and of the whole do not mix. */
export function jointLevel(values: readonly RawValue[]): Level {
  const levels = values.map(levelOf);
  const whole = values[levels.indexOf('whole')];
  const row = values[levels.indexOf('row')];
  if (whole && row) {
    throw new ExpressionError(
      row.span,
      'A value of single rows stands beside a measure of all rows',
      row.type === 'column'
        ? `Say what to measure of ${row.column.name}, for example max(${row.column.name}).`
        : 'Compare rows with rows, or measures with measures, for example max(column).',
    );
  }
  return whole ? 'whole' : row ? 'row' : 'number';
}

/** The value as a number of the whole. */
export function toTerm(value: RawValue): Term {
  switch (value.type) {
    case 'number':
    case 'metric':
    case 'baseline':
      return value;
    case 'arithmetic':
      return { ...value, left: toTerm(value.left), right: toTerm(value.right) };
    case 'column':
      throw new ExpressionError(
        value.span,
        `Found the column "${value.column.name}", expected a metric or a number`,
        `Say what to measure of it, for example null_count("${value.column.name}").`,
      );
    default:
      throw new ExpressionError(
        value.span,
        'This is a value of single rows, expected a metric or a number',
        'For example: row_count > 0.',
      );
  }
}

/** The value as one of each row. */
export function toOperand(value: RawValue): Operand {
  switch (value.type) {
    case 'metric':
    case 'baseline':
      throw new ExpressionError(
        value.span,
        'A measure of all rows stands where a value of each row is expected',
        'Name a column.',
      );
    case 'number':
      return toNumber(value);
    case 'arithmetic':
      return { ...value, left: toOperand(value.left), right: toOperand(value.right) };
    case 'length':
    case 'lower':
    case 'upper':
    case 'trim':
    case 'abs':
      return { type: value.type, of: toOperand(value.of), span: value.span };
    case 'json_value':
    case 'json_number':
      return { ...value, of: toOperand(value.of) };
    case 'column':
    case 'text':
    case 'boolean':
    case 'date':
    case 'timestamp':
    case 'now':
      return value;
    default:
      return impossible(value);
  }
}

/** Columns have no units: only a percentage says by itself which number is meant. */
function toNumber({ unit, value, span }: NumberLiteral): Extract<Operand, { type: 'number' }> {
  if (unit === null || unit === 'percent') return { type: 'number', value, span };
  throw new ExpressionError(
    span,
    'A row is compared with a number that has a unit',
    'Write the number as the column holds it.',
  );
}
