/** Bytes that are no statistics of ours: cut off, of a later version, or contradicting themselves. */
export class StatisticsBytesError extends Error {
  /** @param what is wrong, beginning in lower case. */
  constructor(what: string, position: number) {
    super(`Stored statistics cannot be read at byte ${position}: ${what}.`);
    this.name = 'StatisticsBytesError';
  }
}

/** Whole numbers are written in at most so many 7-bit groups: 2^53 - 1 takes eight. */
const LONGEST_VARINT = 8;

const EARLY = 'they end too early';

/** Writes what `ByteReader` reads: little-endian floats, whole numbers as LEB128. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  /** @param value whole, 0 to 2^53 - 1. */
  varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${value} is no whole number from 0 to 2^53 - 1`);
    this.#room(LONGEST_VARINT);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length] = (rest % 0x80) + 0x80;
      this.#length += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  /** A whole number of either sign, up to 2^52: 0, -1, 1, -2, … become 0, 1, 2, 3, … */
  zigzag(value: number): void {
    this.varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  float64(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  bytes(values: Uint8Array): void {
    this.#room(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    wider.set(this.#bytes);
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}

/** Reads bytes in order and never beyond their end: throws StatisticsBytesError instead. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    const at = this.#take(1);
    return this.#bytes[at] as number;
  }

  varint(): number {
    // Numbers of up to four bytes by shifts: the way of nearly all.
    const bytes = this.#bytes;
    let at = this.#position;
    let byte = bytes[at] ?? this.fail(EARLY);
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
      at += 1;
      byte = bytes[at] ?? this.fail(EARLY);
      value |= (byte & 0x7f) << shift;
    }
    for (let scale = 2 ** 28; byte >= 0x80; scale *= 0x80) {
      if (scale > 2 ** 49) this.fail('a number is too long');
      at += 1;
      byte = bytes[at] ?? this.fail(EARLY);
      value += (byte & 0x7f) * scale;
    }
    this.#position = at + 1;
    return Number.isSafeInteger(value) ? value : this.fail('a number is too large');
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A part of the bytes, not a copy. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#position;
  }

  /** Nothing may follow. */
  end(): void {
    if (this.left > 0) this.fail(`${this.left} bytes too many`);
  }

  fail(what: string): never {
    throw new StatisticsBytesError(what, this.#position);
  }

  #take(length: number): number {
    if (length > this.left) this.fail(EARLY);
    const at = this.#position;
    this.#position += length;
    return at;
  }
}
