import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CODECS, unpack } from '#ingest/codec.ts';
import { cut, packSegment } from '#ingest/segment.ts';

test('every body comes back byte for byte, whatever their sizes', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 2000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(bodies, (given) => {
      const { codec, body, spans } = packSegment(given);
      const bytes = unpack(codec, body);
      assert.deepEqual(
        spans.map((span) => Buffer.from(cut(bytes, span)).toString('hex')),
        given.map((one) => Buffer.from(one).toString('hex')),
      );
    }),
  );
});

test('a segment larger than one chunk of the compressor comes back', () => {
  const body = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * index * 31) >> 7));
  const { codec, body: packed, spans } = packSegment([body, body]);
  assert.equal(codec, CODECS.zstd);
  assert.ok(Buffer.from(cut(unpack(codec, packed), spans[1] ?? { position: -1, length: 0 })).equals(body));
});

test('segments packed one after another in the same memory do not mix', () => {
  const bodies = Array.from({ length: 30 }, (_, index) =>
    Buffer.alloc(300_000 - index * 7, `segment ${index} `),
  );
  const packed = bodies.map((body) => packSegment([body, body]));
  for (const [index, { codec, body }] of packed.entries()) {
    const one = bodies[index] ?? Buffer.alloc(0);
    assert.ok(Buffer.concat([one, one]).equals(unpack(codec, body)), `segment ${index}`);
  }
});

test('a few bytes are stored as they are', () => {
  const packed = packSegment([Buffer.from('{}'), Buffer.from('[1]')]);
  assert.deepEqual(packed, {
    codec: CODECS.plain,
    body: Buffer.from('{}[1]'),
    spans: [
      { position: 0, length: 2 },
      { position: 2, length: 3 },
    ],
  });
});

test('an event outside its segment is an error, not fewer bytes', () => {
  assert.throws(() => cut(Buffer.from('abc'), { position: 1, length: 3 }), RangeError);
  assert.equal(Buffer.from(cut(Buffer.from('abc'), { position: 1, length: 2 })).toString(), 'bc');
});
