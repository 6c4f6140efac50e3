import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { BacktestAnswer } from '#api/schema/backtest.ts';
import type { DatasetCheckAnswer } from '#api/dataset-check.ts';
import type { ResultList } from '#api/schema/results.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import { Monitor } from '#monitor/monitor.ts';
import { day, dayKey } from '#test/monitor/judged-days.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const CONTRACT = `dataset: t
namespace: postgres://db:5432
version: "1.0.0"
owner: a@example.com
quality:
  - check: "landed_by '06:30 UTC'"
  - check: "has_columns exactly (id, amount)"
  - check: "column_type(amount) = int"
  - check: "schema unchanged"
`;

const databases = new WeakMap<FastifyInstance, TestDatabase>();

/** Days that landed at six on the next morning; the last at seven, with another column. */
async function fixture(t: TestContext): Promise<FastifyInstance> {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => new Date('2026-01-10T00:00:00Z') });
  for (let n = 0; n < 5; n += 1) {
    const last = n === 4;
    const output = outputWithRows('t', 10, {
      partition: { dt: day(n) },
      schema: last ? ['id', 'total'] : ['id', 'amount'],
    });
    const runId = `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`;
    const time = `${day(n + 1)}T0${last ? 7 : 6}:00:00Z`;
    await ingest.receive(sampleEvent({ runId, type: 'COMPLETE', time, outputs: [output] }), 'http');
  }
  const app = await buildServer({
    config: { bodyBytes: 1_000_000 },
    database,
    ingest,
    gate: { database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  await app.ready();
  t.after(() => app.close());
  databases.set(app, database);
  await app.inject({ method: 'POST', url: '/api/v2/contracts', payload: { text: CONTRACT } });
  return app;
}

async function answers(app: FastifyInstance, n: number): Promise<string[]> {
  const response = await app.inject({ url: `/api/v2/datasets/t/check?partition=${dayKey(n)}` });
  assert.equal(response.statusCode, 200, response.body);
  return response.json<DatasetCheckAnswer>().checks.map(({ status }) => status);
}

test('checks on the landing and the columns are answered from what runs state', async (t) => {
  const app = await fixture(t);
  assert.deepEqual(await answers(app, 0), ['pass', 'pass', 'pass', 'learning'], 'nothing lies before');
  assert.deepEqual(await answers(app, 3), ['pass', 'pass', 'pass', 'pass']);
  assert.deepEqual(await answers(app, 4), ['fail', 'fail', 'fail', 'fail']);
  assert.deepEqual((await answers(app, 9))[0], 'fail', 'it has not landed, and is due');
});

test('a key that the dataset cannot have is refused with those that it has; one that has not come yet is told', async (t) => {
  const app = await fixture(t);
  for (const asked of ['nonsense', '', 'dt=2026-01-01/region=eu', 'day=2026-01-01']) {
    const response = await app.inject({
      url: `/api/v2/datasets/t/check?partition=${encodeURIComponent(asked)}`,
    });
    assert.equal(response.statusCode, 404, response.body);
    const problem = response.json<{ type: string; detail: string }>();
    assert.equal(problem.type, 'urn:assay:problem:partition_not_found');
    assert.match(problem.detail, /name one, such as dt=2026-01-05 or dt=2026-01-04/);
  }
  const later = await app.inject({ url: `/api/v2/datasets/t/check?partition=${dayKey(9)}` });
  const { known, newest } = later.json<DatasetCheckAnswer>();
  assert.deepEqual([known, newest[0]], [false, dayKey(4)]);
  const here = await app.inject({ url: `/api/v2/datasets/t/check?partition=${dayKey(3)}` });
  assert.equal(here.json<DatasetCheckAnswer>().known, true);
});

test('what the monitor found is listed page by page, of one dataset, partition or status', async (t) => {
  const app = await fixture(t);
  const monitor = new Monitor({
    database: databases.get(app) ?? assert.fail(),
    now: () => new Date(Date.now() + 60_000), // after the contract was pushed
    excludedOf: async () => new Map(),
  });
  await monitor.settle();
  const list = async (query: string): Promise<ResultList> => {
    const response = await app.inject({ url: `/api/v2/results${query}` });
    assert.equal(response.statusCode, 200, response.body);
    return response.json<ResultList>();
  };
  const first = await list('?limit=3');
  const second = await list(`?limit=3&cursor=${first.next}`);
  assert.equal(second.next, null);
  assert.deepEqual(
    [...first.items, ...second.items].map(({ partition, status, checks }) => [
      partition,
      status,
      checks.map((check) => check.status).join(' '),
    ]),
    [
      [dayKey(4), 'fail', 'fail fail fail fail'],
      [dayKey(3), 'pass', 'pass pass pass pass'],
      [dayKey(2), 'pass', 'pass pass pass pass'],
      [dayKey(1), 'pass', 'pass pass pass pass'],
      [dayKey(0), 'learning', 'pass pass pass learning'],
    ],
  );
  const { items: learning } = await list('?dataset=t&status=learning');
  assert.deepEqual(
    learning.map(({ partition, checks }) => [partition, checks.length]),
    [[dayKey(0), 1]],
  );
  assert.match(learning[0]?.contract.hash ?? '', /^[0-9a-f]{64}$/);
  assert.equal((await list(`?partition=${dayKey(2)}`)).items.length, 1);
  assert.equal((await app.inject({ url: '/api/v2/results?dataset=nobody' })).statusCode, 404);
  assert.equal((await app.inject({ url: '/api/v2/results?cursor=x' })).statusCode, 400);
});

test('a backtest plays the landings and the columns again', async (t) => {
  const app = await fixture(t);
  const { checks } = (await app.inject({ url: '/api/v2/datasets/t/backtest' })).json<BacktestAnswer>();
  assert.deepEqual(
    checks.map(({ statuses }) => statuses),
    [
      { pass: 4, fail: 1 },
      { pass: 4, fail: 1 },
      { pass: 4, fail: 1 },
      { learning: 1, pass: 3, fail: 1 },
    ],
  );
});
