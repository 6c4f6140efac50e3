import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { ByteReader, StatisticsBytesError } from '#model/statistics/bytes.ts';
import { HyperLogLog, mergeHyperLogLogs } from '#model/statistics/hyperloglog.ts';
import { readHyperLogLog, writeHyperLogLog } from '#model/statistics/hyperloglog-bytes.ts';

const of = (texts: Iterable<string>, precision?: number): HyperLogLog => {
  const sketch = new HyperLogLog(precision);
  for (const text of texts) sketch.add(text);
  return sketch;
};
const numbers = (count: number, first = 0): string[] =>
  Array.from({ length: count }, (_, index) => `value ${first + index}`);
const read = (bytes: Uint8Array): HyperLogLog => {
  const reader = new ByteReader(bytes);
  const sketch = readHyperLogLog(reader);
  reader.end();
  return sketch;
};
const values = fc.array(fc.string(), { maxLength: 60 });

describe('HyperLogLog', () => {
  it('is exact for none and close for few', () => {
    assert.equal(new HyperLogLog().estimate(), 0);
    for (const count of [1, 2, 10, 100]) {
      const error = Math.abs(of(numbers(count)).estimate() / count - 1);
      assert.ok(error < 0.05, `${count}: off by ${error}`);
    }
  });

  it('keeps to its standard error over all sizes, without a bias in between', () => {
    // 40 seeded sets per size: the mean of their errors has a standard error of 2.3 % / sqrt(40) = 0.36 %.
    for (const count of [500, 1500, 3000, 5120, 8000, 20_000]) {
      const errors = Array.from(
        { length: 40 },
        (_, set) => of(numbers(count, set * 1_000_000)).estimate() / count - 1,
      );
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      const spread = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
      assert.ok(Math.abs(mean) < 0.0145, `${count}: biased by ${mean}`);
      assert.ok(spread < 0.035, `${count}: a standard error of ${spread}`);
      assert.ok(spread > 0.002, `${count}: suspiciously exact`);
    }
  });

  it('takes register and rank from the first 8 bytes of MD5, as SQL does', () => {
    // md5sum of DE begins with 3a52f3c22ed6fcde; after the first 12 bits comes 0010…: two zeros.
    assert.deepEqual(
      [...of(['DE'], 12).registers.entries()].filter(([, rank]) => rank > 0),
      [[0x3a5, 3]],
    );
  });

  it('merges in any order and grouping, and the same twice changes nothing', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [x, y, z] = [of(a), of(b), of(c)];
        const all = writeHyperLogLog(of([...a, ...b, ...c]));
        const merge = (...sketches: HyperLogLog[]): HyperLogLog => mergeHyperLogLogs(sketches) as HyperLogLog;
        for (const merged of [merge(x, y, z), merge(z, merge(y, x)), merge(merge(x, z), y, y, x)])
          assert.deepEqual(writeHyperLogLog(merged), all);
      }),
    );
    assert.equal(mergeHyperLogLogs([]), null);
  });

  it('merges sketches of different precision as if all had the lower one', () => {
    fc.assert(
      fc.property(
        values,
        values,
        fc.integer({ min: 4, max: 16 }),
        fc.integer({ min: 4, max: 16 }),
        (a, b, p, q) => {
          const merged = mergeHyperLogLogs([of(a, p), of(b, q)]) as HyperLogLog;
          assert.deepEqual(merged.registers, of([...a, ...b], Math.min(p, q)).registers);
        },
      ),
    );
  });

  it('refuses registers and ranks that cannot be', () => {
    const sketch = new HyperLogLog(11);
    assert.throws(() => new HyperLogLog(3), /precision/);
    assert.throws(() => new HyperLogLog(11, new Uint8Array(10)), /10 registers/);
    assert.throws(() => sketch.raise(2048, 1), /register 2048/);
    assert.throws(() => sketch.raise(0, 55), /cannot hold 55/);
    sketch.raise(0, 54);
  });
});

describe('bytes of a HyperLogLog', () => {
  it('come back the same, few values or many', () => {
    for (const count of [0, 1, 5, 300, 2000, 50_000]) {
      const sketch = of(numbers(count));
      const again = read(writeHyperLogLog(sketch));
      assert.deepEqual(again.registers, sketch.registers);
      assert.equal(again.precision, sketch.precision);
    }
  });

  it('come back the same with any registers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 32, maxLength: 32 }), (ranks) => {
        const sketch = new HyperLogLog(5, Uint8Array.from(ranks));
        assert.deepEqual(read(writeHyperLogLog(sketch)).registers, sketch.registers);
      }),
    );
  });

  it('are few: some for a few values, about a kilobyte for a million', () => {
    assert.ok(writeHyperLogLog(of(numbers(10))).length < 40);
    assert.ok(writeHyperLogLog(of(numbers(100_000))).length < 1100);
  });

  it('that are cut off, changed or made up give an error of ours or a sketch, nothing else', () => {
    const whole = writeHyperLogLog(of(numbers(3000)));
    for (let length = 0; length < whole.length; length += 7)
      assert.throws(() => read(whole.subarray(0, length)), StatisticsBytesError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          assert.ok(read(bytes).estimate() >= 0);
        } catch (error) {
          assert.ok(error instanceof StatisticsBytesError, String(error));
        }
      }),
    );
    assert.throws(() => read(Uint8Array.of(9, 11, 0)), /9 is no form of a HyperLogLog/);
    assert.throws(() => read(Uint8Array.of(1, 40, 0)), /precision 40/);
    assert.throws(() => read(Uint8Array.of(1, 4, 1, 20, 1)), /no such register/);
    assert.throws(() => read(Uint8Array.of(1, 4, 1, 0, 62)), /no rank/);
    assert.throws(() => read(Uint8Array.of(1, 4, 0, 0)), /1 bytes too many/);
  });
});
