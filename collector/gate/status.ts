import { isUuid, type Uuid } from '#model/ids.ts';
import type { Decision, Reason } from '#model/publication.ts';
import type { MeasureCost } from '#model/ports.ts';
import type { CheckResult } from '#model/result.ts';
import { evaluationCost, type EvaluationCostRow } from '#store/evaluation-costs.ts';
import {
  checkResults,
  evaluationById,
  latestEvaluation,
  resultOf,
  type CheckResultRow,
  type EvaluationRow,
} from '#store/evaluations.ts';
import type { ContractFaultRow } from '#store/contract-faults.ts';
import type { FreezeRow } from '#store/gate-freezes.ts';
import { currentPublication, publicationOfEvaluation, type PublicationRow } from '#store/publications.ts';
import { readContractFault } from './contract-faults.ts';
import { effectOf } from './decide.ts';
import { freezeOf, frozenReason } from './freeze.ts';
import { notFound } from './publish.ts';
import type { GateServices } from './services.ts';

/** A reason, and whether it is one of those that keep the candidate out of gold. */
export interface HeldReason extends Reason {
  readonly holds: boolean;
}

/** Everything about one evaluation. */
export interface EvaluationStatus {
  readonly row: EvaluationRow;
  /** As it stands now: what is not published is blocked while the gate is frozen. */
  readonly decision: Decision | null;
  /** The freeze that stands, or null. */
  readonly freeze: FreezeRow | null;
  readonly reasons: readonly HeldReason[];
  readonly results: readonly CheckResult[];
  readonly publication: PublicationRow | null;
  /** What measuring took of the warehouse; null where that is not known. */
  readonly cost: MeasureCost | null;
  /** The last push of a contract for this dataset, when it was refused; an earlier version is in force. */
  readonly contractFault: ContractFaultRow | null;
}

/** Throws evaluation_not_found. */
export async function evaluationStatus(services: GateServices, id: Uuid): Promise<EvaluationStatus> {
  const [row] = isUuid(id) ? await services.database.rows<EvaluationRow>(evaluationById(id)) : [];
  if (!row) throw notFound(id);
  return statusOf(services, row);
}

export async function statusOf(services: GateServices, row: EvaluationRow): Promise<EvaluationStatus> {
  const results = (await services.database.rows<CheckResultRow>(checkResults(row.id))).map(resultOf);
  const [publication = null] = await services.database.rows<PublicationRow>(publicationOfEvaluation(row.id));
  const contractFault = await readContractFault(services, row.dataset_id);
  const [spent] = await services.database.rows<EvaluationCostRow>(evaluationCost(row.id));
  const freeze = await freezeOf(services.database, row.dataset_id);
  const reasons = heldReasons(row, results);
  const stopped = freeze !== null && row.state !== 'published' && row.state !== 'superseded';
  return {
    row,
    results,
    publication,
    cost: spent?.cost ?? null,
    contractFault,
    freeze,
    decision: stopped && row.decision !== null ? 'block' : row.decision,
    reasons: stopped ? [{ ...frozenReason(freeze), holds: true }, ...reasons] : reasons,
  };
}

/** What a partition's newest evaluation says, and what is served of it. Both null when nothing is known. */
export async function partitionStatus(
  services: GateServices,
  datasetId: Uuid,
  partition: string,
): Promise<{
  readonly evaluation: EvaluationStatus | null;
  readonly published: PublicationRow | null;
  readonly freeze: FreezeRow | null;
}> {
  const [row] = await services.database.rows<EvaluationRow>(latestEvaluation(datasetId, partition));
  const [published = null] = await services.database.rows<PublicationRow>(
    currentPublication(datasetId, partition),
  );
  const evaluation = row ? await statusOf(services, row) : null;
  return {
    evaluation,
    published,
    freeze: evaluation?.freeze ?? (await freezeOf(services.database, datasetId)),
  };
}

function heldReasons(
  { reasons, on_error: onError }: EvaluationRow,
  results: readonly CheckResult[],
): HeldReason[] {
  return reasons.map((reason) => {
    const result = results.find(
      ({ checkId, status }) => checkId === reason.checkId && status === reason.status,
    );
    // The gate's own reasons (empty, not measured, no checks) have no result and always hold.
    const effect = result ? effectOf(result) : 'block';
    const heard = effect === 'error' && onError === 'allow' ? 'warning' : effect;
    return { ...reason, holds: reason.waivedBy === null && heard !== 'none' && heard !== 'warning' };
  });
}
