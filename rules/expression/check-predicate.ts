import type { Operand, Predicate, Span } from '#model/predicate.ts';

import type { TypeKind } from '../contract/column-type.ts';
import type { ColumnTable } from './check-columns.ts';
import { printOperand } from './print-predicate.ts';
import type { ExpressionProblem } from './problem.ts';

/** What an operand's values are; null when that is not known. */
function kindOf(operand: Operand, known: ColumnTable): TypeKind | null {
  switch (operand.type) {
    case 'column':
      return known.get(operand.column.name)?.kind ?? null;
    case 'number':
    case 'text':
    case 'boolean':
      return operand.type;
    case 'date':
    case 'timestamp':
    case 'now':
      return 'time';
    case 'lower':
    case 'upper':
    case 'trim':
    case 'json_value':
      return 'text';
    default:
      return 'number';
  }
}

/** What is wrong with a condition on rows: values that are compared with something else than their like. */
export function checkPredicate(predicate: Predicate, known: ColumnTable): readonly ExpressionProblem[] {
  switch (predicate.type) {
    case 'and':
    case 'or':
      return predicate.predicates.flatMap((part) => checkPredicate(part, known));
    case 'not':
      return checkPredicate(predicate.predicate, known);
    case 'compare':
      return comparable([predicate.left, predicate.right], predicate.span, known);
    case 'between':
      return [
        ...comparable([predicate.operand, predicate.low], predicate.span, known),
        ...comparable([predicate.operand, predicate.high], predicate.low.span, known),
      ];
    case 'in': {
      const [first] = predicate.values;
      const likes = first === undefined ? [] : comparable([predicate.operand, first], predicate.span, known);
      return [...likes, ...predicate.values.flatMap((value) => tooLong(predicate.operand, value, known))];
    }
    case 'matches':
    case 'like':
    case 'is_format':
    case 'is_parseable':
      return [
        ...operandProblems(predicate.operand, known),
        ...needsText(predicate.operand, predicate.type, known),
      ];
    case 'matches_schema':
      return [
        ...operandProblems(predicate.operand, known),
        ...needsJson(predicate.operand, 'json_schema', known),
      ];
    case 'within_radius':
    case 'inside_polygon':
      return [predicate.latitude, predicate.longitude].flatMap((operand) =>
        needsNumber(operand, predicate.type, known),
      );
    default:
      return operandProblems(predicate.operand, known);
  }
}

const NOUNS: Readonly<Record<TypeKind, string>> = {
  number: 'a number',
  text: 'a text',
  boolean: 'true or false',
  time: 'a time',
  binary: 'bytes',
  nested: 'a structure',
};

function comparable(
  [left, right]: readonly [Operand, Operand],
  span: Span,
  known: ColumnTable,
): readonly ExpressionProblem[] {
  const inner = [...operandProblems(left, known), ...operandProblems(right, known)];
  const one = kindOf(left, known);
  const other = kindOf(right, known);
  if (one === null || other === null || one === other)
    return [...inner, ...tooLong(left, right, known), ...tooLong(right, left, known)];
  const mend =
    one === 'time' || other === 'time'
      ? "Write a time as date '2026-01-31' or timestamp '2026-01-31T10:00:00Z'."
      : one === 'text' || other === 'text'
        ? 'Write a text in single quotes, and a number without.'
        : 'Compare values of one kind.';
  const message = `${printOperand(left)} is ${NOUNS[one]}, but ${printOperand(right)} is ${NOUNS[other]}`;
  return [...inner, { severity: 'error', span, message, mend }];
}

function needsText(operand: Operand, what: string, known: ColumnTable): readonly ExpressionProblem[] {
  const kind = kindOf(operand, known);
  if (kind === null || kind === 'text') return [];
  const word = what === 'is_format' ? 'a format' : what === 'is_parseable' ? 'parseable' : what;
  const message = `${word} is said of texts, but ${printOperand(operand)} is ${NOUNS[kind]}`;
  return [{ severity: 'error', span: operand.span, message, mend: 'Name a column of texts.' }];
}

/** Texts, and columns of a warehouse's own type for JSON. */
function needsJson(operand: Operand, what: string, known: ColumnTable): readonly ExpressionProblem[] {
  const kind = kindOf(operand, known);
  const type = operand.type === 'column' ? (known.get(operand.column.name)?.type ?? '') : '';
  if (kind === null || kind === 'text' || /^\s*jsonb?\b/i.test(type)) return [];
  const message = `${what} looks into texts of JSON, but ${printOperand(operand)} is ${NOUNS[kind]}`;
  return [{ severity: 'error', span: operand.span, message, mend: 'Name a column of texts or of JSON.' }];
}

function needsNumber(operand: Operand, what: string, known: ColumnTable): readonly ExpressionProblem[] {
  const kind = kindOf(operand, known);
  if (kind === null || kind === 'number') return operandProblems(operand, known);
  const message = `${what} needs degrees as numbers, but ${printOperand(operand)} is ${NOUNS[kind]}`;
  const mend = 'Name columns of numbers, the latitude first.';
  return [{ severity: 'error', span: operand.span, message, mend }];
}

/** Functions and arithmetic of values that they are not made for. */
function operandProblems(operand: Operand, known: ColumnTable): readonly ExpressionProblem[] {
  const needs = (inner: Operand, wanted: TypeKind, what: string): readonly ExpressionProblem[] => {
    const kind = kindOf(inner, known);
    const nested = operandProblems(inner, known);
    if (kind === null || kind === wanted) return nested;
    const message = `${what} needs ${NOUNS[wanted]}, but ${printOperand(inner)} is ${NOUNS[kind]}`;
    return [
      ...nested,
      { severity: 'error', span: inner.span, message, mend: 'Name a column that holds such values.' },
    ];
  };
  switch (operand.type) {
    case 'length':
    case 'lower':
    case 'upper':
    case 'trim':
      return needs(operand.of, 'text', operand.type);
    case 'json_value':
    case 'json_number':
      return [...operandProblems(operand.of, known), ...needsJson(operand.of, operand.type, known)];
    case 'abs':
      return needs(operand.of, 'number', 'abs');
    case 'arithmetic':
      return [
        ...needs(operand.left, 'number', operand.operator),
        ...needs(operand.right, 'number', operand.operator),
      ];
    default:
      return [];
  }
}

/** A text that the column has no room for is never found in it. */
function tooLong(column: Operand, value: Operand, known: ColumnTable): readonly ExpressionProblem[] {
  if (column.type !== 'column' || value.type !== 'text') return [];
  const type = known.get(column.column.name)?.type ?? '';
  const [, room] = /^\s*(?:var)?char\s*\(\s*(\d+)\s*\)/i.exec(type) ?? [];
  if (room === undefined || Array.from(value.value).length <= Number(room)) return [];
  const message = `'${value.value}' is longer than ${column.column.name}, which is of type ${type}`;
  return [
    { severity: 'warning', span: value.span, message, mend: 'Write a value that the column can hold.' },
  ];
}
