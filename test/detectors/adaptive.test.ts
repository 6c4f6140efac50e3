import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { likelyPower } from '#detectors/adaptive/likely-power.ts';
import type { Mark, MarkKind, MetricKind } from '#model/detection.ts';
import { businessDays, day, judgeNext, partition } from './adaptive-support.ts';
import { gaussian } from './support.ts';

/** 35 days from a Monday: the next day is a Monday again. */
const month = businessDays(35);

function mark(kind: MarkKind, index: number, saidOn = index): Mark {
  return { kind, partition: partition(index), at: day(index), markedAt: day(saidOn) };
}

describe('what is expected', () => {
  test('a value just beyond the range is written with the digits that tell it from the end', () => {
    const { low } = judgeNext(month, 10_000);
    assert.ok(low !== null);
    const { message } = judgeNext(month, low - 0.001);
    const [, value, end] = /is ([\d \u202f.]+), below the ([\d \u202f.]+) to /.exec(message) ?? [];
    assert.ok(value !== undefined && end !== undefined, message);
    assert.notEqual(value, end, message);
  });

  test('weekdays are told apart: a working day is judged by working days, a Saturday by weekends', () => {
    const monday = judgeNext(month, 9_900);
    assert.equal(monday.status, 'normal');
    assert.ok(Math.abs((monday.expected ?? 0) - 10_000) < 300, String(monday.expected));
    const saturday = judgeNext(businessDays(33), 4_950);
    assert.equal(saturday.status, 'normal');
    assert.equal(judgeNext(businessDays(33), 9_900).status, 'anomalous');
    assert.equal(judgeNext(month, 5_000).status, 'anomalous');
  });

  test('a new level is followed after some days, without any mark', () => {
    const shifted = [...businessDays(28), ...businessDays(14, { level: 6_000 })];
    assert.equal(judgeNext(shifted, 6_000).status, 'normal');
  });

  test('one wild day in the history hides no second one', () => {
    const wild = month.map((value, index) => (index === 16 ? 100_000 : value));
    assert.equal(judgeNext(wild, 100_000).status, 'anomalous');
    assert.equal(judgeNext(wild, 5_000).status, 'anomalous');
    assert.equal(judgeNext(wild, 9_900).status, 'normal');
  });

  test('the answer says why: range, ratio, forecasters by weight, one sentence', () => {
    const found = judgeNext(month, 5_000);
    assert.ok(found.expected !== null && found.low !== null && found.high !== null && found.z !== null);
    assert.ok(found.low < found.expected && found.expected < found.high && found.value === 5_000);
    assert.ok(found.z < -found.threshold);
    assert.ok(Math.abs((found.ratio ?? 0) - 5_000 / found.expected) < 1e-9);
    assert.ok(found.because.length > 1);
    const weights = found.because.map(({ weight }) => weight);
    assert.deepEqual(
      weights,
      [...weights].sort((a, b) => b - a),
    );
    assert.ok(weights.every((weight) => weight > 0.05 && weight <= 1));
    assert.ok(found.because.some(({ name }) => name.includes('Mondays')));
    assert.match(
      found.message,
      /^row_count is 5 000, below the [\d ]+ to [\d ]+ expected \(around [\d ]+\); about half of the expectation: part of the input missing\?$/,
    );
  });

  test('the edges of the range are where the verdict changes', () => {
    const { low, high } = judgeNext(month, 9_900);
    assert.ok(low !== null && high !== null);
    assert.equal(judgeNext(month, low * 1.001).status === 'anomalous', false);
    assert.equal(judgeNext(month, low * 0.995).status, 'anomalous');
    assert.equal(judgeNext(month, high * 0.999).status === 'anomalous', false);
    assert.equal(judgeNext(month, high * 1.005).status, 'anomalous');
  });

  test('between notice and alarm lies a notice', () => {
    const { expected, low } = judgeNext(month, 9_900);
    assert.ok(expected !== null && low !== null);
    const found = judgeNext(month, expected - 0.75 * (expected - low));
    assert.equal(found.status, 'notice');
    // It says how far out it is, and from where on it would be an alarm.
    assert.match(
      found.message,
      /^row_count is \S+(?: \d+)?, 3\.\d scales (?:above|below) what is expected \(around [\d ]+(?:\.\d+)?\): worth a note, an alarm from [\d.]+ on, outside /,
    );
  });

  test('flagged days stay in training: the fifth day at a new level is normal', () => {
    const values = businessDays(28);
    let alarms = 0;
    for (let more = 0; more < 5; more += 1) {
      const level = businessDays(7, { level: 16_000 })[more] ?? 0;
      if (judgeNext(values, level).status === 'anomalous') alarms += 1;
      values.push(level);
    }
    assert.ok(alarms >= 1 && alarms <= 3, String(alarms));
  });
});

describe('hard rules', () => {
  test('an empty partition, from the first on', () => {
    assert.deepEqual(judgeNext([9_000], 0).rules, ['empty']);
    assert.equal(judgeNext([9_000], 0).status, 'anomalous');
    assert.match(judgeNext(month, 0).message, /^row_count is 0, .*; the partition is empty/);
  });

  test('no alarm where that weekday is always empty', () => {
    const closed = month.map((value, index) => (index % 7 === 6 ? 0 : value));
    const sunday = closed.slice(0, 34);
    assert.deepEqual(judgeNext(sunday, 0).rules, []);
    assert.equal(judgeNext(sunday, 0).status, 'normal');
    assert.deepEqual(judgeNext(closed, 0).rules, ['empty']);
  });

  test('an absent partition', () => {
    const found = judgeNext(month, null);
    assert.deepEqual([found.status, found.rules, found.z], ['anomalous', ['absent'], null]);
    assert.match(found.message, /^there is no partition: row_count cannot be judged/);
  });

  test('none is absent where none is due: no partitions on Sundays', () => {
    const weekdays = month.map((value, index) => (index % 7 === 6 ? null : value)).slice(0, 34);
    assert.deepEqual([judgeNext(weekdays, null).status, judgeNext(weekdays, null).rules], ['no_data', []]);
  });

  test('a mean without a value is no data', () => {
    assert.equal(judgeNext(month, null, { kind: 'mean' }).status, 'no_data');
  });

  test('exactly the value of the day before', () => {
    const yesterday = month.at(-1) ?? 0;
    assert.ok(judgeNext(month, yesterday).rules.includes('exact_repeat'));
    assert.deepEqual(judgeNext(month, yesterday + 1).rules, []);
    const means = month.map((value) => value / 1234.5);
    assert.deepEqual(judgeNext(means, means.at(-1) ?? 0, { kind: 'mean' }).rules, ['exact_repeat']);
  });

  test('no repeat where repeats are common, and none of small counts', () => {
    const tied = month.map((value, index) => (index === 10 ? (month[9] ?? 0) : value));
    assert.deepEqual(judgeNext(tied, tied.at(-1) ?? 0).rules, []);
    const small = businessDays(35, { level: 500 });
    assert.deepEqual(judgeNext(small, small.at(-1) ?? 0).rules, []);
    assert.deepEqual(judgeNext(month, month.at(-1) ?? 0, { kind: 'rate' }).rules, []);
  });

  test('bounds while learning: eight times the median or an eighth of it', () => {
    const few = [1_000, 1_100, 900, 1_050];
    assert.deepEqual(judgeNext(few, 8_300).rules, ['out_of_bounds_while_learning']);
    assert.deepEqual(judgeNext(few, 120).rules, ['out_of_bounds_while_learning']);
    assert.deepEqual(judgeNext(few, 7_900).rules, []);
    assert.deepEqual(judgeNext(few, 140).rules, []);
    assert.deepEqual(judgeNext(few.slice(0, 2), 90_000).rules, []);
    assert.deepEqual(judgeNext(month, 100_000).rules, []);
  });
});

describe('cold start', () => {
  test('below ten points: learning, never normal', () => {
    for (const length of [0, 1, 2, 3, 9]) {
      const found = judgeNext(businessDays(length), 9_000);
      assert.equal(found.status, 'learning');
      assert.deepEqual([found.expected, found.z, found.points], [null, null, length]);
    }
    assert.match(judgeNext([9_000], 9_000).message, /still learning from 1 partition$/);
  });

  test('from ten on a verdict, widened at first', () => {
    const thresholds = [10, 15, 20, 30, 40].map(
      (length) => judgeNext(businessDays(length), 9_000, { threshold: 5 }).threshold,
    );
    assert.deepEqual(
      thresholds,
      [...thresholds].sort((a, b) => b - a),
    );
    assert.ok(Math.abs((thresholds[0] ?? 0) - 5 * 2.05) < 1e-9);
    assert.ok((thresholds[4] ?? 0) < 5.05);
  });

  test('excluded points do not count as history', () => {
    const marks = Array.from({ length: 5 }, (_, index) => mark('incident', index));
    assert.equal(judgeNext(businessDays(12), 9_000, { marks }).status, 'learning');
    assert.equal(judgeNext(businessDays(12), 9_000, { marks }).points, 7);
  });
});

describe('marks', () => {
  const loaded = month.map((value, index) => (index > 32 ? value * 2 : value));

  test('expected: no alarm on that partition, and no training from it', () => {
    const found = judgeNext(month, 30_000, { marks: [mark('expected', 35)] });
    assert.equal(found.status, 'normal');
    assert.ok((found.z ?? 0) > found.threshold);
    assert.match(found.message, /; marked as expected$/);
    const before = judgeNext(loaded, 9_900).expected ?? 0;
    const after = judgeNext(loaded, 9_900, { marks: [mark('expected', 33), mark('expected', 34)] });
    assert.ok(Math.abs((after.expected ?? 0) - 10_000) < Math.abs(before - 10_000));
  });

  test('incident: kept out of training, the partition itself stays an alarm', () => {
    const marks = [mark('incident', 33), mark('incident', 34)];
    const found = judgeNext(loaded, 9_900, { marks });
    assert.ok(Math.abs((found.expected ?? 0) - 10_000) < 400);
    assert.equal(found.points, 33);
    assert.equal(judgeNext(month, 30_000, { marks: [mark('incident', 35)] }).status, 'anomalous');
  });

  test('new normal: the older window is brought to the new level', () => {
    const shifted = [...businessDays(33), ...businessDays(35, { level: 30_000 }).slice(33)];
    const without = judgeNext(shifted, 30_000);
    const marked = judgeNext(shifted, 30_000, { marks: [mark('new_normal', 33)] });
    assert.notEqual(without.status, 'normal');
    assert.equal(marked.status, 'normal');
    assert.ok(Math.abs((marked.expected ?? 0) - 30_000) < 1_500, String(marked.expected));
    assert.equal(judgeNext(shifted, 10_000, { marks: [mark('new_normal', 33)] }).status, 'anomalous');
  });

  test('new normal on the very partition excuses it', () => {
    assert.equal(judgeNext(month, 30_000, { marks: [mark('new_normal', 35)] }).status, 'normal');
  });

  test('noisy: the threshold rises by a quarter, fades by half in 90 days, and ends at 8', () => {
    const threshold = (marks: readonly Mark[], base = 5): number =>
      judgeNext(businessDays(42), 9_900, { marks, threshold: base }).threshold;
    const plain = threshold([]);
    assert.ok(Math.abs(threshold([mark('noisy', 42)]) / plain - 1.25) < 1e-9);
    assert.ok(Math.abs(threshold([mark('noisy', 42, 42 - 90)]) / plain - Math.sqrt(1.25)) < 1e-9);
    const ten = Array.from({ length: 10 }, () => mark('noisy', 42));
    assert.ok(Math.abs(threshold(ten) / plain - 8 / 5) < 1e-9);
    assert.ok(Math.abs((threshold([mark('noisy', 42)], 2) / plain) * 5 - 3) < 1e-9);
  });
});

describe('directions', () => {
  const cases: [kind: MetricKind, level: number, up: boolean, down: boolean][] = [
    ['count', 10_000, true, true],
    ['mean', 40, true, true],
    ['rate', 0.2, true, false],
    ['duration', 600, true, false],
    ['delay', 3_600, true, false],
  ];
  for (const [kind, level, up, down] of cases) {
    test(`${kind}: ${down ? 'both sides' : 'upper side only'}`, () => {
      const next = gaussian(3);
      const values = Array.from({ length: 40 }, () => level * (1 + 0.02 * next()));
      assert.equal(judgeNext(values, level * 3, { kind }).status === 'anomalous', up);
      assert.equal(judgeNext(values, level / 4, { kind }).status === 'anomalous', down);
      assert.equal(judgeNext(values, level / 4, { kind, direction: 'both' }).status, 'anomalous');
      assert.equal(judgeNext(values, level * 3, { kind, direction: 'down' }).status, 'normal');
    });
  }
});

describe('holidays', () => {
  /** 35 days of working days and weekends; a holiday on the next day, a Monday. */
  const onMonday = (date: string): string | null => (date === '2026-02-09' ? 'Founding Day' : null);

  test('a quiet holiday is no alarm, and the message says why', () => {
    assert.equal(judgeNext(month, 5_000).status, 'anomalous');
    const found = judgeNext(month, 5_000, { calendar: onMonday });
    assert.equal(found.status, 'normal');
    assert.equal(found.holiday, 'Founding Day');
    assert.match(found.message, /expected on Founding Day/);
  });

  test('an empty or doubled load is an alarm on a holiday too', () => {
    assert.equal(judgeNext(month, 0, { calendar: onMonday }).status, 'anomalous');
    assert.equal(judgeNext(month, 40_000, { calendar: onMonday }).status, 'anomalous');
  });

  test('a past holiday is kept out of training', () => {
    const monday = (date: string): string | null => (date === '2026-02-02' ? 'Founding Day' : null);
    const quiet = month.map((value, index) => (index === 28 ? 5_000 : value));
    const without = judgeNext(quiet, 10_000);
    const found = judgeNext(quiet, 10_000, { calendar: monday });
    assert.ok(Math.abs(found.z ?? 9) < Math.abs(without.z ?? 0));
    assert.ok((found.high ?? 0) - (found.low ?? 0) < (without.high ?? 0) - (without.low ?? 0));
  });

  test('the working day between a holiday and the weekend may be a day off', () => {
    // Friday 2026-02-06 after a holiday on Thursday.
    const thursday = (date: string): string | null => (date === '2026-02-05' ? 'Founding Day' : null);
    const values = businessDays(32).map((value, index) => (index === 31 ? 5_000 : value));
    assert.notEqual(judgeNext(values, 6_500).status, 'normal');
    const found = judgeNext(values, 6_500, { calendar: thursday });
    assert.deepEqual([found.status, found.holiday], ['normal', null]);
  });

  test('holidays do not move rates', () => {
    const values = Array.from({ length: 35 }, (_, index) => 0.05 + 0.001 * (index % 3));
    const question = { kind: 'rate' as const, calendar: onMonday };
    assert.equal(judgeNext(values, 0.4, question).status, 'anomalous');
    assert.equal(judgeNext(values, 0.4, question).holiday, null);
  });
});

describe('hints', () => {
  for (const [times, hint] of [
    [2, /twice .*loaded twice/],
    [0.5, /half .*input missing/],
    [100, /100 times .*unit/],
    [0.01, /hundredth .*unit/],
  ] as const) {
    test(`a ratio of ${times}`, () => {
      const expected = judgeNext(month, 9_900).expected ?? 0;
      assert.match(judgeNext(month, expected * times).hint ?? '', hint);
    });
  }

  test('none for a normal value or an odd ratio, and a hint lowers the threshold', () => {
    const normal = judgeNext(month, 9_900);
    assert.equal(normal.hint, null);
    assert.equal(judgeNext(month, 30_000).hint, null);
    assert.ok(judgeNext(month, 20_000).threshold < normal.threshold);
    assert.equal(
      judgeNext(month, 20_000, { threshold: 5 }).threshold,
      judgeNext(month, 9_900, { threshold: 5 }).threshold,
    );
  });
});

test('few rows behind a rate are allowed to scatter more', () => {
  const values = Array.from({ length: 35 }, (_, index) => 0.1 + 0.002 * (index % 4));
  const target = { partition: 'x', at: day(35), value: 0.16 };
  const many = judgeNext(values, 0.16, { kind: 'rate', target: { ...target, rows: 100_000 } });
  const few = judgeNext(values, 0.16, { kind: 'rate', target: { ...target, rows: 20 } });
  assert.ok((few.z ?? 0) < (many.z ?? 0) / 1.3);
});

test('rates are shown in per cent', () => {
  const values = Array.from({ length: 35 }, (_, index) => 0.1 + 0.002 * (index % 4));
  assert.match(
    judgeNext(values, 0.5, { kind: 'rate', label: 'null rate' }).message,
    /null rate is 50 %, above/,
  );
});

describe('the power that makes noise even', () => {
  const power = (shape: (noise: number) => number): number => {
    const next = gaussian(11);
    return likelyPower(
      Float64Array.from({ length: 42 }, () => shape(next())),
      new Uint8Array(43),
      42,
    );
  };

  test('bursts upward ask for a smaller one than gaps downward', () => {
    const bursts = power((noise) => 100 * Math.exp(0.4 * noise));
    const even = power((noise) => 100 + 15 * noise);
    const gaps = power((noise) => 200 - 100 * Math.exp(0.3 * noise));
    assert.ok(bursts + 0.1 < even && even + 0.1 < gaps, `${bursts} ${even} ${gaps}`);
  });

  test('it stays between nearly the logarithm and the values themselves', () => {
    for (const exponent of [0.1, 0.5, 1, 2, 5]) {
      const found = power((noise) => Math.max(1, 100 + 30 * noise) ** exponent);
      assert.ok(found >= 0.1 && found <= 1);
    }
    assert.equal(likelyPower(new Float64Array(42), new Uint8Array(43), 42), 0.3);
  });
});
