/** What may pause the loads that feed a table: a check that blocks, a promise in time that is missed, the stop button. */
export const BREACH_KINDS = ['checks', 'objectives', 'freeze'] as const;
export type BreachKind = (typeof BREACH_KINDS)[number];

/** Why data should not go on flowing. */
export interface Breach {
  /** Of what is broken: an evaluation, a missed period, a freeze. */
  readonly id: string;
  readonly kind: BreachKind;
  /** One sentence. */
  readonly message: string;
}

/** A load that feeds a table by itself, all the time. */
export interface Feed {
  /** The warehouse's; a load that is made anew has another. */
  readonly id: string;
  readonly name: string;
  /** Whether the target names it: one that is not named any more is let go. */
  readonly meant: boolean;
  /** `ended`: stopped or cancelled, for good. */
  readonly state: 'running' | 'paused' | 'ended';
  /** `self`: the account that Assay connects with. Null unless it is paused. */
  readonly pausedBy: 'self' | 'other' | null;
  /** As the warehouse writes it: tells one pause from the next. */
  readonly pausedAt: string | null;
  /** State and reason in the warehouse's words. */
  readonly detail: string;
}

/** A partition that is fed now, or the whole of a table without partitions. */
export interface LivePartition {
  /** Canonical key; '' without. */
  readonly partition: string;
  /** What a candidate of kind `feed` is measured by: its data may go on moving. */
  readonly ref: string;
  readonly version: string;
}

/** A target that loads feed by themselves: nothing is published there, it is checked and its loads are paused. */
export interface FeedReport {
  readonly feeds: readonly Feed[];
  readonly pausesOn: readonly BreachKind[];
  /** Partitions that moved are checked so often. */
  readonly checkEverySeconds: number;
}
