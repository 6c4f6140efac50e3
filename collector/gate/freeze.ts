import type { Uuid } from '#model/ids.ts';
import { Problem } from '#collector/problems.ts';
import type { Queryable } from '#store/database.ts';
import { addFreeze, freezesOf, type FreezeRow } from '#store/gate-freezes.ts';
import type { GateServices } from './services.ts';

/** A frozen gate publishes nothing, whatever its checks say; a reason of the gate's own. */
export const FROZEN = 'gate.frozen';

export interface FreezeOrder {
  readonly datasetId: Uuid;
  readonly action: 'freeze' | 'unfreeze';
  readonly reason: string;
  readonly author: string;
}

/**
 * Stops a dataset's gate, or lets it go again. Both are kept for ever, with author and reason. What is being
 * published at this moment ends; nothing begins any more. Throws invalid_request; conflict where the gate stands so
 * already.
 */
export async function setFreeze(services: GateServices, order: FreezeOrder, now: Date): Promise<FreezeRow> {
  const reason = order.reason.trim();
  const author = order.author.trim();
  if (reason === '') throw new Problem('invalid_request', 'reason is empty; say why, it is kept and shown.');
  if (author === '') throw new Problem('invalid_request', 'requestedBy is empty; say who asks.');
  const row = { dataset_id: order.datasetId, action: order.action, reason, author, at: now };
  const standing = await freezeOf(services.database, order.datasetId);
  if ((standing !== null) === (order.action === 'freeze'))
    throw new Problem(
      'conflict',
      standing === null ? 'The gate is not frozen.' : `The gate is frozen already: ${wordsOf(standing)}.`,
    );
  await services.database.execute(addFreeze(row));
  return row;
}

/** The freeze that stands, or null. */
export async function freezeOf(connection: Queryable, datasetId: Uuid): Promise<FreezeRow | null> {
  const [last] = await connection.rows<FreezeRow>(freezesOf(datasetId, 1));
  return last?.action === 'freeze' ? last : null;
}

/** All that was said, the last first. */
export function freezeHistory(services: GateServices, datasetId: Uuid, limit = 50): Promise<FreezeRow[]> {
  return services.database.rows<FreezeRow>(freezesOf(datasetId, limit));
}

/** `Ada since 2026-01-31 06:40 UTC: wrong prices`. */
export function wordsOf({ author, at, reason }: FreezeRow): string {
  return `by ${author} since ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC: ${reason}`;
}

/** Why nothing is published, as a reason beside those of the checks. */
export function frozenReason(freeze: FreezeRow): {
  readonly checkId: string;
  readonly status: 'fail';
  readonly message: string;
  readonly waivedBy: null;
} {
  return {
    checkId: FROZEN,
    status: 'fail',
    message: `The gate is frozen ${wordsOf(freeze)}`,
    waivedBy: null,
  };
}
