import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { decompressLz4Frames } from '#adapters/kafka/lz4.ts';
import { decompressSnappy } from '#adapters/kafka/snappy.ts';

// What fixtures/ holds, compressed by others: java.* by Kafka's Java producer (4.1.1), bare.snappy by snappy-java,
// linked.lz4 by liblz4 with linked blocks of 64 KB, all checksums and the content's size.
const PLAIN = Array.from(
  { length: 3000 },
  (_, i) => `{"job":"orders.load","n":${i % 97},"x":${'-'.repeat(i % 13)}}\n`,
).join('');
const LIMIT = 1024 * 1024;

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));

describe('LZ4', () => {
  for (const name of ['java.lz4', 'linked.lz4'])
    test(`${name} is read`, () => {
      assert.equal(decompressLz4Frames(fixture(name), LIMIT).toString(), PLAIN);
    });

  test('frames behind each other are read as one, skippable ones passed over', () => {
    const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);
    const both = Buffer.concat([fixture('linked.lz4'), skippable, fixture('java.lz4')]);
    assert.equal(decompressLz4Frames(both, LIMIT).toString(), PLAIN + PLAIN);
  });

  test('a block that was not worth compressing is copied', () => {
    const frame = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0, 2, 0, 0, 0x80, 0x68, 0x69, 0, 0, 0, 0]);
    assert.equal(decompressLz4Frames(frame, LIMIT).toString(), 'hi');
  });

  test('what becomes larger than the limit is refused before it is made', () => {
    assert.throws(() => decompressLz4Frames(fixture('linked.lz4'), 100_000), /more than 100000 bytes/);
  });

  test('every cut and every changed byte ends in an error or in some bytes, never in a hang', () => {
    const sound = fixture('linked.lz4').subarray(0, 2000);
    for (let index = 0; index < sound.length; index += 1) {
      const broken = Buffer.from(sound);
      broken[index] = (broken[index] as number) ^ 0xff;
      for (const bytes of [broken, sound.subarray(0, index)]) {
        try {
          decompressLz4Frames(bytes, LIMIT);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }
    }
  });
});

describe('Snappy', () => {
  for (const name of ['java.snappy', 'bare.snappy'])
    test(`${name} is read`, () => {
      assert.equal(decompressSnappy(fixture(name), LIMIT).toString(), PLAIN);
    });

  for (const name of ['java.snappy', 'bare.snappy'])
    test(`${name} is refused beyond the limit`, () => {
      assert.throws(() => decompressSnappy(fixture(name), 100_000), /more than/);
    });

  test('a cut is an error', () => {
    for (const name of ['java.snappy', 'bare.snappy'])
      assert.throws(() => decompressSnappy(fixture(name).subarray(0, 9000), LIMIT));
  });

  test('nothing becomes nothing', () => {
    assert.equal(decompressSnappy(Buffer.from([0]), LIMIT).length, 0);
  });
});
