import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { StatisticsBytesError } from '#model/statistics/bytes.ts';
import { exactSum } from '#model/statistics/exact-sum.ts';
import { packNumbers, readNumbers, unpackNumbers } from '#model/statistics/packed-numbers.ts';

const keysOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`);
const numbers = fc.array(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.tuple(fc.maxSafeInteger(), fc.constantFrom(10, 100, 1e4, 1e5)).map(([whole, scale]) => whole / scale),
    fc.integer({ min: -1e9, max: 1e9 }).map((cents) => cents / 100),
    fc.integer({ min: -300, max: 300 }),
    fc.constant(null),
  ),
);

describe('packed numbers', () => {
  it('come back exactly, absent ones as absent', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const keys = keysOf(values.length);
        const facts = new Map(
          values.flatMap((value, index) => (value === null ? [] : [[`k${index}`, value + 0] as const])),
        );
        assert.deepEqual(unpackNumbers(keys, packNumbers(keys, facts)), facts);
      }),
    );
  });

  it('know absent from zero, and take what is not finite for absent', () => {
    const bytes = packNumbers(
      ['a', 'b', 'c', 'd'],
      new Map([
        ['a', 0],
        ['c', Number.NaN],
        ['d', Infinity],
        ['e', 1],
      ]),
    );
    assert.deepEqual([...readNumbers(bytes)], [0, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('are few: counts take what their size takes', () => {
    const keys = keysOf(100);
    assert.equal(packNumbers(keys, new Map()).length, 27);
    assert.equal(packNumbers(keys, new Map(keys.map((key) => [key, 1_000_000]))).length, 27 + 300);
    assert.equal(packNumbers(keys, new Map(keys.map((key) => [key, 0.1]))).length, 27 + 100);
    assert.equal(packNumbers(keys, new Map(keys.map((key) => [key, -9876.54]))).length, 27 + 400);
    assert.equal(packNumbers(keys, new Map(keys.map((key) => [key, 1 / 3]))).length, 27 + 800);
  });

  it('that are cut off, changed or made up give an error of ours or numbers, nothing else', () => {
    const whole = packNumbers(['a', 'b'], new Map([['a', 123_456], ['b', 0.1]])); // prettier-ignore
    for (let length = 0; length < whole.length; length += 1)
      assert.throws(() => readNumbers(whole.subarray(0, length)), StatisticsBytesError);
    assert.throws(() => readNumbers(Uint8Array.of(...whole, 0)), /1 bytes too many/);
    assert.throws(() => readNumbers(Uint8Array.of(7, 1)), /7 is no form of packed numbers/);
    assert.throws(() => readNumbers(Uint8Array.of(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f)), /there are no/);
    assert.throws(() => unpackNumbers(['a'], whole), /2 numbers stand under 1 keys/);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          readNumbers(Uint8Array.from([1, ...bytes]));
        } catch (error) {
          assert.ok(error instanceof StatisticsBytesError, String(error));
        }
      }),
    );
  });
});

describe('exact sum', () => {
  it('is rounded once', () => {
    assert.equal(exactSum([]), 0);
    assert.equal(exactSum([1e16, 1, -1e16]), 1);
    assert.equal(exactSum(Array.from({ length: 10 }, () => 0.1)), 1);
    assert.equal(exactSum([1, 1e100, 1, -1e100]), 2);
    assert.equal(exactSum([2 ** 53, -0.5, -(2 ** -54)]), 2 ** 53 - 1);
    assert.equal(exactSum([Infinity, 1]), Infinity);
  });

  it('does not depend on order', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.double({ noNaN: true, min: -1e200, max: 1e200 }))
          .chain((list) =>
            fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
          ),
        ([list, shuffled]) => assert.equal(exactSum(shuffled), exactSum(list)),
      ),
    );
  });
});
