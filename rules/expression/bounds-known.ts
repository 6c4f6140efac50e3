import type { ComparisonOperator, Operand, Predicate } from '#model/predicate.ts';
import { formatNumber } from '#model/number-text.ts';

import { FactReader, type FactView } from './fact-view.ts';
import { factAt, type NeededFact, type Place } from './needed-fact.ts';

/** What the least and the greatest value of a column say of a predicate on its rows. */
export interface KnownBounds {
  /** all: every row that is tested fulfils it. some: at least one does not. null: they do not decide. */
  readonly read: (view: FactView) => { readonly says: 'all' | 'some'; readonly why: string } | null;
}

interface Bound {
  readonly column: string;
  readonly operator: '<' | '<=' | '>' | '>=';
  readonly value: number;
}

/** Whole numbers beyond this are not exact as numbers, and a bound would be decided by rounding. */
const EXACT = Number.MAX_SAFE_INTEGER;

/**
 * Comparisons of one column with numbers, joined by `and`, which its least and greatest value decide without
 * a look at the rows; null for any other predicate. Rows without a value are not tested, and a least value
 * says that some row has one.
 */
export function boundsKnown(predicate: Predicate, place: Place): KnownBounds | null {
  const bounds = boundsIn(predicate);
  const [first] = bounds ?? [];
  if (!bounds || !first || bounds.some(({ column }) => column !== first.column)) return null;
  const least = factAt(place, 'min', [first.column]);
  const greatest = factAt(place, 'max', [first.column]);
  return {
    read(view) {
      const reader = new FactReader(view);
      let all = true;
      const told = new Set<string>();
      for (const { operator, value } of bounds) {
        const below = operator.startsWith('<');
        // The end that is nearest to breaking it.
        const fact = below ? greatest : least;
        const end = endOf(reader, fact);
        if (end === null) all = false;
        else if (fulfils(end, operator, value)) told.add(`${fact.key} is ${formatNumber(end)}`);
        else return { says: 'some', why: `${fact.key} is ${formatNumber(end)}` };
      }
      return all ? { says: 'all', why: [...told].join(' and ') } : null;
    },
  };
}

function endOf(reader: FactReader, fact: NeededFact): number | null {
  const end = reader.read(fact);
  return end !== null && reader.problem === null && Math.abs(end) <= EXACT ? end : null;
}

function fulfils(end: number, operator: Bound['operator'], value: number): boolean {
  if (operator === '<') return end < value;
  if (operator === '<=') return end <= value;
  return operator === '>' ? end > value : end >= value;
}

const TURNED: Readonly<Record<string, ComparisonOperator>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function boundsIn(predicate: Predicate): readonly Bound[] | null {
  if (predicate.type === 'and') {
    const parts = predicate.predicates.map(boundsIn);
    return parts.every((part) => part !== null) ? parts.flat() : null;
  }
  if (predicate.type === 'between' && !predicate.negated) {
    const { operand, low, high, lowOpen, highOpen } = predicate;
    const both = [boundOf(operand, lowOpen ? '>' : '>=', low), boundOf(operand, highOpen ? '<' : '<=', high)];
    return both.every((bound) => bound !== null) ? both : null;
  }
  if (predicate.type !== 'compare') return null;
  const { left, operator, right } = predicate;
  const bound =
    left.type === 'number'
      ? boundOf(right, TURNED[operator] ?? operator, left)
      : boundOf(left, operator, right);
  return bound === null ? null : [bound];
}

function boundOf(operand: Operand, operator: ComparisonOperator, limit: Operand): Bound | null {
  if (operand.type !== 'column' || operand.column.table !== null || limit.type !== 'number') return null;
  if (operator === '=' || operator === '!=' || Math.abs(limit.value) > EXACT) return null;
  return { column: operand.column.name, operator, value: limit.value };
}
