import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shareThreshold } from '#detectors/fleet/share.ts';
import { fitTail, pValue } from '#detectors/fleet/tail.ts';
import { triage, type Candidate } from '#detectors/fleet/triage.ts';
import { seededRandom } from '../bench/statistics.ts';

/** |z| with Pareto tails of the given index. */
function pareto(count: number, index: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => (1 - random()) ** (-1 / index));
}

describe('p-values from the pooled scores of a class', () => {
  test('are uniform on fresh scores of the same class, far into the tail too', () => {
    const tail = fitTail(pareto(20_000, 3, 1));
    const fresh = pareto(200_000, 3, 2).map((z) => pValue(tail, z));
    for (const level of [0.5, 0.1, 0.01, 0.001]) {
      const share = fresh.filter((p) => p <= level).length / fresh.length;
      assert.ok(Math.abs(share / level - 1) < 0.25, `${share} at ${level}`);
    }
  });

  test('Hill finds the index of the tail', () => {
    assert.ok(Math.abs(fitTail(pareto(50_000, 3, 3)).xi - 1 / 3) < 0.02);
    assert.ok(Math.abs(fitTail(pareto(50_000, 2, 3)).xi - 1 / 2) < 0.03);
  });

  test('fall with |z|, never reach 0, and are 1 without a z', () => {
    const tail = fitTail(pareto(1_000, 3, 4));
    const values = [0, 0.5, 1, 1.5, 2, 3, 5, 50, 1e9, 1e300].map((z) => pValue(tail, z));
    assert.deepEqual(
      values,
      values.toSorted((a, b) => b - a),
    );
    assert.ok(values.every((p) => p > 0 && p <= 1));
    assert.equal(pValue(tail, -3), pValue(tail, 3));
    assert.equal(pValue(tail, null), 1);
    assert.equal(pValue(tail, Number.NaN), 1);
  });

  test('a class that is hardly known has the usual tail', () => {
    const none = fitTail([]);
    assert.equal(pValue(none, 0), 1);
    assert.ok(pValue(none, 5) < 0.01 && pValue(none, 5) > 1e-3);
    assert.deepEqual(fitTail([Number.NaN, Infinity, 2]).count, 1);
  });

  test('a class that never strays has a tail all the same', () => {
    const tail = fitTail(Array.from({ length: 200 }, () => 0));
    assert.ok(pValue(tail, 4) > 0 && pValue(tail, 4) < 0.07);
  });
});

describe('who is told', () => {
  const found = (id: string, p: number, options: Partial<Candidate> = {}): Candidate => ({
    id,
    team: 'sales',
    tier: 3,
    p,
    certain: false,
    ...options,
  });

  test('pages by p and tier', () => {
    const { pages, notices } = triage(
      [
        found('a', 2e-3, { tier: 1 }),
        found('b', 2e-3, { tier: 2 }),
        found('c', 8e-4, { tier: 2 }),
        found('d', 8e-4),
      ],
      10,
    );
    assert.deepEqual(pages, ['c', 'a']);
    assert.deepEqual(notices, ['d', 'b']);
  });

  test('a hard rule always pages', () => {
    assert.deepEqual(triage([found('a', 1, { certain: true })], 0).pages, ['a']);
  });

  test("notices end at each team's budget, the best first", () => {
    const many = [0.004, 0.002, 0.006, 0.003].map((p) => found(`p${p}`, p));
    const others = [found('other', 0.01, { team: 'finance' }), found('weak', 0.5, { team: 'finance' })];
    const { notices, silent } = triage([...many, ...others], 2);
    assert.deepEqual(notices, ['p0.002', 'p0.003', 'other']);
    assert.deepEqual(silent, ['p0.004', 'p0.006', 'weak']);
  });

  test('the order of the findings does not matter', () => {
    const all = [found('a', 0.001), found('b', 0.001), found('c', 0.001, { tier: 1 })];
    assert.deepEqual(triage(all, 1), triage(all.toReversed(), 1));
  });
});

describe('a metric that fires more than its share', () => {
  const tail = fitTail(pareto(20_000, 3, 5));

  test('has its threshold raised, by the tail of its class, up to 8', () => {
    const often = { alarms: 5, days: 90, perMetricDay: 0.007, tail };
    const raised = shareThreshold(5, often);
    assert.ok(Math.abs(raised - 5 * (5 / 2) ** tail.xi) < 1e-9, String(raised));
    assert.equal(shareThreshold(5, { ...often, alarms: 90 }), 8);
    assert.equal(shareThreshold(9, { ...often, alarms: 90 }), 9);
  });

  test('keeps it within three times the share, and for one or two alarms', () => {
    assert.equal(shareThreshold(5, { alarms: 3, days: 90, perMetricDay: 0.02, tail }), 5);
    assert.equal(shareThreshold(5, { alarms: 2, days: 90, perMetricDay: 0.0001, tail }), 5);
  });
});
