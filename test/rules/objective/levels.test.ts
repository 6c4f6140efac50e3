import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { budgetOf, burnRate } from '#rules/objective/budget.ts';
import { silence } from '#rules/objective/heartbeat.ts';
import { judgeLag, LAG_HOLD, type LagSample } from '#rules/objective/lag.ts';
import { judgeDuration } from '#rules/objective/span.ts';
import { promisesOf } from '#rules/objective/promise.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { at } from './promises.ts';

const NOW = at('2026-05-03T12:00');
const before = (seconds: number): Date => new Date(+NOW - seconds * 1000);

describe('streaming lag', () => {
  const promise = { seconds: 60, ...LAG_HOLD };
  /** Lags of the last samples, oldest first; offsets go on unless told. */
  const samples = (lags: readonly (number | null)[], offsets?: readonly number[]): LagSample[] =>
    lags.map((lag, index) => {
      const taken = before((lags.length - 1 - index) * 15);
      return {
        at: taken,
        processedTo: lag === null ? null : new Date(+taken - lag * 1000),
        sourceOffset: offsets?.[index] ?? index,
      };
    });

  test('is held until three of five samples are over', () => {
    assert.equal(judgeLag(samples([10, 90, 20, 90, 20]), promise, NOW).state, 'ok');
    assert.equal(judgeLag(samples([10, 90, 90, 20, 90]), promise, NOW).state, 'lagging');
  });

  test('is no lag when its source stands still, and stuck when only the stream does', () => {
    const standing = [300, 315, 330, 345, 360];
    assert.equal(judgeLag(samples(standing, [7, 7, 7, 7, 7]), promise, NOW).state, 'no_traffic');
    const stuck = judgeLag(samples(standing, [7, 8, 9, 10, 11]), promise, NOW);
    assert.deepEqual([stuck.state, stuck.lagSeconds], ['stuck', 360]);
    assert.equal(judgeLag(samples([null, null, null]), promise, NOW).state, 'stuck');
  });

  test('without samples for two intervals nobody knows', () => {
    const told = samples([1, 1, 1]);
    assert.equal(judgeLag(told, promise, new Date(+NOW + 30_000)).state, 'ok');
    assert.equal(judgeLag(told, promise, new Date(+NOW + 30_001)).state, 'absent');
    assert.equal(judgeLag([], promise, NOW).state, 'absent');
    assert.equal(judgeLag(told, promise, before(60)).state, 'absent', 'what comes later is not seen');
  });
});

describe('error budget', () => {
  test('is the share that may be broken', () => {
    assert.deepEqual(budgetOf({ total: 100, bad: 2 }), { left: 1 - 2 / (100 * (1 - 0.95)), remaining: 3 });
    assert.ok((budgetOf({ total: 20, bad: 3 }).left ?? 0) < -1);
    assert.equal(budgetOf({ total: 0, bad: 0 }).left, null);
    assert.ok(Math.abs((burnRate({ total: 10, bad: 1 }) ?? 0) - 2) < 1e-9);
  });
});

test('duration', () => {
  const run = { name: 'load', startedAt: before(3600), endedAt: before(600) };
  assert.equal(judgeDuration(run, 3000, NOW).state, 'met');
  assert.deepEqual(
    [judgeDuration(run, 2000, NOW).state, judgeDuration(run, 2000, NOW).lateSeconds],
    ['late', 1000],
  );
  assert.equal(judgeDuration({ ...run, endedAt: null }, 3500, NOW).state, 'missed');
  assert.equal(judgeDuration({ ...run, endedAt: null }, 3700, NOW).state, 'waiting');
});

test('silence is what is longer than the usual of those who would tell', () => {
  const heard = Array.from({ length: 48 }, (_, n) => +before(n * 1800));
  assert.equal(silence(heard, NOW), null);
  assert.equal(silence(heard, new Date(+NOW + 2 * 3_600_000)), null);
  assert.match(silence(heard, new Date(+NOW + 3 * 3_600_000)) ?? '', /for 3 h$/);
  assert.equal(silence(heard.slice(0, 10), new Date(+NOW + 30 * 3_600_000)), null, 'too little is known');
});

test('the promises of a contract', () => {
  const parsed = parseContract(
    'dataset: gold.orders\nowner: data\npartition: {column: dt, grain: day}\nsla: 4 hours\ndeadline: "06:30 Asia/Tokyo on mon-fri"\n',
    'orders.yaml',
  );
  assert.ok(parsed.status === 'ok', JSON.stringify(parsed));
  assert.deepEqual(
    promisesOf(parsed.contract).map(({ name, text, grain, column }) => [name, text, grain, column]),
    [
      ['landed_by', 'landed by 06:30 Asia/Tokyo on mon-fri', 'day', 'dt'],
      ['freshness', 'freshness within 4 h', 'day', 'dt'],
    ],
  );
});
