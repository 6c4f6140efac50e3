import type { PublishOutcome, PublishRequest, RollbackRequest } from '#model/ports.ts';
import { orderOf, PUBLISHERS } from './order-of.ts';
import { PlaceFault } from './place.ts';
import { failure, retryable, type PublicationOrder } from './publication.ts';
import { publishByReplaceTogether } from './publish-by-replace.ts';
import { rollback } from './rollback.ts';
import { StarRocksError, type Session } from './session.ts';
import { addPartition } from './statements.ts';

/** Publishes by the protocol of the target. `mayBegin` is false once the time in which it may begin is over. */
export function publish(
  session: Session,
  request: Omit<PublishRequest, 'notAfter'>,
  mayBegin: () => boolean,
): Promise<PublishOutcome> {
  return publishing(`Publishing ${request.candidate.ref}`, async () => {
    const { by, order, place } = await orderOf(session, { ...request, mayBegin });
    // An empty partition is nothing that readers see; INSERT OVERWRITE needs one.
    if (!place.exists && order.partition !== null)
      await session.query(addPartition(order.target, order.partition.name, order.partition.range));
    return PUBLISHERS[by].publish(session, order);
  });
}

/** Publishes several partitions of one target by one REPLACE PARTITION; other protocols have no such statement. */
export function publishTogether(
  session: Session,
  requests: readonly Omit<PublishRequest, 'notAfter'>[],
  mayBegin: () => boolean,
): Promise<PublishOutcome> {
  return publishing(`Publishing ${requests.length} partitions`, async () => {
    const orders: PublicationOrder[] = [];
    for (const request of requests) {
      const { by, order } = await orderOf(session, { ...request, mayBegin });
      if (by !== 'replace')
        return failure(`Several partitions are published at once by=replace alone, not by=${by}.`);
      orders.push(order);
    }
    return publishByReplaceTogether(session, orders);
  });
}

/** Puts back what was served before. */
export function rollBack(
  session: Session,
  request: Omit<RollbackRequest, 'notAfter'>,
  mayBegin: () => boolean,
): Promise<PublishOutcome> {
  return publishing(`Rolling back ${request.target}`, () => rollback(session, request, mayBegin));
}

/** An error before anything was sent is an outcome; the publishers speak for themselves. */
async function publishing(doing: string, work: () => Promise<PublishOutcome>): Promise<PublishOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PlaceFault) return failure(error.message);
    if (!(error instanceof StarRocksError)) throw error;
    const reason = `${doing}: ${error.message}`;
    return error.kind === 'refused' ? failure(reason) : retryable(reason);
  }
}
