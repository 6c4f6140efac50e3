import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { ProfileAnswer } from '#api/profile.ts';
import type { StatisticsAnswer } from '#api/schema/statistics.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import { sampleEvent } from '#test/support/sample-events.ts';
import { testGate, type TestGate } from '#test/gate/gate.ts';

const CONTRACT = `
dataset: gold.daily_routes
namespace: demo
owner: planning@example.com
partition: { column: flight_date, grain: day }
gate: { publish_to: "warehouse:gold.daily_routes" }
profile: { when: never, columns: [flights], segments: [route] }
quality:
  - check: "row_count > 0"
`;

async function fixture(
  t: TestContext,
  contract = CONTRACT,
): Promise<{ app: FastifyInstance; gate: TestGate }> {
  const gate = await testGate(t, contract);
  const { database } = gate.services;
  const app = await buildServer({
    config: { bodyBytes: 1_000_000 },
    database,
    ingest: new Ingest({ database, now: () => new Date() }),
    gate: gate.services,
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  await app.ready();
  t.after(() => app.close());
  await gate.house.run(`
    create table gold.routes_1 partition of gold.daily_routes for values in ('2001-01-01');
    create table gold.routes_2 partition of gold.daily_routes for values in ('2001-01-02');
    insert into gold.daily_routes select '2001-01-01', 'R' || n % 3, n from generate_series(1, 1000) n;
    insert into gold.daily_routes select '2001-01-02', 'R' || n % 3, n from generate_series(1001, 1500) n`);
  const written = sampleEvent({
    runId: '018cc251-f400-7000-8000-000000000001',
    type: 'COMPLETE',
    time: '2001-01-03T00:00:00Z',
    outputs: [{ namespace: 'demo', name: 'gold.daily_routes' }],
  });
  await app.inject({
    method: 'POST',
    url: '/api/v1/lineage',
    headers: { 'content-type': 'application/json' },
    payload: written,
  });
  return { app, gate };
}

async function profile(
  app: FastifyInstance,
  payload: object,
  status = 200,
): Promise<ProfileAnswer & { detail?: string }> {
  const response = await app.inject({
    method: 'POST',
    url: '/api/v2/datasets/gold.daily_routes/profile',
    payload,
  });
  assert.equal(response.statusCode, status, response.body);
  return response.json();
}

async function window(
  app: FastifyInstance,
  dataset: string,
  segment = '',
): Promise<StatisticsAnswer['parts'][number]> {
  const query = new URLSearchParams({ rollup: 'window', from: '2001-01-01', to: '2001-01-31', segment });
  const response = await app.inject({ url: `/api/v2/datasets/${dataset}/statistics?${query.toString()}` });
  assert.equal(response.statusCode, 200, response.body);
  const [part] = response.json<StatisticsAnswer>().parts;
  assert.ok(part);
  return part;
}

test('published partitions are profiled one by one and answer their window', async (t) => {
  const { app, gate } = await fixture(t);
  const first = await profile(app, { partition: 'flight_date=2001-01-01' });
  assert.deepEqual(
    [first.rows, first.columns, first.segments, first.target],
    [1000, ['flights'], ['route=R0', 'route=R1', 'route=R2'], 'gold.daily_routes'],
  );
  assert.equal((await profile(app, { partition: 'flight_date=2001-01-02' })).rows, 500);
  await profile(app, { partition: 'flight_date=2001-01-02' });
  const whole = await window(app, gate.dataset);
  const flights = whole.columns.find(({ name }) => name === 'flights');
  assert.deepEqual([whole.rows, flights?.min, flights?.max], [1500, 1, 1500]);
  const median = flights?.quantiles?.values.find(({ q }) => q === 0.5)?.value ?? 0;
  assert.ok(Math.abs(median - 750) <= 750 * 0.011, `${median}`);
  assert.ok(Math.abs((flights?.distinct?.value ?? 0) - 1500) <= 1500 * 0.1);
  assert.equal((await window(app, gate.dataset, 'route=R1')).rows, 500);
});

test('what cannot be profiled says why', async (t) => {
  const { app } = await fixture(t);
  const odd = await profile(app, { partition: 'nonsense' }, 400);
  assert.match(odd.detail ?? '', /is no partition key/);
  const column = await profile(app, { partition: 'flight_dat=2001-01-01' }, 400);
  assert.match(column.detail ?? '', /Did you mean flight_date\?/);
  await profile(app, { partition: 'flight_date=2001-01-01', more: 1 }, 400);
  const nowhere = await fixture(t, CONTRACT.replace(/^gate:.*$/m, ''));
  const refused = await profile(nowhere.app, { partition: 'flight_date=2001-01-01' }, 422);
  assert.match(refused.detail ?? '', /names no gate\.publish_to/);
});
