import type { Condition, Expression, MetricCall } from '#model/expression.ts';
import type { ColumnRef, Operand, Predicate, TableRef } from '#model/predicate.ts';

import { leavesOf, termsOf } from './conditions-in.ts';
import { metricsIn } from './subject.ts';

/** Columns of the dataset itself that a check names, in order of appearance. */
export function columnsNamed({ condition, where, per }: Expression): readonly string[] {
  const refs = [
    ...leavesOf(condition).flatMap(columnsOfLeaf),
    ...(where === null ? [] : columnsOfPredicate(where)),
    ...(per === null ? [] : [per]),
  ];
  return [...new Set(refs.filter(({ table }) => table === null).map(({ name }) => name))];
}

/** Other tables that a check asks, in order of appearance. */
export function tablesNamed({ condition }: Expression): readonly TableRef[] {
  return leavesOf(condition).flatMap((leaf) => {
    if (leaf.type === 'references' || leaf.type === 'equals') return [leaf.table];
    return termsOf(leaf)
      .flatMap(metricsIn)
      .flatMap(({ table, columns }) => [table, ...columns.map((column) => column.table)])
      .filter((table) => table !== null);
  });
}

function columnsOfLeaf(leaf: Condition): readonly ColumnRef[] {
  switch (leaf.type) {
    case 'rows':
      return columnsOfPredicate(leaf.predicate);
    case 'references':
    case 'unique':
      return leaf.columns;
    case 'equals':
      return [...leaf.keys, ...leaf.columns].map((name) => ({ name, table: null, span: leaf.span }));
    case 'groups':
    case 'no_gaps':
    case 'distribution':
    case 'column_type':
      return [leaf.column];
    case 'ordered':
      return [leaf.column, ...(leaf.by === null ? [] : [leaf.by]), ...leaf.each];
    case 'mutually_exclusive':
      return [leaf.low, leaf.high, ...leaf.each];
    case 'has_columns':
      return leaf.columns.map((name) => ({ name, table: null, span: leaf.span }));
    default:
      return termsOf(leaf).flatMap(metricsIn).flatMap(columnsOfMetric);
  }
}

export function columnsOfMetric({ columns, predicate }: MetricCall): readonly ColumnRef[] {
  return predicate === null ? columns : [...columns, ...columnsOfPredicate(predicate)];
}

/** Columns that a predicate names, from left to right. */
export function columnsOfPredicate(predicate: Predicate): readonly ColumnRef[] {
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
    case 'within_radius':
    case 'inside_polygon':
      return [predicate.latitude, predicate.longitude].flatMap(columnsOfOperand);
    default:
      return columnsOfOperand(predicate.operand);
  }
}

function columnsOfOperand(operand: Operand): readonly ColumnRef[] {
  switch (operand.type) {
    case 'column':
      return [operand.column];
    case 'arithmetic':
      return [operand.left, operand.right].flatMap(columnsOfOperand);
    case 'length':
    case 'lower':
    case 'upper':
    case 'trim':
    case 'abs':
    case 'json_value':
    case 'json_number':
      return columnsOfOperand(operand.of);
    default:
      return [];
  }
}
