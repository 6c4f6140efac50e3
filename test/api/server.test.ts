import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { Database } from '#store/database.ts';
import type { StreamStatus } from '#model/event-stream.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const now = (): Date => new Date('2026-02-01T00:00:00Z');

async function server(
  t: TestContext,
  database: Database,
  kafka?: () => StreamStatus,
): Promise<{ app: FastifyInstance; ingest: Ingest }> {
  const telemetry = createTelemetry({ level: 'silent', pretty: false });
  const ingest = new Ingest({ database, now });
  const gate = { database, warehouses: new Map(), newId: randomUUID };
  const app = await buildServer({
    config: { bodyBytes: 1_000_000 },
    database,
    ingest,
    gate,
    telemetry,
    kafka,
  });
  t.after(() => app.close());
  return { app, ingest };
}

const edge = (name: string, field: string): object => ({ namespace: 'n', name, field });
const lineageOf = (columns: Record<string, object[]>): object => ({
  columnLineage: facet({
    fields: Object.fromEntries(
      Object.entries(columns).map(([column, inputFields]) => [column, { inputFields }]),
    ),
  }),
});

/** a → job one → b → job two → c, and d → job two. */
async function seed(ingest: Ingest): Promise<void> {
  const run = (n: number): string => `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`;
  const time = '2026-01-01T00:00:00Z';
  const ds = (name: string, facets?: object): object => ({ namespace: 'n', name, ...(facets && { facets }) });
  await ingest.receive(
    sampleEvent({
      runId: run(1),
      type: 'COMPLETE',
      time,
      job: 'one',
      inputs: [ds('a')],
      outputs: [ds('b', lineageOf({ y: [edge('a', 'x')] }))],
    }),
    'http',
  );
  await ingest.receive(
    sampleEvent({
      runId: run(2),
      type: 'COMPLETE',
      time,
      job: 'two',
      inputs: [ds('b'), ds('d')],
      outputs: [ds('c', lineageOf({ z: [edge('b', 'y'), edge('d', 'w')] }))],
    }),
    'http',
  );
}

interface Answer {
  readonly datasets: readonly { readonly id: string; readonly name: string }[];
  readonly edges: readonly { readonly input: string; readonly output: string; readonly job: string }[];
  readonly columnEdges: readonly { readonly inputColumn: string; readonly outputColumn: string }[];
  readonly truncated: boolean;
}

describe('lineage', () => {
  test('of tables: upstream, downstream, both, cut by the limit', async (t) => {
    const { app, ingest } = await server(t, await testDatabase(t));
    await seed(ingest);
    const ask = async (query: string): Promise<Answer> =>
      (await app.inject({ url: `/api/v2/lineage?${query}` })).json<Answer>();
    const shown = (answer: Answer): string[] => {
      const name = new Map(answer.datasets.map((dataset) => [dataset.id, dataset.name]));
      return answer.edges
        .map((found) => `${name.get(found.input)} ${found.job} ${name.get(found.output)}`)
        .sort();
    };
    assert.deepEqual(shown(await ask('dataset=b&direction=upstream')), ['a one b']);
    assert.deepEqual(shown(await ask('dataset=b&direction=downstream')), ['b two c']);
    assert.deepEqual(shown(await ask('dataset=c&namespace=n')), ['a one b', 'b two c', 'd two c']);
    assert.deepEqual(
      [(await ask('dataset=c&limit=1')).truncated, (await ask('dataset=c')).truncated],
      [true, false],
    );
  });

  test('of columns, over several hops', async (t) => {
    const { app, ingest } = await server(t, await testDatabase(t));
    await seed(ingest);
    const ask = async (query: string): Promise<string[]> =>
      (await app.inject({ url: `/api/v2/lineage?${query}` }))
        .json<Answer>()
        .columnEdges.map((found) => `${found.inputColumn}>${found.outputColumn}`)
        .sort();
    assert.deepEqual(await ask('dataset=c&column=z&direction=upstream'), ['w>z', 'x>y', 'y>z']);
    assert.deepEqual(await ask('dataset=a&column=x&direction=downstream'), ['x>y', 'y>z']);
    assert.deepEqual(await ask('dataset=c&column=nothing'), []);
  });

  test('unknown and ambiguous names are told apart', async (t) => {
    const { app, ingest } = await server(t, await testDatabase(t));
    await seed(ingest);
    await ingest.receive(
      sampleEvent({ runId: 'x', time: '2026-01-01T00:00:00Z', outputs: [{ namespace: 'other', name: 'a' }] }),
      'http',
    );
    const missing = await app.inject({ url: '/api/v2/lineage?dataset=zz' });
    assert.deepEqual(
      [missing.statusCode, missing.json<{ type: string }>().type],
      [404, 'urn:assay:problem:dataset_not_found'],
    );
    const ambiguous = await app.inject({ url: '/api/v2/lineage?dataset=a' });
    assert.deepEqual(
      [ambiguous.statusCode, ambiguous.json<{ namespaces: string[] }>().namespaces],
      [409, ['n', 'other']],
    );
    assert.equal((await app.inject({ url: '/api/v2/lineage' })).statusCode, 400);
  });
});

describe('self-observation', () => {
  test('/healthz lives without the store, /readyz says what is missing', async (t) => {
    const database = await testDatabase(t);
    const { app } = await server(t, database);
    assert.equal((await app.inject({ url: '/healthz' })).statusCode, 200);
    assert.equal((await app.inject({ url: '/readyz' })).statusCode, 200);
    await database.execute(sql`delete from assay.migration where name like '0003%'`);
    const pending = await app.inject({ url: '/readyz' });
    assert.equal(pending.statusCode, 503);
    assert.match(pending.json<{ detail: string }>().detail, /0003_monitor/);
    const gone: Database = { ...database, rows: () => Promise.reject(new Error('gone')) };
    const { app: blind } = await server(t, gone);
    assert.equal((await blind.inject({ url: '/readyz' })).statusCode, 503);
    assert.equal((await blind.inject({ url: '/healthz' })).statusCode, 200);
  });

  test('/readyz says how the reading of Kafka stands, without the names of brokers', async (t) => {
    const status: StreamStatus = {
      state: 'failing',
      detail: 'broker-1.internal:9092 refuses the connection',
      partitions: 0,
      held: 0,
      restarts: 3,
    };
    const database = await testDatabase(t);
    const { app } = await server(t, database, () => status);
    const answer = await app.inject({ url: '/readyz' });
    assert.equal(answer.statusCode, 200, 'events over HTTP are taken all the same');
    assert.deepEqual(answer.json(), {
      status: 'ready',
      kafka: { state: 'failing', partitions: 0, held: 0, restarts: 3 },
    });
    const { app: plain } = await server(t, database);
    assert.deepEqual((await plain.inject({ url: '/readyz' })).json(), { status: 'ready' });
  });

  test('/metrics counts what was received and keeps labels few', async (t) => {
    const { app } = await server(t, await testDatabase(t));
    const send = (payload: Buffer): Promise<unknown> =>
      app.inject({ method: 'POST', url: '/api/v1/lineage', payload });
    const event = sampleEvent({
      runId: 'r',
      type: 'COMPLETE',
      time: '2026-01-01T00:00:00Z',
      outputs: [outputWithRows('secret_table', 1)],
    });
    await send(event);
    await send(event);
    await send(Buffer.from('{}'));
    const metrics = (await app.inject({ url: '/metrics' })).body;
    assert.match(metrics, /assay_ingest_events_total\{outcome="accepted"\} 1\n/);
    assert.match(metrics, /assay_ingest_events_total\{outcome="duplicate"\} 1\n/);
    assert.match(metrics, /assay_ingest_events_total\{outcome="invalid"\} 1\n/);
    assert.match(
      metrics,
      /assay_ingest_acknowledge_seconds_count 3\n|assay_ingest_acknowledge_seconds_count 2\n/,
    );
    assert.match(metrics, /assay_ingest_queue_bytes 0\n/);
    assert.match(metrics, /assay_monitor_waiting_partitions 1\n/);
    assert.match(
      metrics,
      /assay_http_request_seconds_count\{method="POST",route="\/api\/v1\/lineage",status="201"\} 2\n/,
    );
    await app.inject({ url: '/nowhere/secret_table' });
    const later = (await app.inject({ url: '/metrics' })).body;
    assert.match(later, /assay_http_request_seconds_count\{method="any",route="none",status="404"\} 1\n/);
    assert.doesNotMatch(metrics + later, /secret_table/);
  });

  test('what is not there is a problem document, and /openapi.json names what is', async (t) => {
    const { app } = await server(t, await testDatabase(t));
    const missing = await app.inject({ url: '/api/v2/nothing' });
    assert.deepEqual(
      [missing.statusCode, missing.headers['content-type']],
      [404, 'application/problem+json; charset=utf-8'],
    );
    const { paths } = (await app.inject({ url: '/openapi.json' })).json<{ paths: Record<string, unknown> }>();
    for (const path of [
      '/api/v1/lineage',
      '/api/v1/lineage/batch',
      '/api/v2/lineage',
      '/api/v2/contracts',
      '/api/v2/gates/{dataset}/evaluations',
      '/api/v2/findings',
    ]) {
      assert(path in paths, path);
    }
  });
});
