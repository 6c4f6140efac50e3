import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-bytes.ts';
import { JsonSlice } from './json-slice.ts';
import type { RecurringSlices } from './recurring-slices.ts';

/** Something that the scanner leaves to JSON.parse: broken, or so unusual that exactness is not worth code. */
export class Unusual extends Error {}

// One instance: it carries nothing, and making a stack trace costs more than the whole scan.
const UNUSUAL = new Unusual();

const COLON = 0x3a;
const MINUS = 0x2d;
const DEEPEST = 100;

/** Bytes that end the plain part of a string: quote, backslash, control characters. */
const ENDS_PLAIN = new Uint8Array(256).map((_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);
const ESCAPES = new Set('"\\/bfnrt'.split('').map((character) => character.charCodeAt(0)));

/**
 * Walks over a JSON text (RFC 8259) byte by byte without building values, as strict as JSON.parse: what it
 * accepts, JSON.parse accepts. What it refuses (`Unusual`) may still be fine. The bytes must be UTF-8.
 */
export class JsonScanner {
  readonly #bytes: Buffer;
  #at = 0;
  /** White space stood between tokens. */
  spaced = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Ends the scan: nothing may follow. */
  end(): void {
    this.#space();
    if (this.#at !== this.#bytes.length) throw UNUSUAL;
  }

  /** Visits the members of an object; the visitor must consume each value. */
  object(visit: (key: string) => void): void {
    this.#expect(OPEN_BRACE);
    this.#space();
    if (this.#bytes[this.#at] === CLOSE_BRACE) {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#space();
      const key = this.#plainText();
      this.#space();
      this.#expect(COLON);
      visit(key);
      this.#space();
      const next = this.#bytes[this.#at++];
      if (next === CLOSE_BRACE) return;
      if (next !== COMMA) throw UNUSUAL;
    }
  }

  /** Visits the elements of an array; the visitor must consume each. */
  array(visit: () => void): void {
    this.#expect(OPEN_BRACKET);
    this.#space();
    if (this.#bytes[this.#at] === CLOSE_BRACKET) {
      this.#at += 1;
      return;
    }
    for (;;) {
      visit();
      this.#space();
      const next = this.#bytes[this.#at++];
      if (next === CLOSE_BRACKET) return;
      if (next !== COMMA) throw UNUSUAL;
    }
  }

  /** A string that is not empty. */
  text(): string {
    this.#space();
    const start = this.#at;
    const plain = this.#string();
    if (this.#at - start === 2) throw UNUSUAL;
    return plain
      ? this.#bytes.toString('utf8', start + 1, this.#at - 1)
      : (JSON.parse(this.#bytes.toString('utf8', start, this.#at)) as string);
  }

  /** Consumes `null` when it is next. */
  isNull(): boolean {
    this.#space();
    if (this.#bytes[this.#at] !== 0x6e) return false;
    this.#word('null');
    return true;
  }

  /** Consumes any value and gives its place. */
  slice(): JsonSlice {
    this.#space();
    const start = this.#at;
    this.#value(0);
    return new JsonSlice(this.#bytes, start, this.#at);
  }

  /** Consumes a value that may well be the one of last time at this place. */
  recurringSlice(place: string, recurring: RecurringSlices): JsonSlice {
    this.#space();
    const start = this.#at;
    const known = recurring.find(place, this.#bytes, start);
    if (known) {
      this.#at = start + known.bytes.length;
      return new JsonSlice(this.#bytes, start, this.#at, known);
    }
    const spacedBefore = this.spaced;
    this.spaced = false;
    const slice = this.slice();
    // A value with white space inside is not remembered: the scan must go on noticing it.
    if (!this.spaced) recurring.remember(place, this.#bytes, start, this.#at);
    this.spaced ||= spacedBefore;
    return slice;
  }

  /** Consumes any value. */
  skip(): void {
    this.#value(0);
  }

  #value(depth: number): void {
    if (depth > DEEPEST) throw UNUSUAL;
    this.#space();
    const byte = this.#bytes[this.#at];
    if (byte === QUOTE) this.#string();
    else if (byte === OPEN_BRACE) this.#members(depth);
    else if (byte === OPEN_BRACKET) this.#elements(depth);
    else if (byte === 0x74) this.#word('true');
    else if (byte === 0x66) this.#word('false');
    else if (byte === 0x6e) this.#word('null');
    else this.#number();
  }

  #members(depth: number): void {
    this.#at += 1;
    this.#space();
    if (this.#bytes[this.#at] === CLOSE_BRACE) {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#space();
      this.#string();
      this.#space();
      this.#expect(COLON);
      this.#value(depth + 1);
      this.#space();
      const next = this.#bytes[this.#at++];
      if (next === CLOSE_BRACE) return;
      if (next !== COMMA) throw UNUSUAL;
    }
  }

  #elements(depth: number): void {
    this.#at += 1;
    this.#space();
    if (this.#bytes[this.#at] === CLOSE_BRACKET) {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#value(depth + 1);
      this.#space();
      const next = this.#bytes[this.#at++];
      if (next === CLOSE_BRACKET) return;
      if (next !== COMMA) throw UNUSUAL;
    }
  }

  /** A key: without escapes, so that two spellings of one key need no thought. */
  #plainText(): string {
    const start = this.#at;
    if (!this.#string()) throw UNUSUAL;
    const key = this.#bytes.toString('latin1', start + 1, this.#at - 1);
    if (key === '__proto__') throw UNUSUAL;
    return key;
  }

  /** Consumes a string; true when it has no escapes. */
  #string(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== QUOTE) throw UNUSUAL;
    let at = this.#at + 1;
    let plain = true;
    for (;;) {
      while (ENDS_PLAIN[bytes[at] as number] === 0) at += 1;
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte !== BACKSLASH) throw UNUSUAL; // a control character, or the end of the text
      plain = false;
      at = this.#escape(at + 1);
    }
    this.#at = at + 1;
    return plain;
  }

  #escape(at: number): number {
    const byte = this.#bytes[at];
    if (byte !== 0x75) {
      if (byte === undefined || !ESCAPES.has(byte)) throw UNUSUAL;
      return at + 1;
    }
    for (let digit = 1; digit <= 4; digit += 1) if (!isHex(this.#bytes[at + digit])) throw UNUSUAL;
    return at + 5;
  }

  #number(): void {
    if (this.#bytes[this.#at] === MINUS) this.#at += 1;
    if (this.#bytes[this.#at] === 0x30) this.#at += 1;
    else this.#digits();
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at += 1;
      this.#digits();
    }
    const exponent = this.#bytes[this.#at];
    if (exponent !== 0x65 && exponent !== 0x45) return;
    this.#at += 1;
    const sign = this.#bytes[this.#at];
    if (sign === MINUS || sign === 0x2b) this.#at += 1;
    this.#digits();
  }

  #digits(): void {
    const start = this.#at;
    while (isDigit(this.#bytes[this.#at])) this.#at += 1;
    if (this.#at === start) throw UNUSUAL;
  }

  #word(word: string): void {
    for (let index = 0; index < word.length; index += 1) {
      if (this.#bytes[this.#at + index] !== word.charCodeAt(index)) throw UNUSUAL;
    }
    this.#at += word.length;
  }

  #expect(byte: number): void {
    if (this.#bytes[this.#at] !== byte) {
      this.#space();
      if (this.#bytes[this.#at] !== byte) throw UNUSUAL;
    }
    this.#at += 1;
  }

  #space(): void {
    let byte = this.#bytes[this.#at] as number;
    if (byte > 0x20) return;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.spaced = true;
      byte = this.#bytes[++this.#at] as number;
    }
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number | undefined): boolean {
  return (
    isDigit(byte) ||
    (byte !== undefined && ((byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)))
  );
}
