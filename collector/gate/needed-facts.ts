import { detectSigma } from '#detectors/sigma.ts';
import type { Contract } from '#model/contract.ts';
import type { Fact } from '#model/fact.ts';
import type { FactKey, Facts } from '#model/measurement.ts';
import { evaluateCheck } from '#rules/expression/evaluate.ts';
import { plainFact } from '#rules/expression/fact-key.ts';
import { factMapOf } from '#rules/expression/facts.ts';

/** Every fact that the checks ask for, and row_count in any case: an empty candidate must be seen. */
export function neededFacts(contract: Contract): Map<FactKey, Fact> {
  const facts = contract.checks.flatMap((check) => [...factMapOf(check.expression, contract.columns)]);
  return new Map([['row_count', plainFact('row_count')], ...facts]);
}

/**
 * Facts that need not be measured: what is known decides for all checks that ask for them that they pass
 * (`amount >= 0` by the least amount). Of one that fails the rows are counted all the same.
 */
export function decidedBy(contract: Contract, known: Facts): ReadonlySet<FactKey> {
  const evidence = { facts: known, history: [], partitionAt: null, anomaly: detectSigma };
  const open = new Set<FactKey>(['row_count']);
  const decided = new Set<FactKey>();
  for (const check of contract.checks) {
    const { status } = evaluateCheck(check, evidence);
    const into = status === 'pass' ? decided : open;
    for (const key of factMapOf(check.expression, contract.columns).keys()) into.add(key);
  }
  return new Set([...decided].filter((key) => !open.has(key)));
}

/** How many partitions before the candidate's the facts look at. */
export function widestScope(facts: ReadonlyMap<FactKey, Fact>): number {
  return Math.max(
    0,
    ...[...facts.values()].map(({ scope }) => (scope.type === 'last' ? scope.partitions - 1 : 0)),
  );
}
