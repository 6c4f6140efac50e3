import type { ColumnRef, Operand } from '#model/predicate.ts';

import { impossible } from '../impossible.ts';
import type { JsonStep } from '../json/path.ts';
import type { Dialect } from './dialect.ts';
import type { JsonDialect } from './json-dialect.ts';
import { SqlRefusal } from './refusal.ts';
import { dateText, timestampText } from './time-literal.ts';
import { groupOf, type ValueKind } from './value-kind.ts';

/** A compiled value of one row. */
export interface Value {
  readonly sql: string;
  readonly kind: ValueKind;
}

/** A column as the table has it. */
export interface ColumnValue extends Value {
  readonly name: string;
  /** It is of the engine's own type for JSON. */
  readonly isJson?: boolean;
}

/** What row expressions are compiled in: which columns there are, and how they are written. */
export interface RowContext {
  readonly dialect: Dialect;
  /** The column as it stands in the statement, with its kind. Throws SqlRefusal when there is none. */
  readonly column: (name: string) => ColumnValue;
  readonly now: Date;
  /** A pattern of the portable subset as this engine reads it. Throws SqlRefusal for one outside the subset. */
  readonly pattern: (pattern: string) => string;
}

/** A column as a value: texts without padding, NaN as null, booleans as conditions. */
export function columnValue(context: RowContext, name: string): Value {
  const { dialect } = context;
  const { sql, kind } = context.column(name);
  switch (kind) {
    case 'text':
      return { sql: dialect.text(sql), kind };
    case 'boolean':
      return { sql: dialect.boolean(sql), kind };
    case 'double':
    case 'decimal':
      return { sql: dialect.nanToNull(sql, kind), kind };
    case 'integer':
    case 'date':
    case 'timestamp':
    case 'other':
    case 'unknown':
      return { sql, kind };
    default:
      return impossible(kind);
  }
}

/** Compiles a value of one row. Throws SqlRefusal. */
export function compileOperand(context: RowContext, operand: Operand): Value {
  const { dialect } = context;
  switch (operand.type) {
    case 'column':
      return columnValue(context, ownColumn(operand.column));
    case 'number':
      return Number.isSafeInteger(operand.value)
        ? { sql: integerText(operand.value), kind: 'integer' }
        : { sql: dialect.doubleLiteral(operand.value), kind: 'double' };
    case 'text':
      return { sql: dialect.textLiteral(operand.value), kind: 'text' };
    case 'boolean':
      return { sql: operand.value ? 'true' : 'false', kind: 'boolean' };
    case 'date':
      return { sql: dialect.dateLiteral(dateText(operand.value)), kind: 'date' };
    case 'timestamp':
      return { sql: dialect.timestampLiteral(timestampText(operand.value)), kind: 'timestamp' };
    case 'now':
      return { sql: dialect.timestampLiteral(timestampText(context.now.toISOString())), kind: 'timestamp' };
    case 'length':
      return { sql: dialect.length(textOf(context, operand.of, 'length')), kind: 'integer' };
    case 'lower':
    case 'upper':
    case 'trim':
      return { sql: dialect[operand.type](textOf(context, operand.of, operand.type)), kind: 'text' };
    case 'json_value':
    case 'json_number':
      return jsonOperand(context, operand);
    case 'abs':
      return { sql: `abs(${numberOf(context, operand.of, 'abs')})`, kind: 'double' };
    case 'arithmetic':
      return arithmetic(context, operand);
    default:
      return impossible(operand);
  }
}

function arithmetic(context: RowContext, operand: Extract<Operand, { type: 'arithmetic' }>): Value {
  const { dialect } = context;
  const left = compileOperand(context, operand.left);
  const right = compileOperand(context, operand.right);
  if (operand.operator === '-' && groupOf(left.kind) === 'time' && groupOf(right.kind) === 'time') {
    // Seconds from the one time to the other.
    return { sql: `(${dialect.epoch(left.sql)} - ${dialect.epoch(right.sql)})`, kind: 'double' };
  }
  const from = asDouble(dialect, left, `"${operand.operator}"`);
  const by = asDouble(dialect, right, `"${operand.operator}"`);
  // Division is real, and by zero unknown.
  const divisor = operand.operator === '/' ? `nullif(${by}, ${dialect.doubleLiteral(0)})` : by;
  return { sql: `(${from} ${operand.operator} ${divisor})`, kind: 'double' };
}

/** A whole number as a constant; negative ones in brackets. */
export function integerText(value: number): string {
  return value < 0 ? `(${value})` : String(value === 0 ? 0 : value);
}

/** The value as double precision; texts and times are none. */
export function asDouble(dialect: Dialect, value: Value, what: string): string {
  const group = groupOf(value.kind);
  if (group !== 'number' && group !== 'unknown')
    throw new SqlRefusal(
      `${what} needs numbers, and there is a ${value.kind}`,
      'Texts are never read as numbers; compare like with like.',
    );
  return value.kind === 'double' ? value.sql : dialect.double(value.sql);
}

/** The value as a character string; numbers and times are none. */
export function asText(dialect: Dialect, value: Value, what: string): string {
  if (value.kind === 'unknown') return dialect.text(value.sql);
  if (value.kind !== 'text')
    throw new SqlRefusal(`${what} needs a text, and there is a ${value.kind}`, 'Name a column of texts.');
  return value.sql;
}

type At = Extract<Operand, { readonly type: 'json_value' | 'json_number' }>;

/** The text or the number at a path; null where there is no such. */
function jsonOperand(context: RowContext, operand: At): Value {
  const json = jsonOf(context);
  const [, parsed] = parsedJson(context, json, operand.of, operand.type);
  const found = walk(json, parsed, operand.path);
  if (operand.type === 'json_number')
    return {
      sql: `(case when ${json.type(found)} = 'number' then ${json.number(found)} end)`,
      kind: 'double',
    };
  const scalars = "('string', 'number', 'boolean')";
  return { sql: `(case when ${json.type(found)} in ${scalars} then ${json.text(found)} end)`, kind: 'text' };
}

/** How the engine looks into JSON. Throws SqlRefusal where it cannot. */
export function jsonOf({ dialect }: RowContext): JsonDialect {
  if ('instead' in dialect.json)
    throw new SqlRefusal('This engine cannot look into texts of JSON', dialect.json.instead);
  return dialect.json;
}

/** The text and its JSON. */
export function parsedJson(
  context: RowContext,
  json: JsonDialect,
  operand: Operand,
  what: string,
): readonly [text: string, parsed: string] {
  const column = operand.type === 'column' ? context.column(operand.column.name) : null;
  const text =
    column?.isJson === true
      ? json.columnText(column.sql)
      : asText(context.dialect, compileOperand(context, operand), what);
  return [text, `(${json.parsed(text)})`];
}

function walk(json: JsonDialect, start: string, path: readonly JsonStep[]): string {
  return path.reduce((found: string, step) => `(${json.step(found, step)})`, start);
}

function numberOf(context: RowContext, operand: Operand, what: string): string {
  return asDouble(context.dialect, compileOperand(context, operand), what);
}

function textOf(context: RowContext, operand: Operand, what: string): string {
  return asText(context.dialect, compileOperand(context, operand), what);
}

function ownColumn(column: ColumnRef): string {
  if (column.table !== null)
    throw new SqlRefusal(
      `${column.table.parts.join('.')}.${column.name} is a column of another table`,
      'A condition on rows looks at the columns of one table.',
    );
  return column.name;
}
