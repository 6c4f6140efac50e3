import type { OpenLineageEvent } from '../event.ts';
import { isRunEvent } from '../event.ts';

/**
 * The key of an event's Kafka message, as the Python and Java clients make it: all runs of a job, and of all
 * jobs below one root, share a partition and so keep their order.
 */
export function kafkaMessageKey(event: OpenLineageEvent): string {
  if (isRunEvent(event)) {
    const parent = event.run.facets?.parent;
    const [job = event.job] = [parent?.root?.job, parent?.job].filter(
      (candidate) => Boolean(candidate?.namespace) && Boolean(candidate?.name),
    );
    return `run:${job.namespace}/${job.name}`;
  }
  if (event.job !== undefined) return `job:${event.job.namespace}/${event.job.name}`;
  return `dataset:${event.dataset.namespace}/${event.dataset.name}`;
}
