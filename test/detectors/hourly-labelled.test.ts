import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { figureOf, hourlyFigures, LEARNING_HOURS } from '#test/bench/detectors/hourly.ts';
import { HOURLY_METHODS } from '#test/bench/detectors/hourly-methods.ts';
import { type HourlySeries, readHourlySeries } from '#test/bench/detectors/hourly-series.ts';
import { noShared, SHARED } from '#test/support/shared-data.ts';

test('labelled telemetry: what the hourly mode finds', { skip: noShared() }, async () => {
  const wanted = Object.entries(HOURLY_METHODS).filter(([name]) => ['assay', 'mean+sd 30 d'].includes(name));
  const { series } = readHourlySeries(join(SHARED, 'anomaly'));
  const figures = await hourlyFigures(series, Object.fromEntries(wanted));
  const plain = figures['mean+sd 30 d'];
  assert.ok(figures['assay'] && plain);
  // The published plain figures are 66 and 64 on twice as many series.
  assert.ok(
    Math.abs(plain.windowRecallAt3 - 61) < 3 && Math.abs(plain.bestEventF1 - 64) < 3,
    JSON.stringify(plain),
  );
  assert.ok(figures['assay'].windowRecallAt3 >= 78, JSON.stringify(figures['assay']));
  assert.ok(figures['assay'].bestEventF1 >= 71, JSON.stringify(figures['assay']));
});

test('a folder without labelled hours gives nothing', async () => {
  assert.deepEqual(readHourlySeries(import.meta.dirname), { series: [], remarks: [] });
  assert.deepEqual(await hourlyFigures([]), {});
});

describe('the figures', () => {
  const series = (labels: readonly number[]): HourlySeries => ({
    id: 'a',
    kind: 'count',
    firstHour: 0,
    values: new Float64Array(LEARNING_HOURS + labels.length),
    labels: Uint8Array.from([...new Uint8Array(LEARNING_HOURS), ...labels]),
  });
  const scored = (scores: readonly number[]): Float64Array =>
    Float64Array.from([...Array.from({ length: LEARNING_HOURS }, () => Number.NaN), ...scores]);

  test('a window is found by its oddest hour, above what three false hours a month allow', () => {
    // 240 hours allow one false hour: the threshold is the second highest clean score.
    const labels = Array.from({ length: 240 }, (_, index) => ([10, 11, 50].includes(index) ? 1 : 0));
    const scores = labels.map((_, index) => ({ 10: 1, 11: 5, 50: 3, 100: 9, 200: 4 })[index] ?? 0.5);
    assert.equal(figureOf([series(labels)], [scored(scores)]).windowRecallAt3, 50);
  });

  test('a run of alarms is one event, and true when it meets a label', () => {
    const labels = [0, 1, 0, 0, 0, 0, 0, 1, 0];
    const scores = [9, 9, 9, 0, 9, 9, 0, 0, 0];
    // One true event of two windows, one false event: F1 = 2/(1 + 1 + 2).
    assert.equal(figureOf([series(labels)], [scored(scores)]).bestEventF1, 50);
  });
});
