import { nearest } from '../spelling.ts';

/** What a check may do with a column: arithmetic on numbers only. */
export type TypeKind = 'number' | 'text' | 'boolean' | 'time' | 'binary' | 'nested';

export type ParsedType =
  | { readonly status: 'ok'; readonly kind: TypeKind }
  | { readonly status: 'error'; readonly offset: number; readonly message: string; readonly mend: string };

const KINDS: Readonly<Record<string, TypeKind>> = {
  string: 'text',
  text: 'text',
  varchar: 'text',
  char: 'text',
  uuid: 'text',
  json: 'text',
  tinyint: 'number',
  smallint: 'number',
  int: 'number',
  integer: 'number',
  bigint: 'number',
  largeint: 'number',
  long: 'number',
  float: 'number',
  real: 'number',
  double: 'number',
  decimal: 'number',
  numeric: 'number',
  boolean: 'boolean',
  bool: 'boolean',
  date: 'time',
  time: 'time',
  timestamp: 'time',
  timestamptz: 'time',
  timestamp_ntz: 'time',
  datetime: 'time',
  binary: 'binary',
  bytes: 'binary',
  array: 'nested',
  map: 'nested',
  struct: 'nested',
};

/** Types with numbers in brackets: how many at least and at most. */
const PARAMETERS: Readonly<Record<string, readonly [number, number]>> = {
  decimal: [0, 2],
  numeric: [0, 2],
  varchar: [0, 1],
  char: [0, 1],
  binary: [0, 1],
  time: [0, 1],
  timestamp: [0, 1],
  timestamptz: [0, 1],
  datetime: [0, 1],
};

/** The widest decimal of the engines we meet (StarRocks decimal256). */
const MAX_PRECISION = 76;
const MAX_DEPTH = 20;

/** Reads a column type: `string`, `decimal(10,2)`, `array<struct<name: string, age: int>>`, in any case. */
export function parseColumnType(text: string): ParsedType {
  const reader = new TypeReader(text);
  try {
    const kind = reader.type(0);
    reader.end();
    return { status: 'ok', kind };
  } catch (error) {
    if (error instanceof TypeProblem)
      return { status: 'error', offset: error.offset, message: error.message, mend: error.mend };
    throw error;
  }
}

class TypeProblem extends Error {
  readonly offset: number;
  readonly mend: string;

  constructor(offset: number, message: string, mend: string) {
    super(message);
    this.offset = offset;
    this.mend = mend;
  }
}

class TypeReader {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  type(depth: number): TypeKind {
    if (depth > MAX_DEPTH)
      throw new TypeProblem(
        this.#offset,
        `The type is nested more than ${MAX_DEPTH} deep`,
        'Write json for data of any shape.',
      );
    const start = this.#skip();
    const written = this.#take(/[A-Za-z_][A-Za-z0-9_]*/y) ?? this.#text.slice(start, start + 1);
    const name = written.toLowerCase();
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    if (kind === undefined) {
      const meant = nearest(name, Object.keys(KINDS));
      const what = written === '' ? 'A type is missing' : `"${written}" is not a type`;
      throw new TypeProblem(
        start,
        what,
        meant === null || written === ''
          ? 'Write for example string, bigint, double, decimal(10,2), date or array<string>.'
          : `Did you mean ${meant}?`,
      );
    }
    if (kind === 'nested') this.#nested(name, depth);
    else if (this.#symbol('(')) this.#parameters(name, start);
    return kind;
  }

  end(): void {
    const offset = this.#skip();
    if (offset < this.#text.length)
      throw new TypeProblem(
        offset,
        `"${this.#text.slice(offset)}" follows the type`,
        'Remove it; one column has one type.',
      );
  }

  #nested(name: string, depth: number): void {
    // A bare `array` says that the elements do not matter.
    if (!this.#symbol('<')) return;
    if (name === 'struct') {
      do {
        const start = this.#skip();
        if (this.#take(/[\p{L}_][\p{L}\p{N}_]*/uy) === null)
          throw new TypeProblem(start, 'A field of the struct has no name', 'Write struct<name: type, …>.');
        this.#expect(':', 'Write struct<name: type, …>.');
        this.type(depth + 1);
      } while (this.#symbol(','));
    } else {
      this.type(depth + 1);
      if (name === 'map') {
        this.#expect(',', 'Write map<key type, value type>.');
        this.type(depth + 1);
      }
    }
    this.#expect('>', `Close ${name}< with >.`);
  }

  #parameters(name: string, start: number): void {
    const [, most] = PARAMETERS[name] ?? [0, 0];
    const numbers: number[] = [];
    do {
      const offset = this.#skip();
      const digits = this.#take(/\d+/y);
      if (digits === null)
        throw new TypeProblem(
          offset,
          `${name}( needs whole numbers`,
          most === 2 ? 'Write for example decimal(10,2).' : `Write for example ${name}(10).`,
        );
      numbers.push(Number(digits));
    } while (this.#symbol(','));
    this.#expect(')', 'Close the bracket.');
    if (numbers.length > most) {
      const mend =
        most === 0
          ? `Write ${name} alone.`
          : most === 1
            ? `Write for example ${name}(10).`
            : `Write ${name}(precision, scale).`;
      throw new TypeProblem(
        start,
        `${name} takes ${most === 0 ? 'no numbers' : `at most ${most}`} in brackets`,
        mend,
      );
    }
    const [precision = 0, scale = 0] = numbers;
    if (most === 2 && (precision < 1 || precision > MAX_PRECISION || scale > precision)) {
      throw new TypeProblem(
        start,
        `${name}(${numbers.join(',')}) has no meaning`,
        `The precision is 1 to ${MAX_PRECISION}, the scale 0 to the precision.`,
      );
    }
  }

  #symbol(symbol: string): boolean {
    const offset = this.#skip();
    if (this.#text.charAt(offset) !== symbol) return false;
    this.#offset += 1;
    return true;
  }

  #expect(symbol: string, mend: string): void {
    const offset = this.#skip();
    if (!this.#symbol(symbol)) throw new TypeProblem(offset, `"${symbol}" is missing in the type`, mend);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    this.#offset += found?.length ?? 0;
    return found;
  }

  #skip(): number {
    while (/\s/.test(this.#text.charAt(this.#offset))) this.#offset += 1;
    return this.#offset;
  }
}
