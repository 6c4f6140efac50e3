import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { spansOf } from '#monitor/spans.ts';
import { growsUntil, standingOf } from '#monitor/standing.ts';

const at = (text: string): Date => new Date(`${text}Z`);

describe('how a partition stands', () => {
  const cases: [what: string, Parameters<typeof standingOf>, expected: string][] = [
    [
      'the newest of a stream, whatever year it is about',
      ['dt=2001-03-05', { takenAt: at('2026-11-21T10:00'), newest: 'dt=2001-03-05', ofRun: 1 }],
      'young',
    ],
    [
      'written again within a week',
      ['dt=2026-01-01', { takenAt: at('2026-01-08T01:00'), newest: 'dt=2026-01-07', ofRun: 1 }],
      'young',
    ],
    [
      'written again later',
      ['dt=2026-01-01', { takenAt: at('2026-01-09T01:00'), newest: 'dt=2026-01-08', ofRun: 1 }],
      'history',
    ],
    [
      'beside a partition of the far future, which makes nothing old',
      ['dt=2026-01-01', { takenAt: at('2026-01-02T01:00'), newest: 'dt=9999-12-31', ofRun: 1 }],
      'young',
    ],
    [
      'by a run of many',
      ['dt=2026-01-01', { takenAt: at('2026-01-03T01:00'), newest: 'dt=2026-01-02', ofRun: 6 }],
      'backfill',
    ],
    [
      'by a run of five, which is ordinary',
      ['dt=2026-01-01', { takenAt: at('2026-01-03T01:00'), newest: 'dt=2026-01-02', ofRun: 5 }],
      'young',
    ],
    [
      'the newest of a run of many',
      ['dt=2026-01-02', { takenAt: at('2026-01-03T01:00'), newest: 'dt=2026-01-02', ofRun: 90 }],
      'young',
    ],
    [
      'without a time',
      ['region=eu', { takenAt: at('2026-01-03T01:00'), newest: 'region=us', ofRun: 2 }],
      'young',
    ],
  ];
  for (const [what, args, expected] of cases)
    test(`${what}: ${expected}`, () => assert.equal(standingOf(...args), expected));
});

describe('a partition grows', () => {
  const now = at('2026-01-10T09:00');
  const earlier = (hours: number): Parameters<typeof growsUntil>[1] =>
    Array.from({ length: 5 }, (_, n) => ({
      partition: `dt=2026-01-0${n + 1}`,
      takenAt: new Date(Date.UTC(2026, 0, n + 1, hours)),
    }));

  test('until its day is over, when earlier ones were complete after theirs', () => {
    assert.deepEqual(growsUntil('dt=2026-01-10', earlier(26), now), at('2026-01-11T00:00'));
    assert.deepEqual(growsUntil('dt=2026-01-10', [], now), at('2026-01-11T00:00'));
    assert.equal(growsUntil('dt=2026-01-09', earlier(26), now), null);
  });

  test('not beyond the hour at which earlier ones were complete', () => {
    assert.equal(growsUntil('dt=2026-01-10', earlier(2), now), null);
    assert.deepEqual(growsUntil('dt=2026-01-10', earlier(11), now), at('2026-01-10T11:00'));
  });

  test('by the hour where it is of an hour, and never where nobody can tell', () => {
    assert.deepEqual(growsUntil('dt=2026-01-10/hour=09', [], at('2026-01-10T09:20')), at('2026-01-10T10:00'));
    assert.equal(growsUntil('month=2026-01', [], now), null);
    assert.equal(growsUntil('', [], now), null);
  });
});

test('partitions whose histories overlap are read once; those far apart, of regions or of datasets are not', () => {
  const due = (datasetId: string, ...partitions: string[]) =>
    partitions.map((partition) => ({ datasetId, partition }));
  const spans = spansOf([
    ...due('a', 'dt=2026-01-20', 'dt=2026-01-01', 'dt=2020-01-01'),
    ...due('a', 'dt=2026-01-01/region=eu', 'dt=2026-01-02/region=us'),
    ...due('b', 'dt=2026-01-01/hour=01', 'dt=2026-01-05/hour=00'),
  ]);
  assert.deepEqual(
    spans.map(({ datasetId, pattern, from, to, reach }) => [datasetId, pattern, from, to, reach]),
    [
      ['a', 'dt=%', 'dt=2020-01-01', 'dt=2020-01-01', 42],
      ['a', 'dt=%', 'dt=2026-01-01', 'dt=2026-01-20', 42],
      ['a', 'dt=%/region=eu', 'dt=2026-01-01/region=eu', 'dt=2026-01-01/region=eu', 42],
      ['a', 'dt=%/region=us', 'dt=2026-01-02/region=us', 'dt=2026-01-02/region=us', 42],
      ['b', 'dt=%/hour=%', 'dt=2026-01-01/hour=01', 'dt=2026-01-05/hour=00', 674],
    ],
  );
});
