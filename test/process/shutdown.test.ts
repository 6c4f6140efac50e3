import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { scratchFolder, startAssay } from '#test/support/assay-process.ts';

test('a browser that holds connections open, and a stream, does not keep Assay from ending well', async (t) => {
  const assay = await startAssay(t, { ASSAY_DATA_DIR: scratchFolder(t) });
  const { hostname, port } = new URL(assay.url);
  // Browsers open some ahead of what they will ask.
  const idle = connect(Number(port), hostname);
  t.after(() => idle.destroy());
  await once(idle, 'connect');
  const listening = new AbortController();
  t.after(() => listening.abort());
  const stream = await fetch(`${assay.url}/api/v2/stream`, { signal: listening.signal });
  assert.equal(stream.status, 200);
  await assay.stop();
  // Beyond its time it would be 1, and the store left as it is.
  assert.equal(assay.process.exitCode, 0);
});
