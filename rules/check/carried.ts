import type { CarriedCheck } from '#model/contract-check.ts';
import type { CheckResult } from '#model/result.ts';

/** How the identity of a check that is not run begins (rules/contract/make-check.ts). */
export const CARRIED = 'carried-';

/**
 * Checks of a contract that Assay does not run, as results: skipped, with the reason, so that nobody takes
 * them for tested. What is said twice is told once.
 */
export function carriedResults(checks: readonly CarriedCheck[]): readonly CheckResult[] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  return [...byId.values()].map(({ id, text, severity, engine, reason }) => ({
    checkId: id,
    text,
    severity,
    status: 'skipped',
    value: null,
    expected: engine === null ? 'told to people' : `judged by ${engine}`,
    message: `It is not run here: ${reason}`,
    facts: {},
    baseline: [],
  }));
}

/** Whether a result is of a check that is not run, and so says nothing of the data. */
export function isCarried({ checkId }: Pick<CheckResult, 'checkId'>): boolean {
  return checkId.startsWith(CARRIED);
}
