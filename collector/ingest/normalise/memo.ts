/**
 * A bounded memory of a pure function's results: which names and facets come again and again. It changes
 * no result, only its cost. When full it starts afresh, which is cheaper than knowing what is old.
 */
export class Memo<T> {
  readonly #limit: number;
  #results = new Map<string, T>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): T | undefined {
    return this.#results.get(key);
  }

  set(key: string, result: T): T {
    if (this.#results.size >= this.#limit) this.#results = new Map();
    this.#results.set(key, result);
    return result;
  }

  /** The remembered result, or that of `make`, which is remembered. */
  of(key: string, make: () => T): T {
    return this.#results.get(key) ?? this.set(key, make());
  }
}
