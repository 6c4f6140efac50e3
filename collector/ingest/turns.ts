/** How far one transaction has come. None of the promises ever rejects. */
export interface Progress<T> {
  /** It has appended, and nothing is before it any more; what it appended (nothing, when it came to nothing). */
  readonly appended: Promise<ReadonlySet<T>>;
  /** It is over: true. It failed and is made anew, and wants whatever the next one holds: false. */
  readonly settled: Promise<boolean>;
  readonly over: Promise<void>;
}

/** To be told by its owner. */
export interface Turn<T> {
  readonly appends: (what: ReadonlySet<T>) => void;
  readonly beginsAnew: () => void;
  readonly end: () => void;
}

/**
 * Puts transactions in a row. While one projects, the next appends already; it goes on when the one before is
 * over: two that project meet in the same parents and wait for each other in a circle.
 */
export class Turns<T> {
  #last: Progress<T> = {
    appended: Promise.resolve(new Set<T>()),
    settled: Promise.resolve(true),
    over: Promise.resolve(),
  };

  /** The next turn, and how far the one before it has come. */
  take(): { readonly before: Progress<T>; readonly turn: Turn<T> } {
    const before = this.#last;
    const appended = Promise.withResolvers<ReadonlySet<T>>();
    const settled = Promise.withResolvers<boolean>();
    const over = Promise.withResolvers<void>();
    this.#last = { appended: appended.promise, settled: settled.promise, over: over.promise };
    return {
      before,
      turn: {
        appends: appended.resolve,
        beginsAnew: () => settled.resolve(false),
        end: () => {
          appended.resolve(new Set());
          settled.resolve(true);
          over.resolve();
        },
      },
    };
  }
}
