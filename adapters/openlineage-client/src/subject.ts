import type { OpenLineageEvent } from './event.ts';

/** What an event is about, in one word or two; events of one subject keep their order. */
export function subjectOf(event: OpenLineageEvent): string {
  if (event.run !== undefined) return `run ${event.run.runId}`;
  if (event.job !== undefined) return `job ${event.job.namespace}/${event.job.name}`;
  return `dataset ${event.dataset.namespace}/${event.dataset.name}`;
}
