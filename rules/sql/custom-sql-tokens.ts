import type { DialectName } from '#model/ports.ts';

import { SqlRefusal } from './refusal.ts';

/** A piece of an author's query. Comments are left out: nothing of them reaches an engine. */
export interface CustomToken {
  readonly type: 'word' | 'quoted' | 'number' | 'symbol' | 'placeholder' | 'space';
  readonly text: string;
}

const QUOTES = ["'", '"', '`'];
const DOLLAR_QUOTES: ReadonlySet<DialectName> = new Set(['postgres', 'duckdb']);

/**
 * Cuts a query into pieces that every engine cuts alike. What one engine reads as a comment or as the end of a
 * text and another does not is refused, so that no setting of a session can make it mean something else.
 */
export function customTokens(query: string, dialect: DialectName): CustomToken[] {
  const tokens: CustomToken[] = [];
  let rest = query;
  const take = (type: CustomToken['type'], text: string): void => {
    tokens.push({ type, text });
    rest = rest.slice(text.length);
  };
  while (rest !== '') {
    const first = rest.charAt(0);
    const space = /^\s+/.exec(rest)?.[0];
    const word = /^[\p{L}_][\p{L}\p{N}_]*/u.exec(rest)?.[0];
    const number = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/.exec(rest)?.[0];
    if (space !== undefined) take('space', space);
    else if (rest.startsWith('--')) skip(/^--(?=[\s]|$)[^\n\r]*/);
    else if (rest.startsWith('/*')) skip(/^\/\*(?![!+M])(?:(?!\/\*)(?!\*\/)[^])*\*\//);
    else if (QUOTES.includes(first)) take('quoted', quoted(rest, first));
    else if (first === '{') take('placeholder', placeholder(rest));
    else if (word !== undefined) {
      // E'..', X'..', U&"..", _utf8mb4'..': the prefix changes what is in the quotes.
      if (
        QUOTES.slice(0, 2).includes(rest.charAt(word.length)) &&
        !/^(?:date|timestamp|interval)$/i.test(word)
      )
        throw new SqlRefusal(
          `The query has a text with the prefix ${word}`,
          "Write it as '…' without a prefix.",
        );
      take('word', word);
    } else if (number !== undefined) take('number', number);
    else if (first === '$' && DOLLAR_QUOTES.has(dialect)) take('quoted', dollarQuoted(rest));
    else if (/^[-+*/%(),.=<>!|&~^[\]:;]/.test(first)) take('symbol', symbol(rest));
    else
      throw new SqlRefusal(
        `The query has ${JSON.stringify(first)} in a place where it is not allowed`,
        'Remove it.',
      );
  }
  return tokens;

  function skip(comment: RegExp): void {
    const text = comment.exec(rest)?.[0];
    if (text === undefined)
      throw new SqlRefusal(
        'The query has a comment that engines do not read alike',
        'Leave comments out, or write -- with a space, to the end of the line.',
      );
    tokens.push({ type: 'space', text: ' ' });
    rest = rest.slice(text.length);
  }
}

function quoted(rest: string, quote: string): string {
  for (let at = 1; at < rest.length; at += 1) {
    if (rest.charAt(at) !== quote) continue;
    if (rest.charAt(at - 1) === '\\' && at > 1)
      throw new SqlRefusal(
        `The query has a backslash before ${quote}, which engines do not read alike`,
        `Write ${quote}${quote} for a quote, and chr(92) for a backslash at the end.`,
      );
    if (rest.charAt(at + 1) !== quote) {
      const text = rest.slice(0, at + 1);
      if (text.includes('\0')) throw new SqlRefusal('The query contains a zero byte', 'Remove it.');
      return text;
    }
    at += 1;
  }
  throw new SqlRefusal(`A ${quote} in the query is not closed`, `Close it with ${quote}.`);
}

function dollarQuoted(rest: string): string {
  const [text] = /^\$([A-Za-z_][A-Za-z0-9_]*|)\$[^]*?\$\1\$/.exec(rest) ?? [];
  if (text !== undefined) return text;
  throw new SqlRefusal('The query has a $ that is no closed text', "Write texts as '…'.");
}

function placeholder(rest: string): string {
  const [text] = /^\{(?:dataset|partition|column)\}/.exec(rest) ?? [];
  if (text !== undefined) return text;
  throw new SqlRefusal(
    'The query has a { that begins no placeholder',
    'The placeholders are {dataset}, {partition} and {column}.',
  );
}

function symbol(rest: string): string {
  // U&"…" is a name whose letters are written as numbers.
  if (/^&['"]/.test(rest))
    throw new SqlRefusal(
      'The query has & before a quote',
      'Write a space after it, or leave the prefix U& out.',
    );
  if (rest.startsWith(':=')) throw new SqlRefusal('The query assigns to a variable', 'Leave := out.');
  return /^(?:::|<>|<=|>=|!=|\|\|)/.exec(rest)?.[0] ?? rest.charAt(0);
}
