/** Something waiting to be written with others. */
interface Waiting<T, R> {
  readonly item: T;
  readonly bytes: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatcherOptions {
  /** Items in one batch at most. */
  readonly batchItems: number;
  /** Bytes in one batch at most (one larger item goes alone). */
  readonly batchBytes: number;
  /** Bytes that may wait; beyond, `add` refuses. */
  readonly queueBytes: number;
  /**
   * More is at hand and will be added within this turn of the event loop or the next: a batch that is not full
   * waits for it. Not told: no batch waits.
   */
  readonly isMoreAtHand?: () => boolean;
  /**
   * A batch puts off the next one, counted from its own beginning: by `perItem` milliseconds for each of its items,
   * `most` at most. Items that come more slowly wait for nothing; those that come faster share batches. A full
   * batch is not put off.
   */
  readonly pace?: { readonly perItem: number; readonly most: number };
}

/** The queue is full: the sender should come again in a moment. */
export class QueueFull extends Error {}

/**
 * Stores a batch and gives one result per item, in order. A throw rejects the whole batch.
 * `next` may be called once the following batch may begin, before this one is done; else it begins then.
 */
export type WriteBatch<T, R> = (items: readonly T[], next: () => void) => Promise<readonly R[]>;

/**
 * Group commit: a batch is what arrived while the previous ones were being written. Idle, an item is written at
 * once; under load, batches grow by themselves, by what is at hand and by their pace: a batch costs much that
 * does not depend on what is in it.
 */
export class Batcher<T, R> {
  readonly #write: WriteBatch<T, R>;
  readonly #options: BatcherOptions;
  readonly #waiting: Waiting<T, R>[] = [];
  #bytes = 0;
  #waitingBytes = 0;
  #taking = false;
  /** When the next batch may begin (performance.now). */
  #notBefore = 0;
  #fill: () => void = () => {};
  #underWay = 0;
  #idle: (() => void)[] = [];

  constructor(write: WriteBatch<T, R>, options: BatcherOptions) {
    this.#write = write;
    this.#options = options;
  }

  /** Bytes waiting or being written. */
  get queuedBytes(): number {
    return this.#bytes;
  }

  get queuedItems(): number {
    return this.#waiting.length;
  }

  /** Resolves when the item's batch has been written. Throws QueueFull at once when too much waits. */
  add(item: T, bytes: number): Promise<R> {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#options.queueBytes)
      return Promise.reject(new QueueFull());
    this.#bytes += bytes;
    this.#waitingBytes += bytes;
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ item, bytes, resolve, reject });
      if (!this.#taking) void this.#work();
      else if (this.#isFull()) this.#fill();
    });
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    if (this.#taking || this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Takes batch after batch until nothing waits. */
  async #work(): Promise<void> {
    this.#taking = true;
    // One turn of the event loop: what arrived in the same packet goes into the same batch.
    await nextTurn();
    while (this.#waiting.length > 0) {
      await this.#turn();
      const batch = this.#take();
      await new Promise<void>((next) => void this.#store(batch, next));
    }
    // Nothing may come between seeing the queue empty and this: an item added then would wait for nobody.
    this.#taking = false;
    this.#tellIdle();
  }

  /** Resolves when the next batch may be taken. */
  async #turn(): Promise<void> {
    const { pace } = this.#options;
    const early = this.#notBefore - performance.now();
    if (early > 0 && !this.#isFull()) {
      await new Promise<void>((resolve) => {
        this.#fill = resolve;
        setTimeout(resolve, early);
      });
    }
    while (!this.#isFull() && this.#options.isMoreAtHand?.() === true) await nextTurn();
    if (pace) this.#notBefore = performance.now() + Math.min(pace.most, this.#waiting.length * pace.perItem);
  }

  async #store(batch: readonly Waiting<T, R>[], next: () => void): Promise<void> {
    this.#underWay += 1;
    try {
      const results = await this.#write(
        batch.map((waiting) => waiting.item),
        next,
      );
      batch.forEach((waiting, index) => waiting.resolve(results[index] as R));
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
    for (const waiting of batch) this.#bytes -= waiting.bytes;
    this.#underWay -= 1;
    next();
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (!this.#taking && this.#underWay === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #isFull(): boolean {
    const { batchItems, batchBytes } = this.#options;
    return this.#waiting.length >= batchItems || this.#waitingBytes >= batchBytes;
  }

  #take(): Waiting<T, R>[] {
    let items = 0;
    let bytes = 0;
    for (const { bytes: next } of this.#waiting) {
      if (items === this.#options.batchItems || (items > 0 && bytes + next > this.#options.batchBytes)) break;
      items += 1;
      bytes += next;
    }
    this.#waitingBytes -= bytes;
    // Cut out at once: what stays in the list would keep its events in memory.
    return this.#waiting.splice(0, items);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
