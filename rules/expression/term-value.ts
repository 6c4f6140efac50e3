import type { Arithmetic, MetricCall, Term } from '#model/expression.ts';
import { type FactKey, factKey, type Facts } from '#model/measurement.ts';

import { impossible } from '../impossible.ts';

/** The number that a term has on one partition, or why it has none. */
export type TermValue =
  | { readonly status: 'value'; readonly value: number }
  /** empty: no rows; all_null: rows, but no value in the column; missing: nobody measured it. */
  | { readonly status: 'no_data'; readonly cause: 'empty' | 'all_null' | 'missing'; readonly reason: string }
  | { readonly status: 'error'; readonly reason: string };

const COUNTS: ReadonlySet<string> = new Set([
  'row_count',
  'count',
  'null_count',
  'distinct_count',
  'duplicate_count',
]);

/**
 * Evaluates a term on the base metrics of one partition. Null percentage and mean are derived:
 * null_count / row_count and sum / count, where count(c) is row_count - null_count(c) unless it was measured.
 * The facts that were read are added to `used`.
 */
export function evaluateTerm(term: Term, facts: Facts, used: Map<FactKey, number> = new Map()): TermValue {
  switch (term.type) {
    case 'number':
      return { status: 'value', value: term.value };
    case 'metric':
      return evaluateMetric(term, new FactReader(facts, used));
    case 'arithmetic':
      return evaluateArithmetic(term, facts, used);
    case 'baseline':
      return { status: 'error', reason: 'a baseline stands alone' };
    default:
      return impossible(term);
  }
}

function evaluateArithmetic(term: Arithmetic, facts: Facts, used: Map<FactKey, number>): TermValue {
  const left = evaluateTerm(term.left, facts, used);
  const right = evaluateTerm(term.right, facts, used);
  const stopped =
    [left, right].find((side) => side.status === 'error') ??
    [left, right].find((side) => side.status === 'no_data');
  if (stopped !== undefined) return stopped;
  if (left.status !== 'value' || right.status !== 'value') return left;
  if (term.operator === '/' && right.value === 0) return { status: 'error', reason: 'it divides by zero' };
  return finite(COMPUTE[term.operator](left.value, right.value));
}

const COMPUTE: Readonly<Record<Arithmetic['operator'], (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

function evaluateMetric(call: MetricCall, facts: FactReader): TermValue {
  const rows = facts.read('row_count');
  if (facts.problem !== null) return facts.problem;
  if (call.metric === 'row_count')
    return rows === null ? missing('row_count') : { status: 'value', value: rows };
  if (rows === 0) return { status: 'no_data', cause: 'empty', reason: 'the partition is empty' };
  const value = readColumnMetric(call, facts, rows);
  return facts.problem ?? value;
}

function readColumnMetric(call: MetricCall, facts: FactReader, rows: number | null): TermValue {
  const columns = call.columns.map(({ name }) => name);
  const [column = ''] = columns;
  switch (call.metric) {
    case 'row_count':
    case 'null_count':
    case 'distinct_count':
    case 'duplicate_count': {
      const key = factKey(call.metric, columns);
      const value = facts.read(key);
      return value === null ? missing(key) : { status: 'value', value };
    }
    case 'null_percentage': {
      const nulls = facts.read(factKey('null_count', columns));
      if (nulls === null) return missing(factKey('null_count', columns));
      if (rows === null) return missing('row_count');
      if (nulls > rows) return { status: 'error', reason: contradiction(column, nulls, rows) };
      return { status: 'value', value: nulls / rows };
    }
    case 'min':
    case 'max':
    case 'sum': {
      const key = factKey(call.metric, columns);
      const value = facts.read(key);
      if (value !== null) return { status: 'value', value };
      return countOf(columns, facts, rows) === 0 ? allNull(column) : missing(key);
    }
    case 'avg': {
      const count = countOf(columns, facts, rows);
      if (count === 0) return allNull(column);
      const sum = facts.read(factKey('sum', columns));
      if (sum === null) return missing(factKey('sum', columns));
      if (count === null) return missing(rows === null ? 'row_count' : factKey('null_count', columns));
      if (count < 0)
        return { status: 'error', reason: contradiction(column, (rows ?? 0) - count, rows ?? 0) };
      return finite(sum / count);
    }
    default:
      return { status: 'error', reason: `${call.metric} is not evaluated yet` };
  }
}

/** Values in the column that are not null; null when that is not known. */
function countOf(columns: readonly string[], facts: FactReader, rows: number | null): number | null {
  const measured = facts.read(factKey('count', columns));
  if (measured !== null) return measured;
  const nulls = facts.read(factKey('null_count', columns));
  return nulls === null || rows === null ? null : rows - nulls;
}

/** Reads facts, remembers which, and keeps the first that cannot be true. */
class FactReader {
  problem: TermValue | null = null;
  readonly #facts: Facts;
  readonly #used: Map<FactKey, number>;

  constructor(facts: Facts, used: Map<FactKey, number>) {
    this.#facts = facts;
    this.#used = used;
  }

  read(key: FactKey): number | null {
    const value = this.#facts.get(key);
    if (value === undefined) return null;
    if (!Number.isFinite(value))
      this.problem ??= { status: 'error', reason: `${key} is not a finite number` };
    else if (value < 0 && COUNTS.has(key.split('(', 1)[0] ?? ''))
      this.problem ??= { status: 'error', reason: `${key} is ${value}, and a count is never negative` };
    else this.#used.set(key, value);
    return value;
  }
}

function finite(value: number): TermValue {
  if (Number.isFinite(value)) return { status: 'value', value };
  return { status: 'error', reason: 'the result is too large for a number' };
}

function missing(key: FactKey): TermValue {
  return { status: 'no_data', cause: 'missing', reason: `${key} was not measured` };
}

function allNull(column: string): TermValue {
  return { status: 'no_data', cause: 'all_null', reason: `every ${column} is null` };
}

function contradiction(column: string, nulls: number, rows: number): string {
  return `null_count(${column}) is ${nulls} but row_count only ${rows}: the measurements are not of one version`;
}
