import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HistoryPoint } from '#model/measurement.ts';
import { partitionTime, siblingKey } from '#model/partition.ts';
import type { StatedMark } from '#model/mark.ts';
import { judgePartition, type Subject } from '#monitor/judge.ts';
import { absentBefore, partitionFindings } from '#monitor/partition-findings.ts';
import { testDatabase } from '#test/support/database.ts';
import { dayKey, ordinaryRows, verdicts, watch, writtenDay } from './judged-days.ts';

function point(partition: string, facts: Record<string, number>): HistoryPoint {
  return {
    partition,
    at: partitionTime(partition),
    facts: new Map(Object.entries(facts)),
    excluded: null,
  };
}

const subject = (points: readonly HistoryPoint[], marks: readonly StatedMark[] = []): Subject => ({
  datasetId: '018cc251-f400-7000-8000-000000000000',
  points,
  marks,
  standing: 'young',
  calendar: () => null,
});

const days = (from: number, to: number): HistoryPoint[] =>
  Array.from({ length: to - from }, (_, n) => point(dayKey(from + n), { row_count: ordinaryRows(from + n) }));

describe('what metadata tells', () => {
  test('bytes and files are followed; half the rows in half the bytes are no second witness', () => {
    const sized = (n: number, factor: number): HistoryPoint => {
      const rows = Math.round(ordinaryRows(n) * factor);
      return point(dayKey(n), { row_count: rows, size_bytes: rows * 100, file_count: 20 });
    };
    const points = Array.from({ length: 30 }, (_, n) => sized(n, 1));
    const metrics = new Set(judgePartition(subject(points)).map(({ metric }) => metric));
    assert.deepEqual([...metrics].sort(), ['file_count', 'row_count', 'size_bytes']);
    const found = (factor: number): { status: string; z: number }[] =>
      ['row_count', 'size_bytes'].map((metric) => {
        const judged = judgePartition(subject([...points, sized(30, factor)]));
        const own = judged.find((one) => one.metric === metric && one.detector === 'adaptive');
        return { status: own?.status ?? '', z: Math.abs(own?.score ?? 0) };
      });
    assert.deepEqual(
      found(0.1).map(({ status }) => status),
      ['anomalous', 'anomalous'],
    );
    // Between 4 and 5 one alone is a note, and two are an alarm.
    const factors = Array.from({ length: 300 }, (_, step) => 1 - step / 1000);
    const between = factors.map(found).filter((both) => both.every(({ z }) => z > 4 && z < 4.9));
    assert.ok(between.length > 0);
    for (const both of between) assert.ok(both.every(({ status }) => status === 'notice'));
  });

  test('many small files are worth a note', () => {
    const [found] = partitionFindings(
      subject([point(dayKey(0), { row_count: 10, size_bytes: 1e6, file_count: 300 })]),
    );
    assert.deepEqual([found?.metric, found?.status], ['file_size', 'notice']);
    assert.deepEqual(partitionFindings(subject([point(dayKey(0), { size_bytes: 1e6 })])), []);
  });
});

describe('a partition that should be there', () => {
  const working = (n: number): boolean => !/0|6/.test(`${partitionTime(dayKey(n))?.getUTCDay()}`);

  test('is told when a later one lands, by the weekdays on which there were any', () => {
    const points = days(0, 40).filter((_, n) => n !== 38);
    const [absent, ...more] = absentBefore(subject(points));
    assert.deepEqual([absent?.partition, absent?.finding, more.length], [dayKey(38), true, 0]);
    assert.match(absent?.message ?? '', /there is no partition/);
    const weekdays = days(0, 40).filter((_, n) => working(n));
    for (let end = 30; end < weekdays.length; end += 1)
      assert.deepEqual(absentBefore(subject(weekdays.slice(0, end))), [], 'no partition is due on weekends');
  });

  test('is not told of keys without time, after a long outage, or of what is old', () => {
    assert.deepEqual(absentBefore(subject([...days(0, 20), ...days(30, 31)])), []);
    const points = days(0, 40).filter((_, n) => n !== 38);
    assert.deepEqual(absentBefore({ ...subject(points), standing: 'history' }), []);
    assert.deepEqual(absentBefore(subject([point('region=a', { row_count: 1 }), point('region=c', {})])), []);
  });

  test('is forgotten by the monitor when it lands', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database, () => new Date('2026-06-01T00:00:00Z'));
    const send = async (day: number): Promise<void> =>
      void (await ingest.receive(writtenDay({ day, rows: ordinaryRows(day) }), 'http'));
    for (let n = 0; n < 25; n += 1) if (n !== 23) await send(n);
    await monitor.settle();
    const said = async () =>
      (await verdicts(database))
        .filter(({ partition, detector }) => partition === dayKey(23) && detector === 'adaptive')
        .map(({ metric, finding, value }) => [metric, finding, value]);
    assert.deepEqual(await said(), [['row_count', true, null]]);
    await send(23);
    await monitor.settle();
    assert.deepEqual(await said(), [['row_count', false, ordinaryRows(23)]]);
  });
});

describe('days of hours', () => {
  const hourKey = (hour: number): string => {
    const iso = new Date(Date.UTC(2026, 0, 5) + hour * 3_600_000).toISOString();
    return `dt=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}`;
  };
  const hours = (to: number, factor: (hour: number) => number): HistoryPoint[] =>
    Array.from({ length: to }, (_, hour) =>
      point(hourKey(hour), { row_count: Math.round(factor(hour) * (5000 + ((hour * 7919) % 1500))) }),
    );

  test('are judged as a whole when the next day begins', () => {
    const last = 27 * 24;
    const low = hours(last + 1, (hour) => (hour >= last - 24 && hour < last ? 0.75 : 1));
    const [day, ...more] = partitionFindings(subject(low));
    assert.deepEqual([day?.metric, day?.status, more.length], ['row_count per day', 'anomalous', 0]);
    assert.equal(day?.partition, hourKey(last));
    assert.match(day?.message ?? '', /row_count of 2026-01-31/);
    const [calm] = partitionFindings(subject(hours(last + 1, () => 1)));
    assert.equal(calm?.status, 'normal');
    assert.deepEqual(partitionFindings(subject(low.slice(0, -2))), [], 'the day is not over');
    assert.deepEqual(partitionFindings(subject([...low, ...hours(last + 2, () => 1).slice(-1)])), []);
  });

  test('a sibling key is written as its like', () => {
    const at = new Date('2026-03-04T05:00:00Z');
    const day = new Date('2026-03-04T00:00:00Z');
    assert.equal(siblingKey('dt=20260101/region=eu', day), 'dt=20260304/region=eu');
    assert.equal(siblingKey('dt=2026-01-01/hour=9', at), 'dt=2026-03-04/hour=5');
    assert.equal(siblingKey('dt=2026-01-01/hh=09', at), 'dt=2026-03-04/hh=05');
    assert.equal(siblingKey('ts=2026-01-01T00:00', at), 'ts=2026-03-04T05:00');
    assert.equal(siblingKey('month=2026-01', day), null);
    assert.equal(siblingKey('region=eu', day), null);
  });
});
