import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { categoryShift, type CategoryCounts, gTest, stabilityIndex } from '#detectors/category-shift.ts';
import { quantileShift, type QuantileSketch } from '#detectors/quantile-shift.ts';
import { chiSquareTail } from '#detectors/statistics/chi-square.ts';
import { kolmogorovTail } from '#detectors/statistics/kolmogorov.ts';
import { gaussian } from './support.ts';

const near = (value: number | null, expected: number, tolerance: number): void =>
  assert.ok(value !== null && Math.abs(value - expected) <= tolerance, `${value} is not ${expected}`);

describe('categories', () => {
  const counts = (parts: Record<string, number>): CategoryCounts => new Map(Object.entries(parts));
  const mix = counts({ US: 5000, DE: 3000, FR: 1500, IT: 500 });
  const random = gaussian(2);
  /** Days whose mix wanders by chance and by a few percent. */
  const history = Array.from({ length: 14 }, () =>
    counts(
      Object.fromEntries([...mix].map(([name, count]) => [name, Math.round(count * (1 + 0.03 * random()))])),
    ),
  );
  const judge = (parts: Record<string, number>, past = history): ReturnType<typeof categoryShift> =>
    categoryShift(past, counts(parts), { label: 'country' });

  test('the same mix of another size is no shift', () => {
    const found = judge({ US: 50_000, DE: 30_000, FR: 15_000, IT: 5000 });
    assert.equal(found.status, 'normal', found.message);
    assert.ok((found.psi ?? 1) < 0.01);
  });

  test('another mix', () => {
    const found = judge({ US: 1000, DE: 7000, FR: 1500, IT: 500 });
    assert.equal(found.status, 'anomalous');
    assert.match(
      found.message,
      /^another mix of country: US (49|50)(\.\d)? % to 10 %, DE (29|30)(\.\d)? % to 70 % \(stability index 0\.9\d?/,
    );
    assert.deepEqual(
      found.moved.slice(0, 2).map(({ category }) => category),
      ['US', 'DE'],
    );
    assert.ok((found.p ?? 1) < 1e-300);
  });

  test('a new and a lost group, with their shares', () => {
    const found = judge({ US: 5000, DE: 3000, IT: 500, Unknown: 1500 });
    assert.equal(found.status, 'anomalous');
    assert.deepEqual(
      found.gained.map(({ category, after }) => [category, after]),
      [['Unknown', 0.15]],
    );
    assert.deepEqual(
      found.lost.map(({ category }) => category),
      ['FR'],
    );
    assert.match(found.message, /new Unknown \(15 %\), gone FR \(1[45](\.\d)? %\)/);
    const small = judge({ US: 5000, DE: 3000, FR: 1500, IT: 400, AT: 120 });
    assert.deepEqual([small.status, small.gained.length], ['notice', 1]);
  });

  test('a group that few rows would not have shown is not lost', () => {
    assert.deepEqual(judge({ US: 60, DE: 40, FR: 20 }).lost, []);
    assert.deepEqual(
      judge({ US: 600, DE: 400, FR: 200 }).lost.map(({ category }) => category),
      ['IT'],
    );
  });

  test('too few rows', () => {
    assert.equal(judge({ US: 50, DE: 49 }).status, 'learning');
    assert.equal(judge({ US: 500 }, []).status, 'learning');
    assert.equal(judge({}).status, 'no_data');
    assert.equal(judge({ US: 0, DE: Number.NaN }).status, 'no_data');
  });

  test('a mix that changes every day is usual', () => {
    const wild = Array.from({ length: 14 }, (_, day) =>
      counts(day % 2 === 0 ? { a: 8000, b: 2000 } : { a: 3000, b: 7000 }),
    );
    const target = { a: 3000, b: 7000 };
    assert.equal(judge(target, wild).status, 'normal', judge(target, wild).message);
    assert.equal(
      judge(
        target,
        wild.filter((_, day) => day % 2 === 0),
      ).status,
      'anomalous',
    );
  });

  test('chance alone is rarely a shift', () => {
    const noise = gaussian(4);
    let told = 0;
    for (let round = 0; round < 300; round += 1) {
      const day = Object.fromEntries(
        Array.from({ length: 20 }, (_, k) => [
          `c${k}`,
          Math.max(0, Math.round(20 + Math.sqrt(20) * noise())),
        ]),
      );
      if (
        judge(day, [counts(Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`c${k}`, 2000])))])
          .status !== 'normal'
      )
        told += 1;
    }
    assert.ok(told <= 1, `${told} of 300`);
  });

  test('the index and the test by hand', () => {
    // 0.2 ln(0.6/0.4) for each of two, less a trifle for the half rows.
    near(
      stabilityIndex(counts({ a: 60_000, b: 40_000 }), counts({ a: 40_000, b: 60_000 })),
      0.4 * Math.log(1.5),
      1e-4,
    );
    const g = 2 * (60 * Math.log(1.2) + 40 * Math.log(0.8)) * 2;
    near(gTest(counts({ a: 60, b: 40 }), counts({ a: 40, b: 60 })), chiSquareTail(g, 1), 1e-12);
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        (list, times) => {
          const one = counts(Object.fromEntries(list.map((count, k) => [`c${k}`, count])));
          const same = counts(Object.fromEntries(list.map((count, k) => [`c${k}`, count * times])));
          near(gTest(one, same), 1, 1e-4);
          assert.ok(stabilityIndex(one, same) >= 0);
        },
      ),
    );
  });
});

describe('quantiles', () => {
  const sketch = (valueOf: (quantile: number) => number, steps = 100, count = 10_000): QuantileSketch => ({
    count,
    points: Array.from({ length: steps + 1 }, (_, k) => ({ quantile: k / steps, value: valueOf(k / steps) })),
  });
  const uniform = sketch((q) => 100 * q);
  const judge = (before: QuantileSketch, after: QuantileSketch): ReturnType<typeof quantileShift> =>
    quantileShift(before, after, { label: 'amount' });

  test('the distance of two shifted uniforms is the shift', () => {
    const found = judge(
      uniform,
      sketch((q) => 30 + 100 * q),
    );
    near(found.distance, 0.3, 1e-9);
    assert.equal(found.status, 'anomalous');
    assert.match(found.message, /^another distribution: \d+ % of amount are at most \d+, before \d+ %$/);
    assert.equal(
      judge(
        uniform,
        sketch((q) => 12 + 100 * q),
      ).status,
      'notice',
    );
    assert.equal(
      judge(
        uniform,
        sketch((q) => 1 + 100 * q),
      ).status,
      'normal',
    );
  });

  test('against the distance by definition', () => {
    const square = sketch((q) => 100 * Math.sqrt(q));
    // F = x against F = x²: at most a quarter apart, at one half.
    const found = judge(uniform, square);
    near(found.distance, 0.25, 1e-3);
    near(found.at?.value ?? 0, 50, 1);
  });

  test('many equal values are a step', () => {
    const zeros = sketch((q) => (q <= 0.5 ? 0 : 100 * (q - 0.5)));
    near(
      judge(
        zeros,
        sketch((q) => 50 * q),
      ).distance,
      0.5,
      1e-9,
    );
    near(judge(zeros, zeros).distance, 0, 1e-12);
  });

  test('a coarse sketch or a small sample tells less', () => {
    const coarse = (shift: number, count = 10_000): QuantileSketch =>
      sketch((q) => shift + 100 * q, 4, count);
    assert.equal(judge(coarse(0), coarse(20)).status, 'normal', 'quartiles say no more than a quarter');
    assert.equal(judge(coarse(0), coarse(30)).status, 'anomalous');
    assert.equal(
      judge(
        uniform,
        sketch((q) => 15 + 100 * q, 100, 120),
      ).status,
      'normal',
      'chance',
    );
    assert.equal(
      judge(
        uniform,
        sketch((q) => q, 100, 50),
      ).status,
      'learning',
    );
    assert.equal(judge(uniform, { count: 0, points: [] }).status, 'no_data');
  });
});

describe('tails', () => {
  test('chi-square', () => {
    near(chiSquareTail(3.841458820694124, 1), 0.05, 1e-12);
    near(chiSquareTail(18.307038053275146, 10), 0.05, 1e-12);
    near(chiSquareTail(1, 1), 0.31731050786291415, 1e-12);
    for (const x of [0.1, 1, 5, 40, 200]) near(chiSquareTail(x, 2) / Math.exp(-x / 2), 1, 1e-10);
    assert.equal(chiSquareTail(5, 0), 1);
  });

  test('Kolmogorov', () => {
    // With many values the 5 % point of the limit is 1.3581.
    near(kolmogorovTail(1.3581 / Math.sqrt(5e7), 1e8, 1e8), 0.05, 1e-4);
    near(kolmogorovTail(1.6276 / Math.sqrt(5e7), 1e8, 1e8), 0.01, 1e-4);
    assert.equal(kolmogorovTail(0, 10, 10), 1);
    assert.ok(kolmogorovTail(0.5, 1000, 1000) < 1e-50);
  });
});
