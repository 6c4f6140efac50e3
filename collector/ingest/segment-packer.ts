import { Worker } from 'node:worker_threads';
import type { Dictionary } from './codec.ts';
import { dictionaryFor, packSegment, segmentOf, type PackedSegment } from './segment.ts';
import { gatherLiteral, literalLength, type Omissions } from './segment-references.ts';
import type { SegmentAnswer, ToSegmentThread } from './segment-worker.ts';

const KILOBYTE = 1024;
/**
 * Below this a batch is compressed sooner than another thread has been told of it. Not higher: what a compressor
 * held is given back by a collection of the whole heap, which is nothing in that thread, and here a pause.
 */
const WORTH_HANDING_OVER = 16 * KILOBYTE;
/** Shared memory kept between batches; a larger batch gets its own. */
const SPARE_MOST = 8192 * KILOBYTE;

/**
 * Packs batches of events beside the main thread: compressing is a tenth of an event's cost and needs
 * nothing that the main thread holds. Batches go over one at a time. When the thread cannot be had, or ends,
 * the main thread does it itself.
 */
export class SegmentPacker {
  readonly #program: URL;
  #worker: Worker | null = null;
  #spare: SharedArrayBuffer | null = null;
  /** The dictionary that the thread has. */
  #told: Dictionary | null = null;
  /** The task under way. */
  #settle: ((answer: SegmentAnswer) => void) | null = null;

  /** @param program of the thread; another one only in tests. */
  constructor(program = new URL('./segment-worker.ts', import.meta.url)) {
    this.#program = program;
  }

  /**
   * The events' bytes as one segment; spans in the order of the bodies.
   * @param omissions of each body; what the raw log has elsewhere.
   */
  async pack(
    bodies: readonly Uint8Array[],
    dictionary: Dictionary | null,
    omissions: Omissions = [],
  ): Promise<PackedSegment> {
    const length = literalLength(bodies, omissions);
    if (length < WORTH_HANDING_OVER || this.#settle !== null)
      return packSegment(bodies, dictionary, omissions);
    const shared = this.#take(length);
    gatherLiteral(bodies, omissions, new Uint8Array(shared));
    const answer = await this.#compress(shared, length, dictionaryFor(bodies.length, dictionary));
    if (shared.byteLength <= SPARE_MOST) this.#spare = shared;
    return 'fault' in answer
      ? packSegment(bodies, dictionary, omissions)
      : segmentOf(answer, bodies, omissions);
  }

  async #compress(
    shared: SharedArrayBuffer,
    length: number,
    dictionary: Dictionary | null,
  ): Promise<SegmentAnswer> {
    const { promise, resolve } = Promise.withResolvers<SegmentAnswer>();
    this.#settle = resolve;
    try {
      const worker = (this.#worker ??= this.#start());
      worker.ref();
      if (dictionary !== null && dictionary !== this.#told) {
        worker.postMessage({ dictionary } satisfies ToSegmentThread);
        this.#told = dictionary;
      }
      worker.postMessage({ shared, length, few: dictionary !== null } satisfies ToSegmentThread);
      return await promise;
    } catch (error) {
      return { fault: String(error) };
    } finally {
      this.#settle = null;
      // Without a task it must not keep a process that has nothing else to do.
      this.#worker?.unref();
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#program);
    this.#told = null;
    const lost = (reason: string): void => {
      this.#worker = null;
      this.#settle?.({ fault: reason });
    };
    worker.on('message', (answer: SegmentAnswer) => this.#settle?.(answer));
    worker.on('error', (error) => lost(String(error)));
    worker.on('exit', () => lost('the thread ended'));
    return worker;
  }

  #take(length: number): SharedArrayBuffer {
    const spare = this.#spare;
    this.#spare = null;
    if (spare !== null && spare.byteLength >= length) return spare;
    // In whole megabytes, so that the next batch, a little larger, finds room in it.
    return new SharedArrayBuffer(Math.ceil(length / 2 ** 20) * 2 ** 20);
  }
}
