import type { TokenReader } from './tokens.ts';
import { CONDITION_WORDS } from './vocabulary.ts';

const SIGNS: ReadonlySet<string> = new Set(['=', '==', '!=', '<>', '<', '<=', '>', '>=']);
const WORDS: ReadonlySet<string> = new Set<string>([
  'and',
  'or',
  'not',
  'between',
  'in',
  'is',
  'matches',
  'like',
  'within',
  'anomalous',
  'references',
  ...CONDITION_WORDS,
]);

/**
 * Whether the bracket that opens here holds a condition, `(a = 1 or b = 2)`, rather than a value, `(a + b) * 2`,
 * or columns, `(a, b) references …`: looks ahead to its end, but not into the brackets of functions.
 */
export function looksLikeCondition(reader: TokenReader): boolean {
  const opaque: boolean[] = [];
  for (let ahead = 0; ; ahead += 1) {
    const token = reader.at(ahead);
    if (token.kind === 'end') return false;
    const inFunction = opaque.at(-1) === true;
    if (token.kind === 'word' && !inFunction && WORDS.has(token.text.toLowerCase())) return true;
    if (token.kind !== 'symbol') continue;
    if (token.text === '(' || token.text === '[') {
      const { kind } = ahead === 0 ? { kind: 'symbol' } : reader.at(ahead - 1);
      opaque.push(inFunction || kind === 'word' || kind === 'quoted');
    } else if (token.text === ')' || token.text === ']') {
      opaque.pop();
      if (opaque.length === 0) return false;
    } else if (!inFunction && SIGNS.has(token.text)) return true;
  }
}

/** Whether the bracket that opens here is the open end of a range, `between (1 and 5]`. */
export function looksLikeRange(reader: TokenReader): boolean {
  let depth = 0;
  for (let ahead = 0; ; ahead += 1) {
    const token = reader.at(ahead);
    if (token.kind === 'end') return false;
    if (token.kind === 'word' && depth === 1 && token.text.toLowerCase() === 'and') return true;
    if (token.kind !== 'symbol') continue;
    if (token.text === '(' || token.text === '[') depth += 1;
    else if (token.text === ')' || token.text === ']') {
      depth -= 1;
      if (depth === 0) return false;
    }
  }
}

/** Whether the bracket that opens here is a list of columns: what follows it is `[not] references`. */
export function looksLikeColumns(reader: TokenReader): boolean {
  let depth = 0;
  for (let ahead = 0; ; ahead += 1) {
    const token = reader.at(ahead);
    if (token.kind === 'end') return false;
    if (token.kind !== 'symbol') continue;
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    if (depth === 0)
      return (
        reader.isWord('references', ahead + 1) ||
        (reader.isWord('not', ahead + 1) && reader.isWord('references', ahead + 2))
      );
  }
}
