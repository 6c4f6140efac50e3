import type { Scalar } from 'yaml';

/**
 * Where in the file the character at `offset` of a scalar's value stands: the file's offset. Plain, single-
 * and double-quoted scalars on one line are followed character by character, escapes included. Where that
 * cannot be done (block scalars, text folded over lines) the scalar's start is given.
 */
export function offsetInFile(file: string, scalar: Scalar, offset: number): number {
  const [start = 0, end = 0] = scalar.range ?? [];
  const text = file.slice(start, end);
  const value = String(scalar.value);
  const places = placesOf(text, scalar.type);
  const read = places?.map((place) => place.text).join('');
  if (places === null || read !== value) return start;
  let position = 0;
  for (const place of places) {
    if (offset < position + place.text.length) return start + place.at;
    position += place.text.length;
  }
  // Past the last character: the place of the closing quote, or just behind a plain scalar.
  return start + text.length - (scalar.type === 'PLAIN' ? 0 : 1);
}

/** A piece of the value and where it stands in the scalar's own text. */
interface Place {
  readonly text: string;
  readonly at: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001B',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\u0085',
  _: '\u00A0',
  L: '\u2028',
  P: '\u2029',
};

const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function placesOf(text: string, type: Scalar['type']): readonly Place[] | null {
  switch (type) {
    case 'PLAIN':
      return [...text.matchAll(/[^]/g)].map((match) => ({ text: match[0], at: match.index }));
    case 'QUOTE_SINGLE':
      return [...text.slice(1, -1).matchAll(/''|[^]/g)].map((match) => ({
        text: match[0].slice(0, 1),
        at: match.index + 1,
      }));
    case 'QUOTE_DOUBLE':
      return [...text.slice(1, -1).matchAll(/\\(?:x.{2}|u.{4}|U.{8}|[^])|[^]/g)].map((match) => ({
        text: unescape(match[0]),
        at: match.index + 1,
      }));
    case 'BLOCK_FOLDED':
    case 'BLOCK_LITERAL':
    case undefined:
    default:
      return null;
  }
}

function unescape(written: string): string {
  if (!written.startsWith('\\')) return written;
  const letter = written.charAt(1);
  if (ESCAPE_LENGTHS[letter] === written.length - 2) {
    const code = Number.parseInt(written.slice(2), 16);
    return code <= 0x10ff_ff ? String.fromCodePoint(code) : '';
  }
  return ESCAPES[letter] ?? '';
}
