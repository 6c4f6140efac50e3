import type { OpenLineageEvent } from './event.ts';

/** As much of an event as is there: programs without types may hand in anything. */
interface Loose {
  readonly run?: { readonly runId?: unknown } | null;
  readonly job?: Named | null;
  readonly dataset?: Named | null;
}

interface Named {
  readonly namespace?: unknown;
  readonly name?: unknown;
}

/** What an event is about, in one word or two; events of one subject keep their order. Never throws. */
export function subjectOf(event: OpenLineageEvent): string {
  const { run, job, dataset } = (event as Loose | null | undefined) ?? {};
  if (run) return `run ${String(run.runId)}`;
  if (job) return `job ${String(job.namespace)}/${String(job.name)}`;
  if (dataset) return `dataset ${String(dataset.namespace)}/${String(dataset.name)}`;
  return 'nothing known';
}
