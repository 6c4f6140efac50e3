import type { EvidenceKind } from './evidence.ts';
import type { Uuid } from './ids.ts';
import type { Outcome } from './ports.ts';

export type AlertState = 'firing' | 'acknowledged' | 'resolved';
export type AlertSeverity = 'info' | 'warning' | 'critical';

/** A dataset as people and routes know it. */
export interface AlertDataset {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  /** 1 is the most important. */
  readonly tier: 1 | 2 | 3;
  /** As the contract or the ownership facet says; null when nobody owns it. */
  readonly owner: string | null;
  readonly domain: string | null;
  /** bronze, silver, gold, as far as it can be told. */
  readonly layer: string | null;
  readonly tags: readonly string[];
}

/** What is told of an incident: the same facts for every channel, which only differ in their clothes. */
export interface AlertEvent {
  readonly incidentId: Uuid;
  /** Stable over all partitions and values of one open incident: what outside systems deduplicate by. */
  readonly dedupKey: string;
  /** One more for each change that is worth telling. With the incident and the channel it names a delivery. */
  readonly version: number;
  readonly state: AlertState;
  readonly severity: AlertSeverity;
  readonly kind: EvidenceKind;
  /** page: somebody must act. notice: worth knowing. digest: several notices at once. */
  readonly urgency: 'page' | 'notice' | 'digest';
  readonly root: AlertDataset;
  readonly partition: string;
  /** `row_count`, a check's text, a job. */
  readonly subject: string;
  /** One sentence, the reason first. Never holds values of rows. */
  readonly summary: string;
  readonly value: number | null;
  readonly expected: string | null;
  readonly hint: string | null;
  /** Datasets below that are or may be affected, nearest first, at most a few dozen. */
  readonly impacted: readonly AlertDataset[];
  readonly impactedCount: number;
  /** Publications that the gate holds back because of it. */
  readonly heldPublications: number;
  /** Schema, code version, contract, upstream: what is different since it was last good. */
  readonly changes: readonly string[];
  readonly startsAt: Date;
  readonly updatedAt: Date;
  /** Until when it counts as firing without another word (for receivers that forget). */
  readonly validUntil: Date;
  readonly links: {
    readonly incident: string;
    readonly dataset: string;
    readonly lineage: string;
    readonly runbook: string | null;
  };
}

/** One delivery: an event to one receiver. */
export interface Delivery {
  /** Of (incident, version, channel): the same for every attempt, so that receivers can tell repetitions. */
  readonly idempotencyKey: string;
  readonly event: AlertEvent;
  /** Events that go together, the first of which is `event`; of a digest and of groups. */
  readonly others: readonly AlertEvent[];
  /** To whom, in the channel's words: an address, `#data-oncall`; null for the channel's own default. */
  readonly recipient: string | null;
  /** What an earlier delivery of this incident to this recipient gave: a thread, a message id. */
  readonly thread: string | null;
}

/** What a receiver answered. */
export interface DeliveryReceipt {
  /** Names the message or thread there, to be updated or answered later. */
  readonly thread: string | null;
}

/** What came of an attempt; a receiver may say when it wants to be asked again. */
export type DeliveryOutcome =
  | Outcome<DeliveryReceipt>
  | { readonly status: 'retryable'; readonly reason: string; readonly notBefore?: Date };

/** A way to reach people or their tools. One adapter per system implements it. */
export interface AlertChannel {
  readonly name: string;
  readonly kind: string;
  /** Delivers once; whether and when to try again is the caller's. Never throws for what the receiver does. */
  deliver(delivery: Delivery, now: Date): Promise<DeliveryOutcome>;
  /** A message that shows that the way works, and says so. */
  heartbeat(now: Date): Promise<DeliveryOutcome>;
  close(): Promise<void>;
}
