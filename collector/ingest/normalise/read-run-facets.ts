import { parseEventTime } from '#model/event-time.ts';
import { runIdOf, type Uuid } from '#model/ids.ts';
import type { OrderKey } from '#model/order-key.ts';
import type { Claim, RunFacts } from '#model/run-state.ts';
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
): { readonly facts: RunFacts; readonly ancestors: readonly NamedRun[] } {
  const facets = event.run?.facets;
  const pointer = '/run/facets';
  const claim = <T>(value: T | null | undefined): Claim<T> | undefined =>
    value ? { key, value } : undefined;

  const nominalTime = claim(warnings.read(facets, 'nominalTime', pointer, readNominalTime));
  const errorMessage = claim(
    warnings.read(facets, 'errorMessage', pointer, (facet) => ({
      message: requireText(facet, 'message'),
      language: textOf(facet['programmingLanguage']),
    })),
  );
  const processingEngine = claim(
    warnings.read(facets, 'processing_engine', pointer, (facet) => ({
      name: textOf(facet['name']),
      version: requireText(facet, 'version'),
    })),
  );
  const jobType = claim(
    warnings.read(event.job?.facets, 'jobType', '/job/facets', (facet) => ({
      processingType: textOf(facet['processingType']),
      integration: textOf(facet['integration']),
      jobType: textOf(facet['jobType']),
    })),
  );
  // parentRun is the key that clients of before 2021 still send.
  const parent =
    warnings.read(facets, 'parent', pointer, readParent) ??
    warnings.read(facets, 'parentRun', pointer, readParent);
  const parentClaim = claim(parent && { runId: parent.parent.id, rootRunId: parent.root?.id ?? null });
  const producer = claim(event.producer);
  return {
    facts: {
      ...(nominalTime && { nominalTime }),
      ...(parentClaim && { parent: parentClaim }),
      ...(errorMessage && { errorMessage }),
      ...(processingEngine && { processingEngine }),
      ...(jobType && { jobType }),
      ...(producer && { producer }),
    },
    ancestors: parent ? [parent.parent, ...(parent.root ? [parent.root] : [])] : [],
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

function readParent(facet: JsonObject): { parent: NamedRun; root: NamedRun | null } {
  const root = facet['root'];
  return { parent: readNamedRun(facet), root: isObject(root) ? readNamedRun(root) : null };
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
