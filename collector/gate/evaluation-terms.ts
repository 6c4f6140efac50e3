import type { EvaluationRow } from '#store/evaluations.ts';
import { LONGEST_EVALUATION_MS } from './ledger.ts';

/** When an evaluation that runs is given up for lost, and may be asked for again. */
export function leaseOf({ requested_at: begun }: Pick<EvaluationRow, 'requested_at'>): Date {
  return new Date(begun.getTime() + LONGEST_EVALUATION_MS);
}

/** Days that an allowed candidate may wait to be published; what was measured is of then. */
export const EVALUATION_DAYS = 7;
const DAY_MS = 86_400_000;

/** When an allowed evaluation ends: from then on it must be evaluated again. */
export function expiryOf({ requested_at: begun }: Pick<EvaluationRow, 'requested_at'>): Date {
  return new Date(begun.getTime() + EVALUATION_DAYS * DAY_MS);
}
