import type { PublishOutcome, Warehouse } from '#model/ports.ts';
import { starRocksClient } from './client.ts';
import { conclude } from './conclude.ts';
import { describe } from './describe.ts';
import { livePartitions, readFeeds, setFeed } from './feeds.ts';
import { enforcement } from './enforcement.ts';
import { measure, sample } from './measure.ts';
import { orderOf, PUBLISHERS } from './order-of.ts';
import { outcomeOf } from './outcome.ts';
import { PlaceFault } from './place.ts';
import { failure, retryable } from './publication.ts';
import { rollback } from './rollback.ts';
import { StarRocksError } from './session.ts';
import type { StarRocksSettings } from './settings.ts';
import { addPartition } from './statements.ts';
import { take } from './take.ts';

/**
 * A StarRocks cluster (3.1 or later) that holds candidates and gold. Nothing is connected until first used. Targets
 * are written `gold.orders`, with `?by=replace|overwrite|swap|pointer` where it is not to be told from the table.
 */
export function starRocksWarehouse(
  settings: StarRocksSettings,
  clock: () => number = () => Date.now(),
): Warehouse {
  const client = starRocksClient(settings);
  const bounds = { resourceGroup: settings.resourceGroup, memoryBytes: settings.queryMemoryBytes };
  const until =
    (notAfter: Date | undefined): (() => boolean) =>
    () =>
      notAfter === undefined || clock() <= notAfter.getTime();
  return {
    name: settings.name,
    dialect: 'starrocks',
    describe: (ref) => describe(client, ref),
    take: (request) => take(client, request),
    measure: (request) => measure(client, request, bounds, clock),
    sample: (request) => sample(client, request, bounds),
    publish: (request) =>
      publishing(`Publishing ${request.candidate.ref}`, async () => {
        const asked = { ...request, mayBegin: until(request.notAfter) };
        const { by, order, place } = await orderOf(client, asked);
        // An empty partition is nothing that readers see; INSERT OVERWRITE needs one.
        if (!place.exists && order.partition !== null)
          await client.query(addPartition(order.target, order.partition.name, order.partition.range));
        return PUBLISHERS[by].publish(client, order);
      }),
    rollback: (request) =>
      publishing(`Rolling back ${request.target}`, () => rollback(client, request, until(request.notAfter))),
    conclude: (request) => conclude(client, request),
    enforcement: (target) => outcomeOf('Reading the grants', () => enforcement(client, target)),
    feeds: (target) => readFeeds(client, target),
    livePartitions: (target) => livePartitions(client, target),
    setFeed: (target, feed, to) => setFeed(client, target, feed, to),
    close: () => client.close(),
  };
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
