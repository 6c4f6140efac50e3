import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { splitLines } from '#api/lineage-batch.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { ingestApp } from '#test/support/ingest-app.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

const event = (n: number): string =>
  sampleEvent({
    runId: '018cc251-f400-717f-9d98-c0f82845ea48',
    type: 'RUNNING',
    time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  }).toString();
const URL = '/api/v1/lineage/batch';
const lines = { 'content-type': 'application/x-ndjson' };
const stored = async (database: TestDatabase): Promise<number> =>
  (await database.rows<{ n: number }>(sql`select count(*)::integer as n from raw_event`))[0]?.n ?? -1;
const summary = (received: number, failed = 0, retriable = 0): object => ({
  received,
  successful: received - failed,
  failed,
  retriable,
  non_retriable: failed - retriable,
});

describe('one event a line', () => {
  test('each is stored on its own, in one transaction; blank lines and line ends of any kind are none', async (t) => {
    const database = await testDatabase(t);
    const { app, telemetry } = await ingestApp(t, database);
    const events = Array.from({ length: 50 }, (_, n) => event(n));
    const answer = await app.inject({
      method: 'POST',
      url: URL,
      headers: lines,
      payload: `${events.join('\n')}\n`,
    });
    assert.deepEqual([answer.statusCode, answer.json()], [200, { status: 'success', summary: summary(50) }]);
    assert.equal(await stored(database), 50);
    const [segments] = await database.rows<{ n: number }>(
      sql`select count(*)::integer as n from raw_segment`,
    );
    assert.equal(segments?.n, 1);
    // The same lines under another type, from Windows, compressed: all known already.
    const again = await app.inject({
      method: 'POST',
      url: URL,
      headers: { 'content-type': 'Application/JSONL; charset=utf-8', 'content-encoding': 'gzip' },
      payload: gzipSync(`\r\n${events.join('\r\n \t\r\n')}`),
    });
    assert.deepEqual(again.json(), { status: 'success', summary: summary(50) });
    assert.equal(await stored(database), 50);
    const metrics = await telemetry.registry.metrics();
    assert.match(metrics, /assay_ingest_events_total\{outcome="accepted"\} 50\n/);
    assert.match(metrics, /assay_ingest_events_total\{outcome="duplicate"\} 50\n/);
    assert.match(metrics, /assay_ingest_event_bytes_bucket\{le="1024"\} 100\n/);
    assert.match(metrics, /assay_ingest_event_bytes_count 100\n/);
  });

  test('a broken line fails alone, by its index among the events, and is kept', async (t) => {
    const database = await testDatabase(t);
    const { app } = await ingestApp(t, database);
    const payload = `${event(1)}\n\n{"eventTime":\n${event(2)}\n[]`;
    const answer = await app.inject({ method: 'POST', url: URL, headers: lines, payload });
    const {
      status,
      summary: counts,
      failed_events: failed,
    } = answer.json<{
      status: string;
      summary: object;
      failed_events: { index: number; reason: string; retriable: boolean }[];
    }>();
    assert.deepEqual([answer.statusCode, status, counts], [200, 'partial_success', summary(4, 2)]);
    assert.deepEqual(
      failed.map(({ index, retriable }) => [index, retriable]),
      [
        [1, false],
        [3, false],
      ],
    );
    assert.match(failed[0]?.reason ?? '', /not JSON/);
    assert.equal(await stored(database), 2);
    const [kept] = await database.rows<{ n: number }>(sql`select count(*)::integer as n from quarantine`);
    assert.equal(kept?.n, 2);
  });

  test('an array is no line, and lines are no array', async (t) => {
    const { app } = await ingestApp(t, await testDatabase(t));
    const array = await app.inject({ method: 'POST', url: URL, headers: lines, payload: `[${event(1)}]` });
    assert.equal(array.json<{ summary: { failed: number } }>().summary.failed, 1);
    const headers = { 'content-type': 'application/json' };
    const plain = await app.inject({
      method: 'POST',
      url: URL,
      headers,
      payload: `${event(1)}\n${event(2)}`,
    });
    assert.equal(plain.statusCode, 400);
    assert.match(plain.json<{ detail: string }>().detail, /application\/x-ndjson/);
  });

  test('lines are split at line feeds alone', () => {
    const split = (text: string): string[] => splitLines(Buffer.from(text)).map((line) => line.toString());
    assert.deepEqual(split(''), []);
    assert.deepEqual(split('\n \r\n\t\n'), []);
    assert.deepEqual(split('a'), ['a']);
    assert.deepEqual(split('a\nb\r\nc \n'), ['a', 'b', 'c']);
    assert.deepEqual(split('{"a":"\\n\u2028\u0085"}\rx\n b'), ['{"a":"\\n\u2028\u0085"}\rx', ' b']);
  });
});

describe('the answer of a batch', () => {
  test('204 when asked for the minimum, but never when something failed', async (t) => {
    const database = await testDatabase(t);
    const { app } = await ingestApp(t, database);
    const headers = { ...lines, prefer: 'respond-async, return=minimal' };
    const good = await app.inject({ method: 'POST', url: URL, headers, payload: event(1) });
    assert.deepEqual(
      [good.statusCode, good.body, good.headers['preference-applied']],
      [204, '', 'return=minimal'],
    );
    const mixed = await app.inject({ method: 'POST', url: URL, headers, payload: `${event(2)}\n{}` });
    assert.deepEqual([mixed.statusCode, mixed.json<{ status: string }>().status], [200, 'partial_success']);
    const whole = await app.inject({
      method: 'POST',
      url: URL,
      headers: { ...lines, prefer: 'return=representation' },
      payload: event(3),
    });
    assert.equal(whole.statusCode, 200);
    assert.equal(await stored(database), 3);
  });

  test('a part that found no room can be sent again; when none did, the whole request', async (t) => {
    const database = await testDatabase(t);
    const { app } = await ingestApp(t, database, { queueBytes: 3 * event(0).length });
    const send = (from: number, count: number) => {
      const payload = Array.from({ length: count }, (_, n) => event(from + n)).join('\n');
      return app.inject({ method: 'POST', url: URL, headers: lines, payload });
    };
    const [half, none] = await Promise.all([send(0, 5), send(10, 5)]);
    const { summary: counts, failed_events: failed } = half.json<{
      summary: object;
      failed_events: { index: number; reason: string; retriable: boolean }[];
    }>();
    assert.deepEqual([half.statusCode, counts], [200, summary(5, 2, 2)]);
    assert.deepEqual(
      failed.map(({ index, retriable }) => [index, retriable]),
      [
        [3, true],
        [4, true],
      ],
    );
    assert.deepEqual([none.statusCode, none.headers['retry-after']], [503, '1']);
    assert.equal(await stored(database), 3);
  });
});
