import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { MarkAnswer, MarkList } from '#api/schema/marks.ts';
import { KeyRing, type KeyEntry } from '#collector/keys/key-ring.ts';
import { keyHash } from '#collector/keys/key-text.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId } from '#model/ids.ts';
import { Monitor } from '#monitor/monitor.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const now = (): Date => new Date('2026-06-01T00:00:00Z');
const DAYS = 50;
const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
const ID = datasetId('postgres://db:5432', 't');
const MARKS = `/api/v2/datasets/${ID}/marks`;

interface Fixture {
  readonly app: FastifyInstance;
  readonly database: TestDatabase;
  readonly due: () => Promise<string[]>;
}

/** Fifty judged days of one table. */
async function fixture(t: TestContext, keys?: readonly KeyEntry[]): Promise<Fixture> {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now });
  for (let n = 0; n < DAYS; n += 1)
    await ingest.receive(
      sampleEvent({
        runId: `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`,
        type: 'COMPLETE',
        time: new Date(Date.UTC(2026, 0, 1 + n, 1)).toISOString(),
        outputs: [outputWithRows('t', 1000 + ((n * 37) % 11), { partition: { dt: day(n) } })],
      }),
      'http',
    );
  await new Monitor({ database, now, excludedOf: async () => new Map() }).settle();
  const app = await buildServer({
    config: { bodyBytes: 1_000_000, ...(keys && { keys: new KeyRing(keys) }) },
    database,
    ingest,
    gate: { database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  await app.ready();
  t.after(() => app.close());
  const due = async (): Promise<string[]> =>
    (
      await database.rows<{ partition: string }>(sql`select partition from evaluation_due order by partition`)
    ).map(({ partition }) => partition);
  return { app, database, due };
}

const expected = { kind: 'expected', partition: `dt=${day(3)}`, reason: 'a feast', author: 'ada' };

describe('marks over HTTP', () => {
  test('a mark is kept with its author, reason and time, and asks for a new judgement of what it reaches', async (t) => {
    const { app, due } = await fixture(t);
    assert.deepEqual(await due(), []);
    const said = await app.inject({ method: 'POST', url: MARKS, payload: expected });
    assert.equal(said.statusCode, 201, said.body);
    const { dataset, mark } = said.json<MarkAnswer>();
    assert.equal(dataset.name, 't');
    const { id, markedAt, ...rest } = mark;
    assert.deepEqual(rest, { ...expected, metric: null, withdrawn: null });
    assert.ok(Math.abs(Date.parse(markedAt) - Date.now()) < 60_000);
    // The day itself, and the 42 that have it in their history.
    const reached = await due();
    assert.deepEqual([reached.length, reached[0], reached.at(-1)], [43, `dt=${day(3)}`, `dt=${day(45)}`]);
    const list = (await app.inject({ url: '/api/v2/datasets/t/marks' })).json<MarkList>();
    assert.deepEqual(list.items, [{ id, markedAt, ...rest }]);
  });

  test('noisy reaches every later partition', async (t) => {
    const { app, due } = await fixture(t);
    const noisy = { ...expected, kind: 'noisy', metric: 'row_count' };
    assert.equal((await app.inject({ method: 'POST', url: MARKS, payload: noisy })).statusCode, 201);
    assert.equal((await due()).length, DAYS - 3);
  });

  test('who was wrong takes a mark back, once; nothing is forgotten', async (t) => {
    const { app, database, due } = await fixture(t);
    const { mark } = (await app.inject({ method: 'POST', url: MARKS, payload: expected })).json<MarkAnswer>();
    await database.execute(sql`delete from evaluation_due`);
    const url = `${MARKS}/${mark.id}/withdrawal`;
    const back = { reason: 'another day', author: 'grace' };
    const first = await app.inject({ method: 'POST', url, payload: back });
    assert.equal(first.statusCode, 200, first.body);
    assert.equal(first.json<MarkAnswer>().mark.withdrawn?.author, 'grace');
    assert.equal((await due()).length, 43);
    const second = await app.inject({ method: 'POST', url, payload: back });
    assert.equal(second.statusCode, 409);
    assert.match(second.json<{ detail: string }>().detail, /^grace took this mark back at /);
    assert.deepEqual((await app.inject({ url: MARKS })).json<MarkList>().items, []);
    const all = (await app.inject({ url: `${MARKS}?withdrawn=true` })).json<MarkList>().items;
    assert.deepEqual(
      all.map(({ id, withdrawn }) => [id, withdrawn?.reason]),
      [[mark.id, 'another day']],
    );
    const elsewhere = `${MARKS}/${randomUUID()}/withdrawal`;
    assert.equal((await app.inject({ method: 'POST', url: elsewhere, payload: back })).statusCode, 404);
  });

  test('pages by cursor, the latest first', async (t) => {
    const { app } = await fixture(t);
    for (let n = 0; n < 5; n += 1)
      await app.inject({
        method: 'POST',
        url: MARKS,
        payload: { ...expected, partition: `dt=${day(n)}` },
      });
    const seen: string[] = [];
    let cursor = '';
    for (let turn = 0; turn < 5; turn += 1) {
      const page = (await app.inject({ url: `${MARKS}?limit=2${cursor}` })).json<MarkList>();
      seen.push(...page.items.map(({ partition }) => partition));
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    assert.deepEqual(
      seen.toSorted(),
      [0, 1, 2, 3, 4].map((n) => `dt=${day(n)}`),
    );
    assert.equal((await app.inject({ url: `${MARKS}?cursor=x` })).statusCode, 400);
  });

  test('bad input is refused with its place and a mend, and nothing is kept', async (t) => {
    const { app, due } = await fixture(t);
    const cases: [object, string, RegExp][] = [
      [{ ...expected, kind: 'fine' }, '/kind', /kind|constant|anyOf/],
      [{ ...expected, partition: 'dt=2031-01-01' }, '/partition', /no partition "dt=2031-01-01"/],
      [{ ...expected, metric: 'row_cuont' }, '/metric', /is row_count meant\?/],
      [{ ...expected, reason: '' }, '/reason', /fewer than 1|must NOT/],
      [{ ...expected, author: undefined }, '/author', /say who/],
      [{ ...expected, resaon: 'x' }, '', /additional/],
    ];
    for (const [payload, pointer, detail] of cases) {
      const answer = await app.inject({ method: 'POST', url: MARKS, payload });
      const problem = answer.json<{ detail: string; errors: { pointer: string }[] }>();
      assert.equal(answer.statusCode, 400, answer.body);
      assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
      assert.ok(
        problem.errors.some((one) => one.pointer === pointer),
        answer.body,
      );
      assert.match(problem.detail, detail);
    }
    const nowhere = await app.inject({
      method: 'POST',
      url: '/api/v2/datasets/nowhere/marks',
      payload: expected,
    });
    assert.equal(nowhere.statusCode, 404);
    assert.deepEqual(await due(), []);
    assert.deepEqual((await app.inject({ url: `${MARKS}?withdrawn=true` })).json<MarkList>().items, []);
  });

  test('with keys it takes the scope incident, and the author is the key', async (t) => {
    const textOf = (name: string): string => `assay_test_key_of_${name}_0123456789`;
    const entry = (name: string, scopes: KeyEntry['scopes']): KeyEntry => ({
      name,
      hash: keyHash(textOf(name)),
      scopes,
      namespaces: null,
    });
    const { app } = await fixture(t, [entry('reader', ['read']), entry('oncall', ['incident'])]);
    const call = async (name: string, method: 'GET' | 'POST', url: string, payload?: object) =>
      app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${textOf(name)}` },
        ...(payload && { payload }),
      });
    assert.equal((await call('reader', 'POST', MARKS, expected)).statusCode, 403);
    const said = await call('oncall', 'POST', MARKS, expected);
    assert.equal(said.statusCode, 201, said.body);
    const { mark } = said.json<MarkAnswer>();
    assert.equal(mark.author, 'oncall');
    const back = { reason: 'wrong' };
    const url = `${MARKS}/${mark.id}/withdrawal`;
    assert.equal((await call('reader', 'POST', url, back)).statusCode, 403);
    const taken = await call('oncall', 'POST', url, back);
    assert.equal(taken.json<MarkAnswer>().mark.withdrawn?.author, 'oncall');
    assert.equal((await call('reader', 'GET', MARKS)).statusCode, 200);
    assert.equal((await call('oncall', 'GET', MARKS)).statusCode, 403);
  });
});
