import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { PAGE_PATHS } from '#api/page-paths.ts';
import { ROUTE_SCOPES, scopeOf } from '#api/route-scopes.ts';
import { KeyRing, type KeyEntry } from '#collector/keys/key-ring.ts';
import { keyHash, newKeyText } from '#collector/keys/key-text.ts';
import { SCOPES, type Scope } from '#collector/keys/scopes.ts';
import { buildServer, type ServerServices } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import type { GateServices } from '#gate/services.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { stage } from '#test/adapters/postgres/warehouse.ts';
import { testGate } from '#test/gate/gate.ts';
import { testDatabase } from '#test/support/database.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

/** The text of the key of a name; the same in every test. */
const textOf = (name: string): string => `assay_test_key_of_${name}_0123456789`;
const entry = (
  name: string,
  scopes: readonly Scope[],
  namespaces: readonly string[] | null = null,
): KeyEntry => ({
  name,
  hash: keyHash(textOf(name)),
  scopes,
  namespaces,
});
const bearer = (name: string): { authorization: string } => ({ authorization: `Bearer ${textOf(name)}` });

interface Options {
  readonly keys: readonly KeyEntry[];
  readonly queryKey?: boolean;
  readonly database?: Database;
  readonly gate?: GateServices;
}

async function server(
  t: TestContext,
  { keys, queryKey = false, database, gate }: Options,
): Promise<FastifyInstance> {
  const absent = {} as Pick<ServerServices, 'database' | 'gate'>;
  const store = database ?? absent.database;
  const app = await buildServer({
    config: { bodyBytes: 1_000_000, keys: new KeyRing(keys), queryKey },
    database: store,
    ingest: new Ingest({ database: store, now: () => new Date('2026-02-01T00:00:00Z') }),
    gate: gate ?? { ...absent.gate, database: store, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  await app.ready();
  t.after(() => app.close());
  return app;
}

describe('the table of scopes', () => {
  test('has exactly the routes of the server', async (t) => {
    const app = await server(t, { keys: [] });
    const documented = Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods ?? {}).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      ),
    );
    assert.ok(documented.length >= 25);
    assert.deepEqual(
      documented.filter((route) => !(route in ROUTE_SCOPES)),
      [],
      'routes that collector/api/route-scopes.ts does not list',
    );
    const pages = ['GET /', 'GET /*', 'GET /openapi.json', ...PAGE_PATHS.map((path) => `GET ${path}`)];
    const gone = Object.keys(ROUTE_SCOPES).filter(
      (route) => !documented.includes(route) && !pages.includes(route),
    );
    assert.deepEqual(gone, [], 'lines without a route');
  });

  test('what it does not know takes admin, and HEAD takes what GET does', () => {
    assert.equal(scopeOf('POST', '/api/v2/new'), 'admin');
    assert.equal(scopeOf('HEAD', '/api/v2/datasets'), 'read');
    assert.equal(scopeOf('DELETE', '/api/v2/datasets'), 'admin');
  });

  test('every route but the open ones refuses: no key, a wrong one, one of every other scope', async (t) => {
    const app = await server(t, { keys: SCOPES.map((scope) => entry(scope, [scope])) });
    let guarded = 0;
    for (const [route, scope] of Object.entries(ROUTE_SCOPES)) {
      if (scope === 'open') continue;
      guarded += 1;
      const [method = '', path = ''] = route.split(' ');
      const ask = (headers: Record<string, string>) =>
        app.inject({
          method: method as 'GET',
          url: path.replaceAll(/:\w+/g, 'x'),
          headers,
          remoteAddress: '10.0.0.9',
        });
      const none = await ask({});
      assert.deepEqual(
        [none.statusCode, none.headers['www-authenticate']],
        [401, 'Bearer realm="assay"'],
        route,
      );
      assert.equal(none.json<{ type: string }>().type, 'urn:assay:problem:unauthorised');
      const wrong = await ask({ authorization: `Bearer ${newKeyText()}` });
      assert.equal(wrong.statusCode, 401, route);
      assert.match(String(wrong.headers['www-authenticate']), /error="invalid_token"/);
      for (const other of SCOPES.filter((one) => one !== scope && one !== 'admin')) {
        const refused = await ask(bearer(other));
        assert.equal(refused.statusCode, 403, `${route} with ${other}`);
        assert.match(
          refused.json<{ detail: string }>().detail,
          new RegExp(`with the scope ${scope}; the key "${other}"`),
        );
        assert.match(String(refused.headers['www-authenticate']), new RegExp(`scope="${scope}"`));
      }
    }
    assert.ok(guarded >= 25);
    assert.equal((await app.inject({ url: '/healthz', remoteAddress: '10.0.0.9' })).statusCode, 200);
    assert.equal((await app.inject({ url: '/openapi.json', remoteAddress: '10.0.0.9' })).statusCode, 200);
  });

  test('metrics need no key from this machine itself, but through its proxy they do', async (t) => {
    const database = await testDatabase(t);
    const app = await server(t, { keys: [entry('prometheus', ['read'])], database });
    const ask = async (remoteAddress: string, headers = {}): Promise<number> =>
      (await app.inject({ url: '/metrics', remoteAddress, headers })).statusCode;
    assert.equal(await ask('127.0.0.1'), 200);
    assert.equal(await ask('::ffff:127.0.0.1'), 200);
    assert.equal(await ask('10.0.0.9'), 401);
    assert.equal(await ask('127.0.0.1', { 'x-forwarded-for': '10.0.0.9' }), 401);
    assert.equal(await ask('10.0.0.9', bearer('prometheus')), 200);
  });
});

describe('a key', () => {
  const read = [entry('reader', ['read'])];
  const K = textOf('reader');

  for (const [authorization, status] of [
    [`Bearer ${K}`, 200],
    [`bearer ${K}`, 200],
    [`Bearer Bearer ${K}`, 200],
    [`BEARER  bearer Bearer ${K} `, 200],
    [K, 401],
    [`Basic ${K}`, 401],
    ['Bearer ', 401],
    ['Bearer', 401],
    [`Bearer ${K}x`, 401],
    [`Bearer ${K.slice(0, -1)}`, 401],
    [`Bearer ${keyHash(K)}`, 401],
  ] as const) {
    test(`as "${authorization.replace(K, 'K').replace(keyHash(K), 'its hash')}": ${status}`, async (t) => {
      const app = await server(t, { keys: read, database: await testDatabase(t) });
      const answer = await app.inject({ url: '/api/v2/datasets', headers: { authorization } });
      assert.equal(answer.statusCode, status, answer.body);
    });
  }

  test('in the address is taken only where that is configured', async (t) => {
    const database = await testDatabase(t);
    const url = `/api/v2/datasets?api_key=${encodeURIComponent(K)}`;
    const strict = await server(t, { keys: read, database });
    assert.equal((await strict.inject({ url })).statusCode, 401);
    const lenient = await server(t, { keys: read, database, queryKey: true });
    assert.equal((await lenient.inject({ url })).statusCode, 200);
    assert.equal((await lenient.inject({ url: '/api/v2/datasets?api_key=other' })).statusCode, 401);
    // A header that is there decides.
    assert.equal((await lenient.inject({ url, headers: { authorization: 'Bearer other' } })).statusCode, 401);
  });

  test('with admin may do everything', async (t) => {
    const app = await server(t, { keys: [entry('root', ['admin'])], database: await testDatabase(t) });
    assert.equal((await app.inject({ url: '/api/v2/overview', headers: bearer('root') })).statusCode, 200);
    const payload = { text: 'dataset: 1' };
    const lint = await app.inject({
      method: 'POST',
      url: '/api/v2/contracts/lint',
      headers: bearer('root'),
      payload,
    });
    assert.equal(lint.statusCode, 200);
  });

  test('is found among many, and only by its whole text', () => {
    const names = Array.from({ length: 50 }, (_, n) => `n${n}`);
    const ring = new KeyRing(names.map((name) => entry(name, ['read'])));
    for (const name of names) assert.equal(ring.find(textOf(name))?.name, name);
    assert.equal(ring.find(''), null);
    assert.equal(ring.find(textOf('n50')), null);
    assert.doesNotMatch(inspect(ring, { depth: 9, showHidden: true }), /assay_test_key/);
  });

  test('of our making is long, new each time, and hashes to what the configuration takes', () => {
    const keys = new Set(Array.from({ length: 100 }, newKeyText));
    assert.equal(keys.size, 100);
    for (const key of keys) assert.match(key, /^assay_[\w-]{43}$/);
    assert.match(keyHash([...keys][0] ?? ''), /^[0-9a-f]{64}$/);
  });
});

describe('namespaces of a key', () => {
  const eventOf = (namespace: string): string =>
    sampleEvent({
      runId: '018cc251-f400-717f-9d98-c0f82845ea48',
      type: 'START',
      time: '2026-01-01T00:00:00Z',
    })
      .toString()
      .replace('"namespace":"tests"', `"namespace":"${namespace}"`);
  const about = (namespace: string): string =>
    JSON.stringify({ eventTime: '2026-01-01T00:00:00Z', dataset: { namespace, name: 'd' } });

  test('an event of another is refused and not kept', async (t) => {
    const database = await testDatabase(t);
    const app = await server(t, { keys: [entry('airflow', ['ingest'], ['prod', 'spark-*'])], database });
    const send = (payload: string) =>
      app.inject({ method: 'POST', url: '/api/v1/lineage', headers: bearer('airflow'), payload });
    for (const namespace of ['prod', 'spark-', 'spark-eu']) {
      assert.equal((await send(eventOf(namespace))).statusCode, 201, namespace);
      assert.equal((await send(about(namespace))).statusCode, 201, namespace);
    }
    for (const namespace of ['prod2', 'pro', 'spark', 'Prod', 'other']) {
      for (const payload of [eventOf(namespace), about(namespace)]) {
        const refused = await send(payload);
        assert.equal(refused.statusCode, 403, namespace);
        assert.match(
          refused.json<{ detail: string }>().detail,
          /"airflow" may send events of prod, spark-\*, not of/,
        );
      }
    }
    const [count] = await database.rows<{ n: number }>(
      sql`select (select count(*) from raw_event)::integer + (select count(*) from quarantine)::integer as n`,
    );
    assert.equal(count?.n, 6);
  });

  test('in a batch only the foreign ones fail', async (t) => {
    const app = await server(t, {
      keys: [entry('airflow', ['ingest'], ['prod'])],
      database: await testDatabase(t),
    });
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage/batch',
      headers: { ...bearer('airflow'), 'content-type': 'application/x-ndjson' },
      payload: [eventOf('prod'), eventOf('other'), about('prod')].join('\n'),
    });
    const { summary, failed_events: failed } = answer.json<{
      summary: { successful: number };
      failed_events: { index: number; retriable: boolean }[];
    }>();
    assert.deepEqual(
      [answer.statusCode, summary.successful, failed.map(({ index, retriable }) => [index, retriable])],
      [200, 2, [[1, false]]],
    );
  });
});

test('who acts at the gate is the key, whoever the body says; asking and approving takes two', async (t) => {
  const gate = await testGate(t);
  const app = await server(t, {
    database: gate.services.database,
    gate: gate.services,
    keys: [
      entry('pipeline', ['gate:request']),
      entry('ada', ['gate:request', 'gate:waive']),
      entry('grace', ['gate:waive']),
      entry('publisher', ['gate:publish']),
      entry('owner', ['contract', 'read']),
    ],
  });
  const call = async (name: string, path: string, payload: object) => {
    const answer = await app.inject({
      method: 'POST',
      url: `/api/v2${path}`,
      headers: bearer(name),
      payload,
    });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  };
  const ref = await stage(gate.house, '2001-01-01', 9);
  const order = {
    partition: 'flight_date=2001-01-01',
    candidate: { kind: 'table', ref },
    requestedBy: 'somebody',
  };
  const path = `/gates/${gate.dataset}/evaluations`;
  // Publishing at once takes the right to publish.
  assert.equal((await call('pipeline', path, { ...order, publish: true })).status, 403);
  const held = await call('pipeline', path, order);
  assert.deepEqual(
    [held.status, held.body['decision'], held.body['requestedBy']],
    [201, 'block', 'pipeline'],
  );
  const id = String(held.body['id']);
  const reasons = held.body['reasons'] as { checkId: string }[];

  const asked = await call('ada', `/gates/evaluations/${id}/waivers`, {
    checkIds: reasons.map(({ checkId }) => checkId),
    reason: 'known',
    requestedBy: 'grace',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  assert.deepEqual([asked.status, asked.body['requestedBy']], [201, 'ada']);
  const approve = `/gates/waivers/${String(asked.body['id'])}/approve`;
  const alone = await call('ada', approve, { approvedBy: 'grace' });
  assert.equal(alone.status, 422);
  assert.match(String(alone.body['detail']), /ada asked for this waiver; somebody else must approve it/);
  const approved = await call('grace', approve, {});
  assert.deepEqual(
    [approved.status, (approved.body['waiver'] as { approvedBy: string }).approvedBy],
    [200, 'grace'],
  );

  const { version } = held.body['candidate'] as { version: string };
  const wanted = { expectedVersion: version, requestedBy: 'somebody' };
  assert.equal((await call('ada', `/gates/evaluations/${id}/publish`, wanted)).status, 403);
  const published = await call('publisher', `/gates/evaluations/${id}/publish`, wanted);
  assert.deepEqual([published.status, published.body['state']], [200, 'published']);
  const [row] = await gate.services.database.rows<{ requested_by: string }>(
    sql`select requested_by from publication where state = 'published'`,
  );
  assert.equal(row?.requested_by, 'publisher');

  const text = 'dataset: gold.other\nnamespace: demo\nowner: a@example.com\nversion: "1.0.0"\n';
  const pushed = await call('owner', '/contracts', { text, pushedBy: 'somebody' });
  assert.deepEqual([pushed.status, pushed.body['pushedBy']], [201, 'owner']);
});
