import type { Condition, Expression, MetricCall } from '#model/expression.ts';
import type { ColumnRef } from '#model/predicate.ts';

import { parseColumnType, type TypeKind } from '../contract/column-type.ts';
import { nearest } from '../spelling.ts';
import { columnsOfPredicate } from './columns-named.ts';
import { leavesOf, termsOf } from './conditions-in.ts';
import { METRICS } from './metrics.ts';
import { printTerm } from './print-term.ts';
import type { ExpressionProblem } from './problem.ts';
import { metricsIn } from './subject.ts';

/** A column as the type check sees it. */
export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/** A column with what its values are; null when its type is none that we know. */
export interface KnownColumn extends TypedColumn {
  readonly kind: TypeKind | null;
}

/**
 * So many different unknown names of one schema are compared with all of its columns. More than that are no
 * slips of the pen: checks were written for another table, and likeness would cost columns times checks.
 */
export const MOST_SUGGESTIONS = 50;

/** Columns by name; empty when nothing is known of the schema. Made once for all checks of a contract. */
export class ColumnTable {
  readonly #columns: ReadonlyMap<string, KnownColumn>;
  readonly #meant = new Map<string, string | null>();

  constructor(columns: readonly TypedColumn[]) {
    this.#columns = new Map(
      columns.map(({ name, type }) => {
        const parsed = parseColumnType(type);
        return [name, { name, type, kind: parsed.status === 'ok' ? parsed.kind : null }];
      }),
    );
  }

  get size(): number {
    return this.#columns.size;
  }

  has(name: string): boolean {
    return this.#columns.has(name);
  }

  get(name: string): KnownColumn | undefined {
    return this.#columns.get(name);
  }

  /** The column that an unknown name most likely meant, or null; of the first unknown names only. */
  meantBy(name: string): string | null {
    const known = this.#meant.get(name);
    if (known !== undefined) return known;
    if (this.#meant.size >= MOST_SUGGESTIONS) return null;
    const meant = nearest(name, this.#columns.keys());
    this.#meant.set(name, meant);
    return meant;
  }
}

/** Columns that the schema does not list, and metrics of columns that hold something else. */
export function checkColumns(expression: Expression, known: ColumnTable): readonly ExpressionProblem[] {
  if (known.size === 0) return [];
  const { condition, where, per } = expression;
  return [
    ...leavesOf(condition).flatMap((leaf) => leafProblems(leaf, known)),
    ...(where === null ? [] : columnsOfPredicate(where).flatMap((ref) => unknownColumn(ref, known))),
    ...(per === null ? [] : unknownColumn(per, known)),
  ];
}

function leafProblems(leaf: Condition, known: ColumnTable): readonly ExpressionProblem[] {
  switch (leaf.type) {
    case 'rows':
      return columnsOfPredicate(leaf.predicate).flatMap((ref) => unknownColumn(ref, known));
    case 'references':
    case 'unique':
      return leaf.columns.flatMap((ref) => unknownColumn(ref, known));
    case 'equals':
      return [...leaf.keys, ...leaf.columns].flatMap((name) =>
        unknownColumn({ name, table: null, span: leaf.span }, known),
      );
    case 'groups':
      return unknownColumn(leaf.column, known);
    case 'no_gaps':
      return columnProblems(leaf.column, `no_gaps(${leaf.column.name})`, 'time', known);
    case 'ordered': {
      const others = [...(leaf.by === null ? [] : [leaf.by]), ...leaf.each];
      const needs = leaf.direction === 'sequential' ? 'number' : 'any';
      return [
        ...columnProblems(leaf.column, `sequential(${leaf.column.name})`, needs, known),
        ...others.flatMap((ref) => unknownColumn(ref, known)),
      ];
    }
    case 'mutually_exclusive':
      return [leaf.low, leaf.high, ...leaf.each].flatMap((ref) => unknownColumn(ref, known));
    case 'distribution': {
      const problems = unknownColumn(leaf.column, known);
      const kind = known.get(leaf.column.name)?.kind;
      if (
        (leaf.measure !== 'ks' && leaf.measure !== 'swd') ||
        kind === undefined ||
        kind === null ||
        kind === 'number'
      )
        return problems;
      const message = `${leaf.measure} is a distance of numbers, but ${leaf.column.name} holds none`;
      return [...problems, { severity: 'error', span: leaf.span, message, mend: 'Write psi.' }];
    }
    default:
      return termsOf(leaf)
        .flatMap(metricsIn)
        .flatMap((call) => metricProblems(call, known));
  }
}

function metricProblems(call: MetricCall, known: ColumnTable): readonly ExpressionProblem[] {
  const { needs } = METRICS[call.metric];
  const ofPredicate =
    call.predicate === null
      ? []
      : columnsOfPredicate(call.predicate).flatMap((ref) => unknownColumn(ref, known));
  return [
    ...ofPredicate,
    ...mistakenTable(call, known),
    ...call.columns.flatMap((ref) =>
      ref.table === null ? columnProblems({ ...ref, span: call.span }, printTerm(call), needs, known) : [],
    ),
  ];
}

/** `sum(address.city)` and `row_count(city)` are about another table, which may not be what was meant. */
function mistakenTable(call: MetricCall, known: ColumnTable): readonly ExpressionProblem[] {
  const table = call.table ?? call.columns[0]?.table ?? null;
  const [first, ...others] = table?.parts ?? [];
  const column = first === undefined ? undefined : known.get(first);
  if (column === undefined || others.length > 0 || table === null) return [];
  const inner = call.columns[0]?.name;
  const mend =
    inner === undefined
      ? `Write count(${column.name}) for its values, or give the table its whole name.`
      : `Quote a column name that contains a dot: "${column.name}.${inner}".`;
  return [
    {
      severity: 'error',
      span: table.span,
      message: `${column.name} is a column, and stands here for a table`,
      mend,
    },
  ];
}

const MENDS: Readonly<Record<'number' | 'text' | 'time', string>> = {
  number: 'Use it on a numeric column, or measure null_count or distinct_count.',
  text: 'Use it on a column of texts.',
  time: 'Use it on a column of dates or timestamps.',
};
const NOUNS = { number: 'numbers', text: 'texts', time: 'times' } as const;

function columnProblems(
  ref: ColumnRef,
  what: string,
  needs: 'any' | 'number' | 'text' | 'time',
  known: ColumnTable,
): readonly ExpressionProblem[] {
  const column = known.get(ref.name);
  if (column === undefined) return unknownColumn(ref, known);
  if (needs === 'any' || column.kind === null || column.kind === needs) return [];
  return [
    {
      severity: 'error',
      span: ref.span,
      message: `${what} needs ${NOUNS[needs]}, but ${column.name} is of type ${column.type}`,
      mend: MENDS[needs],
    },
  ];
}

function unknownColumn({ name, table, span }: ColumnRef, known: ColumnTable): readonly ExpressionProblem[] {
  if (table !== null || known.size === 0 || known.has(name)) return [];
  const message = `The schema has no column ${name}`;
  const meant = known.meantBy(name);
  if (meant !== null) {
    // A slip of the pen would be found at the gate otherwise, when data waits.
    const mend = `Did you mean ${meant}? If not, add ${name} to the schema.`;
    return [{ severity: 'error', span, message, mend }];
  }
  // Schemas need not list all columns.
  return [{ severity: 'warning', span, message, mend: 'Add it to the schema, or name one of its columns.' }];
}
