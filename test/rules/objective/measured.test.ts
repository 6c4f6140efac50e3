import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { judgeStream } from '#rules/objective/lag-hours.ts';
import { judgeLevels } from '#rules/objective/levels.ts';
import { judgeRuns } from '#rules/objective/runs.ts';
import { targetsOf } from '#rules/objective/targets.ts';
import { at } from './promises.ts';

const HOUR = 3600;
const NOW = at('2026-05-03T12:00');
const SINCE = at('2026-01-01T00:00');
const before = (seconds: number): Date => new Date(+NOW - seconds * 1000);

describe('values of a time column', () => {
  const promise = { seconds: 4 * HOUR, since: SINCE };
  const sample = (known: number, value: number) => ({ at: before(known), value: before(value) });

  test('each newest value must be followed before it is too old', () => {
    const judged = judgeLevels(
      [sample(9 * HOUR, 10 * HOUR), sample(7 * HOUR, 8 * HOUR), sample(HOUR, 6 * HOUR)],
      'newest',
      promise,
      NOW,
    );
    assert.deepEqual(
      judged.map(({ judgement: { state } }) => state),
      ['met', 'late', 'missed'],
    );
    assert.equal(
      judged.at(-1)?.judgement.message,
      'missed: it has data up to 2026-05-03 06:00Z only, newer was due 2026-05-03 10:00Z',
    );
  });

  test('what is told again, or goes back, is no news', () => {
    const [only, ...others] = judgeLevels(
      [sample(3 * HOUR, 3 * HOUR), sample(2 * HOUR, 3 * HOUR), sample(HOUR, 5 * HOUR)],
      'newest',
      promise,
      NOW,
    );
    assert.deepEqual(others, []);
    assert.deepEqual([only?.judgement.state, only?.occurrence.landedAt], ['waiting', null]);
  });

  test('the oldest must be gone in time', () => {
    const day = 24 * HOUR;
    const keep = { seconds: 30 * day, since: SINCE };
    const judged = judgeLevels([sample(3 * day, 32 * day), sample(day, 31 * day)], 'oldest', keep, NOW);
    assert.deepEqual(
      judged.map(({ judgement: { state } }) => state),
      ['late', 'missed'],
    );
    assert.match(judged.at(-1)?.judgement.message ?? '', /^missed: data of 2026-04-02 12:00Z is still there/);
  });
});

test('a run is due so long after it began', () => {
  const run = (began: number, ended: number | null, partition = '') => ({
    startedAt: before(began),
    endedAt: ended === null ? null : before(ended),
    partition,
  });
  const judged = judgeRuns(
    [run(HOUR, null), run(9 * HOUR, 8 * HOUR, 'dt=2026-05-01'), run(5 * HOUR, HOUR)],
    { seconds: 2 * HOUR, since: SINCE },
    NOW,
  );
  assert.deepEqual(
    judged.map(({ judgement: { state } }) => state),
    ['met', 'late', 'waiting'],
  );
  assert.match(judged[0]?.judgement.message ?? '', /^the run of dt=2026-05-01 took 1 h /);
  const hung = judgeRuns([run(3 * HOUR, null)], { seconds: 2 * HOUR, since: SINCE }, NOW);
  assert.deepEqual([hung[0]?.judgement.state, hung[0]?.judgement.lateSeconds], ['missed', HOUR]);
});

describe('hours of a stream', () => {
  const promise = { seconds: 60, since: SINCE };
  /** One sample every fifteen seconds up to now; `lagAt` says how far it was behind so many seconds ago. */
  const stream = (lagAt: (ago: number) => number, from = 2 * HOUR, to = 0) =>
    Array.from({ length: (from - to) / 15 }, (_, n) => {
      const ago = from - n * 15 - 15;
      const taken = before(ago);
      return { at: taken, processedTo: new Date(+taken - lagAt(ago) * 1000), sourceOffset: n };
    }).filter(({ at: taken }) => taken <= before(to));
  const states = (judged: ReturnType<typeof judgeStream>): string[] =>
    judged.hours.map(({ occurrence, judgement }) => `${occurrence.period} ${judgement.state}`);

  test('that keeps up are met', () => {
    const judged = judgeStream(
      stream(() => 10),
      promise,
      null,
      NOW,
    );
    assert.deepEqual(states(judged), ['2026-05-03T11 met', '2026-05-03T12 met']);
    assert.equal(judged.brokenSince, null);
  });

  test('in which it was behind for a while are late; while it is, the hour in which it began stands for it', () => {
    const halfPast = (ago: number): number => (ago <= 1800 && ago > 900 ? 300 : 5);
    const over = judgeStream(stream(halfPast), promise, null, NOW);
    assert.deepEqual(states(over), ['2026-05-03T11 late', '2026-05-03T12 met']);
    assert.equal(over.brokenSince, null);
    const lasting = judgeStream(
      stream((ago) => (ago <= 1800 ? 300 : 5)),
      promise,
      null,
      NOW,
    );
    assert.deepEqual(states(lasting), ['2026-05-03T11 missed', '2026-05-03T12 missed']);
    assert.ok(
      lasting.brokenSince && +lasting.brokenSince >= +before(1800) && +lasting.brokenSince <= +before(1740),
    );
    const [home] = lasting.hours;
    assert.deepEqual(home?.occurrence.dueAt, lasting.brokenSince);
    assert.match(home?.judgement.message ?? '', /^missed: 5 min behind/);
  });

  test('a trouble of hours is told by the first of them, and ends where it began', () => {
    const begun = before(5 * HOUR);
    const still = judgeStream(
      stream(() => 300),
      promise,
      begun,
      NOW,
    );
    assert.deepEqual(still.brokenSince, begun);
    assert.deepEqual(states(still), ['2026-05-03T07 missed', '2026-05-03T11 missed', '2026-05-03T12 missed']);
    const back = judgeStream(
      stream((ago) => (ago > 600 ? 300 : 5)),
      promise,
      begun,
      NOW,
    );
    assert.equal(back.brokenSince, null);
    assert.deepEqual(states(back), ['2026-05-03T07 late', '2026-05-03T11 late', '2026-05-03T12 met']);
  });

  test('no samples are no good news, once they are missing', () => {
    const silent = judgeStream(
      stream(() => 5, 2 * HOUR, 1200),
      promise,
      null,
      NOW,
    );
    assert.equal(silent.latest.state, 'absent');
    assert.deepEqual(states(silent), ['2026-05-03T11 cannot_tell', '2026-05-03T12 cannot_tell']);
    const never = judgeStream([], promise, null, NOW);
    assert.deepEqual(never.brokenSince, NOW);
    assert.deepEqual(states(never).at(-1), '2026-05-03T12 cannot_tell');
  });

  test('whatever comes, one hour at most stands for what lasts, and its trouble began within it', () => {
    const lags = fc.array(fc.constantFrom(5, 30, 90, 600), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(lags, fc.integer({ min: 0, max: 3 }), (list, gap) => {
        const samples = list.map((lag, index) => {
          const taken = before((list.length - index) * 180 * (gap + 1));
          return { at: taken, processedTo: new Date(+taken - lag * 1000), sourceOffset: index };
        });
        const judged = judgeStream(samples, promise, null, NOW);
        const open = judged.hours.filter(
          ({ occurrence }) => +occurrence.dueAt === +(judged.brokenSince ?? 0),
        );
        assert.equal(open.length, judged.brokenSince === null ? 0 : 1);
        assert.deepEqual(judgeStream(samples.toReversed(), promise, null, NOW), judged);
      }),
      { numRuns: 300 },
    );
  });
});

test('targets are by tier where they are said so', () => {
  assert.deepEqual(targetsOf(), { 1: 0.95, 2: 0.95, 3: 0.95 });
  assert.deepEqual(targetsOf({ target: 90, tiers: { '1': 99 } }), { 1: 0.99, 2: 0.9, 3: 0.9 });
});
