import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { detectSigma } from '#detectors/sigma.ts';
import type { AnomalyVerdict, SeriesPoint } from '#model/finding.ts';
import { noShared, SHARED } from '#test/support/shared-data.ts';

/** Real daily series (US flights, first half of 2001), beside the project. */
const file = join(SHARED, 'anomaly/daily.csv');

function readSeries(): ReadonlyMap<string, SeriesPoint[]> {
  const series = new Map<string, SeriesPoint[]>();
  for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
    const [id = '', day = '', value = ''] = line.split(',');
    if (value === '') continue;
    const points = series.get(id) ?? [];
    points.push({
      partition: `dt=${day}`,
      value: Number(value),
      at: new Date(`${day.slice(0, 10)}T00:00:00Z`),
    });
    series.set(id, points);
  }
  return series;
}

function verdicts(points: readonly SeriesPoint[]): readonly AnomalyVerdict[] {
  return points.map((point, index) => detectSigma(points.slice(0, index), point, { sigma: 2 }));
}

/** The share of the given days that the mean ± 2 sd of the last 30 would flag. */
function plainFlags(points: readonly SeriesPoint[], weekday: number): number {
  return points.filter((point, index) => {
    const past = points.slice(Math.max(0, index - 30), index).map(({ value }) => value);
    if (past.length < 30 || point.at?.getUTCDay() !== weekday) return false;
    const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
    const deviation = Math.sqrt(
      past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (past.length - 1),
    );
    return Math.abs(point.value - mean) > 2 * deviation;
  }).length;
}

describe('real flights', () => {
  const skip = noShared();
  let series: ReadonlyMap<string, SeriesPoint[]> = new Map();
  let all: readonly SeriesPoint[] = [];
  before(() => {
    if (skip !== false) return;
    series = readSeries();
    all = series.get('fl_all_rows') ?? [];
  });

  test('Saturdays, low every week, are not flagged; plain 2 sigma flags ten of them', { skip }, () => {
    const flagged = verdicts(all).filter(
      (verdict, index) => verdict.status === 'anomalous' && all[index]?.at?.getUTCDay() === 6,
    );
    assert.ok(plainFlags(all, 6) >= 8);
    assert.ok(flagged.length <= 2, flagged.map(({ message }) => message).join('\n'));
  });

  test('the snowstorm of 5 and 6 March is found', { skip }, () => {
    const found = verdicts(all).filter(
      (verdict, index) =>
        verdict.status === 'anomalous' &&
        verdict.direction === 'down' &&
        ['dt=2001-03-05', 'dt=2001-03-06'].includes(all[index]?.partition ?? ''),
    );
    assert.ok(found.length >= 1, 'at least one of the two days');
  });

  test('a day cut off after six rows is anomalous on every day that can be judged', { skip }, () => {
    all.forEach((point, index) => {
      const verdict = detectSigma(all.slice(0, index), { ...point, value: 6 }, { sigma: 2 });
      if (verdict.status !== 'learning')
        assert.equal(verdict.status, 'anomalous', `${point.partition}: ${verdict.message}`);
      else assert.ok(index < 7, `${point.partition}: ${verdict.message}`);
    });
  });

  test('over all airports Saturdays are flagged no more often than other days', { skip }, () => {
    let saturdays = 0;
    let flagged = 0;
    for (const [id, points] of series) {
      if (!/^fl_.*_rows$/.test(id)) continue;
      verdicts(points).forEach((verdict, index) => {
        if (points[index]?.at?.getUTCDay() !== 6 || index < 30) return;
        saturdays += 1;
        if (verdict.status === 'anomalous') flagged += 1;
      });
    }
    assert.ok(saturdays > 300);
    assert.ok(flagged / saturdays < 0.1, `${flagged} of ${saturdays}`);
  });
});
