import type { FactKey, Facts } from '../measurement.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

const FORM = 1;

/** How a number is written: two bits each, four to a byte. */
const ABSENT = 0;
const WHOLE = 1;
const DECIMAL = 2;
const FLOAT = 3;

/** Whole numbers below take at most seven bytes, which is less than a float. */
const WHOLE_LIMIT = 2 ** 48;
/** Numbers of one to four decimals: most amounts. The number of decimals less one takes two bits. */
const SCALES = [10, 100, 1000, 10_000] as const;
const DECIMAL_LIMIT = WHOLE_LIMIT / SCALES.length;

/**
 * The facts of one partition as bytes, in the order of a layout's keys (docs/statistics.md). Exact: a number
 * is written as a whole one or as a decimal only where that is the same number. What is not finite is absent.
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
    else if (kind === DECIMAL) writeDecimal(out, value);
    else if (kind === FLOAT) out.float64(value);
  });
  return out.finish();
}

function kindOf(value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value)) return ABSENT;
  if (Number.isInteger(value) && Math.abs(value) < WHOLE_LIMIT) return WHOLE;
  return scaleOf(value) >= 0 ? DECIMAL : FLOAT;
}

/** Which of SCALES makes it whole, and whole makes it again; -1 when none does. */
function scaleOf(value: number): number {
  return SCALES.findIndex((scale) => {
    const whole = Math.round(value * scale);
    return Math.abs(whole) < DECIMAL_LIMIT && whole / scale === value;
  });
}

function writeDecimal(out: ByteWriter, value: number): void {
  const scale = scaleOf(value);
  const whole = Math.round(value * (SCALES[scale] as number));
  out.varint((whole >= 0 ? whole * 2 : -whole * 2 - 1) * SCALES.length + scale);
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
    if (kind === WHOLE) values[index] = reader.zigzag();
    else if (kind === DECIMAL) values[index] = readDecimal(reader.varint());
    else values[index] = kind === ABSENT ? Number.NaN : reader.float64();
  }
  reader.end();
  return values;
}

function readDecimal(written: number): number {
  const scale = written % SCALES.length;
  const zigzag = (written - scale) / SCALES.length;
  return (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2) / (SCALES[scale] as number);
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
