import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { evaluateAndWait } from '#cli/gate-wait.ts';
import { serverClient } from '#cli/server-client.ts';
import { runAssay } from '#test/support/assay-process.ts';

test('assay gate check ends with 5 when there is no decision within --wait, and says how to ask again', async (t) => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const command = 'gate check gold.orders --partition dt=2026-01-31 --candidate staging.orders --wait 1s';
  const { code, stdout, stderr } = await runAssay([...command.split(' '), '--url', url]);
  assert.deepEqual([code, stdout], [5, '']);
  assert.equal(
    stderr,
    'assay: Not decided within 1 s. The evaluation goes on; ask with "assay gate status gold.orders --partition dt=2026-01-31".\n',
  );
});

test('what takes longer than one request is asked for again by its key, and published is waited for', async (t) => {
  const asked: { path: string; key: unknown; publish: unknown }[] = [];
  const answers = [
    { id: 'e', decision: null, publication: null, frozen: null },
    { id: 'e', decision: 'allow', publication: null, frozen: null },
    { id: 'e', decision: 'allow', publication: { state: 'published' }, frozen: null },
  ];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { idempotencyKey: key, publish } = text === '' ? {} : JSON.parse(text);
      asked.push({ path: request.url?.split('?')[0] ?? '', key, publish });
      if (asked.length === 1) return; // the first is never answered
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answers[asked.length - 2] ?? answers.at(-1)));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = serverClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const request = { path: '/evaluations', body: { publish: true }, wait: 60, message: 'late' };
  const { publication } = await evaluateAndWait(client, request, 0.2);
  assert.equal(publication?.state, 'published');
  const [first, again, ...polls] = asked;
  assert.match(String(first?.key), /^[0-9a-f-]{36}$/);
  assert.deepEqual([again?.key, first?.publish, again?.publish], [first?.key, true, false]);
  assert.deepEqual(
    polls.map(({ path }) => path),
    ['/api/v2/gates/evaluations/e', '/api/v2/gates/evaluations/e'],
  );
});

test('a problem with one fault that says what its detail says is told once, others one a line', async (t) => {
  let errors = [{ pointer: '/metric', detail: 'no such metric' }];
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ title: 'Not understood', detail: 'no such metric', errors }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const run = (): ReturnType<typeof runAssay> =>
    runAssay(['gate', 'status', 'gold.orders', '--url', `http://127.0.0.1:${port}`]);
  assert.equal((await run()).stderr, 'assay: Not understood: no such metric\n');
  errors = [{ pointer: '/days', detail: 'must be >= 1' }];
  assert.equal((await run()).stderr, 'assay: Not understood: no such metric\n  /days: must be >= 1\n');
});
