import type { Span } from '#model/predicate.ts';

import { ExpressionError } from './problem.ts';

export type Token =
  /** A plain word: keyword, metric or column. */
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  /** A quoted identifier; `text` is the name inside the quotes. */
  | { readonly kind: 'quoted'; readonly text: string; readonly span: Span }
  /** A text in single quotes; `text` is what stands between them. */
  | { readonly kind: 'text'; readonly text: string; readonly span: Span }
  /** `text` is as written: percentages are divided in decimal, not in floating point. */
  | { readonly kind: 'number'; readonly text: string; readonly span: Span }
  | { readonly kind: 'symbol'; readonly text: string; readonly span: Span }
  | { readonly kind: 'end'; readonly text: ''; readonly span: Span };

/** Longest check that is read: an expression is a line, or a query of one's own. */
export const MAX_LENGTH = 8000;

const SPACE = /\s+/uy;
const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/uy;
const SYMBOL = /==|!=|<>|<=|>=|[=<>+\-*/(),%.[\]]/uy;

const MENDS: Readonly<Record<string, string>> = {
  '&': 'Join conditions by and.',
  '|': 'Join conditions by or.',
  '!': 'Write != for "not equal", or not before a condition.',
  '~': 'Write matches for a regular expression, approx_distinct_count for an estimate.',
  ':': "Write a time of day in single quotes, with its zone: '06:30 Europe/Berlin'.",
  ';': 'A check is one condition: leave the semicolon out.',
  '≤': 'Write <=.',
  '≥': 'Write >=.',
  '≠': 'Write !=.',
};

/** Cuts a check's text into tokens. Throws `ExpressionError` at the first character that belongs to none. */
export function lex(text: string, limit = MAX_LENGTH): readonly Token[] {
  if (text.length > limit) {
    const span = { offset: limit, length: text.length - limit };
    throw new ExpressionError(
      span,
      `The check is ${text.length} characters long, at most ${limit} are read`,
      'Split it into several checks.',
    );
  }
  refuseHalfCharacters(text);
  const tokens: Token[] = [];
  let offset = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = offset;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (offset < text.length) {
    const space = match(SPACE);
    if (space !== null) {
      offset += space.length;
      continue;
    }
    const token = readToken(text, offset, match);
    tokens.push(token);
    offset += token.span.length;
  }
  tokens.push({ kind: 'end', text: '', span: { offset: text.length, length: 0 } });
  return tokens;
}

function readToken(text: string, offset: number, match: (pattern: RegExp) => string | null): Token {
  const word = match(WORD);
  if (word !== null) return { kind: 'word', text: word, span: { offset, length: word.length } };
  const first = text.charAt(offset);
  if (first === '"' || first === '`' || first === "'") return readQuoted(text, offset, first);
  const number = match(NUMBER);
  if (number !== null) return readNumber(text, offset, number);
  const symbol = match(SYMBOL);
  if (symbol !== null) return { kind: 'symbol', text: symbol, span: { offset, length: symbol.length } };
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  throw new ExpressionError(
    { offset, length: character.length },
    `Found ${describeCharacter(character)}, which has no meaning here`,
    MENDS[character] ?? 'Remove it, or put a column name with special characters in double quotes.',
  );
}

function readQuoted(text: string, offset: number, quote: string): Token {
  let name = '';
  let position = offset + 1;
  for (;;) {
    const end = text.indexOf(quote, position);
    if (end < 0) {
      const span = { offset, length: text.length - offset };
      const what = quote === "'" ? 'text' : 'quoted column name';
      throw new ExpressionError(span, `This ${what} never ends`, `Close it with ${quote}.`);
    }
    name += text.slice(position, end);
    if (text.charAt(end + 1) !== quote) {
      const span = { offset, length: end + 1 - offset };
      if (quote === "'") {
        if (name.includes('\0'))
          throw new ExpressionError(span, 'A text contains a zero byte', 'Leave it out: no store keeps one.');
        return { kind: 'text', text: name, span };
      }
      if (name === '' || name.includes('\0'))
        throw new ExpressionError(
          span,
          'A column name is empty or contains a zero byte',
          'Write the name of a column.',
        );
      return { kind: 'quoted', text: name, span };
    }
    name += quote;
    position = end + 2;
  }
}

/** Half of a surrogate pair is no character: no store could be asked about it. */
function refuseHalfCharacters(text: string): void {
  if (text.isWellFormed()) return;
  const offset = text.search(/\p{Surrogate}/u);
  throw new ExpressionError(
    { offset, length: 1 },
    'Found half a character, which has no meaning',
    'Write the text anew: it was cut in the middle of a character.',
  );
}

function readNumber(text: string, offset: number, number: string): Token {
  const span = { offset, length: number.length };
  const glued = /^[\p{L}\p{N}_.]+/u.exec(text.slice(offset + number.length))?.[0];
  if (glued !== undefined) {
    const whole = number + glued;
    const mend = /^\d+(?:_\d+)+$/.test(whole)
      ? `Write ${whole.replaceAll('_', '')}.`
      : 'Put a space between a number and a word, and write the decimal sign once, as a point.';
    throw new ExpressionError({ offset, length: whole.length }, `"${whole}" is not a number`, mend);
  }
  if (!Number.isFinite(Number(number)))
    throw new ExpressionError(span, `${number} is too large`, 'Write a number below 1.7e308.');
  return { kind: 'number', text: number, span };
}

function describeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character);
  return visible
    ? `"${character}"`
    : `the invisible character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
