import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { unzstd } from '#cli/import/unzstd.ts';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size = 1000): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of unzstd(inChunks(bytes, size))) parts.push(part);
  return Buffer.concat(parts);
}

const compress = (bytes: Uint8Array, checksum = 0): Buffer =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: checksum } });

test('every frame is read, however the bytes arrive', async () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(contents, fc.integer({ min: 1, max: 5000 }), async (given, size) => {
      const packed = Buffer.concat(given.map((one, index) => compress(one, index % 2)));
      assert.ok((await read(packed, size)).equals(Buffer.concat(given)));
    }),
    { numRuns: 60 },
  );
});

test('frames of many blocks, and such as hold no data, are read', async () => {
  const large = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * index * 31) >> 7));
  const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('abcde')]);
  const run = Buffer.alloc(500_000, 'a');
  const packed = Buffer.concat([skippable, compress(large, 1), skippable, compress(run), compress(large)]);
  assert.ok((await read(packed, 65_536)).equals(Buffer.concat([large, run, large])));
});

test('a frame that is cut, and what is no frame, are errors', async () => {
  const packed = compress(Buffer.from('abc'.repeat(1000)));
  await assert.rejects(read(packed.subarray(0, -1)), { code: /^Z/ });
  await assert.rejects(read(Buffer.concat([packed, Buffer.from('more')])), { code: /^Z/ });
});
