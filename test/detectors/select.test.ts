import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { quantileOfSorted } from '#detectors/statistics/order.ts';
import { quantileBySelection } from '#detectors/statistics/select.ts';

test('a quantile by selection is that of the sorted values', () => {
  const values = fc.array(
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 3 })),
    {
      minLength: 1,
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, p) => {
      // A difference of two huge numbers may pass what a number can hold; minus zero sorts before zero.
      const kept = list.map((value) => value / 4 + 0);
      const sorted = Float64Array.from(kept).sort();
      const expected = quantileOfSorted(sorted, sorted.length, p) + 0;
      const found = quantileBySelection(Float64Array.from(kept), kept.length, p) + 0;
      assert.equal(found, expected);
    }),
  );
});

test('only the first values count; none have none', () => {
  assert.equal(quantileBySelection(Float64Array.from([3, 1, 2, 100, 200]), 3, 0.5), 2);
  assert.ok(Number.isNaN(quantileBySelection(new Float64Array(4), 0, 0.5)));
});
