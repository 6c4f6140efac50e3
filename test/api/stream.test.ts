import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { ChangeFeed } from '#api/change-feed.ts';
import { registerStream, type StreamServices } from '#api/stream.ts';
import { StreamClient } from '#api/stream-client.ts';
import { ChangeNotes } from '#collector/change-notes.ts';
import type { Uuid } from '#model/ids.ts';
import { addChanges, deleteChanges } from '#store/changes.ts';
import { addFreeze } from '#store/gate-freezes.ts';
import { openDatabase, type Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';

const ID = '01950000-0000-7000-8000-000000000001' as Uuid;
const OTHER = '01950000-0000-7000-8000-000000000002';

interface Message {
  readonly id: string | null;
  readonly event: string;
  readonly data: { readonly topics?: Readonly<Record<string, readonly string[]>> };
}

interface Listener {
  /** The next message; comments are passed over. */
  next(): Promise<Message>;
  close(): void;
}

/** A collector's stream on a port of its own. */
async function serve(
  t: TestContext,
  database: Database,
  options: Partial<StreamServices> = {},
): Promise<{ url: string; close(): Promise<void> }> {
  const app = Fastify();
  answerProblems(app);
  registerStream(app, { database, every: 20, onError: (error) => assert.fail(String(error)), ...options });
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v2/stream`;
  t.after(() => app.close());
  return { url, close: () => app.close() };
}

async function listen(t: TestContext, url: string, lastId?: string): Promise<Listener> {
  const controller = new AbortController();
  t.after(() => controller.abort());
  const response = await fetch(url, {
    signal: controller.signal,
    headers: lastId === undefined ? {} : { 'last-event-id': lastId },
  });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next() {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end < 0) {
          const { done = true, value } = (await reader?.read()) ?? {};
          assert.ok(!done, 'the stream ended');
          text += value;
          continue;
        }
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const field = (name: string): string | null =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
        const event = field('event');
        if (event !== null)
          return { id: field('id'), event, data: JSON.parse(field('data') ?? '') as Message['data'] };
      }
    },
    close: () => controller.abort(),
  };
}

test('who listens is told what changed, at whichever collector', async (t) => {
  const database = await testDatabase(t);
  const other = openDatabase({ url: database.url });
  t.after(() => other.close());
  const here = await listen(t, (await serve(t, database)).url);
  const there = await listen(t, (await serve(t, other)).url);
  for (const listener of [here, there]) assert.equal((await listener.next()).event, 'ready');
  await database.execute(
    addFreeze({ dataset_id: ID, action: 'freeze', reason: 'r', author: 'Ada', at: new Date() }),
  );
  for (const listener of [here, there]) {
    const { event, data, id } = await listener.next();
    assert.deepEqual([event, data.topics], ['changed', { freezes: [ID] }]);
    assert.ok(id);
  }
});

test('who comes back with the last id misses nothing, and what commits late is not passed over', async (t) => {
  const database = await testDatabase(t);
  const first = await serve(t, database);
  const second = await serve(t, database);
  const before = await listen(t, first.url);
  let { id } = await before.next();
  const entered = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const late = database.transaction(async (connection) => {
    await connection.execute(addChanges([{ topic: 'incidents', ids: [ID] }]));
    entered.resolve();
    await commit.promise;
  });
  await entered.promise;
  await database.execute(addChanges([{ topic: 'datasets', ids: [OTHER] }]));
  const told = await before.next();
  assert.deepEqual(told.data.topics, { datasets: [OTHER] });
  ({ id } = told);
  before.close();
  commit.resolve();
  await late;
  const again = await listen(t, second.url, id ?? '');
  const ready = await again.next();
  assert.deepEqual([ready.event, ready.id], ['ready', null], 'its position comes with what was missed');
  const missed = await again.next();
  assert.deepEqual(missed.data.topics, { incidents: [ID] });
  again.close();
  const third = await listen(t, first.url, missed.id ?? '');
  const nothing = await third.next();
  assert.equal(nothing.event, 'ready');
  assert.ok(nothing.id, 'nothing was missed');
});

test('an id that is too old, of another store or no id at all begins anew, in words', async (t) => {
  const database = await testDatabase(t);
  const { url } = await serve(t, database);
  const old = Date.now() - 2 * 3_600_000;
  for (const id of [
    `${old}.1:1:`,
    `${Date.now()}.9000000000000000000:9000000000000000000:`,
    "1.1:1:' or",
    '5.9:1:',
    '5.1:9:7,3',
  ])
    assert.deepEqual(
      await listen(t, url, id).then(async (one) => [(await one.next()).event, (await one.next()).event]),
      ['ready', 'reset'],
      id,
    );
});

test('one more than can be listens in vain, and is told to come back', async (t) => {
  const database = await testDatabase(t);
  const { url } = await serve(t, database, { most: 1 });
  const one = await listen(t, url);
  await one.next();
  const refused = await fetch(url);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.match(await refused.text(), /overloaded/);
  one.close();
  // The server hears of the end by the connection, not at once.
  let status = 0;
  for (let look = 0; look < 3000 && status !== 200; look += 1) {
    await sleep(10);
    const response = await fetch(url);
    await response.body?.cancel();
    status = response.status;
  }
  assert.equal(status, 200);
});

test('the end of the service ends the streams; a HEAD does not hang', async (t) => {
  const database = await testDatabase(t);
  const service = await serve(t, database);
  assert.equal((await fetch(service.url, { method: 'HEAD' })).status, 404);
  const one = await listen(t, service.url);
  await one.next();
  await service.close();
  await assert.rejects(one.next(), /the stream ended/);
});

test('the connection of a stream ends with it', async (t) => {
  const { url } = await serve(t, await testDatabase(t));
  const controller = new AbortController();
  t.after(() => controller.abort());
  const response = await fetch(url, { signal: controller.signal });
  assert.equal(response.headers.get('connection'), 'close');
});

test('a store that does not answer ends the stream before it began', async (t) => {
  const errors: unknown[] = [];
  const broken = { rows: async () => Promise.reject(new Error('away')) } as unknown as Database;
  const { url } = await serve(t, broken, { onError: (error) => errors.push(error) });
  const one = await listen(t, url);
  await assert.rejects(one.next(), /the stream ended/);
  assert.equal(errors.length, 1);
});

test('a look that failed is made up for by the next', async (t) => {
  const database = await testDatabase(t);
  let away = false;
  const shaky: Database = {
    ...database,
    rows: async (statement) => (away ? Promise.reject(new Error('away')) : database.rows(statement)),
  };
  const feed = new ChangeFeed({ database: shaky, onError: () => {}, every: 3_600_000 });
  const told: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    const stop = feed.listen(null, {
      begin: () => resolve(),
      tell: ({ changed }) => told.push([...(changed ?? [])]),
      fail: reject,
    });
    t.after(stop);
  });
  away = true;
  await database.execute(addChanges([{ topic: 'datasets', ids: [ID] }]));
  await assert.rejects(feed.look());
  away = false;
  await feed.look();
  await feed.look();
  assert.deepEqual(told, [[['datasets', [ID]]]]);
});

/** A connection that takes nothing until it is told to. */
class Stuck extends Writable {
  readonly written: string[] = [];
  #go: () => void = () => {};
  constructor() {
    super({ highWaterMark: 1, decodeStrings: false });
  }
  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.written.push(chunk);
    this.#go = done;
  }
  /** Takes what it was given, until nothing is left. */
  async take(): Promise<void> {
    const drained = once(this, 'drain');
    this.#go();
    await drained;
  }
}

test('for a slow client changes are put together; one that never reads is let go', async () => {
  const out = new Stuck();
  const client = new StreamClient(out);
  client.begin({ position: 'p0', changed: new Map() });
  const changes = (round: number): string[] => Array.from({ length: 30 }, (_, index) => `${round}-${index}`);
  for (let round = 1; round <= 1000; round += 1)
    client.tell({
      position: `p${round}`,
      changed: new Map([
        ['incidents', [ID]],
        ['datasets', changes(round)],
      ]),
    });
  assert.equal(out.written.length, 1);
  await out.take();
  assert.deepEqual(out.written[1]?.split('\n').slice(0, 3), [
    'id: p1000',
    'event: changed',
    `data: {"topics":{"incidents":["${ID}"],"datasets":[]}}`,
  ]);
  client.beat();
  client.beat();
  assert.equal(out.destroyed, false);
  client.beat();
  assert.equal(out.destroyed, true);
});

test('what the collector notes by itself is one row a topic, and is forgotten after its time', async (t) => {
  const database = await testDatabase(t);
  const notes = new ChangeNotes({
    database,
    onError: (error) => assert.fail(String(error)),
    every: 3_600_000,
  });
  for (let time = 0; time < 1000; time += 1) notes.add('runs');
  notes.add('datasets', [ID]);
  notes.add('datasets', [OTHER, ID]);
  notes.add(
    'findings',
    Array.from({ length: 101 }, () => crypto.randomUUID()),
  );
  await notes.stop();
  const rows = await database.rows<{ topic: string; ids: string[] }>(
    sql`select topic, ids from change order by topic`,
  );
  assert.deepEqual(rows, [
    { topic: 'datasets', ids: [ID, OTHER] },
    { topic: 'findings', ids: [] },
    { topic: 'runs', ids: [] },
  ]);
  assert.equal(await database.execute(deleteChanges(3600)), 0);
  await database.execute(sql`update change set at = at - interval '2 hours'`);
  assert.equal(await database.execute(deleteChanges(3600)), 3);
});
