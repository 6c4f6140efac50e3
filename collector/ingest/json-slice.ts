import { hash } from 'node:crypto';

/** What is known of a value that stood in an earlier event, whatever event it stands in. */
export interface Remembered {
  /** SHA-256, made when first asked for. */
  digest: string | null;
  /** What a reader made of it (normalise/facet-reader.ts), and which reader; null until then. */
  derived: { readonly reader: unknown; readonly value: unknown } | null;
  /** What is known of it as a facet that is kept to be shown (normalise/read-shown-facets.ts). */
  shown: unknown;
}

/** A JSON value that has been scanned and is known to be sound, but has not been parsed. */
export class JsonSlice {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  /** The same value as remembered from other events, which share what was made of it; null when it is new. */
  readonly remembered: Remembered | null;

  constructor(bytes: Buffer, start: number, end: number, remembered: Remembered | null) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.remembered = remembered;
  }

  /** The value. Parsed anew at each call: who needs it twice keeps it. */
  parse(): unknown {
    return JSON.parse(this.text());
  }

  /** Whether `text` goes on with this very value at `at`. */
  standsAt(text: Buffer, at: number): boolean {
    const end = at + this.#end - this.#start;
    // One byte first: most values that changed are told by their length.
    if (text[end - 1] !== this.#bytes[this.#end - 1]) return false;
    return text.compare(this.#bytes, this.#start, this.#end, at, end) === 0;
  }

  /** In bytes. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** The value as sent, where it was scanned. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** The value as sent. */
  text(): string {
    return this.#bytes.toString('utf8', this.#start, this.#end);
  }

  /** SHA-256 of the bytes as sent: equal slices hold equal values. */
  digest(): string {
    const known = this.remembered;
    if (known === null) return this.#hash();
    return (known.digest ??= this.#hash());
  }

  #hash(): string {
    return hash('sha256', this.bytes(), 'base64');
  }
}
