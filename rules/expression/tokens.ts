import type { Predicate, Span } from '#model/predicate.ts';

import type { Token } from './lex.ts';
import { ExpressionError } from './problem.ts';

export type ReadPredicate = (reader: TokenReader, depth: number) => Predicate;

/** More arithmetic than this in one check is no line that people write; trees of it are walked recursively. */
const MAX_OPERATORS = 500;

/** A reader over the tokens of one check, with the error texts that all rules of the grammar share. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #readPredicate: ReadPredicate;
  #position = 0;
  #operators = 0;

  /** Values hold predicates (`invalid_count(…)`) and predicates values: the rule for the former is handed in. */
  constructor(tokens: readonly Token[], readPredicate: ReadPredicate) {
    this.#tokens = tokens;
    this.#readPredicate = readPredicate;
  }

  /** Reads what is said of rows. */
  predicate(depth: number): Predicate {
    return this.#readPredicate(this, depth);
  }

  /** The current token; the last one is always `end`. */
  get current(): Token {
    return this.at(0);
  }

  at(ahead: number): Token {
    const token = this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new RangeError('no tokens');
    return token;
  }

  advance(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.#position += 1;
    return token;
  }

  /** Keywords are plain words in any case. */
  isWord(word: string, ahead = 0): boolean {
    const token = this.at(ahead);
    return token.kind === 'word' && token.text.toLowerCase() === word;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.at(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  takeWord(word: string): Token | null {
    return this.isWord(word) ? this.advance() : null;
  }

  takeSymbol(symbol: string): Token | null {
    return this.isSymbol(symbol) ? this.advance() : null;
  }

  /** Takes a sign of arithmetic. */
  takeOperator<Sign extends string>(signs: readonly Sign[]): Sign | null {
    const sign = signs.find((one) => this.isSymbol(one));
    if (sign === undefined) return null;
    this.#operators += 1;
    if (this.#operators > MAX_OPERATORS)
      this.problem(
        this.current.span,
        `There are more than ${MAX_OPERATORS} signs of arithmetic`,
        'Compute it where the data is made.',
      );
    this.advance();
    return sign;
  }

  /** Takes what must stand here, or says what was found instead. */
  expectSymbol(symbol: string, mend: string): Token {
    return this.takeSymbol(symbol) ?? this.fail(`"${symbol}"`, mend);
  }

  expectWord(word: string, mend: string): Token {
    return this.takeWord(word) ?? this.fail(`"${word}"`, mend);
  }

  /** Takes a column name, plain or quoted. */
  takeName(): Token | null {
    const { kind } = this.current;
    return kind === 'word' || kind === 'quoted' ? this.advance() : null;
  }

  /** Says what is wrong with a stretch of the text. */
  problem(span: Span, message: string, mend: string): never {
    throw new ExpressionError(span, message, mend);
  }

  fail(expected: string, mend: string): never {
    throw new ExpressionError(this.current.span, `${describe(this.current)}, expected ${expected}`, mend);
  }
}

/** The stretch of text from one span to another. */
export function join(first: Span, last: Span): Span {
  return { offset: first.offset, length: last.offset + last.length - first.offset };
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'The check ends here';
  if (token.kind === 'quoted') return `Found the column "${token.text}"`;
  return token.kind === 'text' ? `Found the text '${token.text}'` : `Found "${token.text}"`;
}
