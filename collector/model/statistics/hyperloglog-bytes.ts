import { type ByteReader, ByteWriter } from './bytes.ts';
import { GREATEST_HLL_PRECISION, HyperLogLog, LEAST_HLL_PRECISION } from './hyperloglog.ts';

/** Forms (docs/statistics.md). The hash is part of the form: another hash would be another number. */
const SPARSE = 1;
const DENSE = 2;
/** What four bits cannot hold stands in a list behind. */
const OVERFLOW = 15;

/** Writes a sketch in the shorter of its two forms; equal sketches give equal bytes. */
export function writeHyperLogLog(sketch: HyperLogLog): Uint8Array {
  const sparse = writeSparse(sketch);
  const dense = writeDense(sketch);
  return dense.length < sparse.length ? dense : sparse;
}

function writeSparse({ precision, registers }: HyperLogLog): Uint8Array {
  const out = new ByteWriter();
  out.byte(SPARSE);
  out.byte(precision);
  writeList(out, registers, 0);
  return out.finish();
}

/** Ranks lie close together: four bits above the lowest hold nearly all of them. */
function writeDense({ precision, registers }: HyperLogLog): Uint8Array {
  const out = new ByteWriter();
  out.byte(DENSE);
  out.byte(precision);
  const base = Math.min(...registers);
  out.byte(base);
  const four = (index: number): number => Math.min((registers[index] as number) - base, OVERFLOW);
  for (let index = 0; index < registers.length; index += 2) out.byte(four(index) | (four(index + 1) << 4));
  writeList(out, registers, base + OVERFLOW - 1);
  return out.finish();
}

/** The registers above a limit: their number, then for each the distance from the one before and its rank. */
function writeList(out: ByteWriter, registers: Uint8Array, limit: number): void {
  const listed = [...registers.entries()].filter(([, rank]) => rank > limit);
  out.varint(listed.length);
  let before = -1;
  for (const [index, rank] of listed) {
    out.varint(index - before - 1);
    out.byte(rank);
    before = index;
  }
}

/** Reads what `writeHyperLogLog` wrote. Throws StatisticsBytesError. */
export function readHyperLogLog(reader: ByteReader): HyperLogLog {
  const form = reader.byte();
  if (form !== SPARSE && form !== DENSE) reader.fail(`${form} is no form of a HyperLogLog`);
  const precision = reader.byte();
  if (precision < LEAST_HLL_PRECISION || precision > GREATEST_HLL_PRECISION)
    reader.fail(`a HyperLogLog cannot have the precision ${precision}`);
  const sketch = new HyperLogLog(precision);
  if (form === SPARSE) readList(reader, sketch, 0);
  else readDense(reader, sketch);
  return sketch;
}

function readDense(reader: ByteReader, sketch: HyperLogLog): void {
  const { registers, precision } = sketch;
  const greatest = 65 - precision;
  const base = reader.byte();
  reader.bytes(registers.length / 2).forEach((pair, at) => {
    registers[2 * at] = base + (pair & 15);
    registers[2 * at + 1] = base + (pair >> 4);
  });
  readList(reader, sketch, base + OVERFLOW - 1);
  if (Math.max(...registers) > greatest) reader.fail(`a rank is above ${greatest}`);
}

function readList(reader: ByteReader, sketch: HyperLogLog, limit: number): void {
  const listed = reader.varint();
  let index = -1;
  for (let entry = 0; entry < listed; entry += 1) {
    index += reader.varint() + 1;
    if (index >= sketch.registers.length) reader.fail('there is no such register');
    const rank = reader.byte();
    if (rank <= limit || rank > 65 - sketch.precision) reader.fail(`${rank} is no rank of this register`);
    sketch.registers[index] = rank;
  }
}
