import type { Settings } from '../config/settings.ts';
import { EmitError, messageOf } from '../errors.ts';
import type { OpenLineageEvent } from '../event.ts';
import type { Logger } from '../logger.ts';
import { consoleLogger } from '../logger.ts';
import { subjectOf } from '../subject.ts';
import type { TransportContext } from './transport.ts';
import { serialise } from './transport.ts';

/** Limits of a queue, and who hears of losses. */
export interface OutboxOptions {
  /** Events that may wait or be under way; default 10,000. */
  readonly maxQueueSize?: number;
  /** Their size in bytes of JSON; default 64 MiB. */
  readonly maxQueueBytes?: number;
  /** Milliseconds that `emit` waits for room in a full queue before it fails; default 30,000. */
  readonly queueTimeoutMs?: number;
  /** Milliseconds that the end of the process waits for the queue; default 10,000. */
  readonly exitTimeoutMs?: number;
  /** True: `emit` resolves when the event is delivered. False (default): when the queue has taken it. */
  readonly awaitDelivery?: boolean;
  /** Told of events that nobody waits for and that are lost. */
  readonly logger?: Logger;
}

/** One event that was accepted. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly bytes: number;
  /** By `performance.now()`. */
  readonly acceptedAt: number;
  /** Resolves when the event is delivered, or with the reason when it is lost. */
  readonly settled: Promise<Error | undefined>;
}

/** What became of the events of a transport. */
export interface DeliveryStats {
  readonly pending: number;
  readonly delivered: number;
  readonly lost: number;
}

interface Waiter {
  readonly bytes: number;
  readonly timer: NodeJS.Timeout;
  readonly enter: () => void;
  readonly fail: (error: Error) => void;
}

/** Counts the events of a transport that works in the background, and bounds them by number and size. */
export class Outbox {
  readonly awaitDelivery: boolean;
  readonly exitTimeoutMs: number;
  readonly logger: Logger;
  readonly #maxSize: number;
  readonly #maxBytes: number;
  readonly #timeoutMs: number;
  readonly #settle = new Map<Letter, (error: Error | undefined) => void>();
  readonly #waiters: Waiter[] = [];
  readonly #whenEmpty: (() => void)[] = [];
  #pending = 0;
  #bytes = 0;
  #delivered = 0;
  #lost = 0;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#maxSize = options.maxQueueSize ?? 10_000;
    this.#maxBytes = options.maxQueueBytes ?? 64 * 1024 * 1024;
    this.#timeoutMs = options.queueTimeoutMs ?? 30_000;
    this.exitTimeoutMs = options.exitTimeoutMs ?? 10_000;
    this.awaitDelivery = options.awaitDelivery ?? false;
    this.logger = options.logger ?? consoleLogger;
  }

  get stats(): DeliveryStats {
    return { pending: this.#pending, delivered: this.#delivered, lost: this.#lost };
  }

  /**
   * Takes an event, as soon as there is room, in the order of the calls.
   * @throws {EmitError} when there is none in time, or the transport is closed
   */
  async accept(event: OpenLineageEvent): Promise<Letter> {
    const text = serialise(event);
    const bytes = Buffer.byteLength(text);
    await this.#room(bytes);
    let settle: (error: Error | undefined) => void = () => undefined;
    const settled = new Promise<Error | undefined>((resolve) => {
      settle = resolve;
    });
    const letter = { subject: subjectOf(event), text, bytes, acceptedAt: performance.now(), settled };
    this.#settle.set(letter, settle);
    return letter;
  }

  /** What `emit` of the transport ends with. @throws what the event was lost by, when deliveries are awaited */
  async outcome(letter: Letter, isAwaited: boolean = this.awaitDelivery): Promise<void> {
    if (!isAwaited) return;
    const error = await letter.settled;
    if (error !== undefined) throw error;
  }

  delivered(letters: readonly Letter[]): void {
    this.#delivered += letters.length;
    this.#leave(letters, undefined);
  }

  /** The letters cannot be delivered; says so in one line unless their senders hear it. */
  lost(letters: readonly Letter[], error: Error, isAwaited: boolean = this.awaitDelivery): void {
    const [first] = letters;
    if (first === undefined) return;
    this.#lost += letters.length;
    if (!isAwaited) {
      const which =
        letters.length === 1
          ? `An event for ${first.subject} was lost`
          : `${letters.length} events were lost, the first for ${first.subject}`;
      this.logger.warn(`${which}: ${messageOf(error)}`);
    }
    this.#leave(letters, error);
  }

  /** Resolves when nothing is pending; keeps the process running until then. */
  async emptied(): Promise<void> {
    if (this.#pending === 0 && this.#waiters.length === 0) return;
    const hold = setInterval(() => undefined, 2 ** 30);
    await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
    clearInterval(hold);
  }

  /** Lets nobody in any longer. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.fail(closedError());
  }

  /** A promise in either case, so that nobody who had to wait is overtaken. */
  #room(bytes: number): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    if (this.#waiters.length === 0 && this.#fits(bytes)) {
      this.#enter(bytes);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        clearTimeout(waiter.timer);
        reject(error);
      };
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        const held = `${this.#pending} ${this.#pending === 1 ? 'event' : 'events'} (${this.#bytes} bytes)`;
        fail(new EmitError(`the queue holds ${held} and had no room for ${this.#timeoutMs / 1000} s.`));
        this.#admit();
      }, this.#timeoutMs);
      const waiter: Waiter = { bytes, timer, enter: resolve, fail };
      this.#waiters.push(waiter);
    });
  }

  #fits(bytes: number): boolean {
    // One event alone may be larger than the whole queue.
    return this.#pending === 0 || (this.#pending < this.#maxSize && this.#bytes + bytes <= this.#maxBytes);
  }

  #enter(bytes: number): void {
    this.#pending += 1;
    this.#bytes += bytes;
  }

  #leave(letters: readonly Letter[], error: Error | undefined): void {
    for (const letter of letters) {
      this.#pending -= 1;
      this.#bytes -= letter.bytes;
      this.#settle.get(letter)?.(error);
      this.#settle.delete(letter);
    }
    this.#admit();
    if (this.#pending === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  #admit(): void {
    for (let [next] = this.#waiters; next !== undefined && this.#fits(next.bytes); [next] = this.#waiters) {
      this.#waiters.shift();
      clearTimeout(next.timer);
      this.#enter(next.bytes);
      next.enter();
    }
  }
}

/** Reads the keys that transports with a queue share. @throws {ConfigurationError} */
export function readOutboxOptions(settings: Settings, context: TransportContext): OutboxOptions {
  return {
    maxQueueSize: settings.number('max_queue_size', 10_000, { min: 1, integer: true }),
    maxQueueBytes: settings.number('max_queue_bytes', 64 * 1024 * 1024, { min: 1, integer: true }),
    queueTimeoutMs: settings.number('queue_timeout', 30, { min: 0 }) * 1000,
    exitTimeoutMs: settings.number('exit_timeout', 10, { min: 0 }) * 1000,
    awaitDelivery: context.strict,
    logger: context.logger,
  };
}

export function closedError(): EmitError {
  return new EmitError('the client was closed.');
}
