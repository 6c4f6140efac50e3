import type { Condition, Expression } from '#model/expression.ts';
import type { Fact } from '#model/fact.ts';
import type { FactKey } from '#model/measurement.ts';
import type { TableRef } from '#model/predicate.ts';

import { parseColumnType } from '../contract/column-type.ts';
import { columnsNamed, tablesNamed } from './columns-named.ts';
import { leavesOf } from './conditions-in.ts';
import { type CostClass, costOf } from './cost.ts';
import { ROWS } from './needed-fact.ts';
import { type PreparedCheck, prepareCheck, prepareFor } from './prepare.ts';

/** What must be known before an expression can be evaluated. */
export interface FactsNeeded {
  /** Keys of the candidate's facts, without repeats, row_count first. */
  readonly facts: readonly FactKey[];
  /** Keys of the facts of each past partition; empty when it looks at none. */
  readonly pastFacts: readonly FactKey[];
  /** How many past partitions it looks at; 0 for none. */
  readonly history: number;
  /** Columns of the dataset that it names, in order of appearance. */
  readonly columns: readonly string[];
  /** Other tables that it asks, by their names in the contract. */
  readonly tables: readonly string[];
  /** Whether it asks for the columns and their types. */
  readonly schema: boolean;
  /** Whether it asks the adaptive mode, which marks and holidays inform. */
  readonly adaptive: boolean;
  /** The dearest of its facts. */
  readonly costClass: CostClass;
}

/** A column and its type, as contracts have them. */
export interface NamedColumn {
  readonly name: string;
  readonly type: string;
}

const COSTS: readonly CostClass[] = ['metadata', 'stats', 'scan'];

/**
 * The facts that an expression needs. `row_count` is always among them: an empty partition has no
 * percentages or sums, and must be told from one whose numbers are missing. Aggregates of a column bring its
 * null count, which tells a column of nulls from a number that nobody measured.
 * @param columns of the contract, where known: distributions of texts are told by their groups
 */
export function factsOf(expression: Expression, columns: readonly NamedColumn[] = []): FactsNeeded {
  const { pastFacts, history } = preparedWith(expression, columns);
  const facts = factMapOf(expression, columns);
  const needed = [...facts.values()].map(costOf);
  const dearest = Math.max(0, ...needed.map((cost) => COSTS.indexOf(cost)));
  return {
    facts: [...facts.keys()],
    pastFacts: [...new Set(pastFacts.map(({ key }) => key))],
    history,
    columns: columnsNamed(expression),
    tables: [...new Set(tablesNamed(expression).map(tableName))],
    schema: leavesOf(expression.condition).some(asksForColumns),
    adaptive: leavesOf(expression.condition).some(asksTheAdaptiveMode),
    costClass: COSTS[dearest] ?? 'metadata',
  };
}

/** The same facts, taken apart for the compilers of queries. */
export function factMapOf(
  expression: Expression,
  columns: readonly NamedColumn[] = [],
): ReadonlyMap<FactKey, Fact> {
  const { facts } = preparedWith(expression, columns);
  return new Map([ROWS, ...facts].map(({ key, fact }) => [key, fact]));
}

function preparedWith(expression: Expression, columns: readonly NamedColumn[]): PreparedCheck {
  return columns.length === 0 ? prepareCheck(expression) : prepareFor(expression, isTextIn(columns));
}

function isTextIn(columns: readonly NamedColumn[]): (name: string) => boolean {
  return (name) => {
    const column = columns.find((one) => one.name === name);
    if (column === undefined) return false;
    const type = parseColumnType(column.type);
    return type.status === 'ok' && (type.kind === 'text' || type.kind === 'boolean');
  };
}

function tableName({ parts }: TableRef): string {
  return parts.join('.');
}

function asksTheAdaptiveMode(condition: Condition): boolean {
  return condition.type === 'not_anomalous' && condition.mode === 'adaptive';
}

function asksForColumns(condition: Condition): boolean {
  return (
    condition.type === 'has_columns' ||
    condition.type === 'column_type' ||
    condition.type === 'schema_unchanged'
  );
}
