import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { QuarantinedEvent, QuarantineDetail, QuarantineList } from '#api/schema/quarantine.ts';
import { countOpenEntries, ProducerLabels } from '#collector/producer-labels.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { deleteQuarantined } from '#store/quarantine.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { ingestApp } from '#test/support/ingest-app.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

const json = { 'content-type': 'application/json' };

interface Place {
  readonly app: FastifyInstance;
  readonly database: TestDatabase;
}

async function place(t: TestContext): Promise<Place> {
  const database = await testDatabase(t);
  return { database, app: (await ingestApp(t, database)).app };
}

/** Sends what cannot be accepted; returns the entry's id. */
async function reject({ app }: Place, payload: string | Buffer): Promise<string> {
  const answer = await app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload });
  assert.equal(answer.statusCode, 400, answer.body);
  return answer.json<{ quarantineId: string }>().quarantineId;
}

const broken = (name: string, producer = 'https://p'): string =>
  JSON.stringify({ producer, job: { namespace: 'n', name } });

async function list({ app }: Place, query = ''): Promise<QuarantineList> {
  const answer = await app.inject({ url: `/api/v2/quarantine${query}` });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<QuarantineList>();
}

async function show({ app }: Place, id: string): Promise<QuarantineDetail> {
  return (await app.inject({ url: `/api/v2/quarantine/${id}` })).json<QuarantineDetail>();
}

describe('listing', () => {
  test('pages by cursor meet every entry once, also when one arrives meanwhile', async (t) => {
    const at = await place(t);
    const ids = new Set<string>();
    for (let n = 0; n < 7; n += 1) ids.add(await reject(at, broken(`job ${n}`)));
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: QuarantineList = await list(at, `?limit=3${next ? `&cursor=${next}` : ''}`);
      if (seen.length === 0) assert.equal(page.events.length, 3);
      seen.push(...page.events.map(({ id }) => id));
      ({ next } = page);
    }
    assert.equal(seen.length, 7);
    assert.deepEqual(new Set(seen), ids);
    const wrong = await at.app.inject({ url: '/api/v2/quarantine?cursor=x' });
    assert.equal(wrong.statusCode, 400);
    assert.match(wrong.json<{ detail: string }>().detail, /cursor/);
  });

  test('filters, and a search in bytes, producer and problems that knows no wildcards', async (t) => {
    const at = await place(t);
    const orders = await reject(at, broken('Orders_100%', 'https://spark'));
    const other = await reject(at, broken('other', 'https://airflow'));
    const noJson = await reject(at, Buffer.from('{"x": \u0000 naïve'));
    const found = async (query: string): Promise<string[]> =>
      (await list(at, `?${query}`)).events.map(({ id }) => id).sort();
    assert.deepEqual(await found('producer=https://airflow'), [other]);
    assert.deepEqual(await found('reason=not_json'), [noJson]);
    assert.deepEqual(await found('reason=invalid_envelope'), [orders, other].sort());
    assert.deepEqual(await found('q=orders_100%25'), [orders]);
    assert.deepEqual(await found('q=r_'), [], 'an underline is an underline');
    assert.deepEqual(await found('q=NA%C3%8FVE'), [noJson]);
    assert.deepEqual(await found('q=SPARK'), [orders]);
    assert.deepEqual(await found('q=This+is+missing'), [orders, other].sort());
    assert.deepEqual(await found('q=%00'), [noJson].filter(() => false).concat([noJson]));
    assert.deepEqual(await found('source=kafka'), []);
    assert.deepEqual(await found('since=2026-02-01T00:00:00Z'), [noJson, orders, other].sort());
    assert.deepEqual(await found('until=2026-02-01T00:00:00Z'), []);
    assert.equal((await at.app.inject({ url: '/api/v2/quarantine?since=soon' })).statusCode, 400);
    assert.equal((await at.app.inject({ url: '/api/v2/quarantine?state=lost' })).statusCode, 400);
  });

  test('the same bytes are one entry with a count', async (t) => {
    const at = await place(t);
    const id = await reject(at, broken('a'));
    assert.equal(await reject(at, broken('a')), id);
    const { events } = await list(at);
    assert.deepEqual(
      events.map(({ times, size, source }) => [times, size, source]),
      [[2, broken('a').length, 'http']],
    );
  });
});

test('what is said to come from a file is kept so; another source is refused', async (t) => {
  const at = await place(t);
  const post = (url: string, source: string, payload: string | Buffer, more: object = {}) =>
    at.app.inject({ method: 'POST', url, payload, headers: { 'assay-source': source, ...more } });
  assert.equal((await post('/api/v1/lineage', 'file', broken('a'))).statusCode, 400);
  assert.equal((await post('/api/v1/lineage/batch', 'file', `[${broken('b')}]`)).statusCode, 200);
  const gzip = { 'content-encoding': 'gzip' };
  assert.equal((await post('/api/v1/lineage', 'file', 'no gzip', gzip)).statusCode, 400);
  for (const source of ['kafka', 'http', '', 'file, file']) {
    const refused = await post('/api/v1/lineage', source, broken('c'));
    assert.equal(refused.statusCode, 400);
    assert.match(refused.json<{ detail: string }>().detail, /assay-source is "file"/);
    assert.equal((await post('/api/v1/lineage/batch', source, '[]')).statusCode, 400);
  }
  const { events } = await list(at);
  assert.deepEqual(
    events.map(({ source }) => source),
    ['file', 'file', 'file'],
  );
});

test('an entry is shown as text and downloaded byte for byte', async (t) => {
  const at = await place(t);
  const bytes = Buffer.concat([
    Buffer.from('{"a": "'),
    Buffer.from([0xff, 0x00, 0xfe]),
    Buffer.alloc(500, 'x'),
  ]);
  const id = await reject(at, bytes);
  const shown = await show(at, id);
  assert.equal(shown.exact, false);
  assert.match(shown.text, /^\{"a": "\uFFFD/);
  const download = await at.app.inject({ url: `/api/v2/quarantine/${id}/bytes` });
  assert.ok(download.rawPayload.equals(bytes));
  assert.equal(download.headers['content-disposition'], `attachment; filename="${id}.json"`);
  assert.equal((await show(at, await reject(at, '[1]'))).exact, true);
  const nowhere = await at.app.inject({ url: '/api/v2/quarantine/nothing/bytes' });
  assert.equal(nowhere.statusCode, 404);
  assert.equal(nowhere.json<{ type: string }>().type, 'urn:assay:problem:not_found');
});

describe('replaying', () => {
  const mended = sampleEvent({ runId: 'r', type: 'COMPLETE', time: '2026-01-01T00:00:00Z' });

  test('a mended event: the entry says which event it became, and is not replayed twice', async (t) => {
    const at = await place(t);
    const id = await reject(at, broken('a'));
    const url = `/api/v2/quarantine/${id}/replay`;
    const answer = await at.app.inject({
      method: 'POST',
      url: `${url}?by=ada`,
      headers: json,
      payload: mended,
    });
    assert.equal(answer.statusCode, 200, answer.body);
    const event = answer.json<{ id: string }>();
    const entry = await show(at, id);
    assert.deepEqual(
      [entry.state, entry.replayedAs, entry.settledBy, entry.note],
      ['replayed', event.id, 'ada', 'mended'],
    );
    assert.ok(entry.settledAt !== null);
    assert.deepEqual((await list(at)).events, []);
    assert.equal((await list(at, '?state=replayed')).events.length, 1);
    const again = await at.app.inject({ method: 'POST', url, headers: json, payload: mended });
    assert.equal(again.statusCode, 409);
    assert.match(again.json<{ detail: string }>().detail, new RegExp(event.id));
    // The sender did not stop: what arrives again is to be looked at again.
    await reject(at, broken('a'));
    const reopened = await show(at, id);
    assert.deepEqual([reopened.state, reopened.times, reopened.settledAt], ['open', 2, null]);
  });

  test('a wrong mend leaves one entry as it was, without a second', async (t) => {
    const at = await place(t);
    const id = await reject(at, broken('a'));
    const before = await show(at, id);
    for (const payload of [Buffer.from('{"still": "wrong"}'), undefined]) {
      const answer = await at.app.inject({
        method: 'POST',
        url: `/api/v2/quarantine/${id}/replay`,
        ...(payload && { headers: json, payload }),
      });
      assert.equal(answer.statusCode, 400);
      assert.ok(answer.json<{ errors: unknown[] }>().errors.length > 0);
    }
    assert.deepEqual(await show(at, id), before);
    assert.equal((await list(at, '?state=all')).events.length, 1);
  });

  test('all that match, page by page: what still fails stays open and does not count as arrived', async (t) => {
    const at = await place(t);
    await at.database.execute(
      sql`alter table assay_model.dataset add constraint dislike check (name not like 'poison%')`,
    );
    const poison = (n: number): Buffer =>
      sampleEvent({
        runId: `r${n}`,
        type: 'COMPLETE',
        time: '2026-01-01T00:00:00Z',
        outputs: [{ namespace: 'n', name: `poison${n}` }],
      });
    for (let n = 0; n < 5; n += 1)
      await at.app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload: poison(n) });
    const hopeless = await reject(at, broken('a'));
    const bulk = async (
      body: object,
    ): Promise<{ replayed: number; failed: { id: string }[]; next: string | null }> => {
      const answer = await at.app.inject({ method: 'POST', url: '/api/v2/quarantine/replay', payload: body });
      assert.equal(answer.statusCode, 200, answer.body);
      return answer.json();
    };
    const failing = await bulk({ reason: 'projection_failed' });
    assert.deepEqual([failing.replayed, failing.failed.length], [0, 5]);
    assert.deepEqual(
      (await list(at)).events.map(({ times, state }) => [times, state]),
      Array.from({ length: 6 }, () => [1, 'open']),
    );

    await at.database.execute(sql`alter table assay_model.dataset drop constraint dislike`);
    const first = await bulk({ q: 'poison', by: 'ada' });
    assert.deepEqual([first.replayed, first.failed], [5, []]);
    const rest = await bulk({ q: 'poison', cursor: first.next });
    assert.deepEqual(rest, { replayed: 0, failed: [], next: null });
    const [stored] = await at.database.rows<{ n: number }>(
      sql`select count(*)::integer as n from raw_event where id in (select replayed_as from quarantine where settled_by = 'ada')`,
    );
    assert.equal(stored?.n, 5);
    const all = await bulk({});
    assert.deepEqual(
      all.failed.map(({ id }) => id),
      [hopeless],
    );
    const strange = await at.app.inject({
      method: 'POST',
      url: '/api/v2/quarantine/replay',
      payload: { sauce: 'http' },
    });
    assert.equal(strange.statusCode, 400);
  });
});

test('a discarded entry is kept with its reason, can still be replayed, and goes by retention alone', async (t) => {
  const at = await place(t);
  const id = await reject(at, broken('a'));
  const discard = (payload: object): Promise<LightMyRequestResponse> =>
    at.app.inject({ method: 'POST', url: `/api/v2/quarantine/${id}/discard`, payload });
  assert.equal((await discard({})).statusCode, 400);
  assert.equal((await discard({ reason: '  ' })).statusCode, 400);
  const entry = (await discard({ reason: 'a test of the sender', by: 'ada' })).json<QuarantinedEvent>();
  assert.deepEqual([entry.state, entry.note, entry.settledBy], ['discarded', 'a test of the sender', 'ada']);
  assert.equal((await discard({ reason: 'again' })).statusCode, 409);
  assert.equal((await show(at, id)).text, broken('a'));
  assert.deepEqual((await list(at)).events, []);

  assert.equal(await at.database.execute(deleteQuarantined(new Date('2026-02-01T00:00:00Z'))), 0);
  assert.equal(await at.database.execute(deleteQuarantined(new Date('2026-02-01T00:00:01Z'))), 1);
  assert.deepEqual((await list(at, '?state=all')).events, []);
});

test('metrics name the busiest producers and call the rest other', async (t) => {
  const at = await place(t);
  for (let n = 0; n < 3; n += 1) await reject(at, broken(`${n}`, 'https://busy'));
  const labels = new ProducerLabels();
  await labels.load(at.database);
  const given = Array.from({ length: 40 }, (_, n) => labels.labelOf(`https://made-up/${n}`));
  assert.equal(labels.labelOf('https://busy'), 'https://busy');
  assert.equal(new Set(given).size, 20, '19 more by name, and other');
  assert.equal(given.at(-1), 'other');
  assert.deepEqual([labels.labelOf(null), labels.labelOf('')], ['none', 'none']);

  const { metrics, registry } = createTelemetry({ level: 'silent', pretty: false });
  await reject(at, '{}');
  await countOpenEntries(at.database, metrics);
  const text = await registry.metrics();
  assert.match(text, /assay_quarantine_open_entries\{producer="https:\/\/busy"\} 3/);
  assert.match(text, /assay_quarantine_open_entries\{producer="none"\} 1/);
  await at.database.execute(sql`delete from quarantine`);
  await countOpenEntries(at.database, metrics);
  assert.doesNotMatch(await registry.metrics(), /busy/);
});
