import { hash } from 'node:crypto';

/** A JSON value that has been scanned and is known to be sound, but has not been parsed. */
export class JsonSlice {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #digested: { digest: string | null };

  /** @param digested where the hash is kept once it is made; shared by slices of equal bytes. */
  constructor(
    bytes: Buffer,
    start: number,
    end: number,
    digested: { digest: string | null } = { digest: null },
  ) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#digested = digested;
  }

  /** The value. Parsed anew at each call: who needs it twice keeps it. */
  parse(): unknown {
    return JSON.parse(this.#bytes.toString('utf8', this.#start, this.#end));
  }

  /** SHA-256 of the bytes as sent: equal slices hold equal values. */
  digest(): string {
    this.#digested.digest ??= hash('sha256', this.#bytes.subarray(this.#start, this.#end), 'base64');
    return this.#digested.digest;
  }
}
