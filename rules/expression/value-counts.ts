import type { Operand, Predicate } from '#model/predicate.ts';

import {
  contradiction,
  type FactReader,
  missing,
  type NoValue,
  type TermValue,
  valued,
} from './fact-view.ts';
import { factAt, type NeededFact, type Place, rowsAt } from './needed-fact.ts';

/** How many rows have a value in all of some columns. */
export interface ValueCount {
  readonly facts: readonly NeededFact[];
  /** null when that is not known. */
  readonly known: (reader: FactReader) => number | null;
  readonly read: (reader: FactReader) => TermValue;
}

const NOWHERE = { offset: 0, length: 0 };

/** Of one column, rows less nulls unless the values were counted; of several, the rows where none is null. */
export function valuesIn(place: Place, columns: readonly string[], rows: NeededFact): ValueCount {
  const [column] = columns;
  if (columns.length !== 1 || column === undefined) return complete(place, columns);
  const counted = factAt(place, 'count', [column]);
  const nulls = factAt(place, 'null_count', [column]);
  const known = (reader: FactReader): number | null => {
    const direct = reader.read(counted);
    if (direct !== null) return direct;
    const all = reader.read(rows);
    const without = reader.read(nulls);
    return all === null || without === null ? null : all - without;
  };
  return {
    facts: [nulls],
    known,
    read: (reader) => {
      const value = known(reader);
      if (value === null) return missing(reader.read(rows) === null ? rows : nulls);
      if (value >= 0) return valued(value);
      const all = reader.read(rows) ?? 0;
      return contradiction(nulls.key, all - value, 'row_count', all);
    },
  };
}

function complete(place: Place, columns: readonly string[]): ValueCount {
  const predicates = columns.map((name): Predicate => {
    const operand: Operand = { type: 'column', column: { name, table: null, span: NOWHERE }, span: NOWHERE };
    return { type: 'is_null', negated: true, operand, span: NOWHERE };
  });
  const fact = factAt(place, 'true_count', [], {
    predicate: { type: 'and', predicates, span: NOWHERE },
  });
  return {
    facts: [fact],
    known: (reader) => reader.read(fact),
    read: (reader) => {
      const value = reader.read(fact);
      return value === null ? missing(fact) : valued(value);
    },
  };
}

/** Rows of which a predicate is true or false; those of which it is neither are not tested. */
export interface TestedRows {
  readonly facts: readonly NeededFact[];
  readonly read: (
    reader: FactReader,
    rows: number | null,
  ) => { readonly status: 'value'; readonly bad: number; readonly tested: number } | NoValue;
}

/** Whether a column is null, statistics know: that asks for no scan. */
export function tested(predicate: Predicate, place: Place): TestedRows {
  if (predicate.type === 'is_null' && predicate.operand.type === 'column')
    return nullsOf(predicate.operand.column.name, predicate.negated, place);
  const good = factAt(place, 'true_count', [], { predicate });
  const bad = factAt(place, 'false_count', [], { predicate });
  return {
    facts: [good, bad],
    read: (reader) => {
      const failing = reader.read(bad);
      if (failing === null) return missing(bad);
      const passing = reader.read(good);
      if (passing === null) return missing(good);
      return { status: 'value', bad: failing, tested: passing + failing };
    },
  };
}

function nullsOf(column: string, negated: boolean, place: Place): TestedRows {
  const nulls = factAt(place, 'null_count', [column]);
  const all = rowsAt(place);
  return {
    facts: [nulls, all],
    read: (reader, rows) => {
      const empty = reader.read(nulls);
      if (empty === null) return missing(nulls);
      if (rows === null) return missing(all);
      if (empty > rows) return contradiction(nulls.key, empty, 'row_count', rows);
      return { status: 'value', bad: negated ? empty : rows - empty, tested: rows };
    },
  };
}
