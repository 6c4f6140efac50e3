import type { Deadline, Grain, Objective } from './contract.ts';

/** Landed by a time of day. */
export interface LandedByPromise {
  readonly kind: 'landed_by';
  readonly deadline: Deadline;
  readonly grain: Grain | null;
}

/**
 * freshness, latency: data is there so soon; retention: it is gone after so long; duration: runs take so long; lag: a
 * stream is so far behind. Seconds.
 */
export interface SpanPromise {
  readonly kind: Objective['kind'];
  readonly seconds: number;
  readonly grain: Grain | null;
  /** The time column that it is measured on; absent: by when data lands. */
  readonly measured?: string;
}

/** A promise in time that a contract makes. */
export type Promised = (LandedByPromise | SpanPromise) & {
  /** Tells it from the others of its dataset: `landed_by`, `freshness`, `latency(loaded_at)`. */
  readonly name: string;
  /** As people read it. */
  readonly text: string;
  /** First column of the partition key; null without. */
  readonly column: string | null;
};

/** waiting: not due yet. at_risk: it will be missed if nothing is faster than usual. cannot_tell: nobody can know. */
export type ObjectiveState = 'waiting' | 'met' | 'at_risk' | 'missed' | 'cannot_tell';

/**
 * What became of one time that a promise fell due. waiting: not due yet. met: there in time. missed: not there, and
 * due. late: missed, and there since. cannot_tell: due, not there, and who would tell of it is silent.
 */
export type OccurrenceState = 'waiting' | 'met' | 'missed' | 'late' | 'cannot_tell';
