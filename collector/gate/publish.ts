import { derivedId, type Uuid } from '#model/ids.ts';
import type { Decision, Reason } from '#model/publication.ts';
import { Problem } from '#collector/problems.ts';
import { withSpan } from '#collector/span.ts';
import type { Queryable } from '#store/database.ts';
import {
  evaluationById,
  evaluationForUpdate,
  lockPartition,
  redecideEvaluation,
  type EvaluationRow,
} from '#store/evaluations.ts';
import { publicationById, publicationUnderWay, type PublicationRow } from '#store/publications.ts';
import { freezeOf, frozenReason } from './freeze.ts';
import { lease, notAfter, open, repairOne, settle, underWay } from './ledger.ts';
import { redecide } from './redecide.ts';
import { warehouseNamed, type GateServices } from './services.ts';
import { expiryOf } from './evaluation-terms.ts';

export interface PublishOrder {
  /** The version that the caller believes it publishes: the evaluation's. */
  readonly expectedVersion: string;
  readonly requestedBy?: string | null;
}

/**
 * Publishes exactly the candidate that was evaluated. Asking again for what is published gives the same
 * answer. Throws evaluation_not_found, version_moved, blocked, conflict, unknown_warehouse,
 * publication_refused, warehouse_unavailable.
 */
export async function publishEvaluation(
  services: GateServices,
  id: Uuid,
  order: PublishOrder,
  now: Date,
): Promise<PublicationRow> {
  await settleLeftover(services, id, now);
  const reserved = await services.database.transaction((connection) =>
    reserve(services, connection, id, order, now),
  );
  if ('refused' in reserved) throw reserved.refused;
  if (reserved.done) return reserved.row;
  const { row } = reserved;
  const warehouse = warehouseNamed(services, row.warehouse);
  const outcome = await withSpan('gate publish', { 'assay.warehouse': row.warehouse }, () =>
    warehouse.publish({
      token: row.id,
      target: row.target,
      partition: row.partition,
      candidate: {
        kind: reserved.evaluation.candidate_kind,
        ref: row.candidate_ref ?? '',
        version: row.candidate_version ?? '',
      },
      notAfter: notAfter(row),
    }),
  );
  const settled = await settle(services, row, outcome, now);
  if (settled.state !== 'failed' && settled.state !== 'publishing') return settled;
  if (outcome.status === 'version_moved') throw moved(reserved.evaluation, outcome.actual);
  if (outcome.status === 'failure') {
    throw new Problem('publication_refused', outcome.reason, { publicationId: row.id });
  }
  const why = outcome.status === 'retryable' ? outcome.reason : 'It did not answer.';
  throw new Problem('warehouse_unavailable', `${why} Nothing else was changed; ask again.`, {
    publicationId: row.id,
  });
}

export type Reserved =
  | { readonly done: boolean; readonly row: PublicationRow; readonly evaluation: EvaluationRow }
  | { readonly refused: Problem };

/** Checks that the candidate may be published now and opens the ledger for it, in one transaction. */
export async function reserve(
  services: GateServices,
  connection: Queryable,
  id: Uuid,
  order: PublishOrder,
  now: Date,
): Promise<Reserved> {
  const [seen] = await connection.rows<EvaluationRow>(evaluationById(id));
  if (!seen) throw notFound(id);
  await connection.rows(lockPartition(seen.dataset_id, seen.partition));
  const [evaluation = seen] = await connection.rows<EvaluationRow>(evaluationForUpdate(id));
  const token = derivedId('publication', id);
  const [before] = await connection.rows<PublicationRow>(publicationById(token));
  if (order.expectedVersion !== evaluation.candidate_version) throw moved(evaluation, order.expectedVersion);
  if (before && (before.state === 'published' || before.state === 'replaced'))
    return { done: true, row: before, evaluation };
  if (before?.state === 'rolled_back') {
    throw new Problem(
      'conflict',
      `Evaluation ${id} was published and rolled back; evaluate a new candidate.`,
    );
  }
  if (before?.state === 'publishing') throw underWay(before);
  if (evaluation.state === 'superseded') {
    throw new Problem(
      'conflict',
      `Evaluation ${id} was superseded by a newer one of ${evaluation.name} ${evaluation.partition}.`,
    );
  }
  if (evaluation.decision === null) {
    throw new Problem('conflict', `Evaluation ${id} is still running; ask for it with ?wait=30.`, {
      retryAfterSeconds: 1,
    });
  }
  const freeze = await freezeOf(connection, evaluation.dataset_id);
  if (freeze !== null) return { refused: blocked(evaluation, 'block', [frozenReason(freeze)]) };
  if (expiryOf(evaluation) <= now) {
    throw new Problem(
      'conflict',
      `Evaluation ${id} is of ${evaluation.requested_at.toISOString()} and has expired; evaluate the candidate again.`,
    );
  }
  const decided = await redecide(connection, evaluation, now);
  if (decided.decision !== 'allow') {
    // What was allowed by a waiver that has ended is shown as such; the change must outlive the refusal.
    if (evaluation.decision === 'allow') {
      await connection.execute(redecideEvaluation(id, { ...decided, state: 'expired' }, now));
    }
    return { refused: blocked(evaluation, decided.decision, decided.reasons) };
  }
  if (evaluation.target === null) {
    throw new Problem(
      'unknown_warehouse',
      `The contract of ${evaluation.name} names no gate.publish_to, so there is nowhere to publish.`,
    );
  }
  warehouseNamed(services, evaluation.warehouse);
  const row = await open(connection, {
    id: token,
    kind: 'publish',
    evaluation_id: id,
    dataset_id: evaluation.dataset_id,
    namespace: evaluation.namespace,
    name: evaluation.name,
    partition: evaluation.partition,
    warehouse: evaluation.warehouse,
    target: evaluation.target,
    candidate_ref: evaluation.candidate_ref,
    candidate_version: evaluation.candidate_version,
    state: 'publishing',
    previous: null,
    reason: null,
    requested_by: order.requestedBy ?? null,
    ...lease(now),
    finished_at: null,
  });
  if (!row)
    throw new Problem('conflict', `Evaluation ${id} is being published; ask again in a moment.`, {
      retryAfterSeconds: 1,
    });
  return { done: false, row, evaluation };
}

/** A row that a crash left open for this partition is settled first, if its time is over. */
export async function settleLeftover(services: GateServices, id: Uuid, now: Date): Promise<void> {
  const [evaluation] = await services.database.rows<EvaluationRow>(evaluationById(id));
  if (!evaluation) throw notFound(id);
  await settlePartition(services, evaluation.dataset_id, evaluation.partition, now);
}

/** The same for any partition. */
export async function settlePartition(
  services: GateServices,
  datasetId: Uuid,
  partition: string,
  now: Date,
): Promise<void> {
  const [row] = await services.database.rows<PublicationRow>(publicationUnderWay(datasetId, partition));
  if (row && row.lease_until <= now) await repairOne(services, row, now);
}

export function notFound(id: string): Problem {
  return new Problem('evaluation_not_found', `There is no evaluation ${id}.`);
}

function moved(evaluation: EvaluationRow, actual: string | null): Problem {
  return new Problem(
    'version_moved',
    `${evaluation.candidate_ref} is not what was checked; nothing was published. Evaluate it again.`,
    { evaluationId: evaluation.id, checked: evaluation.candidate_version, actual },
  );
}

function blocked(evaluation: EvaluationRow, decision: Decision, reasons: readonly Reason[]): Problem {
  const first = reasons.find((reason) => reason.waivedBy === null);
  return new Problem(
    'blocked',
    `${evaluation.name} ${evaluation.partition} is held: ${first?.message ?? 'its checks did not pass.'}`,
    { evaluationId: evaluation.id, decision, reasons },
  );
}
