/** The queue that bodies end in. */
export interface BodyQueue {
  /** Bytes that wait to be stored. */
  readonly queuedBytes: number;
  /** Bytes that may wait. */
  readonly queueLimit: number;
}

/**
 * How much of bodies may be in memory: what is being read and what waits to be stored, together. What
 * counts is what has arrived: a sender who announces much and sends little takes no room from others.
 */
export class BodyRoom {
  readonly #queue: BodyQueue;
  readonly #largest: number;
  #reading = 0;

  /** @param largest body that is taken, in bytes: one alone always has room. */
  constructor(queue: BodyQueue, largest: number) {
    this.#queue = queue;
    this.#largest = largest;
  }

  /** False when a body of this size would be refused once it were read. */
  hasRoomFor(bytes: number): boolean {
    const { queuedBytes, queueLimit } = this.#queue;
    if (queuedBytes > 0 && queuedBytes + bytes > queueLimit) return false;
    return this.#fits(bytes);
  }

  /** Takes room for what has arrived; false when there is none. */
  take(bytes: number): boolean {
    if (!this.#fits(bytes)) return false;
    this.#reading += bytes;
    return true;
  }

  /** Gives room back that was taken. */
  give(bytes: number): void {
    this.#reading -= bytes;
  }

  #fits(bytes: number): boolean {
    const { queuedBytes, queueLimit } = this.#queue;
    return this.#reading + queuedBytes + bytes <= Math.max(queueLimit, this.#largest);
  }
}
