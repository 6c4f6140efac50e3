/** How far one transaction has come. Neither promise ever rejects. */
export interface Progress {
  /** It has all its locks and waits for its commit, or is over. */
  readonly committing: Promise<void>;
  readonly over: Promise<void>;
}

/** To be told by its owner. */
export interface Turn {
  readonly commits: () => void;
  readonly end: () => void;
}

const NOTHING: Progress = { committing: Promise.resolve(), over: Promise.resolve() };

/**
 * Puts transactions in a row: each begins when the one before only waits for its commit. Not before: two that
 * still take locks meet in the same parents and wait for each other in a circle.
 */
export class Turns {
  #last: Progress = NOTHING;

  /** The next turn, and how far the one before it has come. */
  take(): { readonly before: Progress; readonly turn: Turn } {
    const before = this.#last;
    const committing = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    this.#last = { committing: committing.promise, over: over.promise };
    return {
      before,
      turn: {
        commits: committing.resolve,
        end: () => {
          committing.resolve();
          over.resolve();
        },
      },
    };
  }
}
