import type { ConcludeRequest, Conclusion } from '#model/ports.ts';
import { partitionsOf, tableIdsOf } from './catalog.ts';
import { orderOf, PUBLISHERS, targetOf } from './order-of.ts';
import { PlaceFault } from './place.ts';
import { labelOf } from './publication-label.ts';
import { retryable, type PublicationOrder } from './publication.ts';
import { tableIdOf } from './publish-by-swap.ts';
import { concludeRollback } from './rollback.ts';
import { StarRocksError, type Session } from './session.ts';
import type { Protocol } from './target.ts';

/** What became of a publication or rollback; one that is over is kept from ever taking effect. */
export async function conclude(session: Session, request: ConcludeRequest): Promise<Conclusion> {
  try {
    // Nothing was ever sent.
    if (targetOf(request.target).feed !== null) return { status: 'never' };
    if (request.kind === 'rollback') return await concludeRollback(session, request);
    const { candidate, over } = request;
    if (candidate === null) return { status: 'never' };
    const { by, order } = await orderOf(session, { ...request, candidate, mayBegin: () => false });
    if (over) return await PUBLISHERS[by].conclude(session, order);
    return (await isPublished(session, by, order))
      ? { status: 'published' }
      : retryable('It may still be under way.');
  } catch (error) {
    if (error instanceof StarRocksError || error instanceof PlaceFault) return retryable(error.message);
    throw error;
  }
}

/** Looks, and changes nothing. */
async function isPublished(session: Session, by: Protocol, order: PublicationOrder): Promise<boolean> {
  const id = tableIdOf(order.candidate.version);
  switch (by) {
    case 'replace':
      return (await partitionsOf(session, order.target)).some((one) => !one.temporary && one.id === id);
    case 'swap':
      return (await tableIdsOf(session, order.target.database)).get(order.target.table) === id;
    case 'overwrite':
    case 'pointer':
      return (await labelOf(session, order)).state === 'done';
    default:
      return by satisfies never;
  }
}
