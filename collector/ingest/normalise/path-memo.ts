/** A step on the way through a PathMemo; `result` is what is remembered for the parts up to here. */
export interface Step<T> {
  result: T | undefined;
  next: Map<string, Step<T>> | null;
}

/**
 * A Memo whose keys are lists of strings, looked up part by part: strings that recur keep their hashes, a
 * text joined from them would be made and hashed anew each time. Lists must not be prefixes of one another's
 * meaning: a part's place tells what it is.
 */
export class PathMemo<T> {
  readonly #limit: number;
  #steps = 0;
  #start: Step<T> = { result: undefined, next: null };

  /** @param limit steps at most; when full it starts afresh. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get start(): Step<T> {
    if (this.#steps > this.#limit) {
      this.#start = { result: undefined, next: null };
      this.#steps = 0;
    }
    return this.#start;
  }

  /** The step that a part leads to. */
  step(from: Step<T>, part: string): Step<T> {
    const next = (from.next ??= new Map());
    let step = next.get(part);
    if (step === undefined) {
      step = { result: undefined, next: null };
      next.set(part, step);
      this.#steps += 1;
    }
    return step;
  }

  /** The remembered result for a pair, or that of `make`, which is remembered. */
  ofPair(first: string, second: string, make: (first: string, second: string) => T): T {
    const step = this.step(this.step(this.start, first), second);
    return (step.result ??= make(first, second));
  }
}
