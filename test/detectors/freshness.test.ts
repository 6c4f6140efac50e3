import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { absentPartitions } from '#detectors/freshness-due.ts';
import { freshness, type Freshness } from '#detectors/freshness.ts';
import { gaussian } from './support.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const at = (day: number, hour = 0, minute = 0): Date =>
  new Date(START + day * DAY_MS + hour * HOUR_MS + minute * 60_000);
const isWeekend = (date: Date): boolean => [0, 6].includes(date.getUTCDay());

const random = gaussian(5);
/** Every day at about six o'clock, until the day before `days`. */
const daily = (days: number): Date[] => Array.from({ length: days }, (_, day) => at(day, 6, 10 * random()));
const weekdays = (days: number): Date[] => daily(days).filter((date) => !isWeekend(date));
const judge = (landings: readonly Date[], now: Date, calendar?: (day: string) => string | null): Freshness =>
  freshness({ landings, now, label: 'orders', ...(calendar && { calendar }) });

describe('late data', () => {
  test('a daily table that did not come', () => {
    const landings = daily(30);
    assert.equal(judge(landings, at(30, 5)).status, 'normal');
    assert.equal(judge(landings, at(30, 6, 30)).status, 'normal');
    const late = judge(landings, at(30, 9));
    assert.equal(late.status, 'anomalous');
    assert.match(
      late.message,
      /^late: nothing of orders has landed for 1 d [23] h, usually every (1 d|23 h \d+ min|1 d \d+ min), at most 1 d [12] h expected$/,
    );
  });

  test('the time from which it is late is where the verdict turns', () => {
    const landings = weekdays(26);
    const { lateAt } = judge(landings, at(25, 7));
    assert.ok(lateAt);
    assert.equal(judge(landings, new Date(lateAt.getTime() - 1000)).status, 'normal');
    assert.equal(judge(landings, new Date(lateAt.getTime() + 1000)).status, 'anomalous');
    assert.ok(
      lateAt > at(28, 6) && lateAt < at(28, 9),
      `Friday's is late on Monday morning: ${lateAt.toISOString()}`,
    );
  });

  test('a weekend without data is no delay', () => {
    const landings = weekdays(26);
    assert.equal(judge(landings, at(27, 23)).status, 'normal', 'Sunday night');
    assert.equal(judge(landings, at(28, 12)).status, 'anomalous', 'Monday noon');
    assert.equal(judge(daily(26), at(27, 12)).status, 'anomalous', 'where Saturdays always came');
  });

  test('a holiday is no delay, unless data came on holidays before', () => {
    const closed = (day: string): string | null =>
      ['2026-01-14', '2026-02-03'].includes(day) ? 'Founders Day' : null;
    const landings = weekdays(29).filter((date) => closed(date.toISOString().slice(0, 10)) === null);
    assert.equal(judge(landings, at(29, 20), closed).status, 'normal');
    assert.equal(judge(landings, at(29, 20)).status, 'anomalous', 'without a calendar');
    assert.equal(
      judge(weekdays(29), at(29, 20), closed).status,
      'anomalous',
      'it came on the holiday before',
    );
  });

  test('hours, weeks, and early data', () => {
    const hourly = Array.from({ length: 200 }, (_, hour) => at(0, hour, 5));
    assert.equal(judge(hourly, at(0, 200, 4)).status, 'normal');
    assert.equal(judge(hourly, at(0, 200, 30)).status, 'anomalous');
    const weekly = Array.from({ length: 8 }, (_, week) => at(7 * week, 6));
    assert.equal(judge(weekly, at(7 * 7 + 6, 6)).status, 'normal');
    assert.equal(judge(weekly, at(7 * 8, 20)).status, 'anomalous');
    assert.equal(judge([...daily(30), at(29, 18)], at(29, 19)).status, 'normal');
  });

  test('partitions that a backfill lands at once are one landing', () => {
    const backfill = Array.from({ length: 30 }, (_, minute) => at(10, 6, 20 + minute));
    const found = judge([...daily(30), ...backfill], at(30, 5));
    assert.equal(found.status, 'normal');
    assert.equal(found.points, 29);
  });

  test('too little to say', () => {
    assert.equal(judge([], at(0)).status, 'no_data');
    assert.equal(judge(daily(5), at(20)).status, 'learning');
    assert.equal(judge(daily(5), at(20)).lateAt, null);
  });

  test('what lands after now is not known yet', () => {
    const landings = daily(40);
    assert.ok((judge(landings, at(29, 12)).lastLandedAt ?? at(99)) < at(29, 12));
  });
});

describe('absent partitions', () => {
  const known = (days: number, without: readonly number[] = []): Date[] =>
    Array.from({ length: days }, (_, day) => day)
      .filter((day) => !without.includes(day))
      .map((day) => at(day));
  const due = (dates: readonly Date[], now: Date, more = {}): string[] =>
    absentPartitions({
      cadence: 'daily',
      known: dates,
      delays: Array.from({ length: 10 }, () => 6 * 3600),
      now,
      ...more,
    }).map(({ at: day }) => day.toISOString().slice(5, 10));

  test('a hole, and what has not come by the usual time', () => {
    assert.deepEqual(due(known(30, [26]), at(30, 5)), ['01-31']);
    assert.deepEqual(due(known(29), at(30, 5)), [], 'it usually comes at six');
    const [absent] = absentPartitions({
      cadence: 'daily',
      known: known(29),
      delays: Array.from({ length: 10 }, () => 6 * 3600),
      now: at(30, 12),
    });
    assert.deepEqual(absent, { at: at(29), dueAt: at(30, 9), seen: 4, of: 4 });
  });

  test('weekends that never had one', () => {
    const workdays = known(26).filter((date) => !isWeekend(date));
    assert.deepEqual(due(workdays, at(30)), ['02-02']);
  });

  test('a holiday is due only where holidays were', () => {
    const calendar = (day: string): string | null =>
      ['2026-01-13', '2026-02-02'].includes(day) ? 'Founders Day' : null;
    assert.deepEqual(due(known(28, [8]), at(29, 20), { calendar }), []);
    assert.deepEqual(due(known(28), at(29, 20), { calendar }), ['02-02']);
    assert.deepEqual(due(known(28), at(29, 20)), ['02-02']);
  });

  test('hours that are empty every night', () => {
    const hours = Array.from({ length: 14 * 24 }, (_, hour) => at(0, hour)).filter(
      (date) => date.getUTCHours() > 5,
    );
    const found = absentPartitions({
      cadence: 'hourly',
      known: hours.slice(0, -3),
      delays: [],
      now: at(14, 8),
    });
    assert.deepEqual(
      found.map(({ at: hour }) => hour.toISOString().slice(8, 13)),
      ['18T21', '18T22', '18T23', '19T06'],
    );
  });

  test('old holes are not told again, and nothing is due of what is not known', () => {
    assert.deepEqual(due(known(30, [10]), at(30, 5)), []);
    assert.deepEqual(due(known(30, [10]), at(30, 5), { reach: 40 }), ['01-15']);
    assert.deepEqual(due([], at(30)), []);
    assert.deepEqual(due(known(2), at(4)), ['01-07'], 'in the first week all days are alike');
  });
});
