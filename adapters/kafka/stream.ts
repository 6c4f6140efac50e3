import type { ConsumerCrashEvent, EachBatchPayload } from 'kafkajs';
import type { Deliver, EventStream, PartitionLag, StreamState, StreamStatus } from '#model/event-stream.ts';
import {
  SESSION,
  type StreamAdmin,
  type StreamClient,
  type StreamConsumer,
  type StreamLog,
} from './client.ts';
import { backoff, delay as realDelay, type Delay } from './delay.ts';
import { handleBatch } from './handle-batch.ts';
import { LagBook } from './lag-book.ts';
import type { KafkaSettings } from './settings.ts';
import { startAtEnd } from './start-at-end.ts';

export interface KafkaStreamOptions {
  readonly settings: KafkaSettings;
  /** A new client each time the stream connects. */
  readonly connect: () => StreamClient;
  readonly deliver: Deliver;
  readonly log: StreamLog;
  readonly delay?: Delay;
}

/** Messages under way at a time over all partitions, also those of partitions that were taken away meanwhile. */
const IN_FLIGHT = 512;
const CONCURRENT_PARTITIONS = 4;
/** Milliseconds: between attempts to connect, while the store is away, between questions for the lag. */
const RECONNECT = { first: 1000, most: 30_000 };
const HOLD = { first: 500, most: 10_000 };
const LAG_EVERY = 15_000;
/** A living consumer sends a heartbeat every three seconds, whatever else it does. */
const SILENCE = 3 * SESSION;
const GOODBYE = 10_000;

/** OpenLineage events from Kafka topics, read as one member of a consumer group. */
export function kafkaStream(options: KafkaStreamOptions): EventStream {
  return new KafkaStream(options);
}

class KafkaStream implements EventStream {
  readonly #options: KafkaStreamOptions;
  readonly #delay: Delay;
  readonly #stopping = new AbortController();
  readonly #lag = new LagBook();
  /** Reasons why partitions are held, by partition. */
  readonly #held = new Map<string, string>();
  /** Times in a row that the store was away, by partition. */
  readonly #failures = new Map<string, number>();
  #state: StreamState = 'connecting';
  #detail: string | null = null;
  #attempt = 0;
  #restarts = 0;
  #inFlight = 0;
  #beats = 0;
  /** Fires when partitions were assigned: the lag of those is not known yet. */
  #joined = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: KafkaStreamOptions) {
    this.#options = options;
    this.#delay = options.delay ?? realDelay;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  status(): StreamStatus {
    const [reason] = this.#held.values();
    const isHeld = this.#state === 'consuming' && reason !== undefined;
    return {
      state: isHeld ? 'waiting' : this.#state,
      detail: isHeld ? reason : this.#detail,
      partitions: this.#lag.partitions,
      held: this.#held.size,
      restarts: this.#restarts,
    };
  }

  lag(): readonly PartitionLag[] {
    return this.#lag.lag();
  }

  /** Connects, and connects anew after each failure, until the stream is stopped. */
  async #run(): Promise<void> {
    const { log, settings } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#consume();
      } catch (error) {
        if (signal.aborted) break;
        this.#state = 'failing';
        this.#detail = error instanceof Error ? error.message : String(error);
        this.#restarts += 1;
        const wait = backoff(this.#attempt++, RECONNECT.first, RECONNECT.most);
        log.warn(
          { topics: settings.topics, group: settings.groupId, reason: this.#detail },
          `events from Kafka are not read; the next attempt is in ${Math.round(wait / 1000)} s`,
        );
        await this.#delay(wait, signal);
      }
    }
    this.#state = 'stopped';
    this.#detail = null;
  }

  /** One life of a consumer: rejects when it ends by itself. */
  async #consume(): Promise<void> {
    const client = this.#options.connect();
    const consumer = client.consumer();
    const admin = client.admin();
    const life = new AbortController();
    const ended = AbortSignal.any([life.signal, this.#stopping.signal]);
    try {
      const crash = this.#listen(consumer);
      const work = this.#work(consumer, admin, ended);
      await Promise.race([crash, work, this.#watch(ended), this.#askForLag(admin, ended)]);
    } finally {
      life.abort();
      this.#held.clear();
      this.#failures.clear();
      await this.#leave(consumer, admin);
      this.#lag.assign({});
    }
  }

  /** Joins the group and reads; resolves when told to end. What is told to end must not begin anything any more. */
  async #work(consumer: StreamConsumer, admin: StreamAdmin, ended: AbortSignal): Promise<void> {
    const { settings } = this.#options;
    const steps = [
      () => consumer.connect(),
      () => admin.connect(),
      ...(settings.fromBeginning ? [] : [() => startAtEnd(admin, settings)]),
      () => consumer.subscribe({ topics: [...settings.topics], fromBeginning: true }),
      () =>
        consumer.run({
          eachBatchAutoResolve: false,
          autoCommitInterval: 2000,
          partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
          eachBatch: (payload) => this.#onBatch(payload, ended),
        }),
    ];
    for (const step of steps) if (!ended.aborted) await step();
    if (!ended.aborted)
      await new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve()));
  }

  /** Follows what the consumer says of itself; the promise rejects when it has crashed. */
  #listen(consumer: StreamConsumer): Promise<never> {
    const { events } = consumer;
    const crash = Promise.withResolvers<never>();
    crash.promise.catch(() => {});
    consumer.on(events.CRASH, ({ payload }: ConsumerCrashEvent) => crash.reject(payload.error));
    consumer.on(events.HEARTBEAT, () => void (this.#beats += 1));
    consumer.on(events.REBALANCING, () => {
      this.#state = 'connecting';
      this.#detail = 'The consumer group is being rebalanced.';
    });
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      const { memberAssignment } = payload;
      this.#lag.assign(memberAssignment);
      this.#state = 'consuming';
      this.#detail = null;
      this.#attempt = 0;
      this.#joined.abort();
      this.#options.log.info({ partitions: memberAssignment }, 'events from Kafka are read');
    });
    return crash.promise;
  }

  async #onBatch(payload: EachBatchPayload, ended: AbortSignal): Promise<void> {
    // kafkajs may still finish to join a group that it was told to leave: such a member must fail, not idle.
    if (ended.aborted) throw new Error('This consumer was told to end.');
    const { topic, partition, highWatermark, messages } = payload.batch;
    const key = `${topic}/${partition}`;
    this.#lag.fetched(topic, partition, highWatermark, messages[0]?.offset ?? payload.batch.lastOffset());
    const end = await handleBatch(
      {
        ...payload,
        resolveOffset: (offset) => {
          payload.resolveOffset(offset);
          this.#lag.stored(topic, partition, offset);
        },
      },
      { deliver: this.#deliver, delay: this.#delay, stopping: ended },
    );
    if (end.status !== 'unavailable') {
      this.#failures.delete(key);
      return;
    }
    // kafkajs fetches from the first message that is not settled when the partition is resumed.
    const attempt = this.#failures.get(key) ?? 0;
    this.#failures.set(key, attempt + 1);
    const resume = payload.pause();
    if (attempt === 0)
      this.#options.log.warn(
        { topic, partition, reason: end.reason },
        'a partition of Kafka waits for the store',
      );
    this.#held.set(key, end.reason);
    void this.#resumeLater(key, resume, backoff(attempt, HOLD.first, HOLD.most), ended);
  }

  async #resumeLater(key: string, resume: () => void, wait: number, ended: AbortSignal): Promise<void> {
    await this.#delay(wait, ended);
    if (ended.aborted) return;
    this.#held.delete(key);
    resume();
  }

  /** Bounds what is under way, whichever batch it came with. */
  readonly #deliver: Deliver = async (value) => {
    if (this.#inFlight >= IN_FLIGHT) return { status: 'busy' };
    this.#inFlight += 1;
    try {
      return await this.#options.deliver(value);
    } finally {
      this.#inFlight -= 1;
    }
  };

  /** kafkajs is known to fall silent without a crash. Resolves when told to end, rejects on silence. */
  async #watch(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const before = this.#beats;
      await this.#delay(SILENCE, ended);
      if (!ended.aborted && this.#beats === before)
        throw new Error(`The Kafka consumer has not been heard of for ${SILENCE / 1000} s.`);
    }
  }

  /** Never ends before it is told to: a question that fails is asked again later. */
  async #askForLag(admin: StreamAdmin, ended: AbortSignal): Promise<void> {
    const { settings, log } = this.#options;
    while (!ended.aborted) {
      this.#joined = new AbortController();
      await this.#delay(LAG_EVERY, AbortSignal.any([ended, this.#joined.signal]));
      if (ended.aborted) return;
      try {
        await this.#lag.refresh(admin, settings.groupId);
      } catch (error) {
        log.debug({ err: error }, 'the brokers did not tell how far behind the group is');
      }
    }
  }

  /** Leaves the group and the brokers, but does not wait for a broker that is gone. */
  async #leave(consumer: StreamConsumer, admin: StreamAdmin): Promise<void> {
    const patience = new AbortController();
    const goodbye = Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
    await Promise.race([goodbye, this.#delay(GOODBYE, patience.signal)]);
    patience.abort();
  }
}
