/** What values a column may hold, as far as its type's text tells. */
export type ColumnType =
  | { readonly family: 'integer'; readonly bits: number; readonly unsigned: boolean }
  /** Digits before and behind the point. */
  | { readonly family: 'decimal'; readonly whole: number; readonly scale: number }
  /** Bits of the mantissa. */
  | { readonly family: 'float'; readonly bits: number }
  | { readonly family: 'text' | 'binary'; readonly length: number }
  | { readonly family: 'timestamp'; readonly zoned: boolean; readonly digits: number }
  | { readonly family: 'time'; readonly digits: number }
  | { readonly family: 'boolean' | 'date' | 'json' | 'uuid' }
  | { readonly family: 'list'; readonly parts: readonly ColumnType[] }
  | { readonly family: 'struct'; readonly fields: ReadonlyMap<string, ColumnType> }
  /** A type that is not known here: equal only to itself. */
  | { readonly family: 'other'; readonly text: string };

const INTEGERS: Readonly<Record<string, number>> = {
  tinyint: 8,
  byte: 8,
  int8: 64,
  smallint: 16,
  short: 16,
  int2: 16,
  int16: 16,
  mediumint: 24,
  int: 32,
  integer: 32,
  int4: 32,
  int32: 32,
  serial: 32,
  bigint: 64,
  long: 64,
  int64: 64,
  bigserial: 64,
  largeint: 128,
  hugeint: 128,
  int128: 128,
};
const FLOATS: Readonly<Record<string, number>> = {
  float: 24,
  real: 24,
  float4: 24,
  float32: 24,
  double: 53,
  'double precision': 53,
  float8: 53,
  float64: 53,
};
const BOUNDED_TEXT: ReadonlySet<string> = new Set([
  'varchar',
  'character varying',
  'char',
  'character',
  'nvarchar',
  'bpchar',
  'fixedstring',
]);
const TEXT: ReadonlySet<string> = new Set(['string', 'text', 'mediumtext', 'longtext', 'clob', 'utf8']);
const BINARY: ReadonlySet<string> = new Set(['binary', 'varbinary', 'bytea', 'blob', 'bytes']);
/** What a timestamp keeps of a second when it says nothing: microseconds. */
const SECOND_DIGITS = 6;

/** Reads a type as engines write them: `decimal(10,2)`, `array<int>`, `timestamp with time zone`. Never throws. */
export function columnType(text: string): ColumnType {
  const clean = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const list = /^([a-z ]+?) ?\[\]$/.exec(clean);
  if (list) return { family: 'list', parts: [columnType(list[1] ?? '')] };
  const nested = /^(array|list|map|struct|row|record|nullable) ?[<(](.*)[>)]$/.exec(clean);
  if (nested) return nestedType(nested[1] ?? '', splitTopLevel(nested[2] ?? ''));
  const [, words = clean, inside = '', tail = ''] =
    /^([a-z][a-z0-9_ ]*?) ?(?:\(([\d ,]*)\))?((?: [a-z ]+)?)$/.exec(clean) ?? [];
  const name = `${words}${tail}`;
  const numbers = inside.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  return scalarType(name, numbers) ?? { family: 'other', text: clean };
}

function nestedType(name: string, parts: readonly string[]): ColumnType {
  if (name === 'nullable') return columnType(parts.join(','));
  if (name === 'array' || name === 'list' || name === 'map')
    return { family: 'list', parts: parts.map(columnType) };
  const fields = parts.map((part): [string, ColumnType] => {
    const [, field = part, type = ''] = /^["`]?([^:"` ]+)["`]?(?: ?: ?| )(.*)$/.exec(part.trim()) ?? [];
    return [field, columnType(type)];
  });
  return { family: 'struct', fields: new Map(fields) };
}

function scalarType(name: string, numbers: readonly number[]): ColumnType | null {
  const unsigned = name.endsWith(' unsigned') || /^uint\d+$/.test(name);
  const plain = name.replace(/ unsigned$/, '').replace(/^uint(\d)/, 'int$1');
  // ClickHouse's Int8 is a byte, PostgreSQL's int8 has eight of them: only beside an unsigned one it is told.
  const bits = plain === 'int8' && unsigned ? 8 : INTEGERS[plain];
  if (bits !== undefined) return { family: 'integer', bits, unsigned };
  const mantissa = FLOATS[name];
  if (mantissa !== undefined) return { family: 'float', bits: (numbers[0] ?? 0) > 24 ? 53 : mantissa };
  if (/^(?:decimal|numeric|number|dec)(?:\d+)?(?:v3)?$/.test(name)) {
    const [precision, scale = 0] = numbers;
    // Without a precision an engine takes its own: comparable with itself only.
    if (precision === undefined) return { family: 'other', text: 'decimal' };
    return { family: 'decimal', whole: precision - scale, scale };
  }
  if (BOUNDED_TEXT.has(name))
    return {
      family: 'text',
      length: numbers[0] ?? (name.startsWith('char') && !name.includes('varying') ? 1 : Infinity),
    };
  if (TEXT.has(name)) return { family: 'text', length: Infinity };
  if (BINARY.has(name)) return { family: 'binary', length: numbers[0] ?? Infinity };
  if (name === 'date' || name === 'date32') return { family: 'date' };
  if (name === 'boolean' || name === 'bool') return { family: 'boolean' };
  if (name === 'json' || name === 'jsonb' || name === 'variant') return { family: 'json' };
  if (name === 'uuid') return { family: 'uuid' };
  const digits = numbers[0] ?? SECOND_DIGITS;
  if (/^(?:timestamptz|timestamp_ltz|timestamp with (?:local )?time zone)$/.test(name))
    return { family: 'timestamp', zoned: true, digits };
  if (/^(?:timestamp|datetime|datetime64|timestamp_ntz|timestamp without time zone)$/.test(name))
    return { family: 'timestamp', zoned: false, digits };
  if (/^time(?: without time zone)?$/.test(name)) return { family: 'time', digits };
  return null;
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if ('<(['.includes(sign)) depth += 1;
    if ('>)]'.includes(sign)) depth -= 1;
    if (sign !== ',' || depth > 0) continue;
    parts.push(text.slice(from, at).trim());
    from = at + 1;
  }
  parts.push(text.slice(from).trim());
  return parts;
}
