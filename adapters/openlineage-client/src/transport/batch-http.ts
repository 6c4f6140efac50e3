import type { Settings } from '../config/settings.ts';
import { EmitError } from '../errors.ts';
import type { OpenLineageEvent } from '../event.ts';
import type { EventFailure } from './batch-answer.ts';
import { readBatchAnswer } from './batch-answer.ts';
import { flushAtExit, forgetAtExit } from './exit-flush.ts';
import type { HttpAnswer } from './http-exchange.ts';
import type { HttpOptions } from './http-sender.ts';
import { HttpSender, RefusedError } from './http-sender.ts';
import { readHttpOptions } from './http-settings.ts';
import type { DeliveryStats, Letter, OutboxOptions } from './outbox.ts';
import { closedError, Outbox, readOutboxOptions } from './outbox.ts';
import type { RetryPolicy } from './retry.ts';
import { DEFAULT_RETRY, parseRetryAfter } from './retry.ts';
import type { Transport, TransportContext } from './transport.ts';
import { publicUrl } from './url.ts';

/** Retries of a batch: nobody waits for it, so there is time for a server to restart (about two minutes). */
export const BATCH_RETRY: RetryPolicy = { ...DEFAULT_RETRY, total: 10 };

/** Options of the batch_http transport. */
export interface BatchHttpOptions extends HttpOptions, OutboxOptions {
  /** Where batches go; default: below `url`, `batch`. */
  readonly batchUrl?: URL;
  /** Events in one batch; default 100. */
  readonly maxBatchSize?: number;
  /** Bytes of JSON in one batch, unless one event alone is larger; default 1,000,000. */
  readonly maxBatchBytes?: number;
  /** Milliseconds that an event waits for others; default 500. */
  readonly flushIntervalMs?: number;
}

/** A letter, and how often the server asked for it again. */
interface Queued {
  readonly letter: Letter;
  readonly attempts: number;
}

/**
 * Queues events and posts them in batches (`POST /lineage/batch`), one batch at a time and in the order of
 * `emit`, at least once. Of a batch that was taken in part, only events that the server calls retriable are
 * sent again, before all others. A server without that route gets the events one by one.
 */
export class BatchHttpTransport implements Transport {
  readonly kind = 'batch_http';
  readonly #url: URL;
  readonly #batchUrl: URL;
  readonly #maxBytes: number;
  readonly #intervalMs: number;
  readonly #sender: HttpSender;
  readonly #outbox: Outbox;
  #maxSize: number;
  #takesBatches = true;
  #waiting: Queued[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #isSending = false;
  #flushes = 0;
  #isClosed = false;

  constructor(options: BatchHttpOptions) {
    this.#url = options.url;
    this.#batchUrl = options.batchUrl ?? below(options.url, 'batch');
    this.#maxSize = options.maxBatchSize ?? 100;
    this.#maxBytes = options.maxBatchBytes ?? 1_000_000;
    this.#intervalMs = options.flushIntervalMs ?? 500;
    this.#outbox = new Outbox(options);
    this.#sender = new HttpSender(
      { ...options, retry: options.retry ?? BATCH_RETRY },
      { holdsProcess: this.#outbox.awaitDelivery },
    );
    flushAtExit(this, this.#outbox);
  }

  /** Reads the keys of the http transport and those of batches and queue. @throws {ConfigurationError} */
  static fromSettings(settings: Settings, context: TransportContext): BatchHttpTransport {
    return new BatchHttpTransport({
      ...readHttpOptions(settings, context, BATCH_RETRY),
      ...readOutboxOptions(settings, context),
      maxBatchSize: settings.number('max_batch_size', 100, { min: 1, integer: true }),
      maxBatchBytes: settings.number('max_batch_bytes', 1_000_000, { min: 1, integer: true }),
      flushIntervalMs: settings.number('flush_interval', 0.5, { min: 0 }) * 1000,
    });
  }

  get stats(): DeliveryStats {
    return this.#outbox.stats;
  }

  /** Resolves when the queue has taken the event; it waits while the queue is full. */
  async emit(event: OpenLineageEvent): Promise<void> {
    const letter = await this.#outbox.accept(event);
    this.#waiting.push({ letter, attempts: 0 });
    this.#waitingBytes += letter.bytes;
    this.#schedule();
    await this.#outbox.outcome(letter);
  }

  async flush(): Promise<void> {
    this.#flushes += 1;
    this.#schedule();
    await this.#outbox.emptied();
    this.#flushes -= 1;
  }

  async close(): Promise<void> {
    forgetAtExit(this);
    this.#isClosed = true;
    this.#outbox.close();
    this.#sender.close();
    this.#schedule();
    await this.#outbox.emptied();
  }

  /** Starts to send what is due, or sets the clock to when it will be. */
  #schedule(): void {
    const [oldest] = this.#waiting;
    if (this.#isSending || oldest === undefined) return;
    if (this.#isDue()) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      void this.#drain();
      return;
    }
    const age = performance.now() - oldest.letter.acceptedAt;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#schedule();
      },
      Math.max(0, this.#intervalMs - age),
    );
    // A process that has nothing else to do sends the rest at once and does not wait for the clock.
    if (!this.#outbox.awaitDelivery) this.#timer.unref();
  }

  #isDue(): boolean {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return false;
    if (this.#flushes > 0 || this.#isClosed) return true;
    if (this.#waiting.length >= this.#maxSize || this.#waitingBytes >= this.#maxBytes) return true;
    return performance.now() - oldest.letter.acceptedAt >= this.#intervalMs;
  }

  async #drain(): Promise<void> {
    this.#isSending = true;
    while (this.#isDue()) {
      const batch = this.#take();
      if (this.#isClosed) this.#outbox.lost(lettersOf(batch), closedError());
      else if (this.#takesBatches) await this.#sendBatch(batch);
      else await this.#sendSingly(batch);
    }
    this.#isSending = false;
    this.#schedule();
  }

  /** The next batch, from the front of the queue. */
  #take(): readonly Queued[] {
    let bytes = 0;
    let count = 0;
    for (const { letter } of this.#waiting) {
      if (count > 0 && (count === this.#maxSize || bytes + letter.bytes > this.#maxBytes)) break;
      count += 1;
      bytes += letter.bytes;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  #putBack(batch: readonly Queued[]): void {
    this.#waiting.unshift(...batch);
    for (const { letter } of batch) this.#waitingBytes += letter.bytes;
  }

  async #sendBatch(batch: readonly Queued[]): Promise<void> {
    let answer: HttpAnswer;
    try {
      answer = await this.#sender.post(
        this.#batchUrl,
        `[${batch.map(({ letter }) => letter.text).join(',')}]`,
      );
    } catch (error) {
      await this.#afterRefusal(batch, error as Error);
      return;
    }
    const failures = readBatchAnswer(answer.body, batch.length);
    // The server knows events by their content, so one that it has already is no harm.
    if (failures === 'unclear') await this.#sendSingly(batch);
    else await this.#settle(batch, failures, parseRetryAfter(answer.retryAfter, new Date()));
  }

  async #afterRefusal(batch: readonly Queued[], error: Error): Promise<void> {
    const status = error instanceof RefusedError ? error.status : 0;
    if ([404, 405, 501].includes(status)) {
      this.#takesBatches = false;
      const { logger } = this.#outbox;
      logger.debug?.(`${publicUrl(this.#batchUrl)} takes no batches; events are sent one by one.`);
      await this.#sendSingly(batch);
    } else if (status === 413 && batch.length > 1) {
      this.#maxSize = Math.ceil(batch.length / 2);
      this.#putBack(batch);
    } else if ((status === 400 || status === 422) && batch.length > 1) {
      // One bad event must not take the others with it.
      await this.#sendSingly(batch);
    } else {
      this.#outbox.lost(lettersOf(batch), error);
    }
  }

  async #sendSingly(batch: readonly Queued[]): Promise<void> {
    for (const { letter } of batch) {
      try {
        await this.#sender.post(this.#url, letter.text);
        this.#outbox.delivered([letter]);
      } catch (error) {
        this.#outbox.lost([letter], error as Error);
      }
    }
  }

  async #settle(
    batch: readonly Queued[],
    failures: readonly EventFailure[],
    retryAfterMs: number | undefined,
  ): Promise<void> {
    const failed = new Map(failures.map((failure) => [failure.index, failure]));
    this.#outbox.delivered(lettersOf(batch.filter((_, index) => !failed.has(index))));
    const again: Queued[] = [];
    for (const [index, { letter, attempts }] of batch.entries()) {
      const failure = failed.get(index);
      if (failure === undefined) continue;
      if (failure.retriable && attempts < this.#sender.policy.total) {
        again.push({ letter, attempts: attempts + 1 });
      } else {
        const tries = attempts === 0 ? '' : ` after ${attempts + 1} attempts`;
        const message = `POST ${publicUrl(this.#batchUrl)} refused it${tries}: ${failure.reason}`;
        this.#outbox.lost([letter], new EmitError(message));
      }
    }
    if (again.length === 0) return;
    this.#putBack(again);
    await this.#sender.pause(Math.max(...again.map(({ attempts }) => attempts)) - 1, retryAfterMs);
  }
}

function lettersOf(batch: readonly Queued[]): readonly Letter[] {
  return batch.map(({ letter }) => letter);
}

/** The address of a path below another; its query stays. */
function below(url: URL, path: string): URL {
  const target = new URL(url);
  target.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
  return target;
}
