import { complement, DIGITS, SPACE, WORD } from './code-points.ts';
import { RegexError } from './problem.ts';
import type { CodePointRange } from './tree.ts';

const CLASSES: Readonly<Record<string, readonly CodePointRange[]>> = {
  d: DIGITS,
  w: WORD,
  s: SPACE,
  D: complement(DIGITS),
  W: complement(WORD),
  S: complement(SPACE),
};

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/** Escapes that engines read differently or not at all, and what to write instead. */
const REFUSED: Readonly<Record<string, readonly [string, string]>> = {
  b: [
    'Engines disagree where a word begins and ends (\\b)',
    'Write what may stand there, like (^|[^0-9A-Za-z_]) before the word.',
  ],
  B: ['Engines disagree where a word begins and ends (\\B)', 'Write the characters that may stand there.'],
  A: ['Not all engines know \\A', 'Write ^: here it means the beginning of the text.'],
  z: ['Not all engines know \\z', 'Write $: here it means the end of the text.'],
  Z: ['\\Z means other places in other engines', 'Write $: here it means the end of the text.'],
  p: ['Not all engines know the classes of Unicode (\\p)', 'Write the ranges out, like [A-Za-zÀ-ÿ].'],
  P: ['Not all engines know the classes of Unicode (\\P)', 'Write the ranges out, like [^A-Za-zÀ-ÿ].'],
  k: ['Back references are refused: engines without backtracking have none', 'Compare columns instead.'],
  Q: ['Not all engines know \\Q', 'Put a backslash before each character that has a meaning.'],
  E: ['Not all engines know \\E', 'Put a backslash before each character that has a meaning.'],
  R: ['Not all engines know \\R', 'Write \\r?\\n.'],
  h: ['Not all engines know \\h', 'Write [ \\t].'],
  '0': ['Engines read octal numbers differently', 'Write \\u followed by four hexadecimal digits.'],
};

/** A pattern while it is read. */
export class PatternReader {
  offset = 0;
  readonly #pattern: string;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get ended(): boolean {
    return this.offset >= this.#pattern.length;
  }

  follows(text: string): boolean {
    return this.#pattern.startsWith(text, this.offset);
  }

  take(text: string): boolean {
    if (!this.follows(text)) return false;
    this.offset += text.length;
    return true;
  }

  /** What a sticky expression matches here, or null. */
  match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.offset;
    const found = expression.exec(this.#pattern);
    if (found) this.offset += found[0].length;
    return found;
  }

  slice(start: number): string {
    return this.#pattern.slice(start, this.offset);
  }

  codePoint(): number {
    const codePoint = this.#pattern.codePointAt(this.offset) ?? 0;
    if (codePoint >= 0xd8_00 && codePoint <= 0xdf_ff)
      throw new RegexError(
        this.offset,
        'Half of a surrogate pair is no character',
        'Write the whole character.',
      );
    this.offset += codePoint > 0xff_ff ? 2 : 1;
    return codePoint;
  }

  /** What follows a backslash: one code point, or the ranges of a class. */
  escape(inClass: boolean): number | readonly CodePointRange[] {
    const start = this.offset - 1;
    if (this.ended)
      throw new RegexError(start, 'A backslash at the end escapes nothing', 'Write \\\\ for a backslash.');
    const hex = this.match(/x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}/iy);
    if (hex) return numbered(start, hex[1] ?? hex[2] ?? hex[3] ?? '');
    const codePoint = this.codePoint();
    const written = String.fromCodePoint(codePoint);
    if (Object.hasOwn(CLASSES, written)) return CLASSES[written] ?? [];
    if (Object.hasOwn(CONTROLS, written)) return CONTROLS[written] ?? 0;
    // As in JSON and in JavaScript's own source.
    if (written === '/' || /^[\p{P}\p{S} ]$/u.test(written)) return codePoint;
    const [message, mend] = this.#refusal(written, inClass);
    throw new RegexError(start, message, mend);
  }

  #refusal(written: string, inClass: boolean): readonly [string, string] {
    if (inClass && written === 'b') return ['Engines disagree what \\b is in a class', 'Write \\u0008.'];
    if (/[1-9]/.test(written))
      return [
        'Back references are refused: engines without backtracking have none',
        'Compare columns instead.',
      ];
    if (written === 'x' || written === 'u')
      return [
        `\\${written} needs a code point`,
        'Write \\u followed by four hexadecimal digits, like \\u00e9.',
      ];
    const known = Object.hasOwn(REFUSED, written) ? REFUSED[written] : undefined;
    return (
      known ?? [
        `\\${written} is not an escape that all engines know`,
        `Write ${written} without the backslash.`,
      ]
    );
  }
}

function numbered(start: number, digits: string): number {
  const codePoint = Number.parseInt(digits, 16);
  if (codePoint > 0x10_ff_ff || (codePoint >= 0xd8_00 && codePoint <= 0xdf_ff))
    throw new RegexError(
      start,
      `${digits} is no code point of a character`,
      'Write one up to 10ffff, no surrogate.',
    );
  // PostgreSQL stores no NUL, so no text ever has one.
  if (codePoint === 0)
    throw new RegexError(start, 'Not all engines can hold the code point 0', 'Begin at \\u0001.');
  return codePoint;
}
