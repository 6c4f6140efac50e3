import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { suite, test } from 'node:test';

import type { AsyncHttpTransportConfig, RunEvent } from '../src/index.ts';
import { AsyncHttpTransport, OpenLineageClient, runEvent } from '../src/index.ts';
import { Outbox } from '../src/transport/outbox.ts';
import { isolated, recordingLogger, someEvent } from './fixtures.ts';
import type { Answer } from './receiver.ts';
import { startReceiver } from './receiver.ts';

async function scene(
  t: TestContext,
  answers: readonly Answer[] = [],
  config: Partial<AsyncHttpTransportConfig> = {},
) {
  const { url, received } = await startReceiver(t, answers);
  const logger = recordingLogger();
  const client = new OpenLineageClient({
    ...isolated(t),
    logger,
    transport: { type: 'async_http', url, retry: { backoff_factor: 0.001 }, ...config },
  });
  t.after(() => client.close(0));
  return { client, received, logger };
}

/** A server that answers when the test says so. */
async function gatedServer(t: TestContext) {
  const arrived: string[] = [];
  const held = new Map<string, () => void>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { eventType = '', run } = JSON.parse(body) as RunEvent;
      const name = `${run.runId} ${eventType}`;
      arrived.push(name);
      held.set(name, () => response.writeHead(201).end('{}'));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const until = async (count: number) => {
    while (arrived.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, arrived, until, answer: (name: string) => held.get(name)?.() };
}

function event(runId: string, eventType: 'START' | 'COMPLETE'): RunEvent {
  return runEvent({ eventType, run: { runId }, job: { namespace: 'etl', name: 'x' } });
}

suite('async_http transport', () => {
  test('emit does not wait for the server; a run waits for its START, other runs do not', async (t) => {
    const server = await gatedServer(t);
    const client = new OpenLineageClient({
      ...isolated(t),
      transport: { type: 'async_http', url: server.url },
    });
    for (const runId of ['a', 'b'])
      for (const type of ['START', 'COMPLETE'] as const) await client.emit(event(runId, type));
    await server.until(2);
    assert.deepEqual(server.arrived.toSorted(), ['a START', 'b START']);
    server.answer('b START');
    await server.until(3);
    assert.deepEqual(server.arrived.slice(2), ['b COMPLETE']);
    server.answer('a START');
    await server.until(4);
    server.answer('b COMPLETE');
    server.answer('a COMPLETE');
    assert.equal(await client.close(), true);
    const { transport } = client;
    assert.ok(transport instanceof AsyncHttpTransport);
    assert.deepEqual(transport.stats, { pending: 0, delivered: 4, lost: 0 });
  });

  test('no more requests are under way than max_concurrent_requests', async (t) => {
    const server = await gatedServer(t);
    const client = new OpenLineageClient({
      ...isolated(t),
      transport: { type: 'async_http', url: server.url, max_concurrent_requests: 2 },
    });
    for (const runId of ['a', 'b', 'c', 'd']) await client.emit(event(runId, 'START'));
    await server.until(2);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(server.arrived.length, 2);
    for (const [index, runId] of ['a', 'b', 'c', 'd'].entries()) {
      await server.until(index + 1);
      server.answer(`${runId} START`);
    }
    await client.close();
    assert.deepEqual(server.arrived, ['a START', 'b START', 'c START', 'd START']);
  });

  test('a START that is refused lets the rest of its run go on', async (t) => {
    const { client, received, logger } = await scene(t, [{ status: 400, body: 'no' }]);
    await client.emit(event('a', 'START'));
    await client.emit(event('a', 'COMPLETE'));
    await client.flush();
    assert.equal(received.length, 2);
    assert.deepEqual(logger.warnings.length, 1);
    assert.match(logger.warnings[0] ?? '', /^An event for run a was lost: POST .* status 400, no$/);
  });

  test('errors of server and network are tried again in the background', async (t) => {
    const { client, received, logger } = await scene(t, [{ status: 503 }, 'reset', { status: 429 }]);
    await client.emit(event('a', 'START'));
    await client.emit(event('a', 'COMPLETE'));
    await client.flush();
    const types = received.map(({ body }) => (JSON.parse(body) as RunEvent).eventType);
    assert.deepEqual(types, ['START', 'START', 'START', 'START', 'COMPLETE']);
    assert.deepEqual(logger.warnings, []);
  });

  test('the queue is bounded by bytes as well', async (t) => {
    const { client, logger } = await scene(t, ['hang'], {
      max_queue_bytes: 2000,
      queue_timeout: 0.03,
      timeout: 20,
    });
    await client.emit(someEvent('x'.repeat(5000), 'one event alone may be larger'));
    await client.emit(someEvent('y', 'second'));
    assert.equal(logger.warnings.length, 1);
    assert.match(logger.warnings[0] ?? '', /for run second was lost: the queue holds 1 event \(5\d+ bytes\)/);
  });

  test('a small event does not overtake a large one that waits for room', async () => {
    const outbox = new Outbox({ maxQueueBytes: 2000 });
    const entered: string[] = [];
    const enter = async (name: string) => {
      const letter = await outbox.accept(someEvent(name));
      entered.push(name[0] ?? '');
      return letter;
    };
    const first = await enter(`a${'x'.repeat(1000)}`);
    const large = enter(`b${'x'.repeat(1000)}`);
    const small = enter('c');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(entered, ['a']);
    outbox.delivered([first]);
    await Promise.all([large, small]);
    assert.deepEqual(entered, ['a', 'b', 'c']);
  });

  test('what is emitted after close is refused', async (t) => {
    const { client } = await scene(t);
    const { transport } = client;
    await client.close();
    await assert.rejects(transport.emit(someEvent()), { message: 'the client was closed.' });
  });
});
