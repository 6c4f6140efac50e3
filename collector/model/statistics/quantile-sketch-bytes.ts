import { type ByteReader, ByteWriter } from './bytes.ts';
import { GREATEST_BUCKET, MOST_COLLAPSES, QUANTILE_BUCKETS, QuantileSketch } from './quantile-sketch.ts';

/** The form, and with it the error and the number of buckets that a sketch begins with. */
const FORM = 1;

/** Writes a sketch (docs/statistics.md); sketches of the same values give equal bytes. */
export function writeQuantileSketch(sketch: QuantileSketch): Uint8Array {
  const out = new ByteWriter();
  out.byte(FORM);
  out.byte(sketch.collapses);
  out.varint(sketch.zeros);
  for (const buckets of [sketch.negative, sketch.positive]) {
    out.varint(buckets.length);
    let before: number | null = null;
    for (const [bucket, count] of buckets) {
      if (before === null) out.zigzag(bucket);
      else out.varint(bucket - before - 1);
      out.varint(count);
      before = bucket;
    }
  }
  return out.finish();
}

/** Reads what `writeQuantileSketch` wrote. Throws StatisticsBytesError. */
export function readQuantileSketch(reader: ByteReader): QuantileSketch {
  const form = reader.byte();
  if (form !== FORM) reader.fail(`${form} is no form of a quantile sketch`);
  const collapses = reader.byte();
  if (collapses > MOST_COLLAPSES) reader.fail(`a quantile sketch cannot be collapsed ${collapses} times`);
  const sketch = new QuantileSketch();
  const zeros = reader.varint();
  if (zeros > 0) sketch.addZeros(zeros);
  let kept = 0;
  for (const sign of ['negative', 'positive'] as const) {
    const buckets = reader.varint();
    kept += buckets;
    if (kept > QUANTILE_BUCKETS) reader.fail(`a quantile sketch cannot have ${kept} buckets`);
    let bucket = 0;
    for (let index = 0; index < buckets; index += 1) {
      bucket = index === 0 ? reader.zigzag() : bucket + reader.varint() + 1;
      if (Math.abs(bucket) > GREATEST_BUCKET) reader.fail('there is no such bucket');
      const count = reader.varint();
      if (count === 0) reader.fail('a bucket counts nothing');
      sketch.addBucket(sign, bucket, collapses, count);
    }
  }
  if (!Number.isSafeInteger(sketch.count)) reader.fail('too many values are counted');
  return sketch;
}
