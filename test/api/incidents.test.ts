import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { IncidentDetail, IncidentList, ResolveAnswer } from '#api/schema/incidents.ts';
import { KeyRing, type KeyEntry } from '#collector/keys/key-ring.ts';
import { keyHash } from '#collector/keys/key-text.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { sql } from '#store/sql.ts';
import { DAYS, day, estate, goodDays, idOf, type Estate } from '#test/incidents/estate.ts';

/** A day that broke off in bronze and in what is made of it. */
async function fixture(
  t: TestContext,
  keys?: readonly KeyEntry[],
): Promise<{ app: FastifyInstance; of: Estate; id: string }> {
  const of = await estate(t);
  await goodDays(of);
  await of.write(DAYS, 'bronze', 50, { minute: 60 });
  await of.write(DAYS, 'silver', 50, { minute: 90, inputs: ['bronze'] });
  await of.settle();
  const app = await buildServer({
    config: { bodyBytes: 1_000_000, ...(keys && { keys: new KeyRing(keys) }) },
    database: of.database,
    ingest: of.ingest,
    gate: { database: of.database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  await app.ready();
  t.after(() => app.close());
  const [row] = await of.database.rows<{ id: string }>(sql`select id from incident`);
  return { app, of, id: row?.id ?? '' };
}

const PARTITION = `dt=${day(DAYS)}`;

describe('incidents over HTTP', () => {
  test('an incident explains itself: root, evidence and why, whom it touches, what changed, what happened', async (t) => {
    const { app, id } = await fixture(t);
    const answer = await app.inject({ url: `/api/v2/incidents/${id}` });
    assert.equal(answer.statusCode, 200, answer.body);
    const detail = answer.json<IncidentDetail>();
    assert.equal(detail.incident.root.dataset, 'bronze');
    assert.equal(detail.incident.partition, PARTITION);
    assert.match(detail.incident.summary, /50/);
    const silver = detail.evidence.find(({ dataset }) => dataset === 'silver');
    assert.equal(silver?.because.type, 'downstream');
    assert.ok((silver.because.likelihood ?? 0) > 0.93);
    assert.match(silver.because.message, /likelihood of 9\d %/);
    assert.deepEqual(
      detail.blastRadius.datasets.map(({ name }) => name),
      ['silver', 'gold'],
    );
    assert.match(detail.changes[0] ?? '', /^rows .* → 50 since dt=/);
    assert.deepEqual(
      detail.timeline.map(({ type }) => type),
      ['opened'],
    );
  });

  test('/metrics counts those that are open', async (t) => {
    const { app } = await fixture(t);
    const { body } = await app.inject({ url: '/metrics' });
    assert.match(body, /^assay_incidents_open\{state="open",severity="warning"\} 1$/m);
    assert.match(body, /^assay_incidents_open\{state="acknowledged",severity="critical"\} 0$/m);
  });

  test('the list is filtered and paged', async (t) => {
    const { app, of, id } = await fixture(t);
    await of.write(DAYS, 'other', 50, { minute: 600 });
    await of.settle();
    const list = async (query: string): Promise<IncidentList> =>
      (await app.inject({ url: `/api/v2/incidents?${query}` })).json<IncidentList>();
    const all = await list('');
    assert.equal(all.items.length, 2);
    assert.deepEqual(
      all.items.map(({ root }) => root.dataset),
      ['other', 'bronze'],
    );
    assert.deepEqual(
      (await list('dataset=silver')).items.map((item) => item.id),
      [id],
    );
    assert.deepEqual((await list('state=resolved')).items, []);
    assert.deepEqual((await list('owner=nobody')).items, []);
    const first = await list('limit=1');
    const second = await list(`limit=1&cursor=${first.next ?? ''}`);
    assert.deepEqual([...first.items, ...second.items], all.items);
    assert.equal(second.next, null);
    assert.equal((await app.inject({ url: '/api/v2/incidents?state=bad' })).statusCode, 400);
    assert.equal((await app.inject({ url: '/api/v2/incidents?cursor=x' })).statusCode, 400);
    assert.equal((await app.inject({ url: `/api/v2/incidents/${randomUUID()}` })).statusCode, 404);
    assert.equal((await app.inject({ url: '/api/v2/incidents/x' })).statusCode, 404);
  });

  test('people acknowledge, assign, note and snooze it; each is told in what happened', async (t) => {
    const { app, id } = await fixture(t);
    const act = async (what: string, payload: object): Promise<IncidentDetail> => {
      const answer = await app.inject({ method: 'POST', url: `/api/v2/incidents/${id}/${what}`, payload });
      assert.equal(answer.statusCode, 200, answer.body);
      return answer.json<IncidentDetail>();
    };
    const acknowledged = await act('ack', { author: 'ada' });
    assert.deepEqual(
      [acknowledged.incident.state, acknowledged.incident.acknowledgedBy, acknowledged.incident.version],
      ['acknowledged', 'ada', 2],
    );
    // Again: nothing new.
    assert.equal((await act('ack', { author: 'grace' })).incident.version, 2);
    await act('assign', { assignee: 'grace', author: 'ada' });
    await act('notes', { text: 'the landing zone is short of files', author: 'grace' });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const snoozed = await act('snooze', { until, author: 'grace' });
    assert.deepEqual([snoozed.incident.state, snoozed.incident.snoozedUntil], ['snoozed', until]);
    assert.deepEqual(
      snoozed.timeline.map(({ type, actor }) => [type, actor]),
      [
        ['opened', null],
        ['acknowledged', 'ada'],
        ['assigned', 'ada'],
        ['note', 'grace'],
        ['snoozed', 'grace'],
      ],
    );
  });

  test('what was expected is marked so: the detectors judge anew, and the incident stays closed', async (t) => {
    const { app, of, id } = await fixture(t);
    const answer = await app.inject({
      method: 'POST',
      url: `/api/v2/incidents/${id}/resolve`,
      payload: { how: 'expected', reason: 'a strike', author: 'ada' },
    });
    assert.equal(answer.statusCode, 200, answer.body);
    const { incident, marks } = answer.json<ResolveAnswer>();
    assert.deepEqual([incident.state, incident.resolution], ['resolved', 'expected']);
    assert.deepEqual(
      marks.map(({ datasetId, partition }) => [datasetId, partition]),
      [idOf('bronze'), idOf('silver')].toSorted().map((dataset) => [dataset, PARTITION]),
    );
    of.clock.now = new Date(); // the server's
    await of.settle();
    assert.deepEqual(
      await of.database.rows(sql`select metric from verdict where finding and metric <> 'freshness'`),
      [],
      'the mark takes the finding back',
    );
    const after = (await app.inject({ url: `/api/v2/incidents/${id}` })).json<IncidentDetail>();
    assert.equal(after.incident.state, 'resolved');
    const again = await app.inject({
      method: 'POST',
      url: `/api/v2/incidents/${id}/ack`,
      payload: { author: 'ada' },
    });
    assert.equal(again.statusCode, 409);
  });

  test('bad bodies are refused with their place, and change nothing', async (t) => {
    const { app, of, id } = await fixture(t);
    const past = '2020-01-01T00:00:00Z';
    const cases: [string, object, string][] = [
      ['ack', {}, '/author'],
      ['ack', { author: 'ada', more: 1 }, ''],
      ['snooze', { until: past, author: 'ada' }, '/until'],
      ['snooze', { until: 'soon', author: 'ada' }, '/until'],
      ['resolve', { how: 'fine', reason: 'x', author: 'ada' }, '/how'],
      ['resolve', { how: 'fixed', reason: '', author: 'ada' }, '/reason'],
      ['assign', { author: 'ada' }, ''],
      ['notes', { text: '', author: 'ada' }, '/text'],
    ];
    for (const [what, payload, pointer] of cases) {
      const answer = await app.inject({ method: 'POST', url: `/api/v2/incidents/${id}/${what}`, payload });
      assert.equal(answer.statusCode, 400, `${what} ${answer.body}`);
      const { errors } = answer.json<{ errors: { pointer: string }[] }>();
      assert.ok(
        errors.some((one) => one.pointer === pointer),
        `${what} ${answer.body}`,
      );
    }
    const events = await of.database.rows<{ type: string }>(sql`select type from incident_event`);
    assert.deepEqual(events, [{ type: 'opened' }]);
  });

  test('reading takes read, acting takes incident, and whoever acts does so under the name of the key', async (t) => {
    const reader = 'r'.repeat(40);
    const actor = 'a'.repeat(40);
    const { app, id } = await fixture(t, [
      { name: 'dashboard', scopes: ['read'], hash: keyHash(reader), namespaces: null },
      { name: 'on call', scopes: ['incident', 'read'], hash: keyHash(actor), namespaces: null },
    ]);
    const as = (key: string) => ({ authorization: `Bearer ${key}` });
    const url = `/api/v2/incidents/${id}`;
    assert.equal((await app.inject({ url })).statusCode, 401);
    assert.equal((await app.inject({ url, headers: as(reader) })).statusCode, 200);
    const ack = (key: string) =>
      app.inject({ method: 'POST', url: `${url}/ack`, headers: as(key), payload: { author: 'somebody' } });
    assert.equal((await ack(reader)).statusCode, 403);
    const done = await ack(actor);
    assert.equal(done.json<IncidentDetail>().incident.acknowledgedBy, 'on call');
  });
});
