import type { CheckResult } from './result.ts';

/**
 * Data ready for promotion. `ref` is where it is (a staging table `staging.daily_routes_20010101`),
 * `version` what it was when it was looked at: any change of the data changes the version.
 */
export interface Candidate {
  readonly kind: string;
  readonly ref: string;
  readonly version: string;
}

export type Decision = 'allow' | 'block' | 'unknown';

/** Why a candidate is held or let through; the same words on the page, in the CLI and in the API. */
export interface Reason {
  readonly checkId: string;
  readonly status: CheckResult['status'];
  readonly message: string;
  /** Set when a waiver let this failure pass. */
  readonly waivedBy: string | null;
}

/** A named failure let through by a second person, until a date. */
export interface Waiver {
  readonly id: string;
  readonly dataset: string;
  /** null: any partition while the waiver lasts. */
  readonly partition: string | null;
  /** Of the one candidate that it is for; absent or null: whatever is loaded while it lasts. */
  readonly candidateVersion?: string | null;
  readonly checkIds: readonly string[];
  readonly reason: string;
  readonly requestedBy: string;
  /** Never the requester; null until somebody approves. */
  readonly approvedBy: string | null;
  readonly expiresAt: Date;
}
