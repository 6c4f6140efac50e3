import type { Conclusion, PublishOutcome } from '#model/ports.ts';
import type { PartitionRange } from './statements.ts';
import { StarRocksError } from './session.ts';
import type { TableName } from './names.ts';

/** One publication as a publisher sees it. */
export interface PublicationOrder {
  /** The ledger's. */
  readonly token: string;
  readonly target: TableName;
  /** The formal partition; null for a target without partitions. */
  readonly partition: { readonly name: string; readonly range: PartitionRange } | null;
  /** Where the checked data is: a temporary partition of the target, a staging partition, or a table. */
  readonly candidate: {
    readonly table: TableName;
    readonly partition: string | null;
    /** What was checked. */
    readonly version: string;
  };
  /** False once the time in which it may begin is over. */
  readonly mayBegin: () => boolean;
}

export type { Conclusion };

export const PUBLISHED: PublishOutcome = { status: 'published', alreadyDone: false, previous: null };
export const ALREADY_PUBLISHED: PublishOutcome = { status: 'published', alreadyDone: true, previous: null };

export function retryable(reason: string): { readonly status: 'retryable'; readonly reason: string } {
  return { status: 'retryable', reason };
}

/** Remembers whether the statement that publishes was sent: from then on only reading back is certain. */
export interface Sent {
  any: boolean;
}

/**
 * Runs a publisher's steps. An error is an outcome: a refusal before anything was sent is final, all others
 * leave doubt, and whoever gets a doubt concludes the publication before saying anything of it.
 */
export async function guarded(steps: (sent: Sent) => Promise<PublishOutcome>): Promise<PublishOutcome> {
  const sent: Sent = { any: false };
  try {
    return await steps(sent);
  } catch (error) {
    if (!(error instanceof StarRocksError)) throw error;
    return error.kind === 'refused' && !sent.any ? failure(error.message) : retryable(error.message);
  }
}

/** Runs the steps that settle a publication; any error leaves it open. */
export async function concluding(steps: () => Promise<Conclusion>): Promise<Conclusion> {
  try {
    return await steps();
  } catch (error) {
    if (error instanceof StarRocksError) return retryable(error.message);
    throw error;
  }
}

export function failure(reason: string): PublishOutcome {
  return { status: 'failure', reason };
}
