import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { width } from '#detectors/expected-band.ts';
import { groupedMoments } from '#detectors/statistics/moments.ts';
import { normalTwoSidedTail } from '#detectors/statistics/normal.ts';
import {
  regularisedBeta,
  studentQuantileForSigma,
  studentTwoSidedTail,
} from '#detectors/statistics/student.ts';

function near(actual: number, expected: number, relative: number): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual} is not ${expected} within ${relative}`,
  );
}

describe('the width of a prediction interval', () => {
  for (const [points, k] of [
    [5, 3.14],
    [7, 2.7],
    [10, 2.43],
    [14, 2.29],
    [30, 2.12],
    [60, 2.06],
  ] as const) {
    test(`2 sigma over ${points} points is ${k}`, () => {
      assert.ok(Math.abs(width(2, points - 1, points) - k) <= 0.01, String(width(2, points - 1, points)));
    });
  }

  test('it shrinks with the history and tends to the sigma asked for', () => {
    for (const sigma of [1, 2, 3, 5]) {
      let last = Infinity;
      for (let points = 3; points < 400; points += 7) {
        const k = width(sigma, points - 1, points);
        assert.ok(k < last && k > sigma);
        last = k;
      }
      near(width(sigma, 1e7, 1e7), sigma, 1e-5);
    }
  });
});

describe('tails', () => {
  // Abramowitz and Stegun, tables 26.1 and 26.10; the far tail from the asymptotic series.
  for (const [sigma, tail] of [
    [0, 1],
    [1, 0.317310507862914],
    [2, 0.0455002638963584],
    [3, 0.00269979606326019],
    [5, 5.73303143758389e-7],
    [8, 1.24419211485436e-15],
  ] as const) {
    test(`P(|Z| > ${sigma})`, () => near(normalTwoSidedTail(sigma), tail, 1e-9));
  }
  test('both branches of the Gaussian tail meet', () =>
    near(normalTwoSidedTail(2.5 - 1e-12), normalTwoSidedTail(2.5), 1e-9));

  for (const [freedom, t, tail] of [
    [1, 12.706_204_736, 0.05],
    [4, 2.776_445_105, 0.05],
    [10, 3.169_272_667, 0.01],
    [30, 2.042_272_456, 0.05],
    [120, 2.617_421_145, 0.01],
  ] as const) {
    test(`P(|T| > ${t}) with ${freedom} degrees of freedom`, () =>
      near(studentTwoSidedTail(t, freedom), tail, 1e-8));
  }

  test('the quantile is the inverse of the tail, from one degree of freedom to a million', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 8, noNaN: true }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (sigma, freedom) => {
          const quantile = studentQuantileForSigma(sigma, freedom);
          // At a million degrees of freedom the rounding of ln Γ (some 1e-9 of the tail) is all that differs.
          assert.ok(quantile >= sigma - 1e-7, `${quantile} for ${sigma}, ${freedom}`);
          near(studentTwoSidedTail(quantile, freedom), normalTwoSidedTail(sigma), 1e-6);
        },
      ),
    );
  });

  test('the incomplete beta function at its ends and in its middle', () => {
    assert.equal(regularisedBeta(0, 2, 3), 0);
    assert.equal(regularisedBeta(1, 2, 3), 1);
    near(regularisedBeta(0.5, 4, 4), 0.5, 1e-12);
    near(regularisedBeta(0.3, 1, 2), 1 - 0.7 ** 2, 1e-12);
  });
});

describe('moments', () => {
  test('one group gives mean and sample deviation', () => {
    const moments = groupedMoments(
      [2, 4, 4, 4, 5, 5, 7, 9],
      Array.from({ length: 8 }, () => 0),
    );
    near(moments.centres.get(0) ?? 0, 5, 1e-12);
    near(moments.deviation, Math.sqrt(32 / 7), 1e-12);
    assert.equal(moments.freedom, 7);
  });

  test('groups pool what is left around their means', () => {
    const moments = groupedMoments([1, 3, 10, 14], [0, 0, 1, 1]);
    assert.deepEqual([moments.centres.get(0), moments.centres.get(1)], [2, 12]);
    near(moments.deviation, Math.sqrt((1 + 1 + 4 + 4) / 2), 1e-12);
    assert.equal(groupedMoments([1, 2], [0, 1]).leftOut[0], null);
  });

  test('huge, tiny and rounded values', () => {
    near(groupedMoments([1e300, 3e300], [0, 0]).deviation, Math.SQRT2 * 1e300, 1e-12);
    near(groupedMoments([1e-300, 3e-300], [0, 0]).deviation, Math.SQRT2 * 1e-300, 1e-12);
    assert.equal(groupedMoments([0.1 + 0.2, 0.3, 0.3], [0, 0, 0]).deviation, 0);
    assert.equal(groupedMoments([0, 0, 0], [0, 0, 0]).deviation, 0);
  });
});
