import type { Fact } from '#model/fact.ts';
import type { Operand, Predicate } from '#model/predicate.ts';

import { impossible } from '../impossible.ts';

/** The columns of its own table that a fact reads, without repeats. */
export function columnsOfFact(fact: Fact): string[] {
  return [
    ...new Set([
      ...fact.columns,
      ...(fact.where === null ? [] : columnsOfPredicate(fact.where)),
      ...(fact.predicate === null ? [] : columnsOfPredicate(fact.predicate)),
      ...(fact.per === null ? [] : [fact.per]),
      ...(fact.other?.compared ?? []),
    ]),
  ];
}

/** The columns that a condition on rows names, in order of appearance, with repeats. */
export function columnsOfPredicate(predicate: Predicate): string[] {
  switch (predicate.type) {
    case 'and':
    case 'or':
      return predicate.predicates.flatMap(columnsOfPredicate);
    case 'not':
      return columnsOfPredicate(predicate.predicate);
    case 'compare':
      return [predicate.left, predicate.right].flatMap(columnsOfOperand);
    case 'between':
      return [predicate.operand, predicate.low, predicate.high].flatMap(columnsOfOperand);
    case 'in':
    case 'matches':
    case 'like':
    case 'is_null':
    case 'is_format':
      return columnsOfOperand(predicate.operand);
    default:
      return impossible(predicate);
  }
}

function columnsOfOperand(operand: Operand): string[] {
  switch (operand.type) {
    case 'column':
      return [operand.column.name];
    case 'length':
    case 'lower':
    case 'upper':
    case 'trim':
    case 'abs':
      return columnsOfOperand(operand.of);
    case 'arithmetic':
      return [operand.left, operand.right].flatMap(columnsOfOperand);
    case 'number':
    case 'text':
    case 'boolean':
    case 'date':
    case 'timestamp':
    case 'now':
      return [];
    default:
      return impossible(operand);
  }
}
