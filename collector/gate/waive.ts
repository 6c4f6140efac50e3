import { isUuid, type Uuid } from '#model/ids.ts';
import { Problem } from '#collector/problems.ts';
import type { Queryable } from '#store/database.ts';
import {
  evaluationById,
  lockPartition,
  openEvaluations,
  redecideEvaluation,
  type EvaluationRow,
} from '#store/evaluations.ts';
import { addWaiver, approveWaiver, waiverForUpdate, type WaiverRow } from '#store/waivers.ts';
import { samePerson } from './decide.ts';
import { notFound } from './publish.ts';
import { redecide } from './redecide.ts';
import type { GateServices } from './services.ts';

/** Longest life of a waiver: what must pass for longer is a wrong check, and the contract is the place to mend it. */
export const LONGEST_WAIVER_DAYS = 30;
const DAY_MS = 86_400_000;

export interface WaiverRequest {
  readonly checkIds: readonly string[];
  readonly reason: string;
  readonly requestedBy: string;
  readonly expiresAt: Date;
  /** true: for every partition of the dataset while it lasts; else for the evaluation's partition alone. */
  readonly anyPartition?: boolean;
  /** true: for exactly the candidate that was evaluated; what is loaded after it is judged without. */
  readonly thisCandidate?: boolean;
  /** Where it is talked about. */
  readonly ticket?: string;
}

/** Asks that named checks be let pass. It has no effect until a second person approves. */
export async function requestWaiver(
  services: GateServices,
  evaluationId: Uuid,
  request: WaiverRequest,
  now: Date,
): Promise<WaiverRow> {
  const [evaluation] = isUuid(evaluationId)
    ? await services.database.rows<EvaluationRow>(evaluationById(evaluationId))
    : [];
  if (!evaluation) throw notFound(evaluationId);
  const fault = faultOf(request, evaluation, now);
  if (fault !== null) throw new Problem('waiver_invalid', fault);
  const row: WaiverRow = {
    id: services.newId(),
    evaluation_id: evaluation.id,
    dataset_id: evaluation.dataset_id,
    partition: request.anyPartition === true ? null : evaluation.partition,
    candidate_version: request.thisCandidate === true ? evaluation.candidate_version : null,
    check_ids: [...new Set(request.checkIds)],
    reason: request.reason.trim(),
    ticket: request.ticket?.trim() || null,
    requested_by: request.requestedBy.trim(),
    requested_at: now,
    approved_by: null,
    approved_at: null,
    expires_at: request.expiresAt,
  };
  await services.database.execute(addWaiver(row));
  return row;
}

/** What is wrong with a request, in a sentence, or null. */
export function faultOf(
  request: WaiverRequest,
  evaluation: Pick<EvaluationRow, 'reasons' | 'decision' | 'candidate_version'>,
  now: Date,
): string | null {
  const { expiresAt } = request;
  if (request.reason.trim() === '') return 'Give a reason: it is what the second person and the audit read.';
  if (request.requestedBy.trim() === '') return 'requestedBy is empty; say who asks.';
  if (Number.isNaN(expiresAt.getTime())) return 'expiresAt is no time; give one like 2026-01-31T00:00:00Z.';
  if (expiresAt <= now) return `expiresAt ${expiresAt.toISOString()} is not in the future.`;
  if (expiresAt.getTime() - now.getTime() > LONGEST_WAIVER_DAYS * DAY_MS) {
    return `A waiver lasts ${LONGEST_WAIVER_DAYS} days at most; what must pass for longer belongs in the contract.`;
  }
  if (request.thisCandidate === true && request.anyPartition === true)
    return 'A waiver is for this candidate or for any partition, not for both.';
  if (request.thisCandidate === true && evaluation.candidate_version === null)
    return 'The candidate was not measured, so it has no version that a waiver could be for.';
  if (request.checkIds.length === 0) return 'Name the checks to let pass in checkIds.';
  if (evaluation.decision === null) return 'The evaluation is still running; its failures are not known yet.';
  const known = evaluation.reasons.map(({ checkId }) => checkId);
  const stranger = request.checkIds.find((id) => !known.includes(id));
  if (stranger !== undefined) {
    const names = known.length === 0 ? 'none' : known.join(', ');
    return `${JSON.stringify(stranger)} is not among the checks that did not pass: ${names}.`;
  }
  return null;
}

/**
 * A second person lets the named checks pass; open evaluations are decided again at once. Approving again
 * as the same person changes nothing. Throws waiver_invalid, conflict.
 */
export async function grantWaiver(
  services: GateServices,
  id: Uuid,
  approvedBy: string,
  now: Date,
): Promise<{ readonly waiver: WaiverRow; readonly evaluations: readonly Uuid[] }> {
  return services.database.transaction(async (connection) => {
    const [waiver] = isUuid(id) ? await connection.rows<WaiverRow>(waiverForUpdate(id)) : [];
    if (!waiver) throw new Problem('not_found', `There is no waiver ${id}.`);
    const person = approvedBy.trim();
    if (person === '') throw new Problem('waiver_invalid', 'approvedBy is empty; say who approves.');
    if (samePerson(person, waiver.requested_by)) {
      throw new Problem('waiver_invalid', `${person} asked for this waiver; somebody else must approve it.`);
    }
    if (waiver.expires_at <= now) {
      throw new Problem(
        'waiver_invalid',
        `The waiver ended at ${waiver.expires_at.toISOString()}; ask for a new one.`,
      );
    }
    if (waiver.approved_by !== null && !samePerson(waiver.approved_by, person)) {
      throw new Problem('conflict', `The waiver was approved by ${waiver.approved_by} already.`);
    }
    if (waiver.approved_by === null) await connection.execute(approveWaiver(id, person, now));
    const evaluations = await decideAgain(connection, waiver, now);
    return {
      waiver: {
        ...waiver,
        approved_by: waiver.approved_by ?? person,
        approved_at: waiver.approved_at ?? now,
      },
      evaluations,
    };
  });
}

/** Ids of the open evaluations whose decision was taken anew. */
async function decideAgain(connection: Queryable, waiver: WaiverRow, now: Date): Promise<Uuid[]> {
  if (waiver.partition !== null) await connection.rows(lockPartition(waiver.dataset_id, waiver.partition));
  const open = await connection.rows<EvaluationRow>(openEvaluations(waiver.dataset_id, waiver.partition));
  for (const evaluation of open) {
    await connection.execute(
      redecideEvaluation(evaluation.id, await redecide(connection, evaluation, now), now),
    );
  }
  return open.map(({ id }) => id);
}
