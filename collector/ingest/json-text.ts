import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-bytes.ts';

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

// White space between tokens stands beside one of these; inside strings it may too, which only costs a scan.
const PERHAPS_SPACED = /^\s|\s$|[{[,:]\s|\s[}\],:]/;

/** False when a JSON text surely has no white space between its tokens. */
export function mayBeSpaced(text: string): boolean {
  return PERHAPS_SPACED.test(text);
}

/**
 * The bytes of a JSON text without the white space between tokens, so that the same document sent
 * compactly and with spaces (Python's json.dumps) has one hash.
 */
export function withoutWhitespace(bytes: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (inString) {
      out[length++] = byte;
      if (byte === BACKSLASH) out[length++] = bytes[++index] as number;
      else if (byte === QUOTE) inString = false;
    } else if (!isSpace(byte)) {
      inString = byte === QUOTE;
      out[length++] = byte;
    }
  }
  return out.subarray(0, length);
}

/**
 * Splits a JSON array into the byte ranges of its elements, without parsing them: each is kept and hashed
 * as sent. Null when the text is no array; the elements themselves may still be broken.
 */
export function splitJsonArray(bytes: Uint8Array): Uint8Array[] | null {
  let index = 0;
  const skipSpace = (): void => {
    while (isSpace(bytes[index])) index += 1;
  };
  skipSpace();
  if (bytes[index++] !== OPEN_BRACKET) return null;
  const elements: Uint8Array[] = [];
  skipSpace();
  if (bytes[index] === CLOSE_BRACKET) {
    index += 1;
    skipSpace();
    return index === bytes.length ? elements : null;
  }
  for (;;) {
    const start = index;
    let depth = 0;
    let inString = false;
    for (; index < bytes.length; index += 1) {
      const byte = bytes[index];
      if (inString) {
        if (byte === BACKSLASH) index += 1;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) break;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    }
    if (index >= bytes.length) return null;
    let end = index;
    while (end > start && isSpace(bytes[end - 1])) end -= 1;
    elements.push(bytes.subarray(start, end));
    const separator = bytes[index++];
    skipSpace();
    if (separator === CLOSE_BRACKET) return index === bytes.length ? elements : null;
  }
}
