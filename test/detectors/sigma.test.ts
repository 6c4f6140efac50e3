import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { expectedBand } from '#detectors/expected-band.ts';
import { detectSigma, type SigmaOptions } from '#detectors/sigma.ts';
import type { AnomalyVerdict, SeriesPoint } from '#model/finding.ts';
import { gaussian } from './support.ts';

const DAY_MS = 86_400_000;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);

function dated(values: readonly number[], stepDays = 1): SeriesPoint[] {
  return values.map((value, index) => {
    const at = new Date(START + index * stepDays * DAY_MS);
    return { partition: `dt=${at.toISOString().slice(0, 10)}`, value, at };
  });
}

const undated = (values: readonly number[]): SeriesPoint[] =>
  values.map((value, index) => ({ partition: `p=${index}`, value, at: null }));

/** The verdict on the last of the values, given the others. */
function judge(points: readonly SeriesPoint[], options: Partial<SigmaOptions> = {}): AnomalyVerdict {
  const candidate = points.at(-1);
  assert.ok(candidate);
  return detectSigma(points.slice(0, -1), candidate, { sigma: 2, label: 'row_count', ...options });
}

describe('verdicts in words', () => {
  const steady = [100, 102, 98, 101, 99, 100, 102, 98, 101, 99];
  const cases: [
    name: string,
    values: readonly number[],
    options: Partial<SigmaOptions>,
    status: AnomalyVerdict['status'],
    message: string,
  ][] = [
    [
      'normal',
      [...steady, 101],
      {},
      'normal',
      'row_count is 101, within the expected 96.37 to 103.6 (2 sigma around 100, the mean of the last 10 partitions)',
    ],
    [
      'too low',
      [...steady, 4],
      {},
      'anomalous',
      'row_count is 4, below the expected 96.37 to 103.6 (2 sigma around 100, the mean of the last 10 partitions)',
    ],
    [
      'too high',
      [...steady, 4000],
      {},
      'anomalous',
      'row_count is 4 000, above the expected 96.37 to 103.6 (2 sigma around 100, the mean of the last 10 partitions)',
    ],
    [
      'only downwards counts',
      [...steady, 4000],
      { direction: 'down' },
      'normal',
      'row_count is 4 000, above the expected 96.37 to 103.6 (2 sigma around 100, the mean of the last 10 partitions)',
    ],
    [
      'only upwards counts',
      [...steady, 4],
      { direction: 'up' },
      'normal',
      'row_count is 4, below the expected 96.37 to 103.6 (2 sigma around 100, the mean of the last 10 partitions)',
    ],
    [
      'three sigma',
      [...steady, 104],
      { sigma: 3 },
      'normal',
      'row_count is 104, within the expected 93.6 to 106.4 (3 sigma around 100, the mean of the last 10 partitions)',
    ],
    [
      'a window',
      [1e6, 1e6, 1e6, ...steady, 101],
      { window: 10 },
      'normal',
      'row_count is 101, within the expected 96.37 to 103.6 (2 sigma around 100, the mean of the last 10 partitions)',
    ],
    [
      'the band is shown within what is possible',
      [...steady.map((value) => value * value - 9500), 4],
      { minimum: 0, maximum: 1100 },
      'normal',
      'row_count is 4, within the expected 0 to 1 100 (2 sigma around 502, the mean of the last 10 partitions)',
    ],
    [
      'a constant history, the same',
      [5, 5, 5, 5, 5, 5],
      {},
      'normal',
      'row_count is 5, the same as in the last 5 partitions',
    ],
    [
      'a constant history, another',
      [5, 5, 5, 5, 5, 6],
      {},
      'anomalous',
      'row_count is 6, but it was 5 in all of the last 5 partitions',
    ],
    [
      'constant up to rounding',
      [0.3, 0.1 + 0.2, 0.3, 0.3, 0.3, 0.1 + 0.2],
      {},
      'normal',
      'row_count is 0.3, the same as in the last 5 partitions',
    ],
    [
      'zeros, then one',
      [0, 0, 0, 0, 0, 1],
      {},
      'anomalous',
      'row_count is 1, but it was 0 in all of the last 5 partitions',
    ],
    [
      'no history',
      [4],
      {},
      'learning',
      'row_count is 4, not judged: there is no earlier partition, at least 5 are needed',
    ],
    [
      'one point',
      [4, 4],
      {},
      'learning',
      'row_count is 4, not judged: only 1 earlier partition can be compared, at least 5 are needed',
    ],
    [
      'four points',
      [4, 4, 4, 4, 4],
      {},
      'learning',
      'row_count is 4, not judged: only 4 earlier partitions can be compared, at least 5 are needed',
    ],
    [
      "a minimum of one's own",
      [4, 4, 4, 4, 4, 4],
      { minimumPoints: 7 },
      'learning',
      'row_count is 4, not judged: only 5 earlier partitions can be compared, at least 7 are needed',
    ],
    [
      'unusable points do not count',
      [4, 4, 4, 4, Number.NaN, 4],
      {},
      'learning',
      'row_count is 4, not judged: only 4 earlier partitions can be compared, at least 5 are needed',
    ],
    ['no number', [...steady, Number.NaN], {}, 'no_data', 'row_count has no value'],
    ['infinity', [...steady, Infinity], {}, 'no_data', 'row_count has no value'],
    [
      'per cent',
      [0.01, 0.02, 0.01, 0.02, 0.01, 0.5],
      { label: 'null_percentage(c)', percent: true, minimum: 0 },
      'anomalous',
      'null_percentage(c) is 50 %, above the expected 0 % to 3.122 % (2 sigma around 1.4 %, the mean of the last 5 partitions)',
    ],
  ];
  for (const [name, values, options, status, message] of cases) {
    test(name, () => {
      const verdict = judge(undated(values), options);
      assert.deepEqual([verdict.status, verdict.message], [status, message]);
    });
  }

  test('a verdict carries band, score, direction and the points that it rests on', () => {
    const verdict = judge(undated([...steady, 4]));
    assert.equal(verdict.direction, 'down');
    assert.equal(verdict.detector, 'sigma');
    assert.equal(verdict.slot, 'all');
    assert.deepEqual(
      verdict.baseline,
      undated(steady).map(({ partition, value }) => ({ partition, value })),
    );
    assert.ok(verdict.expected && Math.abs(verdict.expected.mean - 100) < 1e-9);
  });

  test('the score is the sigma asked for exactly at the edge of the band', () => {
    const { expected } = judge(undated([...steady, 100]));
    assert.ok(expected);
    assert.ok(Math.abs((judge(undated([...steady, expected.high])).score ?? 0) - 2) < 1e-9);
    assert.equal(judge(undated([...steady, expected.high])).status, 'normal');
    assert.equal(judge(undated([...steady, expected.high + 0.001])).status, 'anomalous');
    assert.equal(
      judge(undated([5, 5, 5, 5, 5, 6])).score,
      null,
      'nothing varied, so there is no sigma to count in',
    );
    assert.equal(judge(undated([5, 5, 5, 5, 5, 5])).score, 0);
  });

  test('a point of the same partition never helps to excuse the candidate', () => {
    const history = [...undated(steady), { partition: 'p=now', value: 4, at: null }];
    const verdict = detectSigma(history, { partition: 'p=now', value: 4, at: null }, { sigma: 2 });
    assert.equal(verdict.status, 'anomalous');
    assert.equal(verdict.baseline.length, 10);
  });
});

describe('weekday slots', () => {
  /** Workdays about 1000, Saturdays about 600, Sundays about 800, with a little noise. */
  const week = (days: number, seed = 1): number[] => {
    const noise = gaussian(seed);
    return Array.from(
      { length: days },
      (_, day) => ([1000, 1000, 1000, 1000, 1000, 600, 800][day % 7] ?? 0) + 8 * noise(),
    );
  };

  test('a Saturday that is low every week is normal at any length of history, or not judged yet', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const values = week(60, seed);
      for (let day = 5; day < 60; day += 7) {
        const verdict = judge(dated([...values.slice(0, day), 600]));
        assert.equal(
          verdict.status,
          day === 5 ? 'learning' : 'normal',
          `seed ${seed} day ${day}: ${verdict.message}`,
        );
      }
    }
    assert.equal(
      judge(dated(week(6))).message,
      `row_count is ${Math.round((week(6)[5] ?? 0) * 1000) / 1000}, not judged: there is no earlier Saturday to compare with yet`,
    );
  });

  test("a workday that falls to a Saturday's level is anomalous once the rhythm is known, and says why", () => {
    for (const day of [21, 28, 44, 58]) {
      const verdict = judge(dated([...week(day), 600]));
      assert.equal(verdict.status, 'anomalous');
      assert.equal(verdict.slot, 'weekday');
      assert.match(
        verdict.message,
        /^row_count is 600, below the expected 9\d\d\.?\d* to 1 0\d\d \(2 sigma around (?:9\d\d\.?\d*|1 00\d), the mean of the last [345] (?:Mon|Tues|Wednes)days\)$/,
      );
    }
  });

  test('a halved day is found in the second week too', () => {
    const values = week(13);
    for (let day = 7; day < 13; day += 1) {
      const verdict = judge(dated([...values.slice(0, day), (values[day] ?? 0) * 0.1]));
      assert.equal(verdict.status, 'anomalous', `day ${day}: ${verdict.message}`);
    }
  });

  test('without dates, with hourly or weekly points, or without a rhythm all points are compared', () => {
    assert.equal(judge(undated(week(36))).slot, 'all');
    assert.equal(judge(dated(week(36), 1 / 24)).slot, 'all');
    assert.equal(judge(dated(week(36), 7)).slot, 'all');
    const noise = gaussian(3);
    assert.equal(judge(dated(Array.from({ length: 31 }, () => 1000 + 10 * noise()))).slot, 'all');
  });

  test('a rhythm that repeats exactly leaves no room', () => {
    const exact = Array.from({ length: 28 }, (_, day) => [10, 10, 10, 10, 10, 6, 8][day % 7] ?? 0);
    assert.equal(judge(dated([...exact, 10])).message, 'row_count is 10, the same as in the last 4 Mondays');
    assert.equal(
      judge(dated([...exact, 9])).message,
      'row_count is 9, but it was 10 in all of the last 4 Mondays',
    );
  });

  test('a missing day in between does not end the rhythm', () => {
    const points = dated([...week(35), 1000]).filter((_, index) => index !== 12 && index !== 19);
    assert.equal(judge(points).slot, 'weekday');
  });

  test('the expected band of a coming day follows its weekday', () => {
    const history = dated(week(28));
    const saturday = expectedBand(history, { at: new Date(START + 33 * DAY_MS) }, { sigma: 2 });
    const monday = expectedBand(history, { at: new Date(START + 28 * DAY_MS) }, { sigma: 2 });
    assert.ok(saturday.status === 'band' && monday.status === 'band');
    assert.equal(saturday.band.weekday, 'Saturday');
    assert.ok(saturday.band.high < 650 && monday.band.low > 950);
  });
});

test('on pure noise the false-alarm rate is near nominal, from the first verdict on', () => {
  const noise = gaussian(7);
  for (const length of [5, 7, 10, 14, 20, 30]) {
    let alarms = 0;
    const trials = 3000;
    for (let trial = 0; trial < trials; trial += 1) {
      if (judge(undated(Array.from({ length: length + 1 }, noise))).status === 'anomalous') alarms += 1;
    }
    // Nominal is 4.55 %; plain mean ± 2 sd gives 11 % at seven points.
    assert.ok(Math.abs(alarms / trials - 0.0455) < 0.013, `${length} points: ${alarms / trials}`);
  }
  // Of daily series too, where the weekdays of pure noise may look like a rhythm.
  for (const length of [7, 10, 13, 14, 15, 21, 30]) {
    let alarms = 0;
    for (let trial = 0; trial < 6000; trial += 1) {
      if (judge(dated(Array.from({ length: length + 1 }, noise))).status === 'anomalous') alarms += 1;
    }
    assert.ok(Math.abs(alarms / 6000 - 0.0455) < 0.009, `${length} days: ${alarms / 6000}`);
  }
});

test('any finite series gets a verdict that scales with it, and none makes the detector throw', () => {
  const value = fc.oneof(fc.double(), fc.integer({ min: -5, max: 5 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), fc.boolean(), (values, withDates) => {
      const verdict = judge(withDates ? dated(values) : undated(values));
      assert.ok(verdict.message.length > 0);
      if (verdict.expected) assert.ok(verdict.expected.low <= verdict.expected.high);
      if (verdict.status === 'anomalous') assert.ok(verdict.direction !== null);
    }),
    { numRuns: 500 },
  );
  const modest = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 7, maxLength: 40 });
  fc.assert(
    fc.property(modest, (values) => {
      const plain = judge(dated(values));
      const scaled = judge(dated(values.map((one) => one * 1024)));
      assert.deepEqual(
        [scaled.status, scaled.slot, scaled.direction],
        [plain.status, plain.slot, plain.direction],
      );
    }),
  );
});
