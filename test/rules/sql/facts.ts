import type { Fact } from '#model/fact.ts';
import type { Literal, Operand, Predicate } from '#model/predicate.ts';

export const SPAN = { offset: 0, length: 0 };

/** A fact with nothing but what is given. */
export function fact(given: Partial<Fact> & Pick<Fact, 'metric'>): Fact {
  return {
    columns: [],
    where: null,
    scope: { type: 'partition' },
    table: null,
    per: null,
    predicate: null,
    quantile: null,
    values: null,
    other: null,
    query: null,
    step: null,
    ...given,
  };
}

export const column = (name: string): Operand => ({
  type: 'column',
  column: { name, table: null, span: SPAN },
  span: SPAN,
});

export function literal(value: string | number | boolean): Literal {
  if (typeof value === 'number') return { type: 'number', value, span: SPAN };
  return typeof value === 'boolean'
    ? { type: 'boolean', value, span: SPAN }
    : { type: 'text', value, span: SPAN };
}

export function equals(name: string, value: string | number | boolean): Predicate {
  return { type: 'compare', operator: '=', left: column(name), right: literal(value), span: SPAN };
}

export function matches(name: string, pattern: string): Predicate {
  return { type: 'matches', negated: false, operand: column(name), pattern, span: SPAN };
}

export function like(name: string, pattern: string): Predicate {
  return { type: 'like', negated: false, operand: column(name), pattern, span: SPAN };
}

export const tableRef = (...parts: string[]) => ({ parts, span: SPAN });
