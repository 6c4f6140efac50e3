import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeriesPoint } from '#api/schema/overview.ts';
import { valueRange } from '../../dashboards/web/dataset/chart-range.ts';

const point = (value: number | null, more: Partial<SeriesPoint> = {}): SeriesPoint => ({
  partition: 'p',
  at: null,
  value,
  mean: null,
  low: null,
  high: null,
  status: null,
  message: null,
  detector: null,
  finding: false,
  standing: null,
  explanation: null,
  simple: null,
  published: null,
  incident: null,
  ...more,
});
const week = [15_000, 17_000, 17_100, 17_050, 17_200, 17_150, 14_800].map((value) => point(value));

test('a held partition far off does not flatten the ordinary ones', () => {
  const [low, high] = valueRange([...week, point(6, { published: 'held' })]);
  assert.ok(low > 14_000 && low < 14_800, `${low}`);
  assert.ok(high > 17_200 && high < 18_000, `${high}`);
});

test('a finding that is not far off is inside', () => {
  const [low] = valueRange([...week, point(13_000, { status: 'anomalous' })]);
  assert.ok(low <= 13_000, `${low}`);
});

test('the whole band is inside', () => {
  const [low, high] = valueRange([...week, point(15_000, { low: 9_000, mean: 15_000, high: 21_000 })]);
  assert.ok(low <= 9_000 && high >= 21_000);
});

test('one value, the same value, no value and only findings still give an axis', () => {
  for (const points of [
    [point(5)],
    [point(5), point(5)],
    [point(0)],
    [point(null)],
    [],
    [point(7, { status: 'anomalous' }), point(3, { published: 'held' })],
  ]) {
    const [low, high] = valueRange(points);
    assert.ok(
      Number.isFinite(low) && Number.isFinite(high) && low < high,
      JSON.stringify([points.length, low, high]),
    );
    for (const { value } of points)
      assert.ok(value === null || (value >= low && value <= high), `${value} in ${low} to ${high}`);
  }
});

test('counts have no axis below zero, values that can be negative do', () => {
  assert.equal(valueRange([point(0), point(100)])[0], 0);
  assert.ok(valueRange([point(-5), point(5)])[0] < -5);
});
