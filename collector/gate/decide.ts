import type { GatePolicy } from '#model/contract.ts';
import type { Decision, Reason, Waiver } from '#model/publication.ts';
import type { CheckResult } from '#model/result.ts';
import { isCarried } from '#rules/check/carried.ts';

/** Reasons that come from the gate itself and not from a check of the contract. */
export const EMPTY_PARTITION = 'gate.empty_partition';
export const NOT_MEASURED = 'gate.not_measured';
export const NO_CHECKS = 'gate.no_checks';

/** How an evaluation stands by its decision; `decide` gives one of these. */
export type DecidedState =
  | 'passed'
  | 'passed_with_warnings'
  | 'waived'
  | 'failed'
  | 'error'
  | 'no_data'
  | 'learning';

export interface DecisionInput {
  readonly dataset: string;
  readonly partition: string;
  readonly results: readonly CheckResult[];
  readonly policy: GatePolicy;
  /** Rows of the candidate and the version they belong to; null when it could not be measured. */
  readonly measured: { readonly version: string; readonly rowCount: number | null } | null;
  /** Any waivers: those that do not apply are left aside. */
  readonly waivers: readonly Waiver[];
  readonly now: Date;
}

export interface DecisionOutcome {
  readonly decision: Decision;
  readonly state: DecidedState;
  /** All that was not in order, the worst first; also what was let through and why. */
  readonly reasons: readonly Reason[];
}

/** What a fault means for the decision; `none` is said but holds nothing back. */
export type Effect = 'block' | 'error' | 'no_data' | 'learning' | 'warning' | 'none';
const ORDER: readonly Effect[] = ['block', 'error', 'no_data', 'learning', 'warning', 'none'];

/**
 * Decides about a candidate. Only a pass is a pass: at block severity a failure blocks, and everything
 * that says "we do not know" (error, no data, learning) gives `unknown`, which never publishes.
 */
export function decide(input: DecisionInput): DecisionOutcome {
  const faults = [
    ...gateFaults(input),
    ...input.results.flatMap((result) => checkFault(result, input.policy)),
  ].map((fault) => waive(fault, input));
  faults.sort((a, b) => ORDER.indexOf(a.effect) - ORDER.indexOf(b.effect));
  const worst = faults.find(({ reason }) => reason.waivedBy === null)?.effect ?? 'none';
  const reasons = faults.map(({ reason }) => reason);
  if (worst === 'block') return { decision: 'block', state: 'failed', reasons };
  if (worst === 'error' || worst === 'no_data' || worst === 'learning') {
    return { decision: 'unknown', state: worst, reasons };
  }
  if (reasons.some(({ waivedBy }) => waivedBy !== null))
    return { decision: 'allow', state: 'waived', reasons };
  return { decision: 'allow', state: worst === 'warning' ? 'passed_with_warnings' : 'passed', reasons };
}

/**
 * Whether a waiver is in force for this dataset and partition. Approval by the requester is none.
 * @param version of the candidate; null when it was not measured.
 */
export function applies(
  waiver: Waiver,
  dataset: string,
  partition: string,
  now: Date,
  version: string | null = null,
): boolean {
  return (
    waiver.dataset === dataset &&
    (waiver.partition === null || waiver.partition === partition) &&
    (waiver.candidateVersion ?? version) === version &&
    waiver.approvedBy !== null &&
    !samePerson(waiver.approvedBy, waiver.requestedBy) &&
    waiver.expiresAt > now
  );
}

/** Names are compared without regard to case and surrounding space. */
export function samePerson(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

interface Fault {
  readonly effect: Effect;
  readonly reason: Reason;
  /** False for what no waiver can mend. */
  readonly waivable: boolean;
}

function gateFaults({ measured, results, policy }: DecisionInput): Fault[] {
  if (!measured) {
    const message = 'The candidate could not be measured, so nothing is known of it.';
    return [fault('error', NOT_MEASURED, 'error', message, false)];
  }
  const faults: Fault[] = [];
  const empty = measured.rowCount === 0;
  // Skipped checks hold nothing back, so a contract of nothing else would let everything through untested.
  const judged = results.some(({ status }) => status !== 'skipped');
  const none = results.every(isCarried);
  if (none || (!judged && !(empty && policy.emptyPartition === 'allow'))) {
    const message = none ? 'The contract has no checks that are run' : 'No check had anything to judge';
    faults.push(fault('no_data', NO_CHECKS, 'no_data', `${message}, so nothing was tested.`, false));
  }
  if (empty && policy.emptyPartition === 'block') {
    const message = 'The candidate is empty, which the contract does not allow.';
    faults.push(fault('block', EMPTY_PARTITION, 'fail', message, true));
  }
  return faults;
}

function checkFault(result: CheckResult, { onError }: GatePolicy): Fault[] {
  if (result.status === 'pass') return [];
  const effect = effectOf(result);
  // A check that could not be run says nothing about the data; the contract may let that pass.
  const heard = effect === 'error' && onError === 'allow' ? 'warning' : effect;
  return [fault(heard, result.checkId, result.status, result.message, true)];
}

/** At block severity only a pass passes; what had nothing to judge (`skipped`) is no fault. */
const BLOCKING: Readonly<Record<CheckResult['status'], Effect>> = {
  pass: 'none',
  warn: 'block',
  fail: 'block',
  error: 'error',
  no_data: 'no_data',
  skipped: 'none',
  learning: 'learning',
};

/** What a result means for the decision, before waivers. */
export function effectOf({ severity, status }: CheckResult): Effect {
  if (severity === 'info') return 'none';
  if (severity === 'warn') return status === 'learning' || status === 'skipped' ? 'none' : 'warning';
  return BLOCKING[status];
}

function fault(
  effect: Effect,
  checkId: string,
  status: Reason['status'],
  message: string,
  waivable: boolean,
): Fault {
  return { effect, reason: { checkId, status, message, waivedBy: null }, waivable };
}

function waive(fault: Fault, { dataset, partition, measured, waivers, now }: DecisionInput): Fault {
  if (!fault.waivable || fault.effect === 'none' || fault.effect === 'warning') return fault;
  const waiver = waivers.find(
    (one) =>
      one.checkIds.includes(fault.reason.checkId) &&
      applies(one, dataset, partition, now, measured?.version ?? null),
  );
  return waiver ? { ...fault, reason: { ...fault.reason, waivedBy: waiver.approvedBy } } : fault;
}
