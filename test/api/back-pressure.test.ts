import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from '#store/database.ts';
import { testDatabase } from '#test/support/database.ts';
import { ingestApp } from '#test/support/ingest-app.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

const event = (n: number): Buffer =>
  sampleEvent({
    runId: '018cc251-f400-717f-9d98-c0f82845ea48',
    type: 'RUNNING',
    time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  });
const KILOBYTE = 1024;
/** One event fills the queue. */
const ROOM = event(0).length;

interface Line {
  readonly socket: Socket;
  /** Resolves with all that has come once the text is in it. */
  readonly until: (text: string) => Promise<string>;
  readonly ended: Promise<unknown>;
}

interface Blocked {
  readonly open: () => Line;
  /** Sends an event and waits until it waits for the store, which answers nobody before `release`. */
  readonly fill: () => Promise<void>;
  readonly release: () => void;
}

/** The ingest routes, listening, over a store that does not answer yet. */
async function blocked(
  t: TestContext,
  options: { queueBytes: number; bodyBytes?: number },
): Promise<Blocked> {
  const database = await testDatabase(t);
  let release = (): void => {};
  let reached = (): void => {};
  const waiting = new Promise<void>((resolve) => (reached = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow: Database = {
    ...database,
    async transaction(work) {
      reached();
      await released;
      return database.transaction(work);
    },
  };
  const sockets: Socket[] = [];
  // Before the server's own hook, which waits for what is under way.
  t.after(() => {
    release();
    for (const socket of sockets) socket.destroy();
  });
  const { app } = await ingestApp(t, slow, options);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const open = (): Line => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {}); // the server may hang up
    let text = '';
    socket.setEncoding('utf8').on('data', (more: string) => (text += more));
    return {
      socket,
      ended: new Promise((resolve) => socket.once('close', resolve)),
      async until(part) {
        while (!text.includes(part)) {
          if (socket.closed) assert.fail(`the connection ended after: ${text}`);
          await Promise.race([once(socket, 'data'), once(socket, 'close')]);
        }
        return text;
      },
    };
  };
  return {
    open,
    release: () => release(),
    async fill() {
      open().socket.write(whole(event(0)));
      await waiting;
    },
  };
}

const head = (fields: string): string => `POST /api/v1/lineage HTTP/1.1\r\nhost: x\r\n${fields}\r\n\r\n`;
const whole = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(head(`content-length: ${body.length}`)), body]);

test('a full queue answers 503 before a body is read, and closes on a large one', async (t) => {
  const { open, fill } = await blocked(t, { queueBytes: ROOM });
  await fill();
  const { socket, until, ended } = open();
  socket.write(head(`content-length: ${20_000 * KILOBYTE}`));
  const answer = await until('urn:assay:problem:overloaded');
  assert.match(answer, /^HTTP\/1\.1 503 .*retry-after: 1\r\n/s);
  assert.match(answer, /\r\nconnection: close\r\n/i);
  await ended;
});

test('a small body that was refused is read away: the connection goes on', async (t) => {
  const { open, fill, release } = await blocked(t, { queueBytes: ROOM });
  await fill();
  const { socket, until } = open();
  socket.write(head(`content-length: ${event(1).length}`));
  const refused = await until('urn:assay:problem:overloaded');
  assert.match(refused, /^HTTP\/1\.1 503 /);
  assert.doesNotMatch(refused, /connection: close/i);
  release();
  // What is left of the refused body, and then a request that finds room.
  socket.write(event(1));
  for (;;) {
    const before = (await until('HTTP/1.1 503')).split('HTTP/1.1').length;
    socket.write(whole(event(2)));
    while ((await until('HTTP/1.1')).split('HTTP/1.1').length === before) await once(socket, 'data');
    if ((await until('HTTP/1.1')).includes('HTTP/1.1 201')) break;
  }
  await until('"duplicate":false');
});

test('a refused body of unknown length is read away for a while, then the connection ends', async (t) => {
  const { open, fill } = await blocked(t, { queueBytes: ROOM });
  await fill();
  const { socket, until } = open();
  socket.write(head('transfer-encoding: chunked'));
  await until('urn:assay:problem:overloaded');
  const chunk = Buffer.concat([
    Buffer.from('4000\r\n'),
    Buffer.alloc(16 * KILOBYTE, ' '),
    Buffer.from('\r\n'),
  ]);
  let sent = 0;
  while (!socket.closed) {
    assert.ok(sent < 50_000 * KILOBYTE, 'the server went on reading');
    if (socket.writable) socket.write(chunk);
    sent += chunk.length;
    await turn();
  }
});

test('more than the limit is refused by its announcement, and without one as soon as it has come', async (t) => {
  const { open } = await blocked(t, { queueBytes: ROOM, bodyBytes: 100 * KILOBYTE });
  const announced = open();
  announced.socket.write(head(`content-length: ${101 * KILOBYTE}`));
  assert.match(await announced.until('urn:assay:problem:body_too_large'), /^HTTP\/1\.1 413 /);
  const chunked = open();
  chunked.socket.write(head('transfer-encoding: chunked'));
  for (let n = 0; n < 7; n += 1) {
    chunked.socket.write('4000\r\n');
    chunked.socket.write(Buffer.alloc(16 * KILOBYTE, ' '));
    chunked.socket.write('\r\n');
  }
  assert.match(await chunked.until('urn:assay:problem:body_too_large'), /^HTTP\/1\.1 413 /);
});

test('bodies that are being read take room by what has come of them, not by what they announce', async (t) => {
  const { open, release } = await blocked(t, { queueBytes: ROOM, bodyBytes: 1000 * KILOBYTE });
  // Announced, but nothing sent: takes no room.
  for (let n = 0; n < 5; n += 1) open().socket.write(head(`content-length: ${900 * KILOBYTE}`));
  const lines = Array.from({ length: 3 }, open);
  for (const { socket } of lines) {
    socket.write(head(`content-length: ${900 * KILOBYTE}`));
    socket.write(Buffer.alloc(400 * KILOBYTE, ' '));
  }
  // Two of them fit into the megabyte; the third is refused in the middle.
  const answers = lines.map(({ until }, index) => until('overloaded').then(() => index));
  const third = await Promise.race(answers);
  const others = lines.filter((_, index) => index !== third);
  // Those who hang up give their room back, and a small one finds it.
  for (const { socket } of others) socket.destroy();
  for (const answer of answers) answer.catch(() => {});
  release();
  for (;;) {
    const { socket, until } = open();
    socket.write(whole(event(3)));
    if ((await until('HTTP/1.1')).startsWith('HTTP/1.1 201')) break;
  }
});
