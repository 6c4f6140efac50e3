import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { suite, test } from 'node:test';

import { someEvent, temporaryFolder } from './fixtures.ts';
import { startReceiver } from './receiver.ts';

const SOURCE = join(import.meta.dirname, '../src/index.ts');

/** Runs a program that has a client by its name and sends no word to anybody else. */
async function program(
  t: TestContext,
  transport: Readonly<Record<string, unknown>>,
  body: string,
  strict = false,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const place = temporaryFolder(t);
  const script = `
    import { OpenLineageClient } from ${JSON.stringify(SOURCE)};
    const client = new OpenLineageClient({
      env: {}, cwd: ${JSON.stringify(place)}, home: ${JSON.stringify(place)}, strict: ${strict},
      transport: ${JSON.stringify(transport)},
    });
    const event = ${JSON.stringify(someEvent())};
    ${body}`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { cwd: place });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}

suite('the end of the process', () => {
  for (const type of ['batch_http', 'async_http']) {
    test(`a program that ends without close has sent everything by ${type}`, async (t) => {
      const { url, received } = await startReceiver(t, [{ status: 503 }]);
      const transport = { type, url, flush_interval: 3600, retry: { backoff_factor: 0.3 } };
      const { code, output } = await program(t, transport, 'client.emit(event); client.emit(event);');
      assert.deepEqual({ code, output }, { code: 0, output: '' });
      const accepted = received.slice(1).flatMap(({ body }) => JSON.parse(body) as unknown);
      assert.deepEqual(accepted.length, 2);
    });
  }

  test('strict: a program that awaits the delivery at its top level gets it', async (t) => {
    const { url, received } = await startReceiver(t);
    const transport = { type: 'batch_http', url, flush_interval: 0.05 };
    const body = 'await client.emit(event); console.log("delivered");';
    assert.deepEqual(await program(t, transport, body, true), { code: 0, output: 'delivered\n' });
    assert.equal(received.length, 1);
  });

  test('a server that is down holds the program no longer than exit_timeout, and losses are said', async (t) => {
    const transport = { type: 'batch_http', url: 'http://127.0.0.1:1', exit_timeout: 0.1 };
    const { code, output } = await program(t, transport, 'client.emit(event); client.emit(event);');
    assert.equal(code, 0);
    assert.match(
      output,
      /^openlineage-client: 2 events were lost, the first for run 018cc251\S+: POST .* ECONNREFUSED\n$/,
    );
  });

  test('process.exit leaves no time: the losses are counted', async (t) => {
    const { url, received } = await startReceiver(t);
    const body = 'await client.emit(event); process.exit(3);';
    const { code, output } = await program(t, { type: 'batch_http', url }, body);
    assert.equal(code, 3);
    assert.equal(
      output,
      'openlineage-client: 1 event was lost: the process ended before client.close() had done its work.\n',
    );
    assert.equal(received.length, 0);
  });
});
