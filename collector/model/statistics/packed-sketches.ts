import { ByteReader, ByteWriter } from './bytes.ts';
import type { HyperLogLog } from './hyperloglog.ts';
import { readHyperLogLog, writeHyperLogLog } from './hyperloglog-bytes.ts';
import type { QuantileSketch } from './quantile-sketch.ts';
import { readQuantileSketch, writeQuantileSketch } from './quantile-sketch-bytes.ts';

/** Sketches of a column's values that are not null. */
export interface ColumnSketches {
  readonly distinct?: HyperLogLog | undefined;
  readonly quantiles?: QuantileSketch | undefined;
}

/** By column name. */
export type Sketches = ReadonlyMap<string, ColumnSketches>;

const FORM = 1;
const DISTINCT = 1;
const QUANTILES = 2;
const LONGEST_NAME = 8192;

/** The sketches of one partition as bytes (docs/statistics.md), columns by name; equal ones give equal bytes. */
export function packSketches(sketches: Sketches): Uint8Array {
  const out = new ByteWriter();
  out.byte(FORM);
  const columns = [...sketches]
    .filter(([, { distinct, quantiles }]) => distinct !== undefined || quantiles !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  out.varint(columns.length);
  for (const [name, { distinct, quantiles }] of columns) {
    writePart(out, new TextEncoder().encode(name));
    out.byte((distinct ? DISTINCT : 0) | (quantiles ? QUANTILES : 0));
    if (distinct) writePart(out, writeHyperLogLog(distinct));
    if (quantiles) writePart(out, writeQuantileSketch(quantiles));
  }
  return out.finish();
}

function writePart(out: ByteWriter, bytes: Uint8Array): void {
  out.varint(bytes.length);
  out.bytes(bytes);
}

/** Reads what `packSketches` wrote. Throws StatisticsBytesError. */
export function unpackSketches(bytes: Uint8Array): Map<string, ColumnSketches> {
  const reader = new ByteReader(bytes);
  const form = reader.byte();
  if (form !== FORM) reader.fail(`${form} is no form of packed sketches`);
  const sketches = new Map<string, ColumnSketches>();
  for (let left = reader.varint(); left > 0; left -= 1) {
    const length = reader.varint();
    if (length > LONGEST_NAME * 4) reader.fail('the name of a column is too long');
    const name = new TextDecoder().decode(reader.bytes(length));
    if (sketches.has(name)) reader.fail(`the column ${JSON.stringify(name)} comes twice`);
    const flags = reader.byte();
    if (flags === 0 || flags > (DISTINCT | QUANTILES)) reader.fail(`${flags} names no sketches`);
    sketches.set(name, {
      ...((flags & DISTINCT) !== 0 && { distinct: readPart(reader, readHyperLogLog) }),
      ...((flags & QUANTILES) !== 0 && { quantiles: readPart(reader, readQuantileSketch) }),
    });
  }
  reader.end();
  return sketches;
}

function readPart<T>(reader: ByteReader, read: (part: ByteReader) => T): T {
  const part = new ByteReader(reader.bytes(reader.varint()));
  const value = read(part);
  part.end();
  return value;
}
