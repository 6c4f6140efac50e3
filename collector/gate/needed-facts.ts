import type { Contract } from '#model/contract.ts';
import type { Fact, FactMetric } from '#model/fact.ts';
import type { FactKey } from '#model/measurement.ts';
import { plainFact } from '#rules/expression/fact-key.ts';
import { factMapOf } from '#rules/expression/facts.ts';

/** Every fact that the checks ask for, and row_count in any case: an empty candidate must be seen. */
export function neededFacts(contract: Contract): Map<FactKey, Fact> {
  const facts = contract.checks.flatMap((check) => [...factMapOf(check.expression, contract.columns)]);
  return new Map([['row_count', plainFact('row_count')], ...facts]);
}

/** Known from rows; the others must be stated by the run that wrote the data. */
export function isOfRows({ metric }: Pick<Fact, 'metric'>): boolean {
  return !STATED.has(metric);
}

const STATED: ReadonlySet<FactMetric> = new Set(['size_bytes', 'file_count']);

/** How many partitions before the candidate's the facts look at. */
export function widestScope(facts: ReadonlyMap<FactKey, Fact>): number {
  return Math.max(
    0,
    ...[...facts.values()].map(({ scope }) => (scope.type === 'last' ? scope.partitions - 1 : 0)),
  );
}
