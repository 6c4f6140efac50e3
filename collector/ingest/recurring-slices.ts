/** A value as it stood at some place in an earlier event. */
interface Remembered {
  readonly bytes: Buffer;
  /** SHA-256, made when first asked for. */
  digest: string | null;
}

const MOST_BYTES = 96 * 1024 * 1024;

/**
 * Remembers the bytes of facets by their place (dataset and facet name): a table's schema is nearly always
 * the same as last time. Comparing bytes costs a fraction of scanning them, and what was scanned once
 * needs it no more. Bounded in bytes; when full it starts afresh.
 */
export class RecurringSlices {
  #places = new Map<string, Remembered>();
  #bytes = 0;

  /** What is remembered at the place, if the text goes on with exactly that. */
  find(place: string, text: Buffer, at: number): Remembered | null {
    const known = this.#places.get(place);
    if (!known) return null;
    const end = at + known.bytes.length;
    return end <= text.length && text.compare(known.bytes, 0, known.bytes.length, at, end) === 0
      ? known
      : null;
  }

  /** Remembers a sound value. Only objects: where one ends does not depend on what follows. */
  remember(place: string, text: Buffer, start: number, end: number): void {
    if (text[start] !== 0x7b) return;
    const before = this.#places.get(place)?.bytes.length ?? 0;
    this.#bytes += end - start - before;
    if (this.#bytes > MOST_BYTES) {
      this.#places = new Map();
      this.#bytes = end - start;
    }
    this.#places.set(place, { bytes: Buffer.from(text.subarray(start, end)), digest: null });
  }
}
