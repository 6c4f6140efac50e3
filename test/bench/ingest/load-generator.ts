/** The load generator's process: told by its parent what to send, it sends and reports. */
import { setTimeout as sleep } from 'node:timers/promises';
import { summariseLatencies } from '../statistics.ts';
import { EventGenerator } from './event-generator.ts';
import { HttpConnection } from './http-connection.ts';
import type { LoadMessage, LoadResult, LoadSpec } from './load-protocol.ts';

const OPENING = 0x5b;
const COMMA = 0x2c;
const CLOSING = 0x5d;

const generators = new Map<string, EventGenerator>();

function generatorOf(spec: LoadSpec): EventGenerator {
  const key = JSON.stringify(spec.generator);
  const known = generators.get(key) ?? new EventGenerator(spec.generator);
  generators.set(key, known);
  return known;
}

/** One run of the load: state that its connections share. */
class Load {
  readonly #spec: LoadSpec;
  readonly #generator: EventGenerator;
  readonly #head: string;
  readonly #refused: Record<string, number> = {};
  readonly #latencies: number[] = [];
  #nextIndex: number;
  #acknowledged = 0;
  #error: string | null = null;
  #counting = false;
  #stopped = false;
  #windowEvents = 0;
  #windowBytes = 0;

  constructor(spec: LoadSpec) {
    this.#spec = spec;
    this.#generator = generatorOf(spec);
    this.#nextIndex = spec.firstIndex;
    this.#head = `POST ${spec.path} HTTP/1.1\r\nHost: 127.0.0.1:${spec.port}\r\nContent-Type: application/json\r\nContent-Length: `;
  }

  async run(): Promise<LoadResult> {
    const { pace, connections, port } = this.#spec;
    const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(port)));
    const begin = performance.now();
    let window: number;
    if (pace.kind === 'count') {
      report({ type: 'begin' });
      this.#counting = true;
      await Promise.all(
        open.map((connection) => this.#sendUntilStopped(connection, this.#spec.firstIndex + pace.events)),
      );
      window = performance.now() - begin;
      report({ type: 'end' });
    } else {
      const sending =
        pace.kind === 'closed'
          ? Promise.all(open.map((connection) => this.#sendUntilStopped(connection, Infinity)))
          : this.#sendOnSchedule(open, pace.perSecond, pace.warmUp, pace.window);
      window = await this.#openWindow(pace.warmUp, pace.window);
      await sending;
    }
    for (const connection of open) connection.close();
    return {
      nextIndex: this.#nextIndex,
      acknowledged: this.#acknowledged,
      refused: this.#refused,
      error: this.#error,
      windowSeconds: window / 1000,
      windowEvents: this.#windowEvents,
      windowBytes: this.#windowBytes,
      latency: summariseLatencies(this.#latencies),
    };
  }

  async #openWindow(warmUp: number, window: number): Promise<number> {
    await sleep(warmUp);
    const begin = performance.now();
    this.#counting = true;
    report({ type: 'begin' });
    await sleep(window);
    this.#counting = false;
    this.#stopped = true;
    const seconds = performance.now() - begin;
    report({ type: 'end' });
    return seconds;
  }

  async #sendUntilStopped(connection: HttpConnection, end: number): Promise<void> {
    const sender = new Sender(connection);
    while (!this.#stopped && this.#nextIndex < end) {
      const count = Math.min(this.#spec.batch, end - this.#nextIndex);
      const sentAt = performance.now();
      const bytes = await this.#send(sender, count);
      if (!this.#counting || bytes < 0) continue;
      this.#windowEvents += count;
      this.#windowBytes += bytes;
      this.#latencies.push(performance.now() - sentAt);
    }
  }

  /**
   * Requests are due at fixed times. One that finds no free connection waits, and its wait counts: a server
   * that stops for a second shows in the latency of everything that was due in that second.
   */
  async #sendOnSchedule(
    open: readonly HttpConnection[],
    perSecond: number,
    warmUp: number,
    window: number,
  ): Promise<void> {
    const free = open.map((connection) => new Sender(connection));
    const last = Math.floor(((warmUp + window) / 1000) * perSecond);
    const firstCounted = Math.floor((warmUp / 1000) * perSecond);
    const begin = performance.now();
    const dueAt = (request: number): number => begin + (request * 1000) / perSecond;
    let next = 0;
    const underWay: Promise<void>[] = [];
    const sendDue = async (sender: Sender, request: number): Promise<void> => {
      const bytes = await this.#send(sender, this.#spec.batch);
      free.push(sender);
      if (bytes >= 0 && request >= firstCounted) {
        this.#latencies.push(performance.now() - dueAt(request));
        this.#windowEvents += this.#spec.batch;
        this.#windowBytes += bytes;
      }
      dispatch();
    };
    const dispatch = (): void => {
      while (next < last && dueAt(next) <= performance.now()) {
        const sender = free.pop();
        if (!sender) return; // comes again when an answer frees a connection
        underWay.push(sendDue(sender, next++));
      }
    };
    for (;;) {
      dispatch();
      if (next >= last || this.#error !== null) break;
      await sleep(1);
    }
    await Promise.all(underWay);
  }

  /** Sends the next `count` events; the number of their bytes, or -1 when they were not acknowledged. */
  async #send(sender: Sender, count: number): Promise<number> {
    const index = this.#nextIndex;
    this.#nextIndex += count;
    const bytes = this.#compose(sender, index, count);
    try {
      // Overload is answered as a client should: the same events again after a while.
      for (let status = await sender.exchange(); ; status = await sender.exchange()) {
        if (status === 201 || status === 200) {
          this.#acknowledged += count;
          return bytes;
        }
        this.#refused[status] = (this.#refused[status] ?? 0) + 1;
        if (status !== 503) break;
        await sleep(50);
      }
      this.#stopped = true;
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error);
      this.#stopped = true;
    }
    return -1;
  }

  #compose(sender: Sender, index: number, count: number): number {
    const { temperature } = this.#spec;
    let length = count === 1 ? 0 : count + 1;
    for (let offset = 0; offset < count; offset += 1) length += this.#generator.length(index + offset);
    const target = sender.reserve(length + this.#head.length + 24);
    let at = target.write(`${this.#head}${length}\r\n\r\n`, 0, 'latin1');
    if (count > 1) target[at++] = OPENING;
    for (let offset = 0; offset < count; offset += 1) {
      if (offset > 0) target[at++] = COMMA;
      at = this.#generator.write(index + offset, temperature, target, at);
    }
    if (count > 1) target[at++] = CLOSING;
    sender.filled = at;
    return length;
  }
}

/** A connection with the memory in which its requests are put together. */
class Sender {
  readonly #connection: HttpConnection;
  #memory = Buffer.alloc(0);
  filled = 0;

  constructor(connection: HttpConnection) {
    this.#connection = connection;
  }

  reserve(bytes: number): Buffer {
    if (this.#memory.length < bytes)
      this.#memory = Buffer.allocUnsafeSlow(Math.max(bytes, this.#memory.length * 2));
    return this.#memory;
  }

  exchange(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#connection.send(this.#memory.subarray(0, this.filled), resolve, reject);
    });
  }
}

function report(message: LoadMessage): void {
  process.send?.(message);
}

process.on('message', (spec: LoadSpec) => {
  void new Load(spec).run().then((result) => report({ type: 'done', result }));
});
process.on('disconnect', () => process.exit(0));
