import type { Contract } from '#model/contract.ts';
import type { Fact, FactMetric } from '#model/fact.ts';
import type { FactKey } from '#model/measurement.ts';
import { parseFactKey } from '#rules/expression/fact-key.ts';
import { factsOf } from '#rules/expression/facts.ts';

/** Every fact that the checks ask for, and row_count in any case: an empty candidate must be seen. */
export function neededFacts(contract: Contract): Map<FactKey, Fact> {
  const keys = ['row_count', ...contract.checks.flatMap((check) => factsOf(check.expression).facts)];
  return new Map(keys.map((key) => [key, factOf(key)]));
}

function factOf(key: FactKey): Fact {
  const parsed = parseFactKey(key);
  if (parsed === null) throw new TypeError(`"${key}" is not a fact key`);
  return {
    metric: parsed.metric,
    columns: parsed.columns,
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
