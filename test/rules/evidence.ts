import { detectSigma } from '#detectors/sigma.ts';
import type { Check } from '#model/contract.ts';
import type { FactKey } from '#model/measurement.ts';
import type { CheckResult } from '#model/result.ts';
import {
  type EvaluationOptions,
  evaluateCheck,
  type Evidence,
  type PastPartition,
} from '#rules/expression/evaluate.ts';
import { checkOf } from './support.ts';

export type Numbers = Readonly<Record<FactKey, number>>;
export type Groups = Readonly<Record<FactKey, Readonly<Record<string, number>>>>;

export const DAY_MS = 86_400_000;
/** A Monday. */
export const START = Date.UTC(2026, 0, 5);

/** Daily partitions from a Monday on; a number alone is a row count. */
export function daysOf(
  history: readonly (Numbers | number)[],
  excluded: Readonly<Record<number, string>> = {},
): PastPartition[] {
  return history.map((numbers, index) => {
    const at = new Date(START + index * DAY_MS);
    const facts = new Map(Object.entries(typeof numbers === 'number' ? { row_count: numbers } : numbers));
    return { partition: `dt=${at.toISOString().slice(0, 10)}`, facts, at, excluded: excluded[index] ?? null };
  });
}

export function segmentsOf(groups: Groups): Map<FactKey, Map<string | null, number>> {
  return new Map(
    Object.entries(groups).map(([key, counts]) => [
      key,
      new Map(Object.entries(counts).map(([label, count]) => [label === '<null>' ? null : label, count])),
    ]),
  );
}

/** Evaluates a check on facts of the day after the history. */
export function judge(
  check: string | Check,
  numbers: Numbers,
  more: Partial<Evidence> = {},
  options: EvaluationOptions = {},
): CheckResult {
  const history = more.history ?? [];
  const evidence: Evidence = {
    facts: new Map(Object.entries(numbers)),
    history,
    partition: 'dt=today',
    partitionAt: new Date(START + history.length * DAY_MS),
    anomaly: detectSigma,
    ...more,
  };
  return evaluateCheck(typeof check === 'string' ? checkOf(check) : check, evidence, options);
}

export function statusOf(...parameters: Parameters<typeof judge>): CheckResult['status'] {
  return judge(...parameters).status;
}
