import { Worker } from 'node:worker_threads';
import { contentId, type Uuid } from '#model/ids.ts';
import { Problem } from '#collector/problems.ts';
import { QueueFull } from './batcher.ts';
import { SharedBlocks, type SharedPlace } from './shared-blocks.ts';
import type { Dictionary } from './codec.ts';
import { readEnvelope, type RawEvent } from './envelope.ts';
import type { EventStore, IngestOptions, IngestOutcome, IngestSource } from './ingest.ts';
import {
  ID_LENGTH,
  receiveError,
  type FromIngestThread,
  type ThreadAnswer,
  type ToIngestThread,
} from './ingest-messages.ts';

/** The two threads' ends of a channel, as a Worker has them. */
export interface IngestThreadOptions extends Pick<
  IngestOptions,
  'now' | 'onBatch' | 'onQuarantine' | 'dictionary'
> {
  /** The program of the thread, which answers ToIngestThread with FromIngestThread. */
  readonly program: URL;
  /** What the program is told when it starts. */
  readonly settings: unknown;
  /** Bytes of events that may wait. */
  readonly queueBytes: number;
  /** Megabytes for the thread's short-lived objects: room for the garbage of a burst before it is collected. */
  readonly youngMegabytes?: number;
  /** Told when the thread ended by itself. It is started again. */
  readonly onLoss?: (error: unknown) => void;
}

interface Waiting {
  readonly bytes: number;
  readonly place: SharedPlace | null;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Events of this turn of the event loop, not handed over yet. */
interface Posts {
  readonly places: number[];
  readonly sources: IngestSource[];
  ids: string;
}

/** A thread, and the memory shared with it. */
interface Peer {
  readonly worker: Worker;
  readonly blocks: SharedBlocks;
}

/** Milliseconds before a thread that ended by itself is started again. */
const PAUSE = 1000;
/** Milliseconds in which the thread must let go of the store when it is told to end. Nothing waits by then. */
const LAST_WORDS = 5000;

/**
 * The write path in a thread of its own, so that reading events and storing them is not held up by whatever
 * else the process does, nor the other way round, and both processors of a small machine work. Same promises as
 * `Ingest`. When the thread ends, what is under way is refused (its senders come again) and it starts anew.
 */
export class IngestThread implements EventStore {
  readonly #options: IngestThreadOptions;
  readonly #waiting = new Map<number, Waiting>();
  #peer: Peer | null = null;
  #endedAt = -Infinity;
  #dictionary: Dictionary | null = null;
  #posts: Posts = noPosts();
  #next = 0;
  #bytes = 0;
  #storedAt = -Infinity;
  #idle: (() => void)[] = [];

  constructor(options: IngestThreadOptions) {
    this.#options = options;
  }

  get queuedBytes(): number {
    return this.#bytes;
  }

  get queuedItems(): number {
    return this.#waiting.size;
  }

  get isBusy(): boolean {
    return this.#waiting.size > 0 || performance.now() - this.#storedAt < 1000;
  }

  get queueLimit(): number {
    return this.#options.queueBytes;
  }

  async receive(
    bytes: Uint8Array,
    source: IngestSource,
    permit?: (event: RawEvent) => void,
  ): Promise<IngestOutcome> {
    // What a key may send is known here only; few keys are bound to namespaces.
    if (permit) {
      const { event } = readEnvelope(bytes);
      if (event) permit(event.raw);
    }
    const length = bytes.byteLength;
    if (this.#bytes > 0 && this.#bytes + length > this.#options.queueBytes) throw new QueueFull();
    const { blocks } = this.#started();
    const place = blocks.put(bytes);
    const posts = this.#posts;
    if (posts.sources.length === 0) setImmediate(() => this.#flush());
    posts.places.push(place.block, place.start, place.length);
    posts.sources.push(source);
    // Here, because that thread has more to do than this one.
    posts.ids += contentId(bytes);
    return this.#answer<IngestOutcome>(length, place);
  }

  async keep(bytes: Uint8Array, source: IngestSource, reason: string, detail: string): Promise<Uuid> {
    this.#flush(); // numbers follow the order of sending
    const number = this.#next;
    this.#tell(this.#started().worker, { kind: 'keep', number, bytes, source, reason, detail });
    return this.#answer<Uuid>(bytes.byteLength, null);
  }

  async drain(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Stores what waits and ends the thread. */
  async close(): Promise<void> {
    await this.drain();
    const worker = this.#peer?.worker;
    if (!worker) return;
    this.#peer = null;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    this.#tell(worker, { kind: 'close' });
    const patience = setTimeout(() => void worker.terminate(), LAST_WORDS);
    await ended;
    clearTimeout(patience);
  }

  #tell(worker: Worker, message: ToIngestThread): void {
    worker.postMessage(message);
  }

  /** What the thread answers to the next number. */
  #answer<T>(bytes: number, place: SharedPlace | null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(this.#next, { bytes, place, resolve, reject });
      this.#next += 1;
      this.#bytes += bytes;
    });
  }

  /** Hands over what arrived in this turn of the event loop: a message costs more than an event in it. */
  #flush(): void {
    const { places, sources, ids } = this.#posts;
    if (sources.length === 0 || this.#peer === null) return;
    this.#posts = noPosts();
    const { worker } = this.#peer;
    this.#tellDictionary(worker);
    this.#tell(worker, { kind: 'events', first: this.#next - sources.length, places, sources, ids });
  }

  #tellDictionary(worker: Worker): void {
    const dictionary = this.#options.dictionary?.(this.#options.now()) ?? null;
    if (dictionary === this.#dictionary) return;
    this.#dictionary = dictionary;
    this.#tell(worker, { kind: 'dictionary', dictionary });
  }

  /** Throws while a thread that ended is not to be started yet. */
  #started(): Peer {
    if (this.#peer) return this.#peer;
    if (performance.now() - this.#endedAt < PAUSE) throw lost();
    const { program, settings, youngMegabytes } = this.#options;
    const worker = new Worker(program, {
      workerData: settings,
      ...(youngMegabytes !== undefined && { resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } }),
    });
    this.#dictionary = null;
    let fault: unknown = null;
    worker.on('message', (message: FromIngestThread) => this.#take(message));
    worker.on('error', (error) => (fault = error));
    worker.on('exit', () => {
      if (this.#peer?.worker !== worker) return;
      this.#peer = null;
      this.#endedAt = performance.now();
      this.#options.onLoss?.(fault);
      for (const number of this.#waiting.keys()) this.#settle(number, lost());
      this.#posts = noPosts();
      this.#tellIdle();
    });
    const blocks = new SharedBlocks((block, memory) => this.#tell(worker, { kind: 'block', block, memory }));
    return (this.#peer = { worker, blocks });
  }

  #take({ accepted, numbers, answers, batches, quarantined }: FromIngestThread): void {
    if (batches.length > 0) this.#storedAt = performance.now();
    for (const batch of batches) this.#options.onBatch?.(batch);
    for (const entry of quarantined) this.#options.onQuarantine?.(entry);
    accepted.numbers.forEach((number, index) => {
      const id = accepted.ids.slice(index * ID_LENGTH, (index + 1) * ID_LENGTH);
      const state = accepted.states[index] ?? 0;
      this.#settle(number, null, {
        status: 'accepted',
        id,
        duplicate: state % 2 === 1,
        warnings: Math.floor(state / 2),
      } satisfies IngestOutcome);
    });
    numbers.forEach((number, index) => {
      const answer = answers[index] as ThreadAnswer;
      if ('error' in answer) this.#settle(number, receiveError(answer.error));
      else this.#settle(number, null, 'kept' in answer ? answer.kept : answer);
    });
    this.#tellIdle();
  }

  #settle(number: number, error: unknown, answer?: unknown): void {
    const waiting = this.#waiting.get(number);
    if (!waiting) return;
    this.#waiting.delete(number);
    this.#bytes -= waiting.bytes;
    if (waiting.place) this.#peer?.blocks.giveBack(waiting.place);
    if (error !== null) waiting.reject(error);
    else waiting.resolve(answer as never);
  }

  #tellIdle(): void {
    if (this.#waiting.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function noPosts(): Posts {
  return { places: [], sources: [], ids: '' };
}

function lost(): Problem {
  return new Problem(
    'store_unavailable',
    'The thread that stores events ended and is started again; this request was not acknowledged. Send it again in a moment.',
  );
}
