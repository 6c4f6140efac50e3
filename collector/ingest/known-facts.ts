/**
 * What the store is known to hold already, so that it is not written again: ids of namespaces, jobs,
 * datasets, schemas, edges. These facts never change once stored, so the cache cannot be stale; it is
 * filled only after commit, because what a rolled-back transaction wrote is not there.
 */
export class KnownFacts {
  readonly #limit: number;
  #known = new Set<string>();

  /** @param limit entries at most (about 100 bytes each); when full it starts afresh. */
  constructor(limit = 500_000) {
    this.#limit = limit;
  }

  has(fact: string): boolean {
    return this.#known.has(fact);
  }

  addAll(facts: Iterable<string>): void {
    if (this.#known.size > this.#limit) this.#known = new Set();
    for (const fact of facts) this.#known.add(fact);
  }

  clear(): void {
    this.#known = new Set();
  }
}
