import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ingest } from '#ingest/ingest.ts';
import { Monitor } from '#monitor/monitor.ts';
import type { Database } from '#store/database.ts';
import { datasetId } from '#model/ids.ts';
import { readWindows } from '#store/read-statistics.ts';
import { sql } from '#store/sql.ts';
import { StatisticsLayouts } from '#store/statistics-layouts.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const now = (): Date => new Date('2026-06-01T00:00:00Z');
const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
const runIdOf = (n: number): string => `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`;

/** A run of day n that wrote so many rows. */
function runOf(n: number, rows: number, type = 'COMPLETE', second = 0, run = n): Buffer {
  return sampleEvent({
    runId: runIdOf(run),
    type,
    time: new Date(Date.UTC(2026, 0, 1 + n, 1, 0, second)).toISOString(),
    outputs: [outputWithRows('t', rows, { partition: { dt: day(n) } })],
  });
}

interface VerdictRow {
  readonly partition: string;
  readonly metric: string;
  readonly status: string;
  readonly value: number;
  readonly points: number;
}

const verdicts = (database: Database): Promise<VerdictRow[]> =>
  database.rows<VerdictRow>(
    sql`select partition, metric, status, value, jsonb_array_length(baseline) as points from verdict where detector = 'sigma' order by metric, partition`,
  );

function watch(
  database: Database,
  excluded: ReadonlyMap<string, string> = new Map(),
): { ingest: Ingest; monitor: Monitor } {
  const monitor = new Monitor({
    database,
    now,
    excludedOf: async () => new Map([[datasetId('postgres://db:5432', 't'), excluded]]),
  });
  return { ingest: new Ingest({ database, now }), monitor };
}

describe('the monitor', () => {
  test('learns, stays calm, and finds the half load', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database);
    for (let n = 0; n < 20; n += 1) {
      await ingest.receive(runOf(n, 1000 + ((n * 37) % 11)), 'http');
      await monitor.settle();
    }
    await ingest.receive(runOf(20, 500), 'http');
    await monitor.settle();
    const found = await verdicts(database);
    assert.equal(found.length, 21);
    assert.deepEqual(
      found.slice(0, 3).map((verdict) => verdict.status),
      ['learning', 'learning', 'learning'],
    );
    const last = found.at(-1);
    assert.deepEqual([last?.partition, last?.status, last?.value], [`dt=${day(20)}`, 'anomalous', 500]);
    assert(
      found.slice(7, 20).every((verdict) => verdict.status === 'normal'),
      JSON.stringify(found),
    );
    assert.equal((await database.rows(sql`select * from evaluation_due`)).length, 0);
  });

  test('a partition that arrives late is judged by what came before it, not after', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database);
    for (const n of [0, 1, 2, 3, 4, 5, 6, 8, 9])
      await ingest.receive(runOf(n, n < 7 ? 100 + n : 900), 'http');
    await monitor.settle();
    await ingest.receive(runOf(7, 103), 'http');
    await monitor.settle();
    const late = (await verdicts(database)).find((verdict) => verdict.partition === `dt=${day(7)}`);
    assert.deepEqual([late?.status, late?.points], ['normal', 7]);
  });

  test('runs that are not complete are not judged; when they fail after all, nothing is', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database);
    await ingest.receive(runOf(0, 0, 'RUNNING', 1), 'http');
    await monitor.settle();
    assert.deepEqual(await verdicts(database), []);
    await ingest.receive(runOf(0, 7, 'COMPLETE', 2), 'http');
    await monitor.settle();
    assert.deepEqual(
      (await verdicts(database)).map((verdict) => [verdict.metric, verdict.value]),
      [['row_count', 7]],
    );
    await ingest.receive(runOf(1, 9, 'COMPLETE', 2), 'http');
    await monitor.settle();
    assert.equal((await verdicts(database)).length, 2);
    await ingest.receive(runOf(1, 9, 'FAIL', 1), 'http');
    await monitor.settle();
    assert.deepEqual(
      (await verdicts(database)).map((verdict) => verdict.partition),
      [`dt=${day(0)}`],
    );
  });

  test('a re-run replaces the number, it does not add to it', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database);
    await ingest.receive(runOf(0, 100), 'http');
    await ingest.receive(runOf(0, 40, 'COMPLETE', 9, 999), 'http');
    await monitor.settle();
    assert.deepEqual(
      (await verdicts(database)).map((verdict) => verdict.value),
      [40],
    );
  });

  test('null rates and means are derived from what is stated', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database);
    const output = {
      namespace: 'postgres://db:5432',
      name: 't',
      facets: {
        dataQualityMetrics: facet({
          rowCount: 10,
          columnMetrics: { a: { nullCount: 2, sum: 40 }, b: { nullCount: 0 } },
        }),
      },
    };
    await ingest.receive(
      sampleEvent({ runId: runIdOf(0), type: 'COMPLETE', time: '2026-01-01T00:00:00Z', outputs: [output] }),
      'http',
    );
    await monitor.settle();
    assert.deepEqual(
      (await verdicts(database)).map((verdict) => [verdict.metric, verdict.value]),
      [
        ['avg(a)', 5],
        ['null_percentage(a)', 0.2],
        ['null_percentage(b)', 0],
        ['row_count', 10],
      ],
    );
  });

  test('what is stated of a partition is folded into its statistics, and goes when it counts no more', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database);
    const rows = async (): Promise<number[]> => {
      const id = datasetId('postgres://db:5432', 't');
      const { windows } = await readWindows(database, new StatisticsLayouts(), [id], 10);
      return [...(windows.get(id)?.series('row_count') ?? [])];
    };
    for (const n of [0, 1]) await ingest.receive(runOf(n, 100 + n), 'http');
    await monitor.settle();
    assert.deepEqual(await rows(), [100, 101]);
    await ingest.receive(runOf(1, 101, 'FAIL', 1), 'http');
    await monitor.settle();
    assert.deepEqual(await rows(), [100]);
  });

  test('excluded partitions stay out of baselines', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database, new Map([[`dt=${day(3)}`, 'its checks failed']]));
    for (let n = 0; n < 8; n += 1) await ingest.receive(runOf(n, n === 3 ? 5 : 1000 + n), 'http');
    await monitor.settle();
    const last = (await verdicts(database)).at(-1);
    assert.deepEqual([last?.status, last?.points], ['normal', 6]);
  });

  test('a partition that a dead collector had taken is taken again when its lease is over; one that changed meanwhile stays due', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database);
    await ingest.receive(runOf(0, 100), 'http');
    await database.execute(sql`update evaluation_due set taken_until = ${new Date(now().getTime() + 1000)}`);
    assert.equal(await monitor.step(), 0);
    await database.execute(sql`update evaluation_due set taken_until = ${new Date(now().getTime() - 1000)}`);
    assert.equal(await monitor.step(), 1);
    assert.equal(await monitor.step(), 0);
  });
});
