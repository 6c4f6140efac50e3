import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as zlib from 'node:zlib';
import { decodeBody } from '#api/decode-body.ts';
import { Problem, type ProblemKind } from '#collector/problems.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { ingestApp } from '#test/support/ingest-app.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

const MEGABYTE = 1024 * 1024;
const LIMIT = 32 * MEGABYTE;
const TEXT = Buffer.from(
  JSON.stringify(Array.from({ length: 2000 }, (_, n) => ({ n, name: `column ${n}` }))),
);
/** More than is decompressed on the main thread, and hardly smaller once compressed. */
const LARGE = Buffer.from(
  Array.from({ length: MEGABYTE }, (_, n) => 33 + ((Math.imul(n ^ (n >>> 7), 0x9e3779b1) >>> 25) % 90)),
);

const refusedAs = (kind: ProblemKind, words: RegExp) => (error: unknown) =>
  error instanceof Problem && error.kind === kind && words.test(error.message);

describe('decompression', () => {
  for (const [encoding, compress] of [
    ['gzip', zlib.gzipSync],
    ['x-gzip', zlib.gzipSync],
    ['GZIP', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['deflate', zlib.deflateRawSync],
    ['zstd', zlib.zstdCompressSync],
    ['gzip, zstd', (bytes: Buffer) => zlib.zstdCompressSync(zlib.gzipSync(bytes))],
    ['deflate , identity, gzip', (bytes: Buffer) => zlib.gzipSync(zlib.deflateSync(bytes))],
    ['identity', (bytes: Buffer) => bytes],
    ['', (bytes: Buffer) => bytes],
  ] as const) {
    test(`"${encoding}" (${compress.name || 'in a row'}), small and large`, async () => {
      assert.deepEqual(await decodeBody(compress(TEXT), encoding, LIMIT), TEXT);
      assert.deepEqual(await decodeBody(compress(LARGE), encoding, LIMIT), LARGE);
    });
  }

  test('several members of gzip and several frames of zstd are one body', async () => {
    const [a, b] = [TEXT.subarray(0, 5000), TEXT.subarray(5000)];
    const members = Buffer.concat([zlib.gzipSync(a), zlib.gzipSync(b)]);
    assert.deepEqual(await decodeBody(members, 'gzip', LIMIT), TEXT);
    // With a frame between them that readers skip (RFC 8878, section 3.1.2).
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
    const frames = Buffer.concat([zlib.zstdCompressSync(a), skippable, zlib.zstdCompressSync(b)]);
    assert.deepEqual(await decodeBody(frames, 'zstd', LIMIT), TEXT);
  });

  test('what is cut off, no such thing at all or followed by more is named', async () => {
    for (const [encoding, compressed] of [
      ['gzip', zlib.gzipSync(TEXT)],
      ['deflate', zlib.deflateSync(TEXT)],
      ['deflate', zlib.deflateRawSync(TEXT)],
      ['zstd', zlib.zstdCompressSync(TEXT)],
    ] as const) {
      const words = new RegExp(`Content-Encoding says ${encoding}, but the body is not that: `);
      const broken = refusedAs('broken_encoding', words);
      await assert.rejects(
        decodeBody(compressed.subarray(0, compressed.length - 20), encoding, LIMIT),
        broken,
      );
      await assert.rejects(decodeBody(Buffer.concat([compressed, TEXT]), encoding, LIMIT), broken);
      await assert.rejects(decodeBody(TEXT, encoding, LIMIT), broken);
    }
  });

  test('more than the limit, and more than events ever grow, is refused while it is decompressed', async () => {
    const blanks = Buffer.alloc(64 * MEGABYTE, ' ');
    for (const [encoding, compress] of [
      ['gzip', zlib.gzipSync],
      ['deflate', zlib.deflateSync],
      ['zstd', zlib.zstdCompressSync],
    ] as const) {
      const bomb = compress(blanks);
      const before = process.memoryUsage().arrayBuffers;
      await assert.rejects(
        decodeBody(bomb, encoding, LIMIT),
        refusedAs('body_too_large', /200 times|33554432 bytes/),
      );
      assert.ok(process.memoryUsage().arrayBuffers - before < 40 * MEGABYTE);
      const large = compress(TEXT);
      await assert.rejects(
        decodeBody(large, encoding, TEXT.length - 1),
        refusedAs('body_too_large', /raise ingest\.body_megabytes/),
      );
      assert.equal((await decodeBody(large, encoding, TEXT.length)).length, TEXT.length);
    }
  });

  test('a bomb in a bomb is refused at its first stage', async () => {
    const inner = zlib.gzipSync(Buffer.alloc(64 * MEGABYTE, ' '));
    await assert.rejects(
      decodeBody(zlib.gzipSync(inner), 'gzip, gzip', LIMIT),
      refusedAs('body_too_large', /200 times/),
    );
  });

  test('a frame that wants more memory than 32 MB is refused', async () => {
    // By hand (RFC 8878, section 3.1.1): no content size, a window of 2^log bytes, one raw block.
    const frame = (log: number): Buffer =>
      Buffer.concat([
        Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (log - 10) << 3]),
        Buffer.from([((2 << 3) | 1) & 0xff, 0, 0]),
        Buffer.from('{}'),
      ]);
    assert.equal((await decodeBody(frame(25), 'zstd', LIMIT)).toString(), '{}');
    await assert.rejects(decodeBody(frame(27), 'zstd', LIMIT), refusedAs('broken_encoding', /memory/));
  });

  test('an unknown encoding, or too many, is refused before anything is decompressed', async () => {
    for (const encoding of ['br', 'gzip, br', 'compress', 'gzip, gzip, gzip, gzip'])
      await assert.rejects(
        decodeBody(TEXT, encoding, LIMIT),
        refusedAs('unsupported_encoding', /gzip, deflate, zstd/),
      );
  });
});

const time = '2026-01-01T00:00:00Z';
const event = sampleEvent({ runId: '018cc251-f400-717f-9d98-c0f82845ea48', type: 'START', time });
const json = { 'content-type': 'application/json' };

describe('the border', () => {
  test('broken gzip: 400 that names it, the bytes in quarantine as they were sent', async (t) => {
    const database = await testDatabase(t);
    const { app, telemetry } = await ingestApp(t, database);
    const cut = zlib.gzipSync(event).subarray(0, 60);
    const headers = { ...json, 'content-encoding': 'gzip' };
    const url = '/api/v1/lineage';
    const answer = await app.inject({ method: 'POST', url, headers, payload: cut });
    const { type, detail, quarantineId } = answer.json<Record<string, string>>();
    assert.deepEqual([answer.statusCode, type], [400, 'urn:assay:problem:broken_encoding']);
    assert.match(
      detail ?? '',
      /Content-Encoding says gzip, but the body is not that: unexpected end of file/,
    );
    const kept = await app.inject({ url: `/api/v2/quarantine/${quarantineId}/bytes` });
    assert.deepEqual(kept.rawPayload, cut);
    assert.match(await telemetry.registry.metrics(), /assay_ingest_events_total\{outcome="invalid"\} 1\n/);
  });

  test('gzip in chunks, as the Java client sends it', async (t) => {
    const { app } = await ingestApp(t, await testDatabase(t));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const zipped = zlib.gzipSync(event);
    const answer = await fetch(`${url}/api/v1/lineage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=UTF-8', 'content-encoding': 'gzip' },
      body: ReadableStream.from([zipped.subarray(0, 7), zipped.subarray(7, 100), zipped.subarray(100)]),
      duplex: 'half',
    });
    assert.equal(answer.status, 201);
    assert.equal(((await answer.json()) as { status: string }).status, 'accepted');
  });

  test('413 has no Retry-After: clients would send it five times', async (t) => {
    const { app } = await ingestApp(t, await testDatabase(t), { bodyBytes: 10_000 });
    const headers = { ...json, 'content-encoding': 'zstd' };
    const payload = zlib.zstdCompressSync(Buffer.alloc(1_000_000, ' '));
    for (const answer of [
      await app.inject({ method: 'POST', url: '/api/v1/lineage', headers, payload }),
      await app.inject({
        method: 'POST',
        url: '/api/v1/lineage',
        headers: json,
        payload: Buffer.alloc(20_000, ' '),
      }),
    ]) {
      assert.equal(answer.statusCode, 413);
      assert.equal(answer.headers['retry-after'], undefined);
    }
  });

  test('nesting without end: 400, kept in quarantine; what is deep but possible is stored', async (t) => {
    const database = await testDatabase(t);
    const { app } = await ingestApp(t, database);
    const nested = (levels: number): string =>
      event.toString().replace(/}$/, `,"deep":${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}}`);
    const send = (payload: string) =>
      app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload });
    assert.equal((await send(nested(150))).statusCode, 201);
    for (const payload of [nested(250), nested(200_000), '['.repeat(1_000_000)]) {
      const answer = await send(payload);
      assert.equal(answer.statusCode, 400);
      const { type, detail } = answer.json<Record<string, string>>();
      assert.equal(type, 'urn:assay:problem:too_deep');
      assert.match(detail ?? '', /opens more than 200 objects and arrays/);
    }
    const [kept] = await database.rows<{ n: number }>(
      sql`select count(*)::integer as n from quarantine where reason = 'too_deep'`,
    );
    assert.equal(kept?.n, 3);
  });
});
