/**
 * Arrays in Postgres' binary wire format. pg escapes a JavaScript array into text element by element,
 * which was measured at some twenty times the cost; a Buffer parameter it sends as it is, in binary.
 *
 * Format (src/backend/utils/adt/arrayfuncs.c, array_recv): number of dimensions, has-null flag, element
 * type; then per dimension length and lower bound; then per element its length (-1 for NULL) and bytes.
 */
const OIDS = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  float8: 701,
  timestamptz: 1184,
  uuid: 2950,
  jsonb: 3802,
};

const HEADER = 20;

function encode<T>(
  oid: number,
  values: readonly (T | null)[],
  sizeOf: (value: T) => number,
  write: (value: T, out: Buffer, at: number) => void,
): Buffer {
  if (values.length === 0) return emptyArray(oid);
  const sizes = values.map((value) => (value === null ? -1 : sizeOf(value)));
  let total = HEADER;
  for (const size of sizes) total += 4 + Math.max(size, 0);
  const out = Buffer.allocUnsafe(total);
  writeHeader(out, oid, values.length, sizes.includes(-1));
  let at = HEADER;
  values.forEach((value, index) => {
    const size = sizes[index] as number;
    out.writeInt32BE(size, at);
    at += 4;
    if (value !== null) {
      write(value, out, at);
      at += size;
    }
  });
  return out;
}

function emptyArray(oid: number): Buffer {
  const empty = Buffer.alloc(12);
  empty.writeInt32BE(oid, 8);
  return empty;
}

function writeHeader(out: Buffer, oid: number, length: number, hasNull: boolean): void {
  out.writeInt32BE(1, 0);
  out.writeInt32BE(hasNull ? 1 : 0, 4);
  out.writeInt32BE(oid, 8);
  out.writeInt32BE(length, 12);
  out.writeInt32BE(1, 16);
}

/** uuid[] from the dashed form; the hottest of these: some twenty ids per event. */
export function uuidArray(values: readonly (string | null)[]): Buffer {
  if (values.length === 0) return emptyArray(OIDS.uuid);
  let nulls = 0;
  for (const value of values) if (value === null) nulls += 1;
  const out = Buffer.allocUnsafe(HEADER + values.length * 20 - nulls * 16);
  writeHeader(out, OIDS.uuid, values.length, nulls > 0);
  let at = HEADER;
  for (const value of values) {
    if (value === null) {
      out.writeInt32BE(-1, at);
      at += 4;
    } else {
      out[at] = 0;
      out[at + 1] = 0;
      out[at + 2] = 0;
      out[at + 3] = 16;
      writeUuid(value, out, at + 4);
      at += 20;
    }
  }
  return out;
}

/** Where in the dashed form the two digits of each byte stand. */
const DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const HEX_VALUE = new Uint8Array(128).map((_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 0 : value;
});

function writeUuid(text: string, out: Buffer, at: number): void {
  for (let index = 0; index < 16; index += 1) {
    const place = DIGITS[index] as number;
    out[at + index] =
      ((HEX_VALUE[text.charCodeAt(place)] as number) << 4) |
      (HEX_VALUE[text.charCodeAt(place + 1)] as number);
  }
}

/** Lists of uuids as text[], each in the text form of an array: unnest would flatten an array of arrays. */
export function uuidListArray(values: readonly (readonly (string | null)[] | null)[]): Buffer {
  return textArray(
    values.map((list) => (list === null ? null : `{${list.map((id) => id ?? 'NULL').join(',')}}`)),
  );
}

export function textArray(values: readonly (string | null)[]): Buffer {
  return encode(
    OIDS.text,
    values,
    (value) => Buffer.byteLength(value),
    (value, out, at) => out.write(value, at),
  );
}

/** jsonb[]: each value is serialised; null becomes SQL NULL. */
export function jsonbArray(values: readonly unknown[]): Buffer {
  const texts = values.map((value) => (value === null ? null : withoutLoneSurrogates(JSON.stringify(value))));
  return encode(
    OIDS.jsonb,
    texts,
    (value) => 1 + Buffer.byteLength(value),
    (value, out, at) => {
      out[at] = 1; // version of jsonb's binary form
      out.write(value, at + 1);
    },
  );
}

/** As text gets them too: half a character, which Postgres refuses, becomes U+FFFD. */
function withoutLoneSurrogates(json: string): string {
  // JSON.stringify escapes nothing else this way: whole characters stand as they are.
  return json.includes('\\ud')
    ? json.replaceAll(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\uFFFD')
    : json;
}

export function int2Array(values: readonly (number | null)[]): Buffer {
  return encode(
    OIDS.int2,
    values,
    () => 2,
    (value, out, at) => out.writeInt16BE(value, at),
  );
}

export function int4Array(values: readonly (number | null)[]): Buffer {
  return encode(
    OIDS.int4,
    values,
    () => 4,
    (value, out, at) => out.writeInt32BE(value, at),
  );
}

/** Whole numbers up to 2^53. */
export function int8Array(values: readonly (number | null)[]): Buffer {
  return encode(OIDS.int8, values, () => 8, writeInt8);
}

function writeInt8(value: number, out: Buffer, at: number): void {
  const high = Math.floor(value / 2 ** 32);
  out.writeInt32BE(high, at);
  out.writeUInt32BE(value - high * 2 ** 32, at + 4);
}

export function boolArray(values: readonly (boolean | null)[]): Buffer {
  return encode(
    OIDS.bool,
    values,
    () => 1,
    (value, out, at) => out.writeInt8(value ? 1 : 0, at),
  );
}

const POSTGRES_EPOCH = 946_684_800_000;

/** Milliseconds since 1970 beyond which microseconds are no exact number. */
const EXACT = 9e12;

/** timestamptz[] from milliseconds since 1970; `micros` adds microseconds to each where given. */
export function timestamptzArray(values: readonly (number | null)[], micros?: readonly number[]): Buffer {
  const indexes = values.map((value, index) => (value === null ? null : index));
  return encode(
    OIDS.timestamptz,
    indexes,
    () => 8,
    (index, out, at) => {
      const milliseconds = (values[index] as number) - POSTGRES_EPOCH;
      const rest = micros?.[index] ?? 0;
      if (Math.abs(milliseconds) > EXACT) {
        out.writeBigInt64BE(BigInt(milliseconds) * 1000n + BigInt(rest), at);
        return;
      }
      const microseconds = milliseconds * 1000 + rest;
      writeInt8(microseconds, out, at);
    },
  );
}
