import type { BaseMetric, FactKey } from '#model/measurement.ts';

import { lex } from './lex.ts';
import { ExpressionError } from './problem.ts';

/** A fact key taken apart. */
export interface Fact {
  readonly metric: BaseMetric;
  readonly columns: readonly string[];
}

/** How many columns a base metric has. */
const ARITY: Readonly<Record<BaseMetric, 'none' | 'one' | 'many'>> = {
  row_count: 'none',
  size_bytes: 'none',
  file_count: 'none',
  null_count: 'one',
  distinct_count: 'one',
  duplicate_count: 'many',
  count: 'one',
  sum: 'one',
  min: 'one',
  max: 'one',
};

/** Takes a fact key apart; null when the text is none (`avg(c)` is not: means are derived). */
export function parseFactKey(key: FactKey): Fact | null {
  const tokens = tokensOf(key);
  const [name, open] = tokens;
  if (name?.kind !== 'word' || !Object.hasOwn(ARITY, name.text)) return null;
  const metric = name.text as BaseMetric;
  if (ARITY[metric] === 'none') return open?.kind === 'end' ? { metric, columns: [] } : null;
  const columns: string[] = [];
  for (let position = 1; ; position += 2) {
    const separator = tokens[position];
    const column = tokens[position + 1];
    const expected = position === 1 ? '(' : columns.length > 0 && separator?.text === ')' ? ')' : ',';
    if (separator?.kind !== 'symbol' || separator.text !== expected) return null;
    if (expected === ')') break;
    if (column?.kind !== 'word' && column?.kind !== 'quoted') return null;
    columns.push(column.text);
  }
  const complete = tokens.length === 2 * columns.length + 3;
  return complete && (ARITY[metric] === 'many' || columns.length === 1) ? { metric, columns } : null;
}

function tokensOf(key: FactKey): ReturnType<typeof lex> {
  try {
    // A key may be a little longer than the check that it came from, which had the usual limit.
    return lex(key, Infinity);
  } catch (error) {
    if (error instanceof ExpressionError) return [];
    throw error;
  }
}
