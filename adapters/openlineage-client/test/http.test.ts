import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import type { HttpTransportConfig, Logger } from '../src/index.ts';
import { lineageUrl, OpenLineageClient } from '../src/index.ts';
import { parseRetryAfter, DEFAULT_RETRY, retryDelayMs } from '../src/transport/retry.ts';
import { isolated, recordingLogger, someEvent } from './fixtures.ts';
import { startReceiver } from './receiver.ts';

const FAST = { backoff_factor: 0.001 };
const EVENT = someEvent();

function strictClient(
  t: Parameters<typeof isolated>[0],
  http: Omit<HttpTransportConfig, 'type'>,
  logger?: Logger,
) {
  const client = new OpenLineageClient({
    ...isolated(t),
    strict: true,
    transport: { type: 'http', ...http },
    ...(logger === undefined ? {} : { logger }),
  });
  t.after(() => client.close(0));
  return client;
}

suite('http transport', () => {
  test('posts the event as JSON to api/v1/lineage', async (t) => {
    const { url, received } = await startReceiver(t);
    await strictClient(t, { url }).emit(EVENT);
    const [request] = received;
    assert.equal(received.length, 1);
    assert.equal(request?.method, 'POST');
    assert.equal(request.url, '/api/v1/lineage');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['content-length'], String(Buffer.byteLength(request.body)));
    assert.equal(request.headers.authorization, undefined);
    const { run, ...rest } = JSON.parse(request.body) as typeof EVENT;
    assert.deepEqual({ ...rest, run: { runId: run.runId } }, EVENT);
  });

  test('sends the body gzipped when asked', async (t) => {
    const { url, received } = await startReceiver(t);
    await strictClient(t, { url, compression: 'gzip' }).emit(someEvent('größe'));
    assert.equal(received[0]?.headers['content-encoding'], 'gzip');
    assert.equal((JSON.parse(received[0]?.body ?? '') as typeof EVENT).job.name, 'größe');
    assert.ok(Number(received[0]?.headers['content-length']) < Buffer.byteLength(received[0]?.body ?? ''));
  });

  for (const apiKey of ['KEY', 'Bearer KEY', 'Bearer bearer KEY ']) {
    test(`api key "${apiKey}" goes out as one Bearer`, async (t) => {
      const { url, received } = await startReceiver(t);
      await strictClient(t, { url, auth: { type: 'api_key', apiKey } }).emit(EVENT);
      assert.equal(received[0]?.headers.authorization, 'Bearer KEY');
    });
  }

  test('the token may come from a function, asked anew for every event', async (t) => {
    const { url, received } = await startReceiver(t);
    let made = 0;
    const client = strictClient(t, { url, auth: async () => `token-${(made += 1)}` });
    await client.emit(EVENT);
    await client.emit(EVENT);
    assert.deepEqual(
      received.map(({ headers }) => headers.authorization),
      ['Bearer token-1', 'Bearer token-2'],
    );
  });

  test('custom headers and URL parameters go along, credentials in the URL as Basic', async (t) => {
    const { url, received } = await startReceiver(t);
    const withUser = url.replace('//', '//user:p%40ss@');
    await strictClient(t, {
      url: withUser,
      custom_headers: { 'X-Tenant': 'blue' },
      urlParams: { source: 'a b' },
    }).emit(EVENT);
    assert.equal(received[0]?.headers['x-tenant'], 'blue');
    assert.equal(received[0]?.url, '/api/v1/lineage?source=a+b');
    assert.equal(received[0]?.headers.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  for (const status of [429, 500, 502, 503, 504]) {
    test(`sends again after ${status}`, async (t) => {
      const { url, received } = await startReceiver(t, [{ status }, { status }]);
      await strictClient(t, { url, retry: FAST }).emit(EVENT);
      assert.equal(received.length, 3);
      assert.equal(new Set(received.map(({ body }) => body)).size, 1);
    });
  }

  test('waits as long as Retry-After says', async (t) => {
    const { url, received } = await startReceiver(t, [{ status: 503, headers: { 'Retry-After': '1' } }]);
    await strictClient(t, { url, retry: FAST }).emit(EVENT);
    assert.equal(received.length, 2);
    assert.ok((received[1]?.at ?? 0) - (received[0]?.at ?? 0) >= 990);
  });

  test('gives up after five retries and says where and why', async (t) => {
    const { url, received } = await startReceiver(
      t,
      Array.from({ length: 9 }, () => ({ status: 503, body: 'no\nroom' })),
    );
    await assert.rejects(strictClient(t, { url: `${url}/?api_key=SECRET`, retry: FAST }).emit(EVENT), {
      name: 'EmitError',
      message: `POST ${url}/api/v1/lineage failed after 6 attempts: status 503, no room`,
    });
    assert.equal(received.length, 6);
  });

  for (const status of [400, 401, 413, 422, 301]) {
    test(`does not send again after ${status}`, async (t) => {
      const { url, received } = await startReceiver(t, [{ status, body: 'bad runId' }]);
      await assert.rejects(strictClient(t, { url, retry: FAST }).emit(EVENT), {
        message: `POST ${url}/api/v1/lineage failed: status ${status}, bad runId`,
      });
      assert.equal(received.length, 1);
    });
  }

  test('sends again when no answer comes in time, and when the connection breaks', async (t) => {
    const { url, received } = await startReceiver(t, ['hang', 'reset']);
    await strictClient(t, { url, timeout: 0.05, retry: FAST }).emit(EVENT);
    assert.equal(received.length, 3);
  });

  test('a server that never answers is named as such', async (t) => {
    const { url, received } = await startReceiver(t, ['hang', 'hang']);
    await assert.rejects(strictClient(t, { url, timeout: 0.05, retry: { ...FAST, total: 1 } }).emit(EVENT), {
      message: `POST ${url}/api/v1/lineage failed after 2 attempts: no answer within 0.05 s`,
    });
    assert.equal(received.length, 2);
  });

  test('without strict nothing is thrown; one line is logged, without secrets', async (t) => {
    const { url } = await startReceiver(t, [{ status: 400, body: 'line one\nline two' }]);
    const logger = recordingLogger();
    const client = new OpenLineageClient({
      ...isolated(t),
      logger,
      transport: {
        type: 'http',
        url: `${url.replace('//', '//user:HIDDEN@')}?api_key=HIDDEN`,
        auth: { type: 'api_key', apiKey: 'HIDDEN' },
      },
    });
    await client.emit(EVENT);
    assert.equal(logger.warnings.length, 1);
    assert.match(
      logger.warnings[0] ?? '',
      /^An event for run 018cc251\S+ was lost: POST .* status 400, line one line two$/,
    );
    assert.doesNotMatch(logger.warnings[0] ?? '', /HIDDEN|\n/);
    await client.close();
  });

  test('what is no event at all is lost with a warning, not thrown at the program', async (t) => {
    const { url, received } = await startReceiver(t);
    for (const type of ['http', 'batch_http', 'async_http'] as const) {
      const logger = recordingLogger();
      const client = new OpenLineageClient({ ...isolated(t), logger, transport: { type, url } });
      const circle: Record<string, unknown> = { run: null };
      circle['self'] = circle;
      for (const event of [null, undefined, 7, circle, { ...EVENT, run: { runId: 1n } }])
        await client.emit(event as unknown as typeof EVENT);
      await client.close();
      assert.equal(logger.warnings.length, 4, logger.warnings.join('\n'));
      assert.match(logger.warnings[0] ?? '', /^An event for nothing known was lost: /);
    }
    assert.equal(received.length, 3);
  });

  test('a refused connection is logged by its code', async (t) => {
    const logger = recordingLogger();
    const client = new OpenLineageClient({
      ...isolated(t),
      logger,
      transport: { type: 'http', url: 'http://127.0.0.1:1', retry: { total: 0 } },
    });
    await client.emit(EVENT);
    assert.match(logger.warnings[0] ?? '', /failed: ECONNREFUSED$/);
  });

  test('close waits for events under way; later ones are refused', async (t) => {
    const { url, received } = await startReceiver(t, [{ status: 503 }]);
    const logger = recordingLogger();
    const client = new OpenLineageClient({
      ...isolated(t),
      logger,
      transport: { type: 'http', url, retry: FAST },
    });
    void client.emit(EVENT);
    assert.equal(await client.close(), true);
    assert.equal(received.length, 2);
    await client.emit(EVENT);
    assert.match(logger.warnings[0] ?? '', /the client is closed/);
    assert.equal(received.length, 2);
  });

  test('close gives up at its timeout and cuts what hangs', async (t) => {
    const { url } = await startReceiver(t, ['hang']);
    const client = strictClient(t, { url });
    const lost = assert.rejects(client.emit(EVENT), /the client was closed/);
    assert.equal(await client.close(50), false);
    await lost;
  });

  test('close also ends a wait between attempts', async (t) => {
    const { url, received } = await startReceiver(t, [{ status: 503, headers: { 'Retry-After': '20' } }]);
    const client = strictClient(t, { url });
    const lost = assert.rejects(client.emit(EVENT), /failed: status 503/);
    while (received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await client.close(50), false);
    await lost;
    assert.equal(received.length, 1);
  });

  test('events of one run arrive in order though nobody waits and the first must be sent again', async (t) => {
    const { url, received } = await startReceiver(t, [{ status: 503 }]);
    const client = strictClient(t, { url, retry: FAST });
    await Promise.all(['a', 'b', 'c'].map((name) => client.emit(someEvent(name))));
    assert.deepEqual(
      received.map(({ body }) => (JSON.parse(body) as typeof EVENT).job.name),
      ['a', 'a', 'b', 'c'],
    );
  });
});

suite('lineage URL', () => {
  const cases: readonly (readonly [url: string, endpoint: string | undefined, expected: string])[] = [
    ['http://h:4100', undefined, 'http://h:4100/api/v1/lineage'],
    ['http://h:4100/', undefined, 'http://h:4100/api/v1/lineage'],
    ['http://h/base', undefined, 'http://h/base/api/v1/lineage'],
    ['http://h/ok/base/', '/lineage/', 'http://h/ok/base/lineage'],
    ['http://h/api/v1/lineage', undefined, 'http://h/api/v1/lineage'],
    ['http://h/api/v1/lineage/', undefined, 'http://h/api/v1/lineage'],
    ['http://h/other-lineage', 'lineage', 'http://h/other-lineage/lineage'],
    ['https://h?a=1', 'events?b=2', 'https://h/events?a=1&b=2'],
    ['http://h/hook', '', 'http://h/hook'],
  ];
  for (const [url, endpoint, expected] of cases) {
    test(`${url} and ${endpoint ?? 'the default'} make ${expected}`, () => {
      assert.equal(lineageUrl(url, endpoint).href, expected);
    });
  }

  for (const url of ['localhost:4100', 'ftp://h', '', '/api']) {
    test(`"${url}" is refused`, () => assert.throws(() => lineageUrl(url), { name: 'ConfigurationError' }));
  }
});

suite('retry', () => {
  test('waits 0.3 · 2ⁿ seconds, less up to half, within the limit', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((retry) => retryDelayMs(DEFAULT_RETRY, retry, undefined, 0)),
      [300, 600, 1200, 2400, 4800],
    );
    assert.equal(retryDelayMs(DEFAULT_RETRY, 1, undefined, 1), 300);
    assert.equal(retryDelayMs(DEFAULT_RETRY, 20, undefined, 0), 30_000);
    assert.equal(retryDelayMs(DEFAULT_RETRY, 0, 2000, 1), 2000);
    assert.equal(retryDelayMs(DEFAULT_RETRY, 0, 3_600_000, 0), 30_000);
  });

  test('reads Retry-After in seconds and as a date', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    assert.equal(parseRetryAfter('7', now), 7000);
    assert.equal(parseRetryAfter('Thu, 01 Jan 2026 00:00:02 GMT', now), 2000);
    assert.equal(parseRetryAfter('Thu, 01 Jan 2025 00:00:02 GMT', now), 0);
    assert.equal(parseRetryAfter('soon', now), undefined);
    assert.equal(parseRetryAfter(undefined, now), undefined);
  });
});
