import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { ColumnTable } from '#rules/expression/check-columns.ts';
import { checkTypes } from '#rules/expression/check-types.ts';
import type { Distribution } from '#rules/expression/population-shift.ts';
import { parseExpression } from '#rules/expression/parse.ts';
import { wassersteinDistance } from '#rules/expression/wasserstein.ts';
import { checkOf } from './support.ts';

const SHARES = Array.from({ length: 21 }, (_, at) => at / 20);

function told(values: readonly number[], weight = 1): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  const points = SHARES.map((share, at) => ({ share, value: sorted[at] ?? 0 }));
  return { points, weight };
}

const near = (found: number | null, expected: number, room = 1e-9): void =>
  assert.ok(
    found !== null && Math.abs(found - expected) <= room * Math.max(1, expected),
    `${found}, not ${expected}`,
  );

const quantiles = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 21, maxLength: 21 });

describe('the standardised Wasserstein distance', () => {
  test('of values that all moved by as much is that, in deviations', () => {
    const even = told(SHARES);
    // Even values between 0 and 1 deviate by the root of a twelfth.
    const deviation = Math.sqrt(1 / 12);
    near(wassersteinDistance(told(SHARES.map((value) => value + 3)), [even]), 3 / deviation);
    // Stretched to twice the width, a value moves by as much as it was: a half on the mean.
    near(wassersteinDistance(told(SHARES.map((value) => value * 2)), [even]), 0.5 / deviation);
    near(wassersteinDistance(even, [even]), 0);
    // Neither the unit nor the number of rows matters.
    const metres = wassersteinDistance(told(SHARES.map((value) => 1000 * (value + 3))), [
      told(
        SHARES.map((value) => 1000 * value),
        7,
      ),
    ]);
    near(metres, 3 / deviation);
  });

  test('is the mean distance of quantiles', () => {
    fc.assert(
      fc.property(quantiles, quantiles, (now, past) => {
        const [one, other] = [told(now), told(past)];
        const found = wassersteinDistance(one, [other]);
        if (found === null) return;
        const at = ({ points }: Distribution, share: number): number => {
          const place = share * 20;
          const [low = points[0], high = low] = points.slice(Math.floor(place));
          return (low?.value ?? 0) + ((high?.value ?? 0) - (low?.value ?? 0)) * (place - Math.floor(place));
        };
        const steps = 20_000;
        const grid = Array.from({ length: steps }, (_, n) => (n + 0.5) / steps);
        const moved = grid.reduce((sum, u) => sum + Math.abs(at(one, u) - at(other, u)), 0) / steps;
        const mean = grid.reduce((sum, u) => sum + at(other, u), 0) / steps;
        const variance = grid.reduce((sum, u) => sum + (at(other, u) - mean) ** 2, 0) / steps;
        near(found * Math.sqrt(variance), moved, 1e-3);
      }),
      { numRuns: 60 },
    );
  });

  test('weighs past partitions by their rows', () => {
    const [low, high] = [
      told(SHARES, 1),
      told(
        SHARES.map((value) => value + 10),
        3,
      ),
    ];
    const pooled = Array.from({ length: 4 }, (_, at) => (at === 0 ? SHARES : SHARES.map((v) => v + 10))).map(
      (v) => told(v),
    );
    const now = told(SHARES.map((value) => value + 4));
    near(wassersteinDistance(now, [low, high]), wassersteinDistance(now, pooled) ?? NaN);
  });

  test('of one value alone in the past: 0 where nothing moved, else none', () => {
    const still = told(SHARES.map(() => 5));
    assert.equal(wassersteinDistance(still, [still]), 0);
    assert.equal(wassersteinDistance(told(SHARES), [still]), null);
  });
});

test('swd is of numbers, and has other names elsewhere', () => {
  const columns = new ColumnTable([{ name: 'status', type: 'string' }]);
  const [problem] = checkTypes(checkOf('distribution(status) swd < 0.2 vs last(28)').expression, columns);
  assert.equal(problem?.message, 'swd is a distance of numbers, but status holds none');
  const mend = (text: string): string => {
    const parsed = parseExpression(text);
    return parsed.status === 'error' ? parsed.problem.mend : '';
  };
  assert.equal(mend('distribution(a) wasserstein < 0.2 vs last(28)'), 'Did you mean swd?');
  assert.equal(mend('distribution(a) chi2 < 0.2 vs last(28)'), 'Did you mean chi_square?');
  assert.match(mend('wasserstein(a) < 0.2'), /distribution\(column\) swd/);
});
