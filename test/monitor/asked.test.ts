import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sigmaVerdict } from '#monitor/asked.ts';
import { watchedMetrics } from '#monitor/watched-metrics.ts';

test('a rate is told in per cent, as its reader expects it', () => {
  const facts = new Map([
    ['row_count', 1000],
    ['null_count(a)', 19],
  ]);
  const watched = watchedMetrics(facts).find(({ metric }) => metric === 'null_percentage(a)');
  assert.ok(watched);
  const points = Array.from({ length: 10 }, (_, index) => ({
    partition: `dt=2026-01-${String(index + 1).padStart(2, '0')}`,
    at: new Date(Date.UTC(2026, 0, index + 1)),
    value: index === 9 ? 0.019 : 0,
    excluded: null,
  }));
  const { status, message } = sigmaVerdict(watched, points, []);
  assert.equal(status, 'anomalous');
  assert.match(message, /is 1\.9 %, but it was 0 % in all/);
});
