/**
 * Which messages of a batch are settled. They settle in any order; an offset may only move over those before
 * which none is left.
 */
export class SettledPrefix {
  readonly #settled: boolean[];
  #length = 0;

  constructor(messages: number) {
    this.#settled = Array.from({ length: messages }, () => false);
  }

  /** Messages at the beginning that are all settled. */
  get length(): number {
    return this.#length;
  }

  get isComplete(): boolean {
    return this.#length === this.#settled.length;
  }

  /** Notes that the message at this index is settled; true when the prefix became longer. */
  settle(index: number): boolean {
    this.#settled[index] = true;
    const before = this.#length;
    while (this.#settled[this.#length] === true) this.#length += 1;
    return this.#length > before;
  }
}
