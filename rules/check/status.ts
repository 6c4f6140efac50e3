import type { Severity } from '#model/contract.ts';
import type { CheckResult, CheckStatus } from '#model/result.ts';

/** From best to worst: a known failure is worse than not knowing, which is worse than a warning. */
const RANKING: readonly CheckStatus[] = ['pass', 'skipped', 'warn', 'learning', 'no_data', 'error', 'fail'];

/** True where a check could not say whether the data is good: an unknown is never read as a pass. */
export function isUnknown(status: CheckStatus): boolean {
  return status === 'error' || status === 'no_data' || status === 'learning';
}

/** Whether a result keeps a candidate out of gold: a check that blocks and failed, or could not say. */
export function blocks(result: Pick<CheckResult, 'severity' | 'status'>): boolean {
  return result.severity === 'block' && (result.status === 'fail' || isUnknown(result.status));
}

/** Whether a result is worth an incident: a condition of severity warn or block that does not hold. */
export function raisesIncident(result: Pick<CheckResult, 'severity' | 'status'>): boolean {
  return result.severity !== 'info' && (result.status === 'fail' || result.status === 'warn');
}

/**
 * The status of a condition that does not hold. `block` fails; `warn` and `info` both give `warn`, because
 * "pass" would be untrue: an info check is told from a warning by its severity, and raises no incident.
 */
export function failingStatus(severity: Severity): 'fail' | 'warn' {
  return severity === 'block' ? 'fail' : 'warn';
}

/** The worst of several statuses; `skipped` when there are none. */
export function worstStatus(statuses: Iterable<CheckStatus>): CheckStatus {
  let worst: CheckStatus | null = null;
  for (const status of statuses) {
    if (worst === null || RANKING.indexOf(status) > RANKING.indexOf(worst)) worst = status;
  }
  return worst ?? 'skipped';
}
