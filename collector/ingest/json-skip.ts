import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-bytes.ts';

/** Something that the scanner leaves to JSON.parse: broken, or so unusual that exactness is not worth code. */
export class Unusual extends Error {}

// One instance: it carries nothing, and making a stack trace costs more than the whole scan.
export const UNUSUAL = new Unusual();

const MINUS = 0x2d;
const DEEPEST = 100;

/** Bytes that end the plain part of a string: quote, backslash, control characters. */
export const ENDS_PLAIN = new Uint8Array(256).map((_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);
const ESCAPES = new Uint8Array(256);
for (const character of '"\\/bfnrt') ESCAPES[character.charCodeAt(0)] = 1;

/**
 * What the functions below noticed besides the place where they ended. Module state, because a second
 * result would have to be allocated for each of the hundreds of values of an event; a scan is synchronous.
 */
export const noticed = {
  /** White space stood between tokens. */
  space: false,
  /** The last string had escapes. */
  escapes: false,
};

/**
 * The place after a JSON value (RFC 8259) that begins at `at` or after white space there. As strict as
 * JSON.parse: what it accepts, JSON.parse accepts. Throws `Unusual` for the rest, some of which may be fine.
 */
export function skipValue(bytes: Uint8Array, at: number, depth: number): number {
  if ((bytes[at] as number) <= 0x20) at = skipSpace(bytes, at);
  const byte = bytes[at];
  if (byte === QUOTE) return skipString(bytes, at);
  if (byte === OPEN_BRACE) return skipMembers(bytes, at + 1, depth);
  if (byte === OPEN_BRACKET) return skipElements(bytes, at + 1, depth);
  if (byte === 0x74) return skipWord(bytes, at, 'true');
  if (byte === 0x66) return skipWord(bytes, at, 'false');
  if (byte === 0x6e) return skipWord(bytes, at, 'null');
  return skipNumber(bytes, at);
}

function skipMembers(bytes: Uint8Array, at: number, depth: number): number {
  if (depth >= DEEPEST) throw UNUSUAL;
  if ((bytes[at] as number) <= 0x20) at = skipSpace(bytes, at);
  if (bytes[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    if ((bytes[at] as number) <= 0x20) at = skipSpace(bytes, at);
    at = skipString(bytes, at);
    if (bytes[at] !== COLON) {
      at = skipSpace(bytes, at);
      if (bytes[at] !== COLON) throw UNUSUAL;
    }
    at = skipValue(bytes, at + 1, depth + 1);
    if ((bytes[at] as number) <= 0x20) at = skipSpace(bytes, at);
    const next = bytes[at++];
    if (next === CLOSE_BRACE) return at;
    if (next !== COMMA) throw UNUSUAL;
  }
}

function skipElements(bytes: Uint8Array, at: number, depth: number): number {
  if (depth >= DEEPEST) throw UNUSUAL;
  if ((bytes[at] as number) <= 0x20) at = skipSpace(bytes, at);
  if (bytes[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    at = skipValue(bytes, at, depth + 1);
    if ((bytes[at] as number) <= 0x20) at = skipSpace(bytes, at);
    const next = bytes[at++];
    if (next === CLOSE_BRACKET) return at;
    if (next !== COMMA) throw UNUSUAL;
  }
}

/** The place after the string that begins at `at`; notices escapes. */
export function skipString(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) throw UNUSUAL;
  at += 1;
  noticed.escapes = false;
  for (;;) {
    while (ENDS_PLAIN[bytes[at] as number] === 0) at += 1;
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) throw UNUSUAL; // a control character, or the end of the text
    noticed.escapes = true;
    at = skipEscape(bytes, at + 1);
  }
}

function skipEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte !== 0x75) {
    if (byte === undefined || ESCAPES[byte] === 0) throw UNUSUAL;
    return at + 1;
  }
  for (let digit = 1; digit <= 4; digit += 1) if (!isHex(bytes[at + digit])) throw UNUSUAL;
  return at + 5;
}

function skipNumber(bytes: Uint8Array, at: number): number {
  if (bytes[at] === MINUS) at += 1;
  at = bytes[at] === 0x30 ? at + 1 : skipDigits(bytes, at);
  if (bytes[at] === 0x2e) at = skipDigits(bytes, at + 1);
  const exponent = bytes[at];
  if (exponent !== 0x65 && exponent !== 0x45) return at;
  const sign = bytes[at + 1];
  return skipDigits(bytes, sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
}

function skipDigits(bytes: Uint8Array, at: number): number {
  const start = at;
  while (isDigit(bytes[at])) at += 1;
  if (at === start) throw UNUSUAL;
  return at;
}

/** The place after the word that must stand at `at`. */
export function skipWord(bytes: Uint8Array, at: number, word: string): number {
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[at + index] !== word.charCodeAt(index)) throw UNUSUAL;
  }
  return at + word.length;
}

/** The place after the white space at `at`, if any; notices it. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let byte = bytes[at];
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
    noticed.space = true;
    byte = bytes[++at];
  }
  return at;
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
