import type { Settings } from '../config/settings.ts';
import type { OpenLineageEvent } from '../event.ts';
import { flushAtExit, forgetAtExit } from './exit-flush.ts';
import type { HttpOptions } from './http-sender.ts';
import { HttpSender } from './http-sender.ts';
import { readHttpOptions } from './http-settings.ts';
import type { DeliveryStats, Letter, OutboxOptions } from './outbox.ts';
import { Outbox, readOutboxOptions } from './outbox.ts';
import type { Transport, TransportContext } from './transport.ts';

/** Options of the async_http transport. */
export interface AsyncHttpOptions extends HttpOptions, OutboxOptions {
  /** Requests under way at once; default 100. */
  readonly maxConcurrentRequests?: number;
}

/**
 * Queues events and posts them in the background, many at once, but those of one run, dataset or job one
 * after another: START is acknowledged or given up before anything else of its run is sent.
 */
export class AsyncHttpTransport implements Transport {
  readonly kind = 'async_http';
  readonly #url: URL;
  readonly #sender: HttpSender;
  readonly #outbox: Outbox;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #queue: (() => void)[] = [];
  #freeSlots: number;

  constructor(options: AsyncHttpOptions) {
    this.#url = options.url;
    this.#outbox = new Outbox(options);
    this.#sender = new HttpSender(options, { holdsProcess: this.#outbox.awaitDelivery });
    this.#freeSlots = options.maxConcurrentRequests ?? 100;
    flushAtExit(this, this.#outbox);
  }

  /** Reads the keys of the Python client's async_http transport. @throws {ConfigurationError} */
  static fromSettings(settings: Settings, context: TransportContext): AsyncHttpTransport {
    return new AsyncHttpTransport({
      ...readHttpOptions(settings, context),
      ...readOutboxOptions(settings, context),
      maxConcurrentRequests: settings.number('max_concurrent_requests', 100, { min: 1, integer: true }),
    });
  }

  get stats(): DeliveryStats {
    return this.#outbox.stats;
  }

  /** Resolves when the queue has taken the event; it waits while the queue is full. */
  async emit(event: OpenLineageEvent): Promise<void> {
    const letter = await this.#outbox.accept(event);
    void this.#inTurn(letter);
    await this.#outbox.outcome(letter);
  }

  async flush(): Promise<void> {
    await this.#outbox.emptied();
  }

  async close(): Promise<void> {
    forgetAtExit(this);
    this.#outbox.close();
    this.#sender.close();
    await this.#outbox.emptied();
  }

  async #inTurn(letter: Letter): Promise<void> {
    const { subject } = letter;
    const before = this.#lanes.get(subject) ?? Promise.resolve();
    const sent = before.then(() => this.#send(letter));
    this.#lanes.set(subject, sent);
    await sent;
    if (this.#lanes.get(subject) === sent) this.#lanes.delete(subject);
  }

  /** Never rejects: the letter is delivered or lost. */
  async #send(letter: Letter): Promise<void> {
    await this.#slot();
    try {
      await this.#sender.post(this.#url, letter.text);
      this.#outbox.delivered([letter]);
    } catch (error) {
      this.#outbox.lost([letter], error as Error);
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#freeSlots += 1;
      else next();
    }
  }

  async #slot(): Promise<void> {
    if (this.#freeSlots > 0) {
      this.#freeSlots -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }
}
