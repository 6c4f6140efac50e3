import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerStatistics } from '#api/statistics.ts';
import type { StatisticsAnswer } from '#api/schema/statistics.ts';
import { strictBodies } from '#api/strict-bodies.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, derivedId } from '#model/ids.ts';
import type { ProfiledPartition } from '#model/statistics/partition-statistics.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { writeStatistics } from '#store/write-statistics.ts';
import { testDatabase } from '#test/support/database.ts';
import { profileOf } from '#test/support/profiles.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const NAMESPACE = 'postgres://db:5432';
const ORDERS = datasetId(NAMESPACE, 'orders');

interface Api {
  readonly database: Database;
  readonly get: (query?: string) => Promise<StatisticsAnswer>;
  readonly refused: (query: string, id?: string) => Promise<{ status: number; detail: string }>;
}

async function api(t: TestContext): Promise<Api> {
  const database = await testDatabase(t);
  const app = Fastify();
  strictBodies(app);
  answerProblems(app);
  registerStatistics(app, { database });
  t.after(() => app.close());
  const ingest = new Ingest({ database, now: () => new Date('2026-01-01T00:30:00Z') });
  const event = sampleEvent({
    runId: derivedId('run', 'a'),
    type: 'COMPLETE',
    time: '2026-01-01T00:00:00Z',
    outputs: [outputWithRows('orders', 1)],
  });
  assert.equal((await ingest.receive(event, 'http')).status, 'accepted');
  return {
    database,
    async get(query = '') {
      const response = await app.inject(`/api/v2/datasets/${ORDERS}/statistics?${query}`);
      assert.equal(response.statusCode, 200, response.body);
      return response.json<StatisticsAnswer>();
    },
    async refused(query, id = ORDERS) {
      const response = await app.inject(`/api/v2/datasets/${id}/statistics?${query}`);
      return { status: response.statusCode, detail: response.json<{ detail: string }>().detail };
    },
  };
}

function day(
  text: string,
  columns: Readonly<Record<string, readonly (number | null)[]>>,
  segment = '',
): ProfiledPartition {
  return {
    datasetId: ORDERS,
    partition: `dt=${text}`,
    segment,
    version: derivedId('run', 'a'),
    statedAt: new Date('2026-02-03T04:05:06Z'),
    ...profileOf(columns),
  };
}
const put = (database: Database, ...days: readonly ProfiledPartition[]): Promise<void> =>
  writeStatistics(database, days, { profiled: true });

describe('GET /api/v2/datasets/{id}/statistics', () => {
  test('tells each partition, oldest first', async (t) => {
    const { database, get } = await api(t);
    await put(
      database,
      day('2026-01-31', { amount: [1, null, 3], tax: [1, 1, 1] }),
      day('2026-02-01', { amount: [] }),
    );
    const { dataset, parts, segments, rollup, faults } = await get();
    assert.deepEqual(dataset, { id: ORDERS, namespace: NAMESPACE, name: 'orders' });
    assert.deepEqual([segments, rollup, faults], [[], 'none', []]);
    assert.equal(parts.length, 2);
    const [first, empty] = parts;
    assert.deepEqual({ ...first, columns: [] }, {
      partition: 'dt=2026-01-31', month: null, from: '2026-01-31T00:00:00.000Z', to: '2026-01-31T00:00:00.000Z', partitions: 1,
      status: 'known', rows: 3, sizeBytes: null, fileCount: null, version: derivedId('run', 'a'),
      statedAt: '2026-02-03T04:05:06.000Z', profiled: true, columns: [],
    }); // prettier-ignore
    const [amount, tax] = first?.columns ?? [];
    const { quantiles, nullRatio, standardDeviation, ...exact } = amount ?? {};
    assert.deepEqual(exact, {
      name: 'amount', partitions: 1, rows: 3, nulls: 1, count: 2, min: 1, max: 3, sum: 4, mean: 2, variance: 2,
      distinct: { value: 2, low: 2, high: 2, approximate: false },
    }); // prettier-ignore
    assert.ok(
      Math.abs((nullRatio ?? 0) - 1 / 3) < 1e-12 && Math.abs((standardDeviation ?? 0) - Math.SQRT2) < 1e-12,
    );
    assert.deepEqual(
      quantiles?.values.map(({ q }) => q),
      [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99],
    );
    assert.equal(tax?.name, 'tax');
    // Nothing is 0 / 0.
    assert.equal(empty?.status, 'no_data');
    assert.deepEqual(empty?.columns[0], {
      name: 'amount', partitions: 1, rows: 0, nulls: 0, count: 0, min: null, max: null, sum: null, nullRatio: null, mean: null,
      variance: null, standardDeviation: null, distinct: { value: 0, low: 0, high: 0, approximate: false }, quantiles: null,
    }); // prettier-ignore
  });

  test('rolls up a window and months, of some columns', async (t) => {
    const { database, get } = await api(t);
    await put(
      database,
      day('2026-01-30', { amount: [100] }),
      day('2026-01-31', { amount: [1, 2], tax: [1, 1] }),
      day('2026-02-01', { amount: [3, 9], tax: [1, 2] }),
    );
    const whole = await get('rollup=window&columns=amount&from=2026-01-31&to=2026-02-01');
    assert.equal(whole.parts.length, 1);
    const [{ partition, rows, partitions, from, to, columns } = { columns: [] }] = whole.parts;
    assert.deepEqual(
      [partition, rows, partitions, from, to],
      [null, 4, 2, '2026-01-31T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    );
    assert.deepEqual(
      columns.map(({ name, mean, min, max }) => [name, mean, min, max]),
      [['amount', 3.75, 1, 9]],
    );
    const { low, high, value, approximate } = columns[0]?.distinct ?? {};
    assert.deepEqual([low, high, value, approximate], [2, 4, 4, true]);
    const months = await get('rollup=month&columns=tax&columns=amount');
    assert.deepEqual(
      months.parts.map(({ month, rows: count, columns: names }) => [
        month,
        count,
        names.map(({ name, rows: of }) => [name, of]),
      ]),
      [
        ['2026-01', 3, [['amount', 3], ['tax', 2]]],
        ['2026-02', 2, [['amount', 2], ['tax', 2]]],
      ], // prettier-ignore
    );
  });

  test('tells segments, and of a window without partitions that there is no data', async (t) => {
    const { database, get } = await api(t);
    await put(
      database,
      day('2026-01-31', { amount: [1, 2] }),
      day('2026-01-31', { amount: [1] }, 'country=DE'),
    );
    const german = await get('segment=country%3DDE');
    assert.deepEqual(german.segments, ['country=DE']);
    assert.deepEqual(
      german.parts.map(({ rows }) => rows),
      [1],
    );
    const nothing = await get('rollup=window&from=2027-01-01');
    assert.deepEqual(
      nothing.parts.map(({ status, partitions, rows, from }) => [status, partitions, rows, from]),
      [['no_data', 0, null, null]],
    );
    assert.deepEqual((await get('rollup=month&to=2020-01-01')).parts, []);
  });

  test('shows the newest thirty without a window', async (t) => {
    const { database, get } = await api(t);
    const days = Array.from({ length: 40 }, (_, index) =>
      new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
    );
    await put(database, ...days.map((text) => day(text, { amount: [1] })));
    const { parts } = await get();
    assert.deepEqual(
      [parts.length, parts[0]?.partition, parts.at(-1)?.partition],
      [30, 'dt=2026-01-11', 'dt=2026-02-09'],
    );
    assert.equal((await get('from=2026-01-01')).parts.length, 40);
  });

  test('says which stored statistics are damaged, and rolls nothing up without them', async (t) => {
    const { database, get, refused } = await api(t);
    await put(database, day('2026-01-30', { amount: [1] }), day('2026-01-31', { amount: [1] }));
    await database.execute(
      sql`update partition_statistics set sketches = 'x' where partition = 'dt=2026-01-30'`,
    );
    const { parts, faults } = await get();
    assert.deepEqual(
      parts.map(({ partition }) => partition),
      ['dt=2026-01-31'],
    );
    assert.equal(faults[0]?.partition, 'dt=2026-01-30');
    assert.match(faults[0]?.detail ?? '', /^Stored statistics cannot be read at byte 0: its sketches/);
    const { status, detail } = await refused('rollup=window');
    assert.equal(status, 500);
    assert.match(
      detail,
      /^The statistics of 1 partitions cannot be read, .*of dt=2026-01-30: Stored statistics/,
    );
  });

  test('refuses what it does not understand in a sentence', async (t) => {
    const { database, refused } = await api(t);
    for (const [query, pattern] of [
      ['from=2026-02-30', /from must be a day like 2026-01-31; 2026-02-30 is none/],
      ['from=2026-02-02&to=2026-02-01', /from \(2026-02-02\) is after to/],
      ['to=yesterday', /to/],
      ['rollup=year', /rollup/],
      ['segment=%00', /segment/],
    ] as const) {
      const { status, detail } = await refused(query);
      assert.equal(status, 400, query);
      assert.match(detail, pattern);
    }
    assert.equal((await refused('', derivedId('dataset', 'none'))).status, 404);
    const hours = Array.from({ length: 1001 }, (_, hour) => ({
      ...day('2026-01-01', { amount: [1] }),
      partition: `hour=${new Date(Date.UTC(2026, 0, 1, hour)).toISOString().slice(0, 13)}`,
    }));
    await put(database, ...hours);
    const { status, detail } = await refused('from=2026-01-01&rollup=window');
    assert.equal(status, 400);
    assert.match(detail, /holds 1001 partitions with \d+ MB of statistics; ask for 1000/);
  });
});
