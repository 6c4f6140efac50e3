/**
 * A column type of any store, read as far as it can be: a name in small letters, numbers in round brackets, types in
 * angle brackets.
 */
export interface TypeTree {
  readonly name: string;
  readonly numbers: readonly number[];
  /** Of an array, a map or a struct; the names are those of a struct's fields. */
  readonly parts: readonly TypePart[];
}

export interface TypePart {
  readonly name: string | null;
  readonly type: TypeTree;
}

/** Names of one type. */
const ALIASES: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  short: 'smallint',
  byte: 'tinyint',
  long: 'bigint',
  real: 'float',
  float4: 'float',
  float8: 'double',
  'double precision': 'double',
  numeric: 'decimal',
  number: 'decimal',
  dec: 'decimal',
  bool: 'boolean',
  text: 'string',
  'character varying': 'varchar',
  character: 'char',
  bytes: 'binary',
  bytea: 'binary',
  datetime: 'timestamp_ntz',
  'timestamp without time zone': 'timestamp_ntz',
  'timestamp with time zone': 'timestamptz',
  timestamp_ltz: 'timestamptz',
  list: 'array',
  row: 'struct',
  record: 'struct',
  object: 'struct',
};

const MAX_DEPTH = 20;

/** Null when it is written as no type that can be read. */
export function readType(text: string): TypeTree | null {
  const reader = new Reader(text);
  const type = reader.type(0);
  return type !== null && reader.atEnd() ? type : null;
}

class Reader {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    this.#take(/\s*/y);
    return this.#offset >= this.#text.length;
  }

  type(depth: number): TypeTree | null {
    const word = this.#take(/\s*[A-Za-z_][A-Za-z0-9_]*(?:\s+(?:varying|precision|unsigned))?/y);
    if (word === null || depth > MAX_DEPTH) return null;
    const numbers = this.#numbers();
    const zone = this.#take(/\s*with(?:out)?\s+time\s+zone/iy) ?? '';
    const parts = this.#parts(depth);
    if (numbers === null || parts === null) return null;
    const written = `${word} ${zone}`.trim().toLowerCase().replaceAll(/\s+/g, ' ');
    const name = (Object.hasOwn(ALIASES, written) ? ALIASES[written] : undefined) ?? written;
    // A varchar without a length has none.
    return { name: name === 'varchar' && numbers.length === 0 ? 'string' : name, numbers, parts };
  }

  #numbers(): readonly number[] | null {
    if (this.#take(/\s*\(/y) === null) return [];
    const written = this.#take(/\s*\d{1,9}\s*(?:,\s*\d{1,9}\s*)*\)/y);
    return written === null ? null : (written.match(/\d+/g) ?? []).map(Number);
  }

  #parts(depth: number): readonly TypePart[] | null {
    if (this.#take(/\s*</y) === null) return [];
    const parts: TypePart[] = [];
    do {
      const name = this.#take(/\s*(?:"[^"]*"|`[^`]*`|[\p{L}_][\p{L}\p{N}_]*)\s*:/uy);
      const type = this.type(depth + 1);
      if (type === null) return null;
      parts.push({ name: name === null ? null : name.replace(/\s*:$/, '').trim(), type });
    } while (this.#take(/\s*,/y) !== null);
    return this.#take(/\s*>/y) === null ? null : parts;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    this.#offset += found?.length ?? 0;
    return found;
  }
}
