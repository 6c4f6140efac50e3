import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber, formatPercent } from '#model/number-text.ts';

const NUMBERS: [value: number, text: string][] = [
  [0, '0'],
  [-0, '0'],
  [4, '4'],
  [999, '999'],
  [3912, '3 912'],
  [-3912, '-3 912'],
  [1_234_567_890, '1 234 567 890'],
  [0.013, '0.013'],
  [0.1 + 0.2, '0.3'],
  [1234.5678, '1 234.57'],
  [1_234_567.8, '1 234 568'],
  [123_456_789.5, '123 456 790'],
  [1e15, '1e15'],
  [1.5e300, '1.5e300'],
  [0.000_012_345_678, '1.23457e-5'],
  [9.9999996, '10'],
  [Number.NaN, 'not a number'],
  [Infinity, 'infinity'],
  [-Infinity, '-infinity'],
];

for (const [value, text] of NUMBERS)
  test(`${value} is written ${text}`, () => assert.equal(formatNumber(value), text));

test('fewer digits shorten the fraction, never the whole part', () => {
  assert.equal(formatNumber(12_513.44, 4), '12 513');
  assert.equal(formatNumber(96.373, 4), '96.37');
  assert.equal(formatNumber(0.012_345_6, 4), '0.01235');
});

test('ratios are written in per cent', () => {
  assert.equal(formatPercent(0.013), '1.3 %');
  assert.equal(formatPercent(0.07), '7 %');
  assert.equal(formatPercent(0.29), '29 %');
  assert.equal(formatPercent(1 / 3), '33.3333 %');
});
