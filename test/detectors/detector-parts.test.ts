import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { firingHistory } from '#detectors/firing-history.ts';
import { commonMode } from '#detectors/same-day.ts';
import { slowDrift } from '#detectors/slow-drift.ts';
import { topSegments } from '#detectors/top-segments.ts';
import type { SeriesPoint } from '#model/finding.ts';
import { businessDays, daily, day, partition } from './adaptive-support.ts';
import { gaussian } from './support.ts';

describe('how often the simple mode would have fired', () => {
  const points = (values: readonly number[]): SeriesPoint[] =>
    values.map((value, index) => ({ partition: partition(index), value, at: null }));

  test('counts the days that it would have named, each judged by those before', () => {
    const next = gaussian(5);
    const values = Array.from({ length: 60 }, () => 1_000 + 10 * next());
    values[20] = 2_000;
    values[50] = 10;
    const found = firingHistory(points(values), { sigma: 4 });
    assert.deepEqual(found.fired, [partition(20), partition(50)]);
    assert.equal(found.judged, 55);
    assert.ok(Math.abs((found.perMonth ?? 0) - (30 * 2) / 55) < 1e-9);
    assert.equal(found.message, 'would have fired 2 times in the last 55 partitions');
  });

  test('says days where partitions are dated, and nothing where there is too little', () => {
    const dated = daily(businessDays(60)).map(({ partition, at, value }) => ({
      partition,
      at,
      value: value ?? 0,
    }));
    assert.match(
      firingHistory(dated, { sigma: 2 }).message,
      /^would have fired (once|\d+ times) in the last \d+ days$/,
    );
    const few = firingHistory(points([1, 2, 3]), { sigma: 2 });
    assert.deepEqual([few.judged, few.perMonth], [0, null]);
    assert.match(few.message, /too little/);
  });

  test('on Gaussian noise it comes near the nominal rate', () => {
    const next = gaussian(6);
    const { fired, judged } = firingHistory(points(Array.from({ length: 4_000 }, () => next())), {
      sigma: 2,
    });
    assert.ok(Math.abs(fired.length / judged - 0.0455) < 0.01, String(fired.length / judged));
  });
});

describe('top segments', () => {
  const usual = [
    { name: 'country=DE', past: [500, 510, 490] },
    { name: 'country=FR', past: [300, 290, 310] },
    { name: 'country=IT', past: [200, 200, 200] },
  ];
  const withActual = (values: readonly number[]): Parameters<typeof topSegments>[0] =>
    usual.map((segment, index) => ({ ...segment, actual: values[index] ?? 0 }));

  test('the group that is missing explains the missing rows', () => {
    const { segments, message } = topSegments(withActual([0, 300, 200]), 1_000);
    assert.equal(segments[0]?.name, 'country=DE');
    assert.ok(Math.abs((segments[0]?.share ?? 0) - 1) < 1e-9);
    assert.ok(Math.abs((segments[0]?.expected ?? 0) - 500) < 1e-9);
    assert.equal(message, 'country=DE explains 100 % of the missing rows (gone altogether)');
  });

  test('the parts add up to the whole', () => {
    const { segments } = topSegments(withActual([260, 280, 190]), 1_000);
    const whole = segments.reduce((sum, { share }) => sum + share, 0);
    assert.ok(Math.abs(whole - 1) < 1e-9);
  });

  test('two groups are named together, and none when all shrink alike in many', () => {
    assert.match(
      topSegments(withActual([250, 50, 200]), 1_000).message ?? '',
      /^country=DE, country=FR explain 100 % of the missing rows$/,
    );
    const many = Array.from({ length: 20 }, (_, index) => ({
      name: `shop=${index}`,
      actual: 25,
      past: [50, 50],
    }));
    assert.equal(topSegments(many, 1_000).message, null);
  });

  test('a new group explains additional rows', () => {
    const { message } = topSegments(
      [...withActual([500, 300, 200]), { name: 'country=XX', actual: 900, past: [0, 0, 0] }],
      1_000,
    );
    assert.equal(message, 'country=XX explains 100 % of the additional rows');
  });

  test('without a past or a deviation there is nothing to say', () => {
    assert.deepEqual(topSegments([], 100), { segments: [], message: null });
    assert.equal(topSegments(withActual([500, 300, 200]), 1_000).message, null);
  });
});

describe('same-day siblings', () => {
  const tables = (ratios: readonly (number | null)[]): Parameters<typeof commonMode>[0] =>
    ratios.map((ratio, index) => ({ dataset: `table_${index}`, ratio }));

  test('14 of 16 tables are down', () => {
    const found = commonMode(tables([...Array.from({ length: 14 }, () => 0.7), 1, 1.02]));
    assert.equal(found?.message, '14 of 16 tables are down 30 % today');
    assert.deepEqual([found.direction, found.of, found.moved.length], ['down', 16, 14]);
  });

  test('all doubled', () => {
    assert.equal(commonMode(tables([2, 2, 2, 2, 2]))?.message, '5 of 5 tables are up 100 % today');
  });

  test('one table alone is no common movement, nor are four siblings, nor small changes', () => {
    assert.equal(commonMode(tables([0.5, 1, 1, 1.01, 0.99, 1])), null);
    assert.equal(commonMode(tables([0.5, 0.5, 0.5, 0.5])), null);
    assert.equal(commonMode(tables([0.95, 0.96, 0.97, 0.96, 0.95])), null);
    assert.equal(commonMode(tables([0.5, 0.5, 0.5, null, null, null, 1.5, 1.5])), null);
  });
});

describe('slow drift', () => {
  const options = { calendar: () => null, noticed: null, label: 'row_count' };
  const drifting = (perDay: number): number[] =>
    businessDays(42).map((value, index) => (index < 28 ? value : value * perDay ** (index - 27)));

  test('a loss of 4 % a day is found, where no single day is an alarm', () => {
    const found = slowDrift(daily(drifting(0.96)), day(41), options);
    assert.equal(found?.direction, 'down');
    assert.ok(found.ratio < 1 / found.limit);
    assert.match(found.message, /^slowly down: row_count was [\d ]+ a day in the last week, 0\.\d+ times/);
    assert.equal(slowDrift(daily(drifting(1.05)), day(41), options)?.direction, 'up');
  });

  test('steady and bursty series are not', () => {
    assert.equal(slowDrift(daily(businessDays(42)), day(41), options), null);
    const bursty = businessDays(42).map((value, index) => value * (index % 14 < 7 ? 1 : 1.5));
    assert.equal(slowDrift(daily(bursty), day(41), options), null);
  });

  test('not twice within ten days, not on too little, not on zeros', () => {
    const series = daily(drifting(0.96));
    assert.equal(slowDrift(series, day(41), { ...options, noticed: day(35) }), null);
    assert.notEqual(slowDrift(series, day(41), { ...options, noticed: day(31) }), null);
    assert.equal(slowDrift(series.slice(20), day(41), options), null);
    assert.equal(slowDrift(daily(Array.from({ length: 42 }, () => 0)), day(41), options), null);
  });

  test('holidays are no drift', () => {
    const values = businessDays(42).map((value, index) => (index > 36 ? value * 0.2 : value));
    const found = slowDrift(daily(values), day(41), options);
    assert.notEqual(found, null);
    const calendar = (date: string): string | null => (date >= '2026-02-11' ? 'Week off' : null);
    assert.equal(slowDrift(daily(values), day(41), { ...options, calendar }), null);
  });
});
