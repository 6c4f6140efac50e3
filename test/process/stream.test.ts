import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAssay } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';

const EVENT = {
  eventType: 'COMPLETE',
  eventTime: '2026-01-31T06:40:00Z',
  producer: 'https://example.com/loader',
  run: { runId: '01950000-0000-7000-8000-000000000001' },
  job: { namespace: 'shop', name: 'orders.load' },
  outputs: [
    {
      namespace: 's3://lake',
      name: 'silver/orders/dt=2026-01-31',
      outputFacets: { outputStatistics: { rowCount: 1842 } },
    },
  ],
};

/** Reads messages until all of these topics were named; `onReady` is told when the stream has begun. */
async function topicsAt(
  url: string,
  wanted: readonly string[],
  { signal, onReady }: { readonly signal: AbortSignal; readonly onReady: () => void },
): Promise<Map<string, string[]>> {
  const response = await fetch(`${url}/api/v2/stream`, { signal });
  assert.equal(response.status, 200);
  const told = new Map<string, string[]>();
  let text = '';
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const message = text.slice(0, end);
      text = text.slice(end + 2);
      if (message.includes('event: ready')) onReady();
      const [, data] = /^event: changed\ndata: (.*)$/m.exec(message) ?? [];
      if (data === undefined) continue;
      const { topics } = JSON.parse(data) as { topics: Record<string, string[]> };
      for (const [topic, ids] of Object.entries(topics)) told.set(topic, ids);
    }
    if (wanted.every((topic) => told.has(topic))) return told;
  }
  return told;
}

test('what one collector stores and judges, those hear who listen at another', async (t) => {
  const DATABASE_URL = await emptyDatabase(t);
  const one = await startAssay(t, { DATABASE_URL });
  const other = await startAssay(t, { DATABASE_URL });
  const controller = new AbortController();
  t.after(() => controller.abort());
  const { signal } = controller;
  const wanted = ['runs', 'datasets', 'quarantine'];
  const begun = [one, other].map(({ url }) => {
    const ready = Promise.withResolvers<void>();
    return { ready: ready.promise, heard: topicsAt(url, wanted, { signal, onReady: ready.resolve }) };
  });
  const heard = Promise.all(begun.map((listener) => listener.heard));
  // What happens before a stream has begun is not for it to tell.
  await Promise.race([heard, Promise.all(begun.map(({ ready }) => ready))]);
  const post = async (body: string): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${one.url}/api/v1/lineage`, { method: 'POST', headers, body })).status;
  };
  assert.equal(await post(JSON.stringify(EVENT)), 201);
  assert.equal(await post('{"eventType": '), 400);
  const [here, there] = await heard;
  const list = (await (await fetch(`${one.url}/api/v2/datasets?q=silver/orders`)).json()) as {
    items: { id: string }[];
  };
  const ids = list.items.map(({ id }) => id);
  assert.equal(ids.length, 1);
  assert.deepEqual([here?.get('datasets'), there?.get('datasets')], [ids, ids]);
  assert.deepEqual(there?.get('runs'), []);
});
