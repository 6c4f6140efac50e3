import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { durationText } from '#detectors/duration-text.ts';
import { runDuration, type TimedRun } from '#detectors/run-duration.ts';
import { usualTail } from '#detectors/usual-tail.ts';
import type { Detection } from '#model/detection.ts';
import { gaussian } from './support.ts';

const START = Date.UTC(2026, 0, 5, 3);
const after = (seconds: number): Date => new Date(START + seconds * 1000);
const ran = (seconds: number, completed = true): TimedRun => ({
  startedAt: after(0),
  endedAt: after(seconds),
  completed,
});
const open: TimedRun = { startedAt: after(0), endedAt: null, completed: false };
const judge = (history: readonly TimedRun[], run: TimedRun, now = after(1e6)): Detection =>
  runDuration(history, run, now, { label: 'load_orders' });

const random = gaussian(3);
/** About ten minutes. */
const USUAL = Array.from({ length: 30 }, () => ran(600 * (1 + 0.1 * random())));

test('a run that took three times as long', () => {
  const found = judge(USUAL, ran(1800));
  assert.equal(found.status, 'anomalous');
  assert.match(
    found.message,
    /^load_orders took 30 min, [23]\.\d times the usual: usually (9|10) min.*, at most 1[5-9] min.* expected from 30 runs$/,
  );
  assert.ok((found.z ?? 0) > 4 && (found.high ?? 0) < 1200);
});

test('a common run, a quick one and one of no time are none', () => {
  assert.equal(judge(USUAL, ran(620)).status, 'normal');
  assert.equal(judge(USUAL, ran(5)).status, 'normal');
  assert.deepEqual([judge(USUAL, ran(0)).status, judge(USUAL, ran(0)).z], ['normal', null]);
});

test('an open run is told while it hangs, and not before', () => {
  assert.equal(judge(USUAL, open, after(300)).status, 'normal');
  const found = judge(USUAL, open, after(7500));
  assert.equal(found.status, 'anomalous');
  assert.match(found.message, /^load_orders is still running after 2 h 5 min, /);
  assert.equal(judge(USUAL, open, after(-5)).status, 'no_data', 'a clock that runs behind');
});

test('failed runs do not say what is usual', () => {
  const failed = Array.from({ length: 30 }, () => ran(3000, false));
  assert.equal(judge([...USUAL, ...failed], ran(3000)).status, 'anomalous');
  assert.equal(judge(failed, ran(3000)).status, 'learning');
  assert.match(
    judge(USUAL.slice(0, 4), ran(3000)).message,
    /not judged: only 4 earlier runs can be compared, at least 5/,
  );
});

test('a full load each Sunday stays usual', () => {
  const weekly = Array.from({ length: 28 }, (_, day) => ran(day % 7 === 6 ? 3600 : 600));
  assert.equal(judge(weekly, ran(3600)).status === 'anomalous', false);
  assert.equal(judge(weekly, ran(20_000)).status, 'anomalous');
});

test('one slow run of the past does not hide the next', () => {
  assert.equal(judge([...USUAL.slice(1), ran(36_000)], ran(3000)).status, 'anomalous');
});

test('seconds more are nothing', () => {
  const quick = Array.from({ length: 30 }, () => ran(2));
  assert.equal(judge(quick, ran(20)).status, 'normal');
  assert.equal(judge(quick, ran(90)).status, 'anomalous');
});

describe('what is usual', () => {
  test('does not depend on the unit', () => {
    const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 100, noNaN: true }), (list, unit) => {
        const plain = usualTail(list);
        const other = usualTail(list.map((value) => value * unit));
        assert.ok(plain && other);
        assert.ok(Math.abs(other.high / plain.high / unit - 1) < 1e-9);
        assert.ok(plain.high >= 1.5 * plain.centre * (1 - 1e-12) && plain.factor > 1);
      }),
    );
  });

  test('noise alone is rarely beyond it', () => {
    const noise = gaussian(11);
    let beyond = 0;
    for (let round = 0; round < 2000; round += 1) {
      const values = Array.from({ length: 31 }, () => 100 * Math.exp(0.3 * noise()));
      if ((values.at(-1) ?? 0) > (usualTail(values.slice(0, -1))?.high ?? 0)) beyond += 1;
    }
    assert.ok(beyond <= 4, `${beyond} of 2000`);
  });
});

test('durations as text', () => {
  const cases: [number, string][] = [
    [0, '0 s'],
    [0.25, '0.3 s'],
    [42.4, '42 s'],
    [60, '1 min'],
    [3599.9, '1 h'],
    [3900, '1 h 5 min'],
    [86_400 * 3 + 7200, '3 d 2 h'],
    [Number.NaN, 'an unknown time'],
  ];
  for (const [seconds, text] of cases) assert.equal(durationText(seconds), text);
});
