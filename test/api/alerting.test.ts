import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { readAlerting } from '#collector/alerting-config.ts';
import { KeyRing } from '#collector/keys/key-ring.ts';
import { keyHash } from '#collector/keys/key-text.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { IncidentActions } from '#model/alert-source.ts';
import { addHolds } from '#store/alert-silences.ts';
import { incidentId } from '#test/alerting/support.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

const FILE = {
  channels: {
    chat: { kind: 'slack', token: 'xoxb-secret', channel: '#data', signing_secret: 'signing' },
    oncall: { kind: 'pagerduty', routing_key: 'routing' },
  },
  default: { to: ['chat'] },
  routes: [
    { name: 'first', match: { tier: 1 }, to: ['oncall'], escalate: [{ after: '15m', to: ['chat:#heads'] }] },
  ],
};

interface Fixture {
  readonly app: FastifyInstance;
  readonly database: TestDatabase;
  readonly acted: string[];
}

async function fixture(t: TestContext, { configured = true, keys = false } = {}): Promise<Fixture> {
  const database = await testDatabase(t);
  const acted: string[] = [];
  const act = (what: string) => async (id: string, by: string) => {
    acted.push(`${what} ${id} ${by}`);
    return { status: 'success', value: null } as const;
  };
  const incidentActions: IncidentActions = {
    acknowledge: act('acknowledge'),
    snooze: (id, by, until) => act(`snooze until ${until.toISOString().slice(0, 4)}`)(id, by),
    resolve: (id, by, as) => act(`resolve as ${as}`)(id, by),
  };
  const entries = [
    { name: 'reader', hash: keyHash('r'), scopes: ['read'] as const, namespaces: null },
    { name: 'ada', hash: keyHash('i'), scopes: ['read', 'incident'] as const, namespaces: null },
  ];
  const app = await buildServer({
    config: {
      bodyBytes: 1_000_000,
      alerting: configured ? readAlerting(FILE, '.').config : null,
      ...(keys && { keys: new KeyRing(entries) }),
    },
    database,
    ingest: new Ingest({ database, now: () => new Date() }),
    gate: { database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
    incidentActions,
  });
  await app.ready();
  t.after(() => app.close());
  return { app, database, acted };
}

const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString();

test('where an alert would go, and why', async (t) => {
  const { app } = await fixture(t);
  const response = await app.inject({
    method: 'POST',
    url: '/api/v2/routes/simulate',
    payload: { tier: 1, dataset: 'gold.orders' },
  });
  assert.equal(response.statusCode, 200, response.body);
  const { now, later, visits } = response.json<{
    now: object[];
    later: object[];
    visits: { route: string }[];
  }>();
  assert.deepEqual(now, [{ receiver: 'oncall', kind: 'page', because: 'route first leads there' }]);
  assert.deepEqual(later, [{ receiver: 'chat:#heads', afterMinutes: 15, route: 'first' }]);
  assert.deepEqual(
    visits.map(({ route }) => route),
    ['default', 'first'],
  );
  const wrong = await app.inject({
    method: 'POST',
    url: '/api/v2/routes/simulate',
    payload: { severity: 'bad' },
  });
  assert.equal(wrong.statusCode, 400);
});

test('a silence has an author, a comment and an end, is counted in simulations and says what it held', async (t) => {
  const { app, database } = await fixture(t);
  const post = (payload: object) => app.inject({ method: 'POST', url: '/api/v2/silences', payload });
  const good = { match: { dataset: ['gold.*'] }, comment: 'we know', author: 'ada', endsAt: tomorrow() };
  const made = await post(good);
  assert.equal(made.statusCode, 201, made.body);
  const { id, state } = made.json<{ id: string; state: string }>();
  assert.equal(state, 'active');
  for (const [payload, detail] of [
    [{ ...good, match: {} }, /would silence everything/],
    [{ ...good, match: { datset: ['x'] } }, /is dataset meant\?/],
    [{ ...good, author: undefined }, /author is missing/],
    [{ ...good, comment: '' }, /comment/],
    [{ ...good, endsAt: '2020-01-01T00:00:00Z' }, /endsAt must lie after startsAt/],
    [{ ...good, endsAt: '2126-01-01T00:00:00Z' }, /90 days at most/],
    [{ ...good, endsAt: undefined }, /endsAt/],
  ] as const) {
    const response = await post(payload);
    assert.equal(response.statusCode, 400, response.body);
    assert.match(response.json<{ detail: string }>().detail, detail);
  }
  const simulated = await app.inject({
    method: 'POST',
    url: '/api/v2/routes/simulate',
    payload: { dataset: 'gold.orders' },
  });
  const { now, held } = simulated.json<{ now: object[]; held: { because: string }[] }>();
  assert.deepEqual(now, []);
  assert.match(held[0]?.because ?? '', /ada silenced it until .*: we know/);

  const hold = {
    incidentId: incidentId(1),
    version: 1,
    channel: 'chat',
    recipient: '',
    silenceId: id,
    until: null,
    because: 'b',
  };
  await database.execute(addHolds([hold], new Date()));
  const one = await app.inject({ url: `/api/v2/silences/${id}` });
  assert.equal(one.json<{ held: { incident: string }[] }>().held[0]?.incident, incidentId(1));
  const ofIncident = await app.inject({ url: `/api/v2/deliveries?incident=${incidentId(1)}` });
  assert.equal(ofIncident.json<{ held: unknown[] }>().held.length, 1);

  const end = (author: string) =>
    app.inject({ method: 'POST', url: `/api/v2/silences/${id}/end`, payload: { author } });
  assert.equal((await end('bob')).json<{ state: string; endedBy: string }>().endedBy, 'bob');
  assert.equal((await end('bob')).statusCode, 409);
  assert.deepEqual((await app.inject({ url: '/api/v2/silences' })).json(), { items: [] });
  const all = (await app.inject({ url: '/api/v2/silences?over=true' })).json<{ items: { held: number }[] }>();
  assert.deepEqual(
    all.items.map((item) => item.held),
    [1],
  );
});

test('without alerting in the configuration every answer says how to begin', async (t) => {
  const { app } = await fixture(t, { configured: false });
  const status = (await app.inject({ url: '/api/v2/alerting' })).json<{
    configured: boolean;
    hint: string;
  }>();
  assert.equal(status.configured, false);
  assert.match(status.hint, /assay\.yaml has no alerting/);
  const simulated = await app.inject({ method: 'POST', url: '/api/v2/routes/simulate', payload: {} });
  assert.equal(simulated.statusCode, 404);
  const callback = await app.inject({
    method: 'POST',
    url: '/api/v2/callbacks/slack',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'payload=x',
  });
  assert.equal(callback.statusCode, 404);
});

test('how the channels do, without their secrets', async (t) => {
  const { app } = await fixture(t);
  const { body } = await app.inject({ url: '/api/v2/alerting' });
  assert.doesNotMatch(body, /secret|routing"|signing/);
  const { channels } = JSON.parse(body) as { channels: { name: string; up: boolean }[] };
  assert.deepEqual(
    channels.map(({ name, up }) => [name, up]),
    [
      ['chat', true],
      ['oncall', true],
    ],
  );
});

test('a button in Slack acts when Slack signed the request, and needs no key', async (t) => {
  const { app, acted } = await fixture(t, { keys: true });
  const press = (action: string, secret: string) => {
    const payload = JSON.stringify({
      type: 'block_actions',
      user: { username: 'ada' },
      actions: [{ action_id: action, value: incidentId(1) }],
    });
    const body = `payload=${encodeURIComponent(payload)}`;
    const time = String(Math.floor(Date.now() / 1000));
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`;
    return app.inject({
      method: 'POST',
      url: '/api/v2/callbacks/slack',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': time,
        'x-slack-signature': signature,
      },
      payload: body,
    });
  };
  assert.equal((await press('acknowledge', 'wrong')).statusCode, 401);
  assert.deepEqual(acted, []);
  for (const action of ['acknowledge', 'snooze', 'expected', 'resolve', 'link_incident'])
    assert.equal((await press(action, 'signing')).statusCode, 200);
  const year = new Date(Date.now() + 4 * 3_600_000).getUTCFullYear();
  assert.deepEqual(
    acted,
    ['acknowledge', `snooze until ${year}`, 'resolve as expected', 'resolve as fixed'].map(
      (what) => `${what} ${incidentId(1)} slack:ada`,
    ),
  );
});

test('who reads may not silence; who may acts under the name of the key', async (t) => {
  const { app } = await fixture(t, { keys: true });
  const payload = { match: { tier: ['3'] }, comment: 'c', author: 'somebody else', endsAt: tomorrow() };
  const post = (key: string) =>
    app.inject({
      method: 'POST',
      url: '/api/v2/silences',
      payload,
      headers: { authorization: `Bearer ${key}` },
    });
  assert.equal((await post('r')).statusCode, 403);
  const made = await post('i');
  assert.equal(made.statusCode, 201, made.body);
  assert.equal(made.json<{ author: string }>().author, 'ada');
});
