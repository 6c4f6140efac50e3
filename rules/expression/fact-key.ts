import type { Fact, FactMetric } from '#model/fact.ts';
import type { FactKey } from '#model/measurement.ts';

import { printFactArguments } from './fact-arguments.ts';
import { lex } from './lex.ts';
import { parseFact } from './parse-fact.ts';
import { parsePredicate } from './parse-condition.ts';
import { printColumn, printScope, printTable } from './print-names.ts';
import { printPredicate } from './print-predicate.ts';
import { ExpressionError } from './problem.ts';
import { TokenReader } from './tokens.ts';

/** A fact about the candidate's partition, about all its rows. */
export function plainFact(metric: FactMetric, columns: readonly string[] = []): Fact {
  return {
    metric,
    columns,
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
  };
}

/**
 * The one text of a fact, under which measurements are stored: `row_count`, `null_count(user_id)`,
 * `sum(amount) where country = 'DE' on table`, `row_count of bronze.orders`, `row_count per country`. What a fact
 * does not say is not written.
 */
export function printFact(fact: Fact): FactKey {
  const inside = printFactArguments(fact);
  return [
    inside === '' ? fact.metric : `${fact.metric}(${inside})`,
    ...(fact.table === null ? [] : [`of ${printTable(fact.table)}`]),
    ...(fact.where === null ? [] : [`where ${printPredicate(fact.where)}`]),
    ...(fact.scope.type === 'partition' ? [] : [`on ${printScope(fact.scope)}`]),
    ...(fact.per === null ? [] : [`per ${printColumn(fact.per)}`]),
  ].join(' ');
}

/** Takes a fact key apart; null when the text is none (`avg(c)` is not: means are derived). */
export function parseFactKey(key: FactKey): Fact | null {
  try {
    // A key may be a little longer than the check that it came from, which had the usual limit.
    return parseFact(new TokenReader(lex(key, Infinity), parsePredicate));
  } catch (error) {
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}
