import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { StatisticsBytesError } from '#model/statistics/bytes.ts';
import { packSketches } from '#model/statistics/packed-sketches.ts';
import { compressSketches, decompressSketches } from '#store/sketch-frame.ts';
import { profileOf } from '#test/support/profiles.ts';

const { sketches } = profileOf({
  a: Array.from({ length: 3000 }, (_, index) => index * 1.5),
  b: [1, 1, null],
});

test('sketches come back out of their frame, which is smaller', () => {
  const frame = compressSketches(sketches) ?? new Uint8Array();
  assert.ok(frame.length < packSketches(sketches).length);
  assert.deepEqual(packSketches(decompressSketches(frame)), packSketches(sketches));
  assert.equal(compressSketches(new Map()), null);
  assert.equal(decompressSketches(null).size, 0);
});

test('a frame that is cut off, changed, of something else or of too much is refused in a sentence', () => {
  const frame = compressSketches(sketches) ?? new Uint8Array();
  for (let at = 0; at < frame.length; at += 97) {
    const changed = frame.map((byte, index) => (index === at ? byte ^ 0x10 : byte));
    assert.throws(() => decompressSketches(changed), StatisticsBytesError, `byte ${at}`);
  }
  for (const wrong of [
    frame.subarray(0, frame.length - 3),
    new Uint8Array(),
    Uint8Array.of(1, 2, 3),
    zstdCompressSync(Buffer.from('something else')),
    zstdCompressSync(Buffer.alloc(80 * 1024 * 1024, 1)),
  ])
    assert.throws(() => decompressSketches(wrong), StatisticsBytesError);
});
