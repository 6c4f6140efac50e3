import { hash } from 'node:crypto';
import type { Remembered } from './recurring-slices.ts';

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

  /** In bytes. */
  get length(): number {
    return this.#end - this.#start;
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
    return hash('sha256', this.#bytes.subarray(this.#start, this.#end), 'base64');
  }
}
