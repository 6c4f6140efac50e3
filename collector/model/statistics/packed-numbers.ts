import type { FactKey, Facts } from '../measurement.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

const FORM = 1;

/** How a number is written: two bits each, four to a byte. */
const ABSENT = 0;
const WHOLE = 1;
const FLOAT32 = 2;
const FLOAT64 = 3;

/** Whole numbers below take at most seven bytes, which is less than a float. */
const WHOLE_LIMIT = 2 ** 48;

/**
 * The facts of one partition as bytes, in the order of a layout's keys (docs/statistics.md). Exact: whole
 * numbers are written as such, others as float32 where that loses nothing. What is not finite is absent.
 * @param keys of the layout; facts under other keys are not written.
 */
export function packNumbers(keys: readonly FactKey[], facts: Facts): Uint8Array {
  const out = new ByteWriter();
  out.byte(FORM);
  out.varint(keys.length);
  const values = keys.map((key) => facts.get(key));
  const kinds = values.map(kindOf);
  for (let index = 0; index < kinds.length; index += 4) {
    let tags = 0;
    for (let slot = 3; slot >= 0; slot -= 1) tags = (tags << 2) | (kinds[index + slot] ?? ABSENT);
    out.byte(tags);
  }
  kinds.forEach((kind, index) => {
    const value = values[index] as number;
    if (kind === WHOLE) out.zigzag(value);
    else if (kind === FLOAT32) out.float32(value);
    else if (kind === FLOAT64) out.float64(value);
  });
  return out.finish();
}

function kindOf(value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value)) return ABSENT;
  if (Number.isInteger(value) && Math.abs(value) < WHOLE_LIMIT) return WHOLE;
  return Math.fround(value) === value ? FLOAT32 : FLOAT64;
}

/** Numbers by slot of the layout; NaN where there is none. Throws StatisticsBytesError. */
export function readNumbers(bytes: Uint8Array): Float64Array {
  const reader = new ByteReader(bytes);
  const form = reader.byte();
  if (form !== FORM) reader.fail(`${form} is no form of packed numbers`);
  const length = reader.varint();
  if (length > reader.left * 4) reader.fail(`there are no ${length} numbers`);
  const tags = reader.bytes(Math.ceil(length / 4));
  const values = new Float64Array(length);
  for (let index = 0; index < length; index += 1) {
    const kind = ((tags[index >> 2] as number) >> (2 * (index & 3))) & 3;
    values[index] =
      kind === WHOLE
        ? reader.zigzag()
        : kind === ABSENT
          ? Number.NaN
          : kind === FLOAT32
            ? reader.float32()
            : reader.float64();
  }
  reader.end();
  return values;
}

/** The facts by their keys. Throws StatisticsBytesError, also when the layout is another one's. */
export function unpackNumbers(keys: readonly FactKey[], bytes: Uint8Array): Map<FactKey, number> {
  const values = readNumbers(bytes);
  if (values.length !== keys.length)
    new ByteReader(bytes).fail(`${values.length} numbers stand under ${keys.length} keys`);
  const facts = new Map<FactKey, number>();
  keys.forEach((key, index) => {
    const value = values[index] as number;
    if (!Number.isNaN(value)) facts.set(key, value);
  });
  return facts;
}
