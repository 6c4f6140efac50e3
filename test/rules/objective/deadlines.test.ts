import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeOccurrence, nextLook } from '#rules/objective/judge.ts';
import { occurrencesOf } from '#rules/objective/occurrence.ts';
import type { Promised } from '#model/objective.ts';
import { at, fresh, known, landedBy } from './promises.ts';

const day = (date: string, time: string) => ({ partition: `dt=${date}`, at: at(time) });

describe('landed by a time of day', () => {
  test('the day after is when a partition is due, in its zone, also on days of 23 and 25 hours', () => {
    const landings = [day('2026-03-20', '2026-03-21T04:00'), day('2026-10-20', '2026-10-21T04:00')];
    const due = (now: string): string[] =>
      known({ promise: landedBy('06:30 Europe/Berlin'), landings, now: at(now) })
        .slice(-2)
        .map(({ period, dueAt }) => `${period} ${dueAt.toISOString().slice(0, 16)}`);
    assert.deepEqual(due('2026-03-29T00:00'), ['2026-03-27 2026-03-28T05:30', '2026-03-28 2026-03-29T04:30']);
    assert.deepEqual(due('2026-10-25T00:00'), ['2026-10-23 2026-10-24T04:30', '2026-10-24 2026-10-25T05:30']);
  });

  test('a time that the change of clocks leaves out is as much later; of one that comes twice it is the first', () => {
    const next = (landed: string, now: string): string | undefined =>
      known({
        promise: landedBy('02:30 Europe/Berlin'),
        landings: [day(landed, `${landed}T23:00`)],
        now: at(now),
      })
        .at(-1)
        ?.dueAt.toISOString();
    assert.equal(next('2026-03-27', '2026-03-28T12:00'), '2026-03-29T01:30:00.000Z');
    assert.equal(next('2026-10-23', '2026-10-24T12:00'), '2026-10-25T00:30:00.000Z');
  });

  test('on working days alone, holidays left out; a promise for every day knows none', () => {
    const landings = [day('2026-12-20', '2026-12-21T01:00')];
    const calendar = (date: string): string | null => (date === '2026-12-25' ? 'Christmas' : null);
    const due = (text: string): string[] =>
      known({ promise: landedBy(text), landings, now: at('2026-12-29T00:00'), calendar }).map(({ dueAt }) =>
        dueAt.toISOString().slice(8, 10),
      );
    assert.deepEqual(due('06:00 UTC on mon-fri'), ['21', '22', '23', '24', '28', '29']);
    assert.deepEqual(due('06:00 UTC'), ['21', '22', '23', '24', '25', '26', '27', '28', '29']);
  });

  test('a month is due on the first of the next', () => {
    const landings = [{ partition: 'month=2026-01', at: at('2026-02-01T03:00') }];
    const promise = landedBy('06:00 Asia/Tokyo', 'month');
    const [january, february, ...more] = known({ promise, landings, now: at('2026-02-10T00:00') });
    assert.deepEqual(
      [january?.period, january?.dueAt.toISOString()],
      ['2026-01', '2026-01-31T21:00:00.000Z'],
    );
    assert.deepEqual(
      [february?.period, february?.dueAt.toISOString()],
      ['2026-02', '2026-02-28T21:00:00.000Z'],
    );
    assert.equal(february?.partition, 'month=2026-02');
    assert.deepEqual(more, []);
  });

  test('of hours the day is there with the last one', () => {
    const hour = (n: number) => ({
      partition: `dt=2026-05-01/hour=${String(n).padStart(2, '0')}`,
      at: new Date(+at('2026-05-01T00:00') + (n + 1) * 3_600_000 + 600_000),
    });
    const hours = Array.from({ length: 24 }, (_, n) => hour(n));
    const question = { promise: landedBy('02:00 UTC'), now: at('2026-05-02T03:00') };
    const [whole] = known({ ...question, landings: hours });
    assert.deepEqual(
      [whole?.period, whole?.landedAt?.toISOString()],
      ['2026-05-01', '2026-05-02T00:10:00.000Z'],
    );
    const [broken] = known({ ...question, landings: hours.toSpliced(7, 1) });
    assert.equal(broken?.landedAt, null);
  });

  test('a period is there when every region is that the one before it had', () => {
    const part = (date: string, region: string, time: string) => ({
      partition: `dt=${date}/region=${region}`,
      at: at(time),
    });
    const landings = [
      part('2026-05-01', 'eu', '2026-05-02T01:00'),
      part('2026-05-01', 'us', '2026-05-02T02:00'),
      part('2026-05-02', 'eu', '2026-05-03T01:00'),
    ];
    const promise = landedBy('06:00 UTC');
    const second = (more: typeof landings) =>
      known({ promise, landings: [...landings, ...more], now: at('2026-05-03T08:00') })[1];
    assert.equal(second([])?.landedAt, null);
    const late = second([part('2026-05-02', 'us', '2026-05-03T07:00')]);
    assert.equal(late?.landedAt?.toISOString(), '2026-05-03T07:00:00.000Z');
  });

  test('without partitions what lands on the local day of the deadline is that day', () => {
    const landings = ['2026-05-04T22:30', '2026-05-06T04:45', '2026-05-07T05:30'].map((time) => ({
      partition: '',
      at: at(time),
    }));
    const now = at('2026-05-07T12:00');
    const states = known({ promise: landedBy('07:00 Europe/Berlin', null), landings, now }).map((one) => [
      one.period,
      judgeOccurrence(one, now).state,
    ]);
    // 22:30 is half past midnight of the fifth in Berlin.
    assert.deepEqual(states, [
      ['2026-05-05', 'met'],
      ['2026-05-06', 'met'],
      ['2026-05-07', 'late'],
      ['2026-05-08', 'waiting'],
    ]);
  });

  test('missed at the deadline itself whenever somebody looks, met late with its lateness', () => {
    const landings = [day('2026-05-01', '2026-05-02T05:00'), day('2026-05-02', '2026-05-03T08:15')];
    const promise = landedBy('06:30 UTC');
    const of = (now: string) => {
      const [, second] = known({ promise, landings, now: at(now) });
      assert.ok(second);
      return judgeOccurrence(second, at(now));
    };
    assert.equal(of('2026-05-03T06:30').state, 'waiting');
    for (const now of ['2026-05-03T06:31', '2026-05-03T08:14']) {
      const { state, at: since } = of(now);
      assert.deepEqual([state, since.toISOString()], ['missed', '2026-05-03T06:30:00.000Z']);
    }
    const late = of('2026-05-04T12:00');
    assert.deepEqual([late.state, late.lateSeconds], ['late', 6300]);
    assert.match(
      late.message,
      /^2026-05-02 landed 2026-05-03 08:15Z, 1 h 45 min late, due 2026-05-03 06:30Z$/,
    );
  });

  test('who would tell is silent: nobody can tell, and it is no miss', () => {
    const occurrence = {
      period: '2026-05-02',
      opensAt: at('2026-05-02T00:00'),
      dueAt: at('2026-05-03T06:30'),
      landedAt: null,
    };
    const judged = judgeOccurrence(occurrence, at('2026-05-03T07:00'), 'nothing is heard');
    assert.equal(judged.state, 'cannot_tell');
    assert.match(judged.message, /cannot tell whether 2026-05-02 landed.*nothing is heard/);
  });
});

describe('freshness', () => {
  const HOURS = 4 * 3600;

  test('a period is fresh when it is there so soon after its end', () => {
    const landings = [day('2026-05-01', '2026-05-02T03:00'), day('2026-05-02', '2026-05-03T05:00')];
    const now = at('2026-05-04T04:30');
    const judged = known({ promise: fresh(HOURS), landings, now }).map((one) => {
      const { state, lateSeconds } = judgeOccurrence(one, now);
      return [one.period, state, lateSeconds];
    });
    assert.deepEqual(judged, [
      ['2026-05-01', 'met', null],
      ['2026-05-02', 'late', 3600],
      ['2026-05-03', 'missed', 1800],
      ['2026-05-04', 'waiting', null],
    ]);
  });

  test('of hourly partitions every hour counts, over the change of clocks too: keys are UTC', () => {
    const landings = Array.from({ length: 6 }, (_, n) => ({
      partition: `dt=2026-03-28/hour=${20 + n < 24 ? 20 + n : 23}`,
      at: new Date(+at('2026-03-28T21:20') + Math.min(n, 3) * 3_600_000),
    }));
    const now = at('2026-03-29T02:00');
    const judged = known({ promise: fresh(3600), landings, now }).map((one) => [
      one.period,
      judgeOccurrence(one, now).state,
    ]);
    assert.deepEqual(judged, [
      ['2026-03-28T20', 'met'],
      ['2026-03-28T21', 'met'],
      ['2026-03-28T22', 'met'],
      ['2026-03-28T23', 'met'],
      ['2026-03-29T00', 'waiting'],
      ['2026-03-29T01', 'waiting'],
    ]);
    assert.equal(
      judgeOccurrence(
        known({ promise: fresh(3600), landings, now: at('2026-03-29T02:01') }).at(-2) ?? assert.fail(),
        at('2026-03-29T02:01'),
      ).state,
      'missed',
    );
  });

  test('without partitions each landing must be followed by the next in time', () => {
    const landings = ['2026-05-01T00:00', '2026-05-01T03:00', '2026-05-01T09:00'].map((time) => ({
      partition: '',
      at: at(time),
    }));
    const states = (now: string): string[] =>
      known({ promise: fresh(HOURS), landings, now: at(now) }).map(
        (one) => judgeOccurrence(one, at(now)).state,
      );
    assert.deepEqual(states('2026-05-01T07:30'), ['met', 'missed']);
    assert.deepEqual(states('2026-05-01T10:00'), ['met', 'late', 'waiting']);
  });
});

const RETENTION: Promised = {
  kind: 'retention',
  name: 'retention',
  text: 'retention',
  seconds: 1,
  grain: null,
  column: null,
};

test('what nobody can tell: nothing landed, the past played again, data without times, retention', () => {
  const ask = (landings: { partition: string; at: Date }[], promise = fresh(3600)): string => {
    const found = occurrencesOf({ promise, landings, since: new Date(0), now: at('2026-05-03T00:00') });
    return found.status === 'known' ? 'known' : found.why;
  };
  assert.match(ask([]), /nothing of it has ever landed/);
  assert.match(ask([day('2001-01-31', '2026-05-01T00:00')]), /the past/);
  assert.match(
    ask([{ partition: 'region=eu', at: at('2026-05-01T00:00') }], { ...fresh(1), grain: 'day' }),
    /tell no day/,
  );
  assert.match(ask([day('2026-05-01', '2026-05-02T00:00')], RETENTION), /nobody measured/);
  assert.equal(ask([day('2026-05-01', '2026-05-02T00:00')]), 'known');
});

test('the next look is at the next due time, else less and less often', () => {
  const now = at('2026-05-03T06:00');
  const promise = landedBy('06:30 UTC');
  const look = (time: Date, warnAt: Date | null = null): number => {
    const judged = known({ promise, landings: [day('2026-05-01', '2026-05-02T05:00')], now: time }).map(
      (occurrence) => ({ occurrence, judgement: judgeOccurrence(occurrence, time) }),
    );
    return +nextLook(judged, time, warnAt) - +time;
  };
  assert.equal(look(now), 30 * 60_000 + 1);
  assert.equal(look(now, at('2026-05-03T06:10')), 10 * 60_000);
  assert.equal(look(at('2026-05-03T06:31')), 60_000);
  assert.equal(look(at('2026-05-03T16:30')), 3_600_000);
});

test('properties: as time goes on nothing is taken back, and nothing is both met and missed', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'];
  let seed = 7;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const NEXT: Readonly<Record<string, readonly string[]>> = {
    waiting: ['waiting', 'met', 'missed', 'late'],
    missed: ['missed', 'late'],
    met: ['met'],
    late: ['late'],
  };
  for (let round = 0; round < 60; round += 1) {
    const start = Date.UTC(2026, Math.floor(random() * 12), 1 + Math.floor(random() * 28));
    const landings = Array.from({ length: 8 }, (_, n) => {
      const date = new Date(start + n * 86_400_000);
      return {
        partition: `dt=${date.toISOString().slice(0, 10)}`,
        at: new Date(+date + 86_400_000 + Math.floor(random() * 40) * 3_600_000),
      };
    }).filter(() => random() < 0.9);
    if (landings.length === 0) continue;
    const clock = `${String(Math.floor(random() * 24)).padStart(2, '0')}:30`;
    const promise =
      random() < 0.5
        ? landedBy(`${clock} ${zones[round % zones.length] ?? 'UTC'}${random() < 0.5 ? ' on mon-fri' : ''}`)
        : fresh(Math.ceil(random() * 30) * 3600);
    const before = new Map<string, string>();
    const dues = new Map<string, number>();
    for (let hour = 0; hour < 300; hour += 3) {
      const now = new Date(start + hour * 3_600_000);
      const found = occurrencesOf({ promise, landings, since: new Date(0), now });
      if (found.status !== 'known') continue;
      for (const occurrence of found.occurrences) {
        const { state, lateSeconds } = judgeOccurrence(occurrence, now);
        const was = before.get(occurrence.period) ?? 'waiting';
        assert.ok(NEXT[was]?.includes(state), `${was} → ${state}`);
        assert.equal(dues.get(occurrence.period) ?? +occurrence.dueAt, +occurrence.dueAt);
        assert.equal(lateSeconds !== null, state === 'missed' || state === 'late');
        before.set(occurrence.period, state);
        dues.set(occurrence.period, +occurrence.dueAt);
      }
    }
  }
});
