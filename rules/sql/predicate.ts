import type { ComparisonOperator, Literal, Operand, Predicate } from '#model/predicate.ts';

import { impossible } from '../impossible.ts';
import { parseablePattern } from '../expression/parseable.ts';
import type { Dialect } from './dialect.ts';
import { formatPattern } from './format-pattern.ts';
import { schemaSql } from './json-schema-sql.ts';
import { parseLike } from './like.ts';
import { asDouble, asText, compileOperand, type RowContext, type Value } from './operand.ts';
import { polygonSql, radiusSql } from './place-sql.ts';
import { SqlRefusal } from './refusal.ts';
import { groupOf, type ValueKind } from './value-kind.ts';

/**
 * Compiles what is said of a row to a condition in brackets that is true, false or null alike in every engine:
 * texts by code point, whole numbers exactly, other numbers as doubles, NaN as null, division by zero null.
 * Throws SqlRefusal.
 */
export function compilePredicate(context: RowContext, predicate: Predicate): string {
  const { dialect } = context;
  switch (predicate.type) {
    case 'and':
    case 'or':
      return joined(
        predicate.predicates.map((part) => compilePredicate(context, part)),
        predicate.type,
      );
    case 'not':
      return `(not ${compilePredicate(context, predicate.predicate)})`;
    case 'compare':
      return compare(context, predicate.operator, predicate.left, predicate.right);
    case 'between': {
      const low = compare(context, predicate.lowOpen ? '>' : '>=', predicate.operand, predicate.low);
      const high = compare(context, predicate.highOpen ? '<' : '<=', predicate.operand, predicate.high);
      return negated(`(${low} and ${high})`, predicate.negated);
    }
    case 'in':
      return negated(
        isIn(context, compileOperand(context, predicate.operand), predicate.values),
        predicate.negated,
      );
    case 'matches':
      return negated(matches(context, predicate.operand, predicate.pattern), predicate.negated);
    case 'like': {
      const text = asText(dialect, compileOperand(context, predicate.operand), 'like');
      return negated(`(${dialect.like(text, parseLike(predicate.pattern))})`, predicate.negated);
    }
    case 'is_null': {
      const { sql } = compileOperand(context, predicate.operand);
      return `(${sql} is ${predicate.negated ? 'not ' : ''}null)`;
    }
    case 'is_format':
      return negated(matches(context, predicate.operand, formatPattern(predicate.format)), predicate.negated);
    case 'is_parseable':
      return negated(parseable(context, predicate), predicate.negated);
    case 'matches_schema':
      return negated(schemaSql(context, predicate), predicate.negated);
    case 'within_radius':
      return radiusSql(context, predicate);
    case 'inside_polygon':
      return polygonSql(context, predicate);
    default:
      return impossible(predicate);
  }
}

function parseable(
  context: RowContext,
  { operand, as, pattern }: Extract<Predicate, { readonly type: 'is_parseable' }>,
): string {
  const regex = parseablePattern(as, pattern);
  if (regex !== null) return matches(context, operand, regex);
  const { dialect } = context;
  if (typeof dialect.isJson !== 'function')
    throw new SqlRefusal('This engine cannot tell whether a text is JSON', dialect.isJson.instead);
  return `(${dialect.isJson(asText(dialect, compileOperand(context, operand), 'parseable'))})`;
}

/** Conditions joined in brackets; none of `and` is true, none of `or` false. */
export function joined(conditions: readonly string[], word: 'and' | 'or'): string {
  if (conditions.length === 0) return word === 'and' ? '(1 = 1)' : '(1 = 0)';
  return conditions.length === 1 ? (conditions[0] ?? '') : `(${conditions.join(` ${word} `)})`;
}

function negated(condition: string, not: boolean): string {
  return not ? `(not ${condition})` : condition;
}

function matches(context: RowContext, operand: Operand, pattern: string): string {
  const text = asText(context.dialect, compileOperand(context, operand), 'matches');
  return `(${context.dialect.matches(text, context.pattern(pattern))})`;
}

const SIGNS: Readonly<Record<ComparisonOperator, string>> = {
  '=': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function compare(context: RowContext, operator: ComparisonOperator, left: Operand, right: Operand): string {
  return compareValues(context, operator, compileOperand(context, left), compileOperand(context, right));
}

/** Compares two values of one row. Throws SqlRefusal when they are of different kinds. */
export function compareValues(
  context: RowContext,
  operator: ComparisonOperator,
  left: Value,
  right: Value,
): string {
  const [a, b] = alike(context.dialect, [left, right]);
  return `(${a} ${SIGNS[operator]} ${b})`;
}

/** Whether the value is one of a list; null for null. */
export function isIn(context: RowContext, value: Value, literals: readonly Literal[]): string {
  const { dialect } = context;
  // Nothing is in an empty list, and of null it is not known.
  if (literals.length === 0) return `(case when ${value.sql} is not null then (1 = 0) end)`;
  const [of = value.sql, ...values] = alike(dialect, [
    value,
    ...literals.map((literal) => compileOperand(context, literal)),
  ]);
  return dialect.isIn ? `(${dialect.isIn(of, values)})` : `(${of} in (${values.join(', ')}))`;
}

/** A value as it is told apart from others of its column, in groups and distinct counts. Throws SqlRefusal. */
export function orderedValue(context: RowContext, value: Value): string {
  const { dialect } = context;
  if (value.kind === 'other')
    throw new SqlRefusal(
      'Values of this type cannot be told apart',
      'Name columns of texts, numbers or times.',
    );
  if (value.kind === 'text') return dialect.binary(value.sql);
  if (value.kind !== 'double') return value.sql;
  return withoutMinusZero(dialect, value.sql);
}

/** A double as joins and groups find it: minus zero is zero, which not every engine knows there. */
export function withoutMinusZero(dialect: Dialect, number: string): string {
  return `case when ${number} = 0 then ${dialect.doubleLiteral(0)} else ${number} end`;
}

/** The values in a form in which the engine compares them as we mean it. Throws SqlRefusal. */
export function alike(dialect: Dialect, values: readonly Value[]): string[] {
  const known = values.filter(({ kind }) => kind !== 'unknown');
  const groups = new Set(known.map(({ kind }) => groupOf(kind)));
  const [group] = groups;
  if (groups.size > 1 || group === 'other') {
    const [first, second] = [...new Set(known.map(({ kind }) => nameOf(kind)))];
    throw new SqlRefusal(
      second === undefined ? `${first} cannot be compared` : `${first} and ${second} cannot be compared`,
      'Compare texts with texts and numbers with numbers; nothing is converted silently.',
    );
  }
  if (group === undefined || group === 'boolean' || group === 'unknown') return values.map(({ sql }) => sql);
  if (group === 'text')
    return values.map((value) => dialect.binary(asText(dialect, value, 'The comparison')));
  if (group === 'number') {
    const whole = values.every(({ kind }) => kind === 'integer' || kind === 'unknown');
    return values.map((value) =>
      whole || value.kind === 'unknown' ? value.sql : asDouble(dialect, value, 'The comparison'),
    );
  }
  const days = values.every(({ kind }) => kind === 'date' || kind === 'unknown');
  return values.map(({ sql, kind }) => (days || kind !== 'date' ? sql : dialect.dateToTimestamp(sql)));
}

function nameOf(kind: ValueKind): string {
  return {
    number: 'Numbers',
    text: 'texts',
    boolean: 'booleans',
    time: 'times',
    other: 'This type',
    unknown: '',
  }[groupOf(kind)];
}
