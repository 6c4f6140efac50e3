import type { CustomSql } from '#model/expression.ts';
import { formatNumber } from '#model/number-text.ts';

import { COMPARE } from './condition-number.ts';
import { FactReader, missing } from './fact-view.ts';
import { factAt, PARTITION } from './needed-fact.ts';
import { printNumber } from './print-term.ts';
import { outcomeOf, type PreparedCondition } from './situation.ts';
import { unknownOutcome } from './unknown.ts';

/** The one number of the author's query is as it must be. */
export function prepareCustomSql(condition: CustomSql): PreparedCondition {
  const fact = factAt(PARTITION, 'custom_sql', [], { query: condition.query });
  const { operator, limit, high } = condition;
  const expected =
    high === null
      ? `${operator} ${printNumber(limit)}`
      : `${operator === 'not_between' ? 'not ' : ''}between ${printNumber(limit)} and ${printNumber(high)}`;
  return {
    facts: [fact],
    pastFacts: [],
    history: 0,
    expected,
    evaluate: (situation) => {
      const reader = new FactReader(situation.view);
      const value = reader.read(fact);
      if (reader.problem !== null) return unknownOutcome('the query', reader.problem, situation);
      if (value === null)
        return unknownOutcome('the query', { ...missing(fact), reason: 'it gave no number' }, situation);
      const message = `the query gives ${formatNumber(value)}, expected ${expected}`;
      return outcomeOf(holds(condition, value), value, message);
    },
  };
}

function holds({ operator, limit, high }: CustomSql, value: number): boolean {
  if (operator !== 'between' && operator !== 'not_between') return COMPARE[operator](value, limit.value);
  const inside = value >= limit.value && value <= (high?.value ?? limit.value);
  return inside === (operator === 'between');
}
