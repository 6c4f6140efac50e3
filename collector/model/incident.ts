import type { Evidence } from './evidence.ts';
import type { Uuid } from './ids.ts';

/** Where an incident is thought to begin. */
export interface IncidentRoot {
  readonly datasetId: Uuid;
  /**
   * observed: evidence lies on it. suspected: nobody looks at it, or nobody has yet, and it explains several
   * that share it.
   */
  readonly how: 'observed' | 'suspected';
}

/** Why a piece of evidence lies in its incident. */
export interface Attachment {
  readonly evidence: Evidence;
  readonly because:
    | { readonly type: 'first' }
    | { readonly type: 'same_dataset' }
    /** It was made from something bad: 0..1, how likely that explains it. */
    | { readonly type: 'downstream'; readonly likelihood: number }
    /** What was seen before lies below it. */
    | { readonly type: 'upstream' }
    /** It shares a silent input with what was seen before. */
    | { readonly type: 'shared_input'; readonly datasetId: Uuid };
}

/** Evidence that has one cause. */
export interface IncidentGroup {
  /** The id of its earliest evidence: stays when more is added, and when the root moves. */
  readonly key: string;
  readonly root: IncidentRoot;
  /** Oldest first. */
  readonly attachments: readonly Attachment[];
  readonly openedAt: Date;
  readonly lastAt: Date;
  /** Incidents that turned out to be part of this one. */
  readonly merged: readonly MergedIncident[];
}

export interface MergedIncident {
  readonly key: string;
  readonly openedAt: Date;
  /** When the evidence was seen that showed it. */
  readonly mergedAt: Date;
}
