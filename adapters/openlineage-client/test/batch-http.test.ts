import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { suite, test } from 'node:test';

import type { BatchHttpTransportConfig, RunEvent } from '../src/index.ts';
import { OpenLineageClient } from '../src/index.ts';
import { readBatchAnswer } from '../src/transport/batch-answer.ts';
import { isolated, recordingLogger, someEvent } from './fixtures.ts';
import type { Answer, Received } from './receiver.ts';
import { startReceiver } from './receiver.ts';

const FAST = { backoff_factor: 0.001 };
const OTHER_RUN = '018cc251-f400-717f-9d98-c0f82845ea49';

async function scene(
  t: TestContext,
  answers: readonly Answer[] = [],
  config: Partial<BatchHttpTransportConfig> = {},
  strict = false,
) {
  const { url, received } = await startReceiver(t, answers);
  const logger = recordingLogger();
  const client = new OpenLineageClient({
    ...isolated(t),
    logger,
    strict,
    transport: { type: 'batch_http', url, retry: FAST, flush_interval: 60, ...config },
  });
  t.after(() => client.close(0));
  return { url, received, logger, client };
}

/** Names of the jobs of each request. */
function names(received: readonly Received[]): readonly (readonly string[])[] {
  return received.map(({ body }) => {
    const parsed = JSON.parse(body) as RunEvent | RunEvent[];
    return (Array.isArray(parsed) ? parsed : [parsed]).map(({ job }) => job.name);
  });
}

function paths(received: readonly Received[]): readonly string[] {
  return received.map(({ url }) => url);
}

/** The answer of a server that took a batch in part. */
function partial(
  count: number,
  failed: readonly { index: number; retriable?: boolean; reason?: string }[],
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status: 200,
    headers,
    body: JSON.stringify({
      status: 'partial_success',
      summary: { received: count, successful: count - failed.length, failed: failed.length },
      failed_events: failed,
    }),
  };
}

suite('batch_http transport', () => {
  test('posts events as arrays to /lineage/batch, as many as a batch holds, in the order of emit', async (t) => {
    const { client, received } = await scene(t, [{ status: 204 }], { max_batch_size: 3 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await client.emit(someEvent(name));
    await client.flush();
    assert.deepEqual(paths(received), ['/api/v1/lineage/batch', '/api/v1/lineage/batch']);
    assert.deepEqual(names(received), [
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    assert.equal(received[0]?.headers['content-type'], 'application/json');
  });

  test('a batch also ends at its bytes; an event that is larger goes alone', async (t) => {
    const { client, received } = await scene(t, [], { max_batch_bytes: 1500 });
    for (const name of ['a', 'b', 'x'.repeat(3000), 'c', 'd']) await client.emit(someEvent(name));
    await client.flush();
    assert.deepEqual(
      names(received).map((jobs) => jobs.map((job) => job[0])),
      [['a', 'b'], ['x'], ['c', 'd']],
    );
  });

  test('an event waits for others no longer than flush_interval', async (t) => {
    const { client, received } = await scene(t, [], { flush_interval: 0.05 });
    await client.emit(someEvent('a'));
    await client.emit(someEvent('b'));
    assert.equal(received.length, 0);
    while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(names(received), [['a', 'b']]);
  });

  test('headers, token, compression and parameters are those of the http transport', async (t) => {
    const { client, received } = await scene(t, [], {
      compression: 'gzip',
      auth: { type: 'api_key', apiKey: 'K' },
      custom_headers: { 'X-Tenant': 'blue' },
      urlParams: { q: '1' },
    });
    await client.emit(someEvent('a'));
    await client.close();
    const [request] = received;
    assert.equal(request?.url, '/api/v1/lineage/batch?q=1');
    assert.equal(request.headers.authorization, 'Bearer K');
    assert.equal(request.headers['x-tenant'], 'blue');
    assert.equal(request.headers['content-encoding'], 'gzip');
    assert.deepEqual(names(received), [['a']]);
  });

  for (const answer of [{ status: 500 }, { status: 503 }, { status: 429 }, 'hang', 'reset'] as const) {
    test(`sends the same batch again after ${JSON.stringify(answer)}`, async (t) => {
      const { client, received, logger } = await scene(t, [answer], { timeout: 0.1 });
      await client.emit(someEvent('a'));
      await client.emit(someEvent('b'));
      await client.flush();
      assert.deepEqual(names(received), [
        ['a', 'b'],
        ['a', 'b'],
      ]);
      assert.deepEqual(logger.warnings, []);
    });
  }

  test('waits as long as Retry-After says', async (t) => {
    const { client, received } = await scene(t, [{ status: 503, headers: { 'Retry-After': '1' } }]);
    await client.emit(someEvent());
    await client.flush();
    assert.ok((received[1]?.at ?? 0) - (received[0]?.at ?? 0) >= 990);
  });

  test('gives up after its retries, says in one line how many are lost, and goes on with the next', async (t) => {
    const { client, received, logger, url } = await scene(
      t,
      [{ status: 503 }, { status: 503 }, { status: 503, body: 'no\nroom' }],
      { retry: { ...FAST, total: 2 }, max_batch_size: 2 },
    );
    for (const name of ['a', 'b', 'c']) await client.emit(someEvent(name));
    await client.flush();
    assert.deepEqual(names(received), [['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
    assert.deepEqual(logger.warnings, [
      `2 events were lost, the first for run 018cc251-f400-717f-9d98-c0f82845ea48: ` +
        `POST ${url}/api/v1/lineage/batch failed after 3 attempts: status 503, no room`,
    ]);
  });

  test('of a batch taken in part, only retriable events are sent again, before all others of their run', async (t) => {
    const { client, received, logger, url } = await scene(
      t,
      [
        partial(3, [
          { index: 0, retriable: true, reason: 'Timeout' },
          { index: 1, retriable: false, reason: 'Unsupported\nfacets' },
        ]),
      ],
      { max_batch_size: 3 },
    );
    for (const name of ['start', 'bad', 'good', 'later']) await client.emit(someEvent(name));
    await client.flush();
    assert.deepEqual(names(received), [
      ['start', 'bad', 'good'],
      ['start', 'later'],
    ]);
    assert.deepEqual(logger.warnings, [
      `An event for run 018cc251-f400-717f-9d98-c0f82845ea48 was lost: ` +
        `POST ${url}/api/v1/lineage/batch refused it: Unsupported facets`,
    ]);
  });

  test('Retry-After of a batch taken in part is honoured', async (t) => {
    const { client, received } = await scene(t, [
      partial(1, [{ index: 0, retriable: true }], { 'Retry-After': '1' }),
    ]);
    await client.emit(someEvent());
    await client.flush();
    assert.equal(received.length, 2);
    assert.ok((received[1]?.at ?? 0) - (received[0]?.at ?? 0) >= 990);
  });

  test('an event that stays retriable is given up in the end', async (t) => {
    const failing = partial(1, [{ index: 0, retriable: true, reason: 'Server error' }]);
    const { client, received, logger } = await scene(t, [failing, failing, failing], {
      retry: { ...FAST, total: 2 },
    });
    await client.emit(someEvent());
    await client.flush();
    assert.equal(received.length, 3);
    assert.match(logger.warnings[0] ?? '', /refused it after 3 attempts: Server error$/);
  });

  test('where an answer does not name all that failed, each event is sent by itself', async (t) => {
    const body = JSON.stringify({
      status: 'partial_success',
      summary: { received: 2, successful: 1, failed: 1 },
    });
    const { client, received } = await scene(t, [{ status: 200, body }]);
    await client.emit(someEvent('a'));
    await client.emit(someEvent('b'));
    await client.flush();
    assert.deepEqual(names(received), [['a', 'b'], ['a'], ['b']]);
  });

  for (const status of [404, 405]) {
    test(`a server that answers ${status} to batches gets single events from then on`, async (t) => {
      const { client, received, logger } = await scene(t, [{ status }]);
      for (const name of ['a', 'b']) await client.emit(someEvent(name));
      await client.flush();
      await client.emit(someEvent('c'));
      await client.flush();
      assert.deepEqual(paths(received), [
        '/api/v1/lineage/batch',
        '/api/v1/lineage',
        '/api/v1/lineage',
        '/api/v1/lineage',
      ]);
      assert.deepEqual(names(received).slice(1), [['a'], ['b'], ['c']]);
      assert.deepEqual(logger.warnings, []);
    });
  }

  test('a batch that is refused whole is sent one by one, so that only the culprit is lost', async (t) => {
    const { client, received, logger } = await scene(t, [
      { status: 400 },
      { status: 201 },
      { status: 400, body: 'bad runId' },
    ]);
    for (const name of ['a', 'b', 'c']) await client.emit(someEvent(name));
    await client.flush();
    assert.deepEqual(names(received), [['a', 'b', 'c'], ['a'], ['b'], ['c']]);
    assert.equal(logger.warnings.length, 1);
    assert.match(logger.warnings[0] ?? '', /status 400, bad runId$/);
    await client.emit(someEvent('d'));
    await client.flush();
    assert.equal(paths(received).at(-1), '/api/v1/lineage/batch');
  });

  test('a batch that is too large is halved', async (t) => {
    const { client, received, logger } = await scene(t, [{ status: 413 }, { status: 413 }]);
    for (const name of ['a', 'b', 'c', 'd']) await client.emit(someEvent(name));
    await client.flush();
    assert.deepEqual(names(received), [['a', 'b', 'c', 'd'], ['a', 'b'], ['a'], ['b'], ['c'], ['d']]);
    assert.deepEqual(logger.warnings, []);
  });

  test('events of many runs keep their order in each run through all of this', async (t) => {
    const { client, received } = await scene(
      t,
      [
        { status: 503 },
        partial(4, [
          { index: 0, retriable: true },
          { index: 3, retriable: true },
        ]),
        { status: 413 },
        'reset',
      ],
      { max_batch_size: 4, timeout: 1 },
    );
    const sent = Array.from({ length: 12 }, (_, n) => someEvent(`${n}`, n % 2 === 0 ? undefined : OTHER_RUN));
    await Promise.all(sent.map((event) => client.emit(event)));
    await client.flush();
    const taken = names(received)
      .filter((_, index) => ![0, 1, 2, 3].includes(index))
      .flat()
      .map(Number);
    const inPart = [1, 2];
    assert.deepEqual(
      [...taken, ...inPart].toSorted((one, other) => one - other),
      sent.map((_, index) => index),
    );
    for (const parity of [0, 1]) {
      const ofRun = taken.filter((name) => name % 2 === parity);
      assert.deepEqual(
        ofRun,
        ofRun.toSorted((one, other) => one - other),
      );
    }
  });

  test('a full queue makes emit wait, and then fail, rather than grow', async (t) => {
    const { client, received, logger } = await scene(t, ['hang'], {
      max_queue_size: 2,
      max_batch_size: 1,
      queue_timeout: 0.05,
      timeout: 20,
    });
    await client.emit(someEvent('a', OTHER_RUN));
    await client.emit(someEvent('b'));
    await client.emit(someEvent('c'));
    assert.match(
      logger.warnings[0] ?? '',
      /^An event for run \S+ was lost: the queue holds 2 events \(\d+ bytes\) and had no room for 0\.05 s\.$/,
    );
    assert.equal(received.length, 1);
  });

  test('room in the queue is given in the order of asking', async (t) => {
    const { client, received } = await scene(t, [], { max_queue_size: 1, max_batch_size: 1 });
    const runs = Array.from({ length: 20 }, (_, n) => someEvent(`${n}`, `run-${n}`));
    await Promise.all(runs.map((event) => client.emit(event)));
    await client.flush();
    assert.deepEqual(
      names(received).flat(),
      runs.map(({ job }) => job.name),
    );
  });

  test('strict: emit waits for the delivery and throws when the server refuses', async (t) => {
    const { client } = await scene(
      t,
      [partial(2, [{ index: 1, reason: 'Unsupported event type' }])],
      { flush_interval: 0.02 },
      true,
    );
    const outcomes = await Promise.allSettled([
      client.emit(someEvent('a')),
      client.emit(someEvent('b', OTHER_RUN)),
    ]);
    assert.equal(outcomes[0]?.status, 'fulfilled');
    assert.match(
      String((outcomes[1] as PromiseRejectedResult).reason),
      /^EmitError: POST .* Unsupported event type$/,
    );
  });

  test('close sends what waits; what it must cut is counted as lost', async (t) => {
    const { client, received } = await scene(t);
    await client.emit(someEvent('a'));
    assert.equal(await client.close(), true);
    assert.deepEqual(names(received), [['a']]);

    const stuck = await scene(t, ['hang'], { max_batch_size: 1 });
    await stuck.client.emit(someEvent('a', OTHER_RUN));
    await stuck.client.emit(someEvent('b'));
    assert.equal(await stuck.client.close(50), false);
    assert.equal(stuck.logger.warnings.length, 2);
    assert.match(
      stuck.logger.warnings.join('\n'),
      /was lost: POST .* the client was closed\n.*was lost: the client was closed\.$/,
    );
  });
});

suite('the answer to a batch', () => {
  const failed = { index: 1, reason: 'no reason given', retriable: false };
  const cases: readonly (readonly [body: unknown, expected: unknown])[] = [
    ['', []],
    ['OK', []],
    [[], []],
    [{ status: 'success', summary: { received: 2, successful: 2, failed: 0 } }, []],
    [{ failed_events: [{ index: 1 }] }, [failed]],
    [{ failed_events: [{ index: 1, retriable: 'true', reason: ' ' }] }, [failed]],
    [{ failed_events: [{ index: 1 }, { index: 1 }] }, [failed]],
    [{ summary: { failed: 2 }, failed_events: [{ index: 1 }] }, 'unclear'],
    [{ failed_events: [{ index: 2 }] }, 'unclear'],
    [{ failed_events: [{ index: -1 }] }, 'unclear'],
    [{ failed_events: [{ index: 0.5 }] }, 'unclear'],
    [{ failed_events: ['first'] }, 'unclear'],
    [{ status: 'partial_success' }, 'unclear'],
  ];
  for (const [body, expected] of cases) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    test(`${text || 'nothing'} of two events`, () => assert.deepEqual(readBatchAnswer(text, 2), expected));
  }
});
