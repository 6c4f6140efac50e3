import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MarkKind } from '#model/detection.ts';
import { datasetId } from '#model/ids.ts';
import { addNewMark, takeBackMark } from '#monitor/marks.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';
import {
  dayKey,
  dumpVerdicts,
  ordinaryRows,
  verdicts,
  watch,
  writtenDay,
  writtenDays,
  type VerdictRow,
  type WrittenDay,
} from './judged-days.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const now = (): Date => NOW;
const T = datasetId('postgres://db:5432', 't');

const ordinary = (from: number, to: number): WrittenDay[] =>
  Array.from({ length: to - from }, (_, index) => ({ day: from + index, rows: ordinaryRows(from + index) }));

const adaptive = (rows: readonly VerdictRow[]): VerdictRow[] =>
  rows.filter(({ detector }) => detector === 'adaptive');
const findings = async (database: Database): Promise<string[]> =>
  (await verdicts(database)).filter(({ finding }) => finding).map(({ partition }) => partition);

async function deliver(
  { ingest, monitor }: ReturnType<typeof watch>,
  days: readonly WrittenDay[],
): Promise<void> {
  for (const one of days) {
    await ingest.receive(writtenDay(one), 'http');
    await monitor.settle();
  }
}

const marked = (kind: MarkKind, n: number, at = 0, metric: string | null = null) => ({
  said: { datasetId: T, kind, partition: dayKey(n), metric, reason: 'seen', author: 'ada' },
  at: new Date(NOW.getTime() + at),
});

/** The same items in an order of their own for each seed. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return items
    .map((item) => [next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

describe('both modes', () => {
  test('2 sigma is always said; the adaptive mode has the word', async (t) => {
    const database = await testDatabase(t);
    const watched = watch(database, now);
    await deliver(watched, [...ordinary(0, 45), { day: 45, rows: 4000 }]);
    const rows = await verdicts(database);
    assert.equal(rows.length, 46 * 2);
    const last = rows.filter(({ partition }) => partition === dayKey(45));
    assert.deepEqual(
      last.map(({ detector, status, finding }) => [detector, status, finding]),
      [
        ['adaptive', 'anomalous', true],
        ['sigma', 'anomalous', false],
      ],
    );
    assert.deepEqual(await findings(database), [dayKey(45)]);
    const [told] = await database.rows<{ detection: { because: unknown[]; hint: string; ratio: number } }>(
      sql`select detection from verdict where finding and metric = 'row_count'`,
    );
    assert.ok((told?.detection.because.length ?? 0) > 0, JSON.stringify(told));
    assert.ok(Math.abs((told?.detection.ratio ?? 0) - 0.4) < 0.1);
  });

  test('a key that tells no time is judged by 2 sigma, which then has the word', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database, now);
    for (let n = 0; n < 12; n += 1)
      await ingest.receive(
        sampleEvent({
          runId: `018cc251-f400-7000-9000-${String(n).padStart(12, '0')}`,
          type: 'COMPLETE',
          time: `2026-01-01T00:${String(n).padStart(2, '0')}:00Z`,
          outputs: [
            outputWithRows('t', n === 11 ? 5 : 1000 + n, {
              partition: { batch: `b${String(n).padStart(3, '0')}` },
            }),
          ],
        }),
        'http',
      );
    await monitor.settle();
    const rows = await verdicts(database);
    assert.deepEqual(new Set(rows.map(({ detector }) => detector)), new Set(['sigma']));
    assert.deepEqual(await findings(database), ['batch=b011']);
  });

  test('regions of a day are series of their own', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database, now);
    for (let n = 0; n < 30; n += 1)
      for (const [index, region] of ['eu', 'us'].entries())
        await ingest.receive(
          sampleEvent({
            runId: `018cc251-f400-7000-a00${index}-${String(n).padStart(12, '0')}`,
            type: 'COMPLETE',
            time: new Date(Date.UTC(2026, 0, 1 + n, 25)).toISOString(),
            outputs: [
              outputWithRows('t', region === 'eu' ? 90_000 + ((n * 71) % 13) : 100 + (n % 5), {
                partition: { dt: dayKey(n).slice(3), region },
              }),
            ],
          }),
          'http',
        );
    await monitor.settle();
    assert.deepEqual(await findings(database), []);
    const [row] = await database.rows<{ points: number }>(sql`
      select (detection->>'points')::int as points from verdict
       where detector = 'adaptive' and partition = ${`${dayKey(29)}/region=us`}`);
    assert.equal(row?.points, 29);
  });
});

describe('in any order', () => {
  // Day 30 is written again on day 57, day 58 is half, day 59 arrives late.
  const days: WrittenDay[] = [
    ...ordinary(0, 58).filter(({ day }) => day !== 40),
    { day: 58, rows: 3900 },
    { day: 40, rows: 9000, writtenOn: 52 },
    { day: 30, rows: 2000, writtenOn: 57 },
    { day: 59, rows: ordinaryRows(59), writtenOn: 61 },
    { day: 60, rows: ordinaryRows(60) },
  ];
  const marks = [
    marked('incident', 30, 1),
    marked('expected', 20, 2),
    marked('expected', 30, 3, 'row_count'),
    marked('new_normal', 45, 4),
    marked('noisy', 50, 5, 'row_count'),
  ];

  test('events, re-runs and marks end in the same verdicts', async (t) => {
    const events = days.map(writtenDay);
    const dumps = await Promise.all(
      [0, 7, 4711].map(async (seed) => {
        const database = await testDatabase(t);
        const { ingest, monitor } = watch(database, now);
        const steps = [
          ...events.map((event) => () => ingest.receive(event, 'http')),
          ...marks.map(
            ({ said, at }) =>
              () =>
                addNewMark(database, said, at),
          ),
        ];
        const inOrder = seed === 0 ? steps : shuffled(steps, seed);
        for (const [index, step] of inOrder.entries()) {
          await step();
          // Looked at after some steps and not after others.
          if ((index * 31 + seed) % 3 === 0) await monitor.settle();
        }
        await settleLater(database, monitor);
        return dumpVerdicts(database);
      }),
    );
    assert.equal(dumps[1], dumps[0]);
    assert.equal(dumps[2], dumps[0]);
    assert.ok((dumps[0]?.length ?? 0) > 10_000);
  });

  async function settleLater(
    database: Database,
    monitor: ReturnType<typeof watch>['monitor'],
  ): Promise<void> {
    // Marks were said some milliseconds after the monitor's now.
    await database.execute(sql`update evaluation_due set due_at = ${NOW}`);
    await monitor.settle();
  }

  test('a mark that is taken back leaves no trace', async (t) => {
    const database = await testDatabase(t);
    const watched = watch(database, now);
    for (const event of days.map(writtenDay)) await watched.ingest.receive(event, 'http');
    await watched.monitor.settle();
    const before = await dumpVerdicts(database);
    const mark = await addNewMark(database, marked('new_normal', 45).said, NOW);
    await watched.monitor.settle();
    assert.notEqual(await dumpVerdicts(database), before);
    await takeBackMark(database, T, mark.id, { reason: 'no', author: 'ada' }, NOW);
    await watched.monitor.settle();
    assert.equal(await dumpVerdicts(database), before);
  });
});

describe('marks', () => {
  test('expected silences the day that it is about, and nothing else changes its status', async (t) => {
    const database = await testDatabase(t);
    const watched = watch(database, now);
    await deliver(watched, [...ordinary(0, 45), { day: 45, rows: 4000 }, ...ordinary(46, 50)]);
    const before = await verdicts(database);
    assert.deepEqual(await findings(database), [dayKey(45)]);
    await addNewMark(database, marked('expected', 45).said, NOW);
    await watched.monitor.settle();
    assert.deepEqual(await findings(database), []);
    const after = await verdicts(database);
    assert.deepEqual(
      after.filter(
        ({ detector, partition, status }, index) =>
          detector === 'adaptive' && partition < dayKey(45) && status !== before[index]?.status,
      ),
      [],
    );
    // What 2 sigma says of the day itself is as it was: it is told, whatever people say.
    assert.equal(after.find(({ partition }) => partition === dayKey(45))?.finding, false);
    assert.equal(
      after.find(({ partition, detector }) => partition === dayKey(45) && detector === 'sigma')?.status,
      'anomalous',
    );
  });

  test('only what a mark reaches is judged anew', async (t) => {
    const database = await testDatabase(t);
    const watched = watch(database, now);
    await deliver(watched, ordinary(0, 60));
    await database.execute(sql`update verdict set decided_at = '2000-01-01'`);
    await addNewMark(database, marked('incident', 10).said, NOW);
    await watched.monitor.settle();
    const anew = await database.rows<{ partition: string }>(
      sql`select distinct partition from verdict where decided_at > '2001-01-01' and metric = 'row_count' order by 1`,
    );
    assert.deepEqual(
      anew.map(({ partition }) => partition),
      Array.from({ length: 43 }, (_, index) => dayKey(10 + index)),
    );
  });

  test('an incident stays out of the mean of 2 sigma, and out of what the adaptive mode learns', async (t) => {
    const database = await testDatabase(t);
    const watched = watch(database, now);
    await deliver(watched, [...ordinary(0, 30), { day: 30, rows: 90_000 }, ...ordinary(31, 36)]);
    const scale = async (): Promise<number> => {
      const [row] = await database.rows<{ width: number }>(sql`
        select high - low as width from verdict where detector = 'sigma' and partition = ${dayKey(35)}`);
      return row?.width ?? 0;
    };
    const wide = await scale();
    await addNewMark(database, marked('incident', 30).said, NOW);
    await watched.monitor.settle();
    assert.ok((await scale()) < wide / 4, `${await scale()} is not much less than ${wide}`);
  });
});

describe('backfills and late data', () => {
  test('a run of ninety days is one event and no storm; the day after it is judged', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database, now);
    const days = ordinary(0, 90).map((one) => (one.day % 18 === 16 ? { ...one, rows: 50 } : one));
    await ingest.receive(writtenDays(days, 90), 'http');
    await monitor.settle();
    const rows = adaptive(await verdicts(database));
    assert.equal(rows.length, 90);
    assert.ok(rows.filter(({ status }) => status === 'anomalous').length > 3, 'there is what could storm');
    assert.ok((await findings(database)).length <= 1, (await findings(database)).join());
    assert.deepEqual(await database.rows(sql`select partitions, oldest, newest from backfill`), [
      { partitions: 90, oldest: dayKey(0), newest: dayKey(89) },
    ]);
    assert.deepEqual(new Set(rows.slice(0, 89).map(({ standing }) => standing)), new Set(['backfill']));
    assert.equal(rows[89]?.standing, 'young');
    await deliver({ ingest, monitor }, [{ day: 90, rows: 50 }, ...ordinary(91, 92)]);
    assert.ok((await findings(database)).includes(dayKey(90)));
  });

  test('ninety runs that write old days again open nothing on the old ones', async (t) => {
    const database = await testDatabase(t);
    const watched = watch(database, now);
    await deliver(watched, ordinary(0, 100));
    assert.deepEqual(await findings(database), []);
    for (const event of ordinary(0, 90).map((one) => writtenDay({ ...one, rows: 50, writtenOn: 101 })))
      await watched.ingest.receive(event, 'http');
    await watched.monitor.settle();
    const rows = adaptive(await verdicts(database));
    assert.ok(rows.filter(({ status }) => status === 'anomalous').length > 0);
    assert.deepEqual(new Set(rows.slice(0, 90).map(({ standing }) => standing)), new Set(['history']));
    assert.deepEqual(
      (await findings(database)).filter((partition) => partition < dayKey(90)),
      [],
    );
  });

  test('a repair of a young day resolves its finding; one of an old day too, and none is opened there', async (t) => {
    const database = await testDatabase(t);
    const watched = watch(database, now);
    await deliver(watched, [
      ...ordinary(0, 45),
      { day: 45, rows: 4000 },
      ...ordinary(46, 50),
      { day: 50, rows: 4100 },
    ]);
    assert.deepEqual(await findings(database), [dayKey(45), dayKey(50)]);
    await deliver(watched, [{ day: 50, rows: ordinaryRows(50), writtenOn: 51 }]);
    assert.deepEqual(await findings(database), [dayKey(45)]);
    await deliver(watched, ordinary(51, 70));
    // Written again as bad as it was, when it is old: still the finding that it was.
    await deliver(watched, [{ day: 45, rows: 4050, writtenOn: 70 }]);
    assert.deepEqual(await findings(database), [dayKey(45)]);
    await deliver(watched, [
      { day: 45, rows: ordinaryRows(45), writtenOn: 71 },
      { day: 46, rows: 3000, writtenOn: 71 },
    ]);
    assert.deepEqual(await findings(database), []);
  });

  test('what comes late is judged by what lies before it, and is a new look for what lies after', async (t) => {
    const database = await testDatabase(t);
    const watched = watch(database, now);
    await deliver(watched, [...ordinary(0, 40), ...ordinary(41, 60)]);
    await database.execute(sql`update verdict set decided_at = '2000-01-01'`);
    await deliver(watched, [{ day: 40, rows: ordinaryRows(40), writtenOn: 60 }]);
    const anew = await database.rows<{ partition: string }>(
      sql`select distinct partition from verdict where decided_at > '2001-01-01' and metric = 'row_count' order by 1`,
    );
    assert.deepEqual(
      anew.map(({ partition }) => partition),
      Array.from({ length: 20 }, (_, index) => dayKey(40 + index)),
    );
    const late = (await verdicts(database)).find(({ partition }) => partition === dayKey(40));
    assert.deepEqual([late?.status, late?.standing], ['normal', 'history']);
  });

  test('a partition that still grows is compared with nothing until its day is over', async (t) => {
    const database = await testDatabase(t);
    let time = new Date('2026-06-01T00:00:00Z');
    const watched = watch(database, () => time);
    await deliver(watched, ordinary(0, 40));
    time = new Date(Date.UTC(2026, 0, 41, 9));
    await watched.ingest.receive(writtenDay({ day: 40, rows: 300, writtenOn: 39.4 }), 'http');
    await watched.monitor.settle();
    assert.equal(
      (await verdicts(database)).some(({ partition }) => partition === dayKey(40)),
      false,
    );
    assert.deepEqual(await findings(database), []);
    time = new Date(Date.UTC(2026, 0, 42, 0, 0, 1));
    await watched.monitor.settle();
    assert.deepEqual(await findings(database), [dayKey(40)]);
  });
});
