import type { Operand, Predicate } from '#model/predicate.ts';

import { impossible } from '../impossible.ts';
import { printJsonPath } from '../json/path.ts';
import { printLiteral, printLiterals, printOperandColumn, printText } from './print-names.ts';

/** Writes what is said of rows in its one canonical form. */
export function printPredicate(predicate: Predicate): string {
  switch (predicate.type) {
    case 'and':
    case 'or':
      return predicate.predicates.map(printPart).join(` ${predicate.type} `);
    case 'not':
      return `not (${printPredicate(predicate.predicate)})`;
    case 'compare':
      return `${printOperand(predicate.left)} ${predicate.operator} ${printOperand(predicate.right)}`;
    case 'between': {
      const { operand, low, high, lowOpen, highOpen } = predicate;
      const range = printRange(printOperand(low), printOperand(high), lowOpen, highOpen);
      return `${printOperand(operand)} ${not(predicate)}between ${range}`;
    }
    case 'in':
      return `${printOperand(predicate.operand)} ${not(predicate)}in (${printLiterals(predicate.values)})`;
    case 'matches':
    case 'like':
      return `${printOperand(predicate.operand)} ${not(predicate)}${predicate.type} ${printText(predicate.pattern)}`;
    case 'matches_schema':
      return `${printOperand(predicate.operand)} ${not(predicate)}matches json_schema ${printText(predicate.schema)}`;
    case 'is_null':
      return `${printOperand(predicate.operand)} is ${not(predicate)}null`;
    case 'is_format':
      return `${printOperand(predicate.operand)} is ${not(predicate)}${predicate.format}`;
    case 'is_parseable': {
      const pattern = predicate.pattern === null ? '' : ` ${printText(predicate.pattern)}`;
      return `${printOperand(predicate.operand)} is ${not(predicate)}parseable as ${predicate.as}${pattern}`;
    }
    case 'within_radius': {
      const { centre, kilometres } = predicate;
      const place = `${centre.latitude}, ${centre.longitude}`;
      return `within_radius(${printSubject(predicate)}, ${place}, ${kilometres} km)`;
    }
    case 'inside_polygon': {
      const corners = predicate.corners.map(({ latitude, longitude }) => `[${latitude}, ${longitude}]`);
      return `inside_polygon(${printSubject(predicate)}, [${corners.join(', ')}])`;
    }
    default:
      return impossible(predicate);
  }
}

function printSubject(of: { readonly latitude: Operand; readonly longitude: Operand }): string {
  return `${printOperand(of.latitude)}, ${printOperand(of.longitude)}`;
}

/** Two ends, in brackets when one of them is open. */
export function printRange(low: string, high: string, lowOpen: boolean, highOpen: boolean): string {
  if (!lowOpen && !highOpen) return `${low} and ${high}`;
  return `${lowOpen ? '(' : '['}${low} and ${high}${highOpen ? ')' : ']'}`;
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? 'not ' : '';
}

/** Joined conditions in joined conditions stand in brackets, so that nobody needs to know which binds closer. */
function printPart(predicate: Predicate): string {
  const text = printPredicate(predicate);
  return predicate.type === 'and' || predicate.type === 'or' ? `(${text})` : text;
}

/** Writes a row's value with no more brackets than its tree needs. */
export function printOperand(operand: Operand): string {
  switch (operand.type) {
    case 'column':
      return printOperandColumn(operand.column.name);
    case 'number':
    case 'text':
    case 'boolean':
      return printLiteral(operand);
    case 'date':
    case 'timestamp':
      return `${operand.type} ${printText(operand.value)}`;
    case 'now':
      return 'now()';
    case 'arithmetic':
      return printArithmetic(operand, printOperand);
    case 'json_value':
    case 'json_number':
      return `${operand.type}(${printOperand(operand.of)}, ${printText(printJsonPath(operand.path))})`;
    default:
      return `${operand.type}(${printOperand(operand.of)})`;
  }
}

interface Arithmetic<Value> {
  readonly operator: '+' | '-' | '*' | '/';
  readonly left: Value;
  readonly right: Value;
}

/** Writes arithmetic with no more brackets than its tree needs: operators group to the left. */
export function printArithmetic<Value extends { readonly type: string }>(
  { operator, left, right }: Arithmetic<Value>,
  print: (value: Value) => string,
): string {
  const strength = strengthOf(operator);
  const bracket = (value: Value, needed: boolean): string => (needed ? `(${print(value)})` : print(value));
  const inner = (value: Value): number => (isArithmetic(value) ? strengthOf(value.operator) : 3);
  return `${bracket(left, inner(left) < strength)} ${operator} ${bracket(right, inner(right) <= strength)}`;
}

function isArithmetic<Value extends { readonly type: string }>(
  value: Value,
): value is Value & Arithmetic<unknown> {
  return value.type === 'arithmetic';
}

function strengthOf(operator: string): number {
  return operator === '*' || operator === '/' ? 2 : 1;
}
