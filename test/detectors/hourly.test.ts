import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { pagesHourly, detectHourly } from '#detectors/hourly.ts';
import type { Detection, DetectionPoint, DetectionQuestion, Mark } from '#model/detection.ts';
import { gaussian } from './support.ts';

const HOUR_MS = 3_600_000;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);

type Level = (hour: number, weekend: boolean) => number;
/** Quiet nights, busy noons, weekends at seven tenths. */
const DAILY: Level = (hour, weekend) =>
  1000 * (1 - 0.9 * Math.cos((2 * Math.PI * (hour - 2)) / 24)) * (weekend ? 0.7 : 1);
const FLAT: Level = () => 1000;

function hours(count: number, level: Level, noise: number, seed = 1): DetectionPoint[] {
  const random = gaussian(seed);
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(START + index * HOUR_MS);
    const weekend = [0, 6].includes(at.getUTCDay());
    const value = Math.round(Math.max(1, level(at.getUTCHours(), weekend) * (1 + noise * random())));
    return { partition: at.toISOString().slice(0, 13), at, value };
  });
}

/** The verdict on the last point (with another value if given), from those before it. */
function judge(
  points: readonly DetectionPoint[],
  value?: number | null,
  more: Partial<DetectionQuestion> = {},
): Detection {
  const last = points.at(-1);
  assert.ok(last);
  return detectHourly({
    kind: 'count',
    cadence: 'hourly',
    history: points.slice(0, -1),
    target: value === undefined ? last : { ...last, value },
    marks: [],
    calendar: () => null,
    label: 'row_count',
    ...more,
  });
}

/** 28 days and the hours up to `hour` of the Monday after them. */
const upTo = (hour: number, level: Level = DAILY, noise = 0.1): DetectionPoint[] =>
  hours(28 * 24 + hour + 1, level, noise);

describe('a day with rhythm', () => {
  test('what is common at noon is an alarm at night, and the other way round', () => {
    const noon = judge(upTo(14));
    assert.equal(noon.status, 'normal', noon.message);
    const night = judge(upTo(2), 1900);
    assert.equal(night.status, 'anomalous', night.message);
    assert.ok((night.z ?? 0) > 10 && (night.ratio ?? 0) > 10);
    const low = judge(upTo(14), 120);
    assert.equal(low.status, 'anomalous', low.message);
    assert.ok((low.z ?? 0) < -5);
  });

  test('a value that is just the mean of the month is odd at the wrong hour', () => {
    const points = upTo(2);
    const mean = points.reduce((sum, { value }) => sum + (value ?? 0), 0) / points.length;
    assert.equal(judge(points, Math.round(mean)).status, 'anomalous');
  });

  test('a weekend is compared with weekends', () => {
    // 14:00 of the Saturday after four weeks and five days.
    const points = hours(28 * 24 + 5 * 24 + 15, DAILY, 0.05);
    const found = judge(points);
    assert.equal(found.status, 'normal');
    assert.ok(Math.abs((found.expected ?? 0) - 1900 * 0.7) < 80, String(found.expected));
    assert.match(found.because[0]?.name ?? '', /^14:00 UTC of weekends \(a Saturday\)$/);
  });

  test('a holiday may be like a weekend or like a working day', () => {
    const points = hours(28 * 24 + 15, DAILY, 0.03);
    const calendar = (day: string): string | null => (day === '2026-02-02' ? 'Candlemas' : null);
    assert.equal(judge(points, 1330).status, 'anomalous', 'seven tenths of a common Monday');
    const holiday = judge(points, 1330, { calendar });
    assert.equal(holiday.status, 'normal', holiday.message);
    assert.equal(holiday.holiday, 'Candlemas');
    assert.equal(judge(points, 1900, { calendar }).status, 'normal');
    assert.equal(judge(points, 4000, { calendar }).status, 'anomalous');
    assert.equal(judge(points, 1330, { calendar, kind: 'mean' }).holiday, null, 'means do not follow it');
  });

  test('noisy hours are given more room than quiet ones', () => {
    const points = upTo(14, DAILY, 0.2);
    const day = judge(points);
    const night = judge(upTo(2, DAILY, 0.2));
    const room = ({ low, high }: Detection): number => (high ?? 0) - (low ?? 0);
    assert.ok(room(day) > 2 * room(night), `${room(day)} against ${room(night)}`);
  });
});

describe('the expected range', () => {
  test('its edges are where the alarm begins', () => {
    for (const hour of [3, 14]) {
      const points = upTo(hour, FLAT, 0.1);
      const { low, high, threshold } = judge(points, 1000, { kind: 'mean' });
      assert.ok(low !== null && high !== null);
      for (const [value, status] of [
        [low - 1, 'anomalous'],
        [low + 1, 'notice'],
        [high - 1, 'notice'],
        [high + 1, 'anomalous'],
      ] as const) {
        const found = judge(points, value, { kind: 'mean' });
        assert.equal(found.status, status, found.message);
        assert.ok(Math.abs(Math.abs(found.z ?? 0) - threshold) < 0.1);
      }
    }
  });

  test('a volume is not expected below zero, a rate not above one', () => {
    assert.equal(judge(upTo(2, DAILY, 0.6), 300).low, 0);
    const rates = upTo(2, FLAT).map((point) => ({ ...point, value: Math.min(1, (point.value ?? 0) / 1100) }));
    assert.equal(judge(rates, 0.92, { kind: 'rate' }).high, 1);
  });

  test('noise alone is rarely an alarm', () => {
    let alarms = 0;
    let notices = 0;
    const points = hours(28 * 24 + 1500, FLAT, 0.1, 7);
    for (let end = 28 * 24; end < points.length; end += 1) {
      const { status } = judge(points.slice(end - 28 * 24, end + 1));
      if (status === 'anomalous') alarms += 1;
      if (status === 'notice') notices += 1;
    }
    assert.equal(alarms, 0);
    assert.ok(notices <= 8, `${notices} notices in 1500 hours`);
  });

  test('few rows behind a rate give more room', () => {
    const rates = upTo(14).map((point) => ({ ...point, value: 0.01, rows: 100 }));
    const last = rates.at(-1) as DetectionPoint;
    const seen = (rows: number): Detection =>
      judge(rates, undefined, { kind: 'rate', target: { ...last, value: 0.05, rows } });
    assert.equal(seen(20).status, 'normal', seen(20).message);
    assert.equal(seen(100_000).status, 'anomalous');
  });

  test('only more nulls are an alarm, unless asked otherwise', () => {
    const rates = upTo(14).map((point, index) => ({ ...point, value: 0.2 + 0.01 * (index % 3) }));
    assert.equal(judge(rates, 0.9, { kind: 'rate' }).status, 'anomalous');
    assert.equal(judge(rates, 0.001, { kind: 'rate' }).status, 'normal');
    assert.equal(judge(rates, 0.001, { kind: 'rate', direction: 'both' }).status, 'anomalous');
  });
});

describe('hard rules', () => {
  test('an empty hour where none ever was', () => {
    const night = judge(upTo(2, DAILY, 0.3), 0);
    assert.deepEqual([night.status, night.rules], ['anomalous', ['empty']]);
    assert.match(night.message, /^row_count is 0, .*; the partition is empty/);
    const closed = upTo(2).map((point) =>
      [1, 2, 3].includes(point.at.getUTCHours()) ? { ...point, value: 0 } : point,
    );
    assert.deepEqual(judge(closed, 0).rules, [], 'empty every night');
    const few = upTo(2).map((point) => ({ ...point, value: 1 + (point.at.getUTCDate() % 3) }));
    assert.deepEqual(judge(few, 0).rules, [], 'two rows may be none by chance');
    assert.deepEqual(judge(upTo(2), 0, { kind: 'mean' }).rules, [], 'a mean may be zero');
  });

  test('an absent hour where it is always there', () => {
    assert.deepEqual(judge(upTo(2), null).rules, ['absent']);
    assert.equal(judge(upTo(2), null).status, 'anomalous');
    const closed = upTo(2).map((point) => (point.at.getUTCHours() < 5 ? { ...point, value: null } : point));
    assert.deepEqual([judge(closed, null).rules, judge(closed, null).status], [[], 'no_data']);
    assert.equal(judge(upTo(2), Number.NaN).value, null);
  });

  test('exactly the value of the hour before, or of this hour yesterday, where chance cannot do it', () => {
    const large = upTo(14, (hour, weekend) => 1000 * DAILY(hour, weekend));
    assert.deepEqual(judge(large, large.at(-2)?.value).rules, ['exact_repeat']);
    assert.deepEqual(judge(large, large.at(-25)?.value).rules, ['exact_repeat']);
    const small = upTo(14);
    assert.deepEqual(judge(small, small.at(-2)?.value).rules, [], 'thousands repeat now and then');
    const means = small.map((point, index) => ({ ...point, value: (point.value ?? 0) + index / 1e4 + 1e-5 }));
    assert.deepEqual(judge(means, means.at(-2)?.value, { kind: 'mean' }).rules, ['exact_repeat']);
    const stuck = large.with(30, { ...(large[30] as DetectionPoint), value: large[29]?.value ?? 0 });
    assert.deepEqual(judge(stuck, stuck.at(-2)?.value).rules, [], 'it has happened before');
  });
});

describe('learning', () => {
  test('two days are needed; before them only what is far from all that was seen', () => {
    const young = hours(47, DAILY, 0.1);
    assert.equal(judge(young).status, 'learning');
    assert.equal(judge(young).expected, null);
    assert.deepEqual(judge(young, 50_000).rules, ['out_of_bounds_while_learning']);
    assert.equal(judge(young.slice(0, 8), 50_000).status, 'learning');
    assert.equal(judge(young, undefined, { history: [] }).status, 'learning');
    assert.notEqual(judge(hours(49, DAILY, 0.1)).status, 'learning');
  });

  test('a young history is trusted less', () => {
    assert.ok(judge(hours(49, FLAT, 0.1)).threshold > 10);
    assert.ok(judge(hours(200, FLAT, 0.1)).threshold < 5.5);
    assert.ok(Math.abs(judge(upTo(2)).threshold - 5) < 0.01);
  });

  test('the first weekend is expected to be like working days of that hour', () => {
    const { expected } = judge(hours(5 * 24 + 15, DAILY, 0.02));
    assert.ok(Math.abs((expected ?? 0) - 1900) < 150, String(expected));
  });
});

describe('marks', () => {
  const mark = (kind: Mark['kind'], point: DetectionPoint | undefined): Mark => {
    assert.ok(point);
    return { kind, partition: point.partition, at: point.at, markedAt: point.at };
  };

  test('an incident or a one-off is kept out, and nothing else is', () => {
    const points = upTo(14, FLAT, 0.05);
    const bad = points.slice(-20, -1).map(({ partition }) => partition);
    const stained = points.map((point) =>
      bad.includes(point.partition) ? { ...point, value: 5000 } : point,
    );
    const marks = stained
      .filter(({ partition }) => bad.includes(partition))
      .map((point) => mark('incident', point));
    const kept = judge(stained, 1300);
    const out = judge(stained, 1300, { marks });
    assert.ok(Math.abs(out.z ?? 0) > 2 * Math.abs(kept.z ?? 0), `${out.z} against ${kept.z}`);
    assert.equal(out.points, kept.points - bad.length);
  });

  test('a marked hour is no alarm, and says why', () => {
    const points = upTo(14);
    const found = judge(points, 50_000, { marks: [mark('expected', points.at(-1))] });
    assert.equal(found.status, 'normal');
    assert.match(found.message, /; marked as expected$/);
  });

  test('a new normal lifts the older hours', () => {
    const points = upTo(14, DAILY, 0.05);
    const from = points.length - 10;
    const shifted = points.map((point, index) =>
      index < from ? point : { ...point, value: 3 * (point.value ?? 0) },
    );
    assert.equal(judge(shifted).status, 'anomalous');
    const found = judge(shifted, undefined, { marks: [mark('new_normal', shifted[from])] });
    assert.equal(found.status, 'normal', found.message);
    assert.ok(Math.abs((found.expected ?? 0) - 5700) < 600, String(found.expected));
  });

  test('noisy raises the threshold', () => {
    const points = upTo(14);
    const { threshold } = judge(points, undefined, { marks: [mark('noisy', points.at(-1))] });
    assert.ok(Math.abs(threshold - 6.25) < 0.01);
  });
});

test('a level shift is an alarm for a day or so, not for weeks', () => {
  const points = hours(35 * 24, FLAT, 0.05);
  const shifted = points.map((point, index) =>
    index < 28 * 24 ? point : { ...point, value: 2 * (point.value ?? 0) },
  );
  const alarms = Array.from({ length: 7 * 24 }, (_, hour) => 28 * 24 + hour).filter(
    (end) => judge(shifted.slice(end - 28 * 24, end + 1)).status === 'anomalous',
  );
  assert.equal(alarms[0], 28 * 24, 'at once');
  assert.ok(
    alarms.every((end) => end < 30 * 24),
    `last ${Math.max(...alarms) / 24 - 28} days after`,
  );
});

test('neither the order of the history nor what comes later matters', () => {
  const points = upTo(14);
  const [last] = points.slice(-1);
  const answer = judge(points, 2500);
  assert.deepEqual(judge([...points.slice(0, -1).reverse(), last as DetectionPoint], 2500), answer);
  const later = { partition: 'later', at: new Date((last?.at.getTime() ?? 0) + HOUR_MS), value: 1e6 };
  const again = { partition: 'again', at: last?.at ?? new Date(0), value: 2500 };
  assert.deepEqual(judge([...points.slice(0, -1), again, later, last as DetectionPoint], 2500), answer);
});

test('whatever it is asked it answers, and with numbers', () => {
  const value = fc.oneof(
    fc.constantFrom(null, 0, -1, Number.NaN, Infinity, 1e300, -1e300, 5e-324, 7, 7),
    fc.double(),
    fc.nat(1000),
  );
  const kind = fc.constantFrom('count', 'sum', 'distinct', 'bytes', 'mean', 'rate', 'duration', 'delay');
  const rows = fc.constantFrom(undefined, 0, 1, 1e6);
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 40, maxLength: 200 }),
      value,
      kind,
      rows,
      fc.integer({ min: -1, max: 40 }),
      (list, last, kind, rows, every) => {
        const history = list.map((one, index): DetectionPoint => {
          const at = new Date(START + index * HOUR_MS);
          return { partition: at.toISOString(), at: every === -1 ? new Date(Number.NaN) : at, value: one };
        });
        const at = new Date(START + (list.length + Math.max(0, every)) * HOUR_MS);
        const target = { partition: 'x', at, value: last, ...(rows !== undefined && { rows }) };
        const found = detectHourly({
          kind,
          cadence: 'hourly',
          history,
          target,
          marks: [],
          calendar: () => (every === 3 ? 'feast' : null),
          label: 'v',
        });
        for (const number of [found.expected, found.low, found.high, found.z, found.ratio, found.threshold])
          assert.ok(number === null || !Number.isNaN(number), JSON.stringify(found));
        assert.ok(found.message.length > 0);
        if (found.expected !== null && kind !== 'rate' && every !== 3)
          assert.ok(
            (found.low ?? 0) <= found.expected && found.expected <= (found.high ?? 0),
            JSON.stringify(found),
          );
      },
    ),
    { numRuns: 300 },
  );
});

describe('paging', () => {
  const detected = (status: Detection['status'], z: number, rules: Detection['rules'] = []): Detection => ({
    ...judge(upTo(2)),
    status,
    z,
    rules,
  });
  const fine = detected('normal', 0.2);
  const high = detected('anomalous', 7);
  const low = detected('anomalous', -7);

  test('two of three consecutive hours on the same side', () => {
    assert.deepEqual(pagesHourly([fine, fine, high]).page, false);
    assert.deepEqual(pagesHourly([high, fine, high]), {
      page: true,
      hours: [0, 2],
      reason: '2 of the last 3 hours are too high',
    });
    assert.equal(pagesHourly([high, high, fine]).page, false, 'it is over');
    assert.equal(pagesHourly([low, fine, high]).page, false);
    assert.equal(pagesHourly([high, fine, fine, high]).page, false, 'four hours ago');
    assert.deepEqual(pagesHourly([low, low]).hours, [0, 1]);
  });

  test('an empty or absent hour at once', () => {
    assert.deepEqual(pagesHourly([detected('anomalous', -1, ['empty'])]), {
      page: true,
      hours: [0],
      reason: 'the hour is empty',
    });
    assert.equal(pagesHourly([fine, { ...detected('anomalous', 0, ['absent']), z: null }]).page, true);
    assert.equal(pagesHourly([fine, detected('anomalous', 0.1, ['exact_repeat'])]).page, false);
    assert.equal(pagesHourly([]).page, false);
  });
});
