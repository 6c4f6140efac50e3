import type { AlertEvent } from '#model/alert.ts';
import type { Uuid } from '#model/ids.ts';
import { byGravity } from './alert-record.ts';
import { receiverText, type Receiver } from './routing.ts';

/** What waits for a digest to one receiver, counted by the store. */
export interface DigestContents {
  readonly receiver: Receiver;
  readonly count: number;
  readonly critical: number;
  /** The gravest of them, a few dozen at most. */
  readonly gravest: readonly AlertEvent[];
  /** The checks that said most, the noisiest first. */
  readonly noisiest: readonly {
    readonly dataset: string;
    readonly subject: string;
    readonly count: number;
  }[];
  readonly oldest: Date;
}

/** Lines that a digest shows one by one. */
export const DIGEST_LINES = 20;

/** One message in place of all that were too many, with the warning that names the noisiest checks. */
export function composeDigest(
  { receiver, count, critical, gravest, noisiest, oldest }: DigestContents,
  { id, budget, now }: { readonly id: Uuid; readonly budget: string; readonly now: Date },
): { readonly event: AlertEvent; readonly others: readonly AlertEvent[] } | null {
  const shown = gravest.toSorted(byGravity).slice(0, DIGEST_LINES);
  const [first] = shown;
  if (first === undefined) return null;
  const counted = noisiest.slice(0, 3).map((one) => `${one.subject} of ${one.dataset} (${one.count})`);
  const event: AlertEvent = {
    ...first,
    incidentId: id,
    dedupKey: `digest/${receiverText(receiver)}`,
    version: 1,
    state: 'firing',
    urgency: 'digest',
    subject: 'digest',
    summary:
      `${count} ${count === 1 ? 'alert' : 'alerts'} at once, ${critical} of them critical: more than ` +
      `${receiver.channel} is to be given (${budget}). The noisiest: ${counted.join(', ')}.`,
    value: count,
    expected: null,
    hint: 'Raise the budget, or make the checks that are named less eager.',
    impacted: [],
    impactedCount: 0,
    heldPublications: shown.reduce((sum, { heldPublications }) => sum + heldPublications, 0),
    changes: [],
    startsAt: oldest,
    updatedAt: now,
  };
  return { event, others: shown };
}
