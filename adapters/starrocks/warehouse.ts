import type { Warehouse } from '#model/ports.ts';
import { starRocksClient } from './client.ts';
import { conclude } from './conclude.ts';
import { describe } from './describe.ts';
import { livePartitions, readFeeds, setFeed } from './feeds.ts';
import { enforcement } from './enforcement.ts';
import { measure, sample } from './measure.ts';
import { grainedTarget } from './grained-target.ts';
import { outcomeOf } from './outcome.ts';
import { publish, publishTogether, rollBack } from './publish.ts';
import { profile } from './profile.ts';
import type { StarRocksSettings } from './settings.ts';
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
    targetOf: grainedTarget,
    describe: (ref) => describe(client, ref),
    take: (request) => take(client, request),
    measure: (request) => measure(client, request, bounds, clock),
    profile: (request) => profile(client, request, bounds),
    sample: (request) => sample(client, request, bounds),
    publish: (request) => publish(client, request, until(request.notAfter)),
    publishTogether: (requests) =>
      publishTogether(client, requests, () => requests.every(({ notAfter }) => until(notAfter)())),
    rollback: (request) => rollBack(client, request, until(request.notAfter)),
    conclude: (request) => conclude(client, request),
    enforcement: (target) => outcomeOf('Reading the grants', () => enforcement(client, target)),
    feeds: (target) => readFeeds(client, target),
    livePartitions: (target) => livePartitions(client, target),
    setFeed: (target, feed, to) => setFeed(client, target, feed, to),
    close: () => client.close(),
  };
}
