import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedBlocks, type SharedPlace } from '#ingest/shared-blocks.ts';
import { seededRandom } from '../bench/statistics.ts';

function watched(size: number): { blocks: SharedBlocks; seen: Map<number, SharedArrayBuffer> } {
  const seen = new Map<number, SharedArrayBuffer>();
  const blocks = new SharedBlocks((block, memory) => {
    if (memory) seen.set(block, memory);
    else seen.delete(block);
  }, size);
  return { blocks, seen };
}

test('what was put stays as it is until it is given back, in whatever order', () => {
  const random = seededRandom(7);
  const { blocks, seen } = watched(1000);
  const held: { readonly place: SharedPlace; readonly byte: number }[] = [];
  for (let n = 0; n < 20_000; n += 1) {
    if (held.length > 40 || (held.length > 0 && random() < 0.5)) {
      const [{ place, byte }] = held.splice(Math.floor(random() * held.length), 1) as [(typeof held)[number]];
      const memory = seen.get(place.block);
      assert.ok(memory, 'the other side was told of the block');
      assert.ok(new Uint8Array(memory, place.start, place.length).every((value) => value === byte));
      blocks.giveBack(place);
    } else {
      const length = Math.floor(random() * (random() < 0.05 ? 3000 : 400));
      const byte = n % 251;
      held.push({ place: blocks.put(new Uint8Array(length).fill(byte)), byte });
    }
  }
});

test('memory is used again, and a burst is let go of', () => {
  const { blocks, seen } = watched(1000);
  for (let n = 0; n < 100; n += 1) blocks.giveBack(blocks.put(new Uint8Array(900)));
  assert.equal(seen.size, 1);
  const burst = Array.from({ length: 50 }, () => blocks.put(new Uint8Array(900)));
  assert.equal(blocks.size, 50_000);
  for (const place of burst) blocks.giveBack(place);
  assert.ok(blocks.size <= 9000, String(blocks.size));
  assert.equal(seen.size * 1000, blocks.size);
});

test('a long piece has a block of its own, as long as it is needed', () => {
  const { blocks, seen } = watched(1000);
  const place = blocks.put(new Uint8Array(5000).fill(3));
  assert.equal(seen.get(place.block)?.byteLength, 5000);
  blocks.giveBack(place);
  assert.equal(seen.size, 0);
});
