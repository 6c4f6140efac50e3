import { parseEventTime } from '#model/event-time.ts';
import { runIdOf, type Uuid } from '#model/ids.ts';
import type { OrderKey } from '#model/order-key.ts';
import type { RunFacts } from '#model/run-state.ts';
import type { RawEvent } from '../envelope.ts';
import type { JobReference } from './event-delta.ts';
import {
  FacetFault,
  isObject,
  requireObject,
  requireText,
  textOf,
  type JsonObject,
  type Warnings,
} from './facet-reader.ts';
import { jobReference } from './references.ts';

/** A run that another run's parent facet names. */
export interface NamedRun {
  readonly id: Uuid;
  readonly externalId: string | null;
  readonly job: JobReference;
}

/** The facts of a run that this event states, and the parent and root that it names. */
export function readRunFacets(
  event: RawEvent,
  key: OrderKey,
  warnings: Warnings,
): {
  readonly facts: RunFacts;
  readonly ancestors: readonly NamedRun[];
  /** The event is complete by itself, says its job's type. */
  readonly isSnapshot: boolean;
} {
  const facets = event.run?.facets;
  const pointer = '/run/facets';
  const nominalTime = warnings.readOnce(facets, 'nominalTime', pointer, readNominalTime);
  const errorMessage =
    warnings.readOnce(facets, 'errorMessage', pointer, readErrorMessage) ??
    warnings.readOnce(facets, 'spark.exception', pointer, readSparkException);
  const processingEngine = warnings.readOnce(facets, 'processing_engine', pointer, readProcessingEngine);
  const jobType = warnings.readOnce(event.job?.facets, 'jobType', '/job/facets', readJobType);
  // parentRun is the key that clients of before 2021 still send.
  const parent =
    warnings.readOnce(facets, 'parent', pointer, readParent) ??
    warnings.readOnce(facets, 'parentRun', pointer, readParent);
  const facts: { -readonly [K in keyof RunFacts]: RunFacts[K] } = {};
  if (nominalTime) facts.nominalTime = { key, value: nominalTime };
  if (parent) facts.parent = { key, value: parent.stated };
  if (errorMessage) facts.errorMessage = { key, value: errorMessage };
  if (processingEngine) facts.processingEngine = { key, value: processingEngine };
  if (jobType?.type) facts.jobType = { key, value: jobType.type };
  if (event.producer) facts.producer = { key, value: event.producer };
  return { facts, ancestors: parent?.ancestors ?? [], isSnapshot: jobType?.isSnapshot ?? false };
}

type Value<K extends keyof RunFacts> = NonNullable<RunFacts[K]>['value'];

function readErrorMessage(facet: JsonObject): Value<'errorMessage'> {
  return { message: requireText(facet, 'message'), language: textOf(facet['programmingLanguage']) };
}

// OpenLineage's Spark listener says in a facet of its own why a query failed, and never in errorMessage.
function readSparkException(facet: JsonObject): Value<'errorMessage'> | null {
  const message = textOf(facet['message']) ?? textOf(facet['stackTrace']);
  return message === null ? null : { message, language: null };
}

function readProcessingEngine(facet: JsonObject): Value<'processingEngine'> {
  return { name: textOf(facet['name']), version: requireText(facet, 'version') };
}

function readJobType(facet: JsonObject): {
  readonly type: Value<'jobType'> | null;
  readonly isSnapshot: boolean;
} {
  const processingType = textOf(facet['processingType']);
  const integration = textOf(facet['integration']);
  const jobType = textOf(facet['jobType']);
  const pattern = facet['emissionPattern'];
  return {
    type:
      processingType === null && integration === null && jobType === null
        ? null
        : { processingType, integration, jobType },
    isSnapshot: isObject(pattern) && pattern['eventContentMode'] === 'COMPLETE_SNAPSHOT',
  };
}

function readNominalTime(facet: JsonObject): { start: string; end: string | null } {
  const time = (member: string): string | null => {
    const text = facet[member];
    if (text === undefined || text === null) return null;
    const parsed = typeof text === 'string' ? parseEventTime(text) : null;
    if (!parsed) throw new FacetFault(`/${member}`, `${member} must be a date-time`);
    return new Date(parsed.milliseconds).toISOString();
  };
  const start = time('nominalStartTime');
  if (start === null) throw new FacetFault('/nominalStartTime', 'nominalStartTime must be a date-time');
  return { start, end: time('nominalEndTime') };
}

function readParent(facet: JsonObject): {
  readonly stated: Value<'parent'>;
  readonly ancestors: readonly NamedRun[];
} {
  const parent = readNamedRun(facet);
  const root = isObject(facet['root']) ? readNamedRun(facet['root']) : null;
  return {
    stated: { runId: parent.id, rootRunId: root?.id ?? null },
    ancestors: root ? [parent, root] : [parent],
  };
}

function readNamedRun(object: JsonObject): NamedRun {
  const runId = requireText(requireObject(object, 'run'), 'runId');
  const job = requireObject(object, 'job');
  const namespace = requireText(job, 'namespace');
  const name = requireText(job, 'name');
  const id = runIdOf(runId);
  return {
    id,
    externalId: id === runId.toLowerCase() ? null : runId,
    job: jobReference(namespace, name),
  };
}
