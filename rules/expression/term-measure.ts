import type { Arithmetic, Baseline, Term } from '#model/expression.ts';

import { type FactView, type TermValue, valued } from './fact-view.ts';
import { measureOf } from './metric-measure.ts';
import { type Ground, type NeededFact, placeOf } from './needed-fact.ts';
import { printTerm } from './print-term.ts';

/** What a baseline is worth for the condition that it stands in. */
export type LookBack = (baseline: Baseline) => TermValue;

/** A term whose facts and text are written already. */
export interface PreparedTerm {
  readonly term: Term;
  readonly text: string;
  readonly facts: readonly NeededFact[];
  readonly read: (view: FactView, lookBack: LookBack | null) => TermValue;
}

export function prepareTerm(term: Term, ground: Ground): PreparedTerm {
  const text = printTerm(term);
  switch (term.type) {
    case 'number': {
      const value: TermValue = { status: 'value', value: term.value };
      return { term, text, facts: [], read: () => value };
    }
    case 'metric': {
      // How long data is kept is a matter of the whole table, unless the check says otherwise.
      const usual = term.metric === 'retention' ? 'table' : 'partition';
      const measure = measureOf(term, placeOf(ground, usual));
      return { term, text, facts: measure.facts, read: measure.read };
    }
    case 'baseline':
      return {
        term,
        text,
        facts: [],
        read: (_view, lookBack) =>
          lookBack?.(term) ?? { status: 'error', reason: 'a baseline has nothing to look back on' },
      };
    default:
      return prepareArithmetic(term, text, ground);
  }
}

function prepareArithmetic(term: Arithmetic, text: string, ground: Ground): PreparedTerm {
  const left = prepareTerm(term.left, ground);
  const right = prepareTerm(term.right, ground);
  const compute = COMPUTE[term.operator];
  return {
    term,
    text,
    facts: [...left.facts, ...right.facts],
    read: (view, lookBack) => {
      const one = left.read(view, lookBack);
      const other = right.read(view, lookBack);
      if (one.status !== 'value' || other.status !== 'value') return worse(one, other);
      if (term.operator === '/' && other.value === 0)
        return { status: 'error', reason: 'it divides by zero' };
      return valued(compute(one.value, other.value));
    },
  };
}

const COMPUTE: Readonly<Record<Arithmetic['operator'], (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

const WORSE: readonly TermValue['status'][] = ['value', 'learning', 'no_data', 'error'];

function worse(one: TermValue, other: TermValue): TermValue {
  return WORSE.indexOf(other.status) > WORSE.indexOf(one.status) ? other : one;
}
