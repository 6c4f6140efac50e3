import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { ByteReader, StatisticsBytesError } from '#model/statistics/bytes.ts';
import { mergeQuantileSketches, QuantileSketch } from '#model/statistics/quantile-sketch.ts';
import { readQuantileSketch, writeQuantileSketch } from '#model/statistics/quantile-sketch-bytes.ts';
import { seededRandom } from '#test/bench/statistics.ts';

const of = (values: Iterable<number>): QuantileSketch => {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
};
const read = (bytes: Uint8Array): QuantileSketch => {
  const reader = new ByteReader(bytes);
  const sketch = readQuantileSketch(reader);
  reader.end();
  return sketch;
};
const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1000, max: 1000 }),
);
const values = fc.array(finite, { maxLength: 400 });
const QS = [0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1];

const DRAWS: Readonly<Record<string, (random: () => number) => number>> = {
  uniform: (random) => random() * 1000,
  'of both signs': (random) => (random() - 0.4) * 50,
  'log-normal': (random) =>
    Math.exp(2 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) + 3),
  'heavy-tailed': (random) => (1 - random()) ** -3,
  'half of it zero': (random) => (random() < 0.5 ? 0 : 10 + random()),
};

describe('quantile sketch', () => {
  for (const [name, draw] of Object.entries(DRAWS)) {
    it(`keeps to its relative error: ${name}`, () => {
      const random = seededRandom(11);
      const drawn = Array.from({ length: 20_000 }, () => draw(random));
      const sketch = of(drawn);
      const exact = drawn.toSorted((a, b) => a - b);
      for (const q of QS) {
        const expected = exact[Math.floor(q * (exact.length - 1))] as number;
        const found = sketch.quantile(q) as number;
        const error = Math.abs(found - expected);
        assert.ok(
          error <= sketch.relativeError * Math.abs(expected) * (1 + 1e-9),
          `q ${q}: ${found} for ${expected}`,
        );
      }
      assert.ok(sketch.relativeError <= 0.081, `an error of ${sketch.relativeError} for ${name}`);
      assert.equal(sketch.count, drawn.length);
    });
  }

  it('begins with half a percent and tells what a wide range costs', () => {
    assert.ok(Math.abs(of([10, 11]).relativeError - 0.005) < 1e-12);
    const wide = of(Array.from({ length: 4000 }, (_, index) => 1.02 ** index));
    assert.ok(wide.collapses >= 4 && wide.relativeError > 0.05);
    const error = Math.abs((wide.quantile(0.5) as number) / 1.02 ** 1999 - 1);
    assert.ok(error <= wide.relativeError && error > 0);
  });

  it('holds all of float64', () => {
    const sketch = of([Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, 0]);
    assert.equal(sketch.quantile(0.5), 0);
    assert.ok(Number.isFinite(sketch.quantile(1)) && Number.isFinite(sketch.quantile(0)));
    const spread = of(
      Array.from({ length: 2000 }, (_, index) => 10 ** (index * 0.3 - 300) * (index % 2 ? 1 : -1)),
    );
    assert.ok(spread.collapses <= 11);
    assert.equal(spread.count, 2000);
    assert.equal(new QuantileSketch().quantile(0.5), null);
    for (const value of [Number.NaN, Infinity]) assert.throws(() => sketch.add(value), RangeError);
    for (const times of [0, -1, 0.5]) assert.throws(() => sketch.add(1, times), RangeError);
  });

  it('merges to the very sketch of all values, in any order and grouping', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const all = writeQuantileSketch(of([...c, ...a, ...b]));
        const merge = (...sketches: QuantileSketch[]): QuantileSketch =>
          mergeQuantileSketches(sketches) as QuantileSketch;
        const [x, y, z] = [of(a), of(b), of(c)];
        for (const merged of [merge(x, y, z), merge(z, y, x), merge(merge(x, z), y), merge(x, merge(y, z))])
          assert.deepEqual(writeQuantileSketch(merged), all);
        assert.deepEqual(writeQuantileSketch(x), writeQuantileSketch(of(a)), 'parts are left as they were');
      }),
    );
  });

  it('counts what is merged twice twice', () => {
    const one = of([1, 2, 3]);
    assert.equal(mergeQuantileSketches([one, one])?.count, 6);
  });

  it('is the same when a warehouse counted its buckets', () => {
    const drawn = [0, 0, 0.5, 12, 12.01, -3, 1e6];
    const gamma = 1.005 / 0.995;
    const sketch = new QuantileSketch();
    for (const value of drawn) {
      if (value === 0) sketch.addZeros(1);
      else
        sketch.addBucket(
          value < 0 ? 'negative' : 'positive',
          Math.ceil(Math.log(Math.abs(value)) / Math.log(gamma)),
          0,
          1,
        );
    }
    assert.deepEqual(writeQuantileSketch(sketch), writeQuantileSketch(of(drawn)));
  });
});

describe('bytes of a quantile sketch', () => {
  it('come back the same', () => {
    fc.assert(
      fc.property(values, (drawn) => {
        const bytes = writeQuantileSketch(of(drawn));
        const again = read(bytes);
        assert.deepEqual(writeQuantileSketch(again), bytes);
        assert.equal(again.count, drawn.length);
      }),
    );
  });

  it('are at most about a kilobyte', () => {
    const random = seededRandom(5);
    const draw = DRAWS['log-normal'] as (random: () => number) => number;
    assert.ok(writeQuantileSketch(of(Array.from({ length: 100_000 }, () => draw(random)))).length < 900);
  });

  it('that are cut off, changed or made up give an error of ours or a sketch, nothing else', () => {
    const whole = writeQuantileSketch(of([1, 5, -7, 0, 1000]));
    for (let length = 0; length < whole.length; length += 1)
      assert.throws(() => read(whole.subarray(0, length)), StatisticsBytesError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          assert.ok(read(Uint8Array.from([1, ...bytes])).count >= 0);
        } catch (error) {
          assert.ok(error instanceof StatisticsBytesError, String(error));
        }
      }),
    );
    assert.throws(() => read(Uint8Array.of(2)), /no form of a quantile sketch/);
    assert.throws(() => read(Uint8Array.of(1, 12)), /collapsed 12 times/);
    assert.throws(() => read(Uint8Array.of(1, 0, 0, 0xff, 0x7f)), /16383 buckets/);
    assert.throws(() => read(Uint8Array.of(1, 0, 0, 1, 2, 0)), /counts nothing/);
    assert.throws(() => read(Uint8Array.of(1, 0, 0, 1, 0xff, 0xff, 0xff, 1, 1)), /no such bucket/);
  });
});
