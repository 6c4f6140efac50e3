import { mergeFacetClaims, type FacetClaims } from './facet-set.ts';
import type { Uuid } from './ids.ts';
import { HIGHEST_KEY, kindOfKey, LOWEST_KEY, timeOfKey, type OrderKey } from './order-key.ts';

export type RunState = 'STARTED' | 'RUNNING' | 'COMPLETED' | 'ABORTED' | 'FAILED' | 'UNKNOWN';

/** A statement that the statement with the greater key replaces. */
export interface Claim<T> {
  readonly key: OrderKey;
  readonly value: T;
}

/** What events say of a run beside its state; each is replaced whole, as the spec says of facets. */
export interface RunFacts {
  readonly nominalTime?: Claim<{ readonly start: string; readonly end: string | null }>;
  readonly parent?: Claim<{ readonly runId: Uuid; readonly rootRunId: Uuid | null }>;
  readonly errorMessage?: Claim<{ readonly message: string; readonly language: string | null }>;
  readonly processingEngine?: Claim<{ readonly name: string | null; readonly version: string }>;
  readonly jobType?: Claim<{
    readonly processingType: string | null;
    readonly integration: string | null;
    readonly jobType: string | null;
  }>;
  readonly producer?: Claim<string>;
}

/**
 * Everything that is kept of a run's events: a join-semilattice (but for the count of events, which sums
 * over distinct events). Merging is commutative and associative, so the order of arrival does not matter.
 */
export interface RunDocument {
  readonly id: Uuid;
  readonly externalId: string | null;
  /** The run's job. `stated`: by an event of the run itself; else only claimed by a child's parent facet. */
  readonly job: { readonly id: Uuid; readonly stated: boolean; readonly key: OrderKey };
  /** Sorted keys of every START and terminal event, of the last RUNNING and of the last OTHER. */
  readonly transitions: readonly OrderKey[];
  /** Of the run's own events; HIGHEST_KEY and LOWEST_KEY while there is none (a stub). */
  readonly firstKey: OrderKey;
  readonly lastKey: OrderKey;
  readonly eventCount: number;
  readonly facts: RunFacts;
  /** Facets of the job that its runs state. */
  readonly jobFacets: FacetClaims;
  /**
   * The events that may still hold facets of the run and of what it read and wrote: those are not copied, for
   * they differ from run to run. Each with a hash of the facets' names in place of a set's id.
   */
  readonly facetEvents: FacetClaims;
}

/** What a child's parent facet tells of its parent or root run: that it exists, and of which job it is. */
export function stubRun(id: Uuid, externalId: string | null, jobId: Uuid, key: OrderKey): RunDocument {
  return {
    id,
    externalId,
    job: { id: jobId, stated: false, key },
    transitions: [],
    firstKey: HIGHEST_KEY,
    lastKey: LOWEST_KEY,
    eventCount: 0,
    facts: {},
    jobFacets: [],
    facetEvents: [],
  };
}

/** What follows from a document: computed, never merged. */
export interface RunSummary {
  readonly state: RunState;
  readonly attempts: number;
  /** FAIL and COMPLETE in the last attempt: Spark SQL reports a failed query so. It counts as FAILED. */
  readonly conflicting: boolean;
  readonly startMissing: boolean;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Of the run's own events; of the child that told of it while the run is a stub. */
  readonly lastEventAt: Date;
  /** The key at which the last attempt begins; facts stated before it belong to an earlier attempt. */
  readonly attemptKey: OrderKey;
}

/** The claim with the greater key. */
export function laterClaim<T>(a: Claim<T> | undefined, b: Claim<T> | undefined): Claim<T> | undefined {
  if (!a) return b;
  if (!b) return a;
  return b.key > a.key ? b : a;
}

/** Merges what two disjoint sets of events say of one run. */
export function mergeRun(a: RunDocument, b: RunDocument): RunDocument {
  return {
    id: a.id,
    externalId: a.externalId ?? b.externalId,
    job: betterJob(a.job, b.job),
    transitions: mergeTransitions(a.transitions, b.transitions),
    firstKey: a.firstKey < b.firstKey ? a.firstKey : b.firstKey,
    lastKey: a.lastKey > b.lastKey ? a.lastKey : b.lastKey,
    eventCount: a.eventCount + b.eventCount,
    facts: mergeFacts(a.facts, b.facts),
    jobFacets: mergeFacetClaims(a.jobFacets, b.jobFacets),
    facetEvents: mergeFacetClaims(a.facetEvents, b.facetEvents),
  };
}

// A run's own events outrank the claims of children; of its own the last counts, of claims the first: a
// parent with thousands of children is then written once, not by each. Equal keys (one child event may name a
// run as parent and as root under two jobs) fall to the id.
function betterJob(a: RunDocument['job'], b: RunDocument['job']): RunDocument['job'] {
  if (a.stated !== b.stated) return a.stated ? a : b;
  if (a.key === b.key) return b.id > a.id ? b : a;
  return b.key > a.key === a.stated ? b : a;
}

const FACTS = ['nominalTime', 'parent', 'errorMessage', 'processingEngine', 'jobType', 'producer'] as const;

function mergeFacts(a: RunFacts, b: RunFacts): RunFacts {
  const merged: Record<string, Claim<unknown>> = {};
  for (const name of FACTS) {
    const claim = laterClaim<unknown>(a[name], b[name]);
    if (claim) merged[name] = claim;
  }
  return merged;
}

/** Union, sorted, keeping of RUNNING and OTHER only the last: a stream reports for months. */
export function mergeTransitions(a: readonly OrderKey[], b: readonly OrderKey[]): readonly OrderKey[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const keys = [...new Set([...a, ...b])].sort();
  const kept: OrderKey[] = [];
  let running = false;
  let other = false;
  for (const key of keys.reverse()) {
    const kind = kindOfKey(key);
    if ((kind === 'RUNNING' && running) || (kind === 'OTHER' && other)) continue;
    running ||= kind === 'RUNNING';
    other ||= kind === 'OTHER';
    kept.push(key);
  }
  return kept.reverse();
}

/** The transitions of a run of which no events are known but the first and the last. */
export function transitionsOf(firstKey: OrderKey, lastKey: OrderKey): readonly OrderKey[] {
  return firstKey === lastKey ? [firstKey] : [firstKey, lastKey];
}

/**
 * The run's state: attempts are cut where a START follows a terminal event (Airflow re-used a runId after
 * a clear); within the last attempt FAIL outranks ABORT, COMPLETE, RUNNING and START, whatever their times.
 */
export function summariseRun(run: RunDocument): RunSummary {
  let attempts = 1;
  let begin = 0;
  let ended = false;
  run.transitions.forEach((key, index) => {
    const kind = kindOfKey(key);
    if (kind === 'START' && ended) {
      attempts += 1;
      begin = index;
      ended = false;
    }
    ended ||= isTerminal(kind);
  });
  const kinds = new Set<string>();
  let start: OrderKey | undefined;
  let end: OrderKey | undefined;
  for (let index = begin; index < run.transitions.length; index += 1) {
    const key = run.transitions[index] as OrderKey;
    const kind = kindOfKey(key);
    kinds.add(kind);
    if (kind === 'START') start ??= key;
    if (isTerminal(kind)) end = key;
  }
  const startKey = start ?? (run.eventCount > 0 ? run.firstKey : undefined);
  return {
    state: stateOf(kinds),
    attempts,
    conflicting: kinds.has('FAIL') && kinds.has('COMPLETE'),
    startMissing: start === undefined,
    startedAt: startKey ? timeOfKey(startKey) : null,
    endedAt: end ? timeOfKey(end) : null,
    lastEventAt: timeOfKey(run.eventCount > 0 ? run.lastKey : run.job.key),
    attemptKey: attempts > 1 && start ? start : LOWEST_KEY,
  };
}

function isTerminal(kind: string): boolean {
  return kind === 'COMPLETE' || kind === 'ABORT' || kind === 'FAIL';
}

function stateOf(kinds: ReadonlySet<string>): RunState {
  if (kinds.has('FAIL')) return 'FAILED';
  if (kinds.has('ABORT')) return 'ABORTED';
  if (kinds.has('COMPLETE')) return 'COMPLETED';
  if (kinds.has('RUNNING')) return 'RUNNING';
  return kinds.has('START') ? 'STARTED' : 'UNKNOWN';
}
