import { setTimeout as sleep } from 'node:timers/promises';
import { derivedId, type Uuid } from '#model/ids.ts';
import { evaluationById, type EvaluationRow } from '#store/evaluations.ts';
import { evaluateCandidate, type EvaluationOrder } from './evaluate.ts';
import type { GateServices } from './services.ts';

const POLL_MS = 25;

/** An evaluation that goes on by itself. */
export interface StartedEvaluation {
  readonly id: Uuid;
  /** When it has ended. Rejects with what went wrong; an evaluation that was stored then ends with its lease. */
  readonly done: Promise<EvaluationRow>;
}

/**
 * Begins an evaluation and comes back as soon as it is stored, or has ended. Throws what `evaluateCandidate`
 * throws before it has begun (no contract, no such warehouse, a key that belongs to another candidate).
 */
export async function startEvaluation(
  services: GateServices,
  order: EvaluationOrder,
  now: Date,
): Promise<StartedEvaluation> {
  // The id follows from the key, so that it is known before anything is stored.
  const idempotencyKey = order.idempotencyKey ?? services.newId();
  const id = derivedId('evaluation', order.datasetId, idempotencyKey);
  const work = { ended: false };
  const done = evaluateCandidate(services, { ...order, idempotencyKey }, now).finally(() => {
    work.ended = true;
  });
  // Whoever waits below is told; nobody else need be.
  done.catch(() => {});
  while (!work.ended) {
    const [row] = await services.database.rows<EvaluationRow>(evaluationById(id));
    if (row && row.requested_at.getTime() === now.getTime()) return { id, done };
    await sleep(POLL_MS);
  }
  return { id: (await done).id, done };
}
