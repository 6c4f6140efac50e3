/** What became of one message of a stream. */
export type Delivery =
  /** Stored, stored before, put into quarantine, or empty: the stream may forget it. */
  | { readonly status: 'settled' }
  /** Too much waits to be stored: come again in a moment. */
  | { readonly status: 'busy' }
  /** The store cannot be reached, and nothing of the message is lost yet: come again later. */
  | { readonly status: 'unavailable'; readonly reason: string };

/** Takes one message in. `settled` is said after the commit. Null is a message without a value (a tombstone). */
export type Deliver = (value: Uint8Array | null) => Promise<Delivery>;

export type StreamState =
  /** Reaching the brokers, or being assigned partitions. */
  | 'connecting'
  | 'consuming'
  /** Partitions are held until the store answers again. */
  | 'waiting'
  /** The last attempt failed; another one follows. */
  | 'failing'
  | 'stopped';

export interface StreamStatus {
  readonly state: StreamState;
  /** One sentence on what is wrong, or null. */
  readonly detail: string | null;
  /** Partitions that this process reads. */
  readonly partitions: number;
  /** Those of them that are held for the store. */
  readonly held: number;
  /** Times that it was connected anew since it was started. */
  readonly restarts: number;
}

/** Messages of one partition that are not stored yet. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly messages: number;
}

/** Events that are fetched rather than sent: what an adapter for a message broker implements. */
export interface EventStream {
  /** Begins in the background; what fails is tried again until `stop`. */
  start(): void;
  /** Takes no more messages, waits briefly for those under way, and leaves. */
  stop(): Promise<void>;
  status(): StreamStatus;
  /** Of the partitions that this process reads, as far as it is known. */
  lag(): readonly PartitionLag[];
}
