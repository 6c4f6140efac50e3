import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Problem } from '#collector/problems.ts';
import { QueueFull } from '#ingest/batcher.ts';
import { IngestThread, type IngestThreadOptions } from '#ingest/ingest-thread.ts';
import { Ingest, type IngestOutcome } from '#ingest/ingest.ts';
import { isFaultOfData } from '#ingest/store-faults.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const now = (): Date => new Date('2026-02-01T00:00:00Z');
const PROGRAM = new URL('../../collector/ingest-worker.ts', import.meta.url);
const eventOf = (n: number, more: { outputs?: object[] } = {}): Buffer =>
  sampleEvent({
    runId: `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: '2026-01-31T12:00:00.000Z',
    job: `job ${n}`,
    ...more,
  });

function threadOf(t: TestContext, options: Partial<IngestThreadOptions>): IngestThread {
  const thread = new IngestThread({
    program: PROGRAM,
    settings: null,
    now,
    queueBytes: 1024 * 1024,
    ...options,
  });
  t.after(() => thread.close());
  return thread;
}

/** A thread's program that counts how often it was started, in memory that it shares with the test. */
const program = (body: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort, workerData } from 'node:worker_threads';
      const starts = Atomics.add(new Int32Array(workerData), 0, 1);
      const accepted = { numbers: [], ids: '', states: [] };
      const tell = (numbers, answers) => parentPort.postMessage({ accepted, numbers, answers, batches: [], quarantined: [] });
      ${body}`)}`,
  );
const counter = (): SharedArrayBuffer => new SharedArrayBuffer(4);

test('in a thread of its own: the same outcomes as in this one', async (t) => {
  const database = await testDatabase(t);
  const other = await testDatabase(t);
  const batches: number[] = [];
  const quarantined = new Set<string>();
  const thread = threadOf(t, {
    settings: { url: database.url },
    onBatch: ({ events }) => batches.push(events),
    onQuarantine: ({ reason }) => quarantined.add(reason),
  });
  const here = new Ingest({ database: other, now });
  const sent = [
    eventOf(1, { outputs: [outputWithRows('gold.orders', 7, { schema: ['a', 'b'] })] }),
    eventOf(2),
    eventOf(2),
    Buffer.from('{"eventTime":'),
    Buffer.from('{"eventTime":"yesterday","run":{"runId":"x"},"job":{"namespace":"a","name":"b"}}'),
    eventOf(3, { outputs: [{ namespace: 'n', name: 'd', facets: { schema: 'none' } }] }),
  ];
  const outcomes = (ingest: Pick<Ingest, 'receive'>): Promise<IngestOutcome[]> =>
    Promise.all(sent.map((bytes) => ingest.receive(bytes, 'http')));
  const given = await outcomes(thread);
  assert.deepEqual(given, await outcomes(here));
  assert.deepEqual(
    given.map((outcome) => (outcome.status === 'accepted' ? outcome.duplicate : outcome.status)),
    [false, false, true, 'invalid', 'invalid', false],
  );
  const kept = await thread.keep(Buffer.from([1, 2]), 'http', 'broken_encoding', 'No gzip.');
  assert.equal(kept, await here.keep(Buffer.from([1, 2]), 'http', 'broken_encoding', 'No gzip.'));
  assert.equal(
    batches.reduce((sum, events) => sum + events, 0),
    4,
  );
  assert.deepEqual(quarantined, new Set(['not_json', 'invalid_envelope', 'broken_encoding']));
  const counts = sql`select (select count(*) from assay_model.run) as runs, (select count(*) from assay_model.dataset) as datasets,
    (select count(*) from assay.raw_event) as events, (select count(*) from assay.quarantine) as quarantined`;
  assert.deepEqual(await database.rows(counts), await other.rows(counts));
  assert.equal(thread.queuedBytes + thread.queuedItems, 0);
  assert.equal(thread.isBusy, true);
});

test('names are spelled there as the configuration says', async (t) => {
  const database = await testDatabase(t);
  const naming = { resolvers: { prod: { type: 'hostList', schema: 'postgres', hosts: ['db', 'db2'] } } };
  const thread = threadOf(t, { settings: { url: database.url, naming } });
  await thread.receive(eventOf(1, { outputs: [outputWithRows('gold.orders', 7)] }), 'http');
  const rows = await database.rows<{ namespace: string }>(
    sql`select n.name as namespace from assay_model.dataset d join assay_model.namespace n on n.id = d.namespace_id`,
  );
  assert.deepEqual(rows, [{ namespace: 'postgres://prod:5432' }]);
});

test('what a sender may not send is not stored', async (t) => {
  const database = await testDatabase(t);
  const thread = threadOf(t, { settings: { url: database.url } });
  const forbidden = new Problem('forbidden', 'Not here.');
  const permit = ({ job }: { readonly job?: { readonly name: string } | null }): void => {
    if (job?.name === 'job 1') throw forbidden;
  };
  await assert.rejects(thread.receive(eventOf(1), 'http', permit), forbidden);
  await thread.receive(eventOf(2), 'http', permit);
  assert.deepEqual(await database.rows(sql`select count(*) from assay.raw_event`), [{ count: 1 }]);
});

test('too much at once is refused, and what is done makes room', async (t) => {
  const database = await testDatabase(t);
  const one = eventOf(1).byteLength;
  const thread = threadOf(t, { settings: { url: database.url }, queueBytes: one * 2 });
  const sent = [1, 2, 3].map((n) => thread.receive(eventOf(n), 'http'));
  await assert.rejects(sent[2] as Promise<unknown>, QueueFull);
  await Promise.all(sent.slice(0, 2));
  assert.equal((await thread.receive(eventOf(3), 'http')).status, 'accepted');
});

test('an error of the store arrives as what it was', async (t) => {
  const thread = threadOf(t, { settings: { url: 'postgres://nobody@127.0.0.1:1/none' } });
  await assert.rejects(thread.receive(eventOf(1), 'http'), { code: 'ECONNREFUSED' });
  assert.equal(thread.queuedBytes, 0);
  const faulty = threadOf(t, {
    settings: counter(),
    program: program(`parentPort.on('message', ({ kind, first }) => {
      if (kind === 'close') parentPort.close();
      else tell([first], [{ error: { name: 'TypeError', message: 'not a function', code: null, stack: null } }]);
    });`),
  });
  const error = await faulty.receive(eventOf(1), 'http').catch((reason: unknown) => reason);
  assert.ok(isFaultOfData(error), String(error));
});

test('a thread that ends refuses what is under way, and is started again', async (t) => {
  const losses: unknown[] = [];
  const starts = counter();
  const thread = threadOf(t, {
    settings: starts,
    onLoss: (error) => losses.push(error),
    program: program(`parentPort.on('message', ({ kind, first }) => {
      if (kind === 'close') parentPort.close();
      else if (starts === 0) throw new Error('broken');
      else tell([first], [{ status: 'quarantined', id: 'x', reason: 'second' }]);
    });`),
  });
  const isLost = (error: unknown): boolean => error instanceof Problem && error.kind === 'store_unavailable';
  await assert.rejects(thread.receive(eventOf(1), 'http'), isLost);
  assert.match(String(losses[0]), /broken/);
  assert.equal(thread.queuedBytes + thread.queuedItems, 0);
  // Not at once: a thread that cannot start would take the machine.
  await assert.rejects(thread.receive(eventOf(1), 'http'), isLost);
  assert.equal(new Int32Array(starts)[0], 1);
  const again = async (): Promise<IngestOutcome> =>
    thread.receive(eventOf(1), 'http').catch(async (error: unknown) => {
      assert.ok(isLost(error));
      await new Promise((resolve) => setTimeout(resolve, 100));
      return again();
    });
  assert.deepEqual(await again(), { status: 'quarantined', id: 'x', reason: 'second' });
});

test('closing waits for what is under way', async (t) => {
  const database = await testDatabase(t);
  const thread = threadOf(t, { settings: { url: database.url } });
  const sent = [1, 2, 3].map((n) => thread.receive(eventOf(n), 'http'));
  await thread.close();
  for (const outcome of await Promise.all(sent)) assert.equal(outcome.status, 'accepted');
});
