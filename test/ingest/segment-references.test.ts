import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CODECS, needsOf, unpack, type Dictionary } from '#ingest/codec.ts';
import { SegmentPacker } from '#ingest/segment-packer.ts';
import { decodeReferences, encodeReferences, type Omission } from '#ingest/segment-references.ts';
import { cut, packSegment, type PackedSegment } from '#ingest/segment.ts';

/** An event whose pieces are its own (null) or a passage's. */
type Pieces = readonly { readonly bytes: Uint8Array; readonly passage: number | null }[];

const PASSAGES = new Map<number, Uint8Array>(
  [1, 127, 128, 70_000, 2 ** 33 + 5].map((number) => [
    number,
    Buffer.from(`{"passage":${number}}`.padEnd(40 + (number % 90), ' ')),
  ]),
);
const passage = fc.constantFrom(...PASSAGES).map(([number, bytes]) => ({ bytes, passage: number }));
const own = fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ bytes, passage: null }));
const events = fc.array(fc.array(fc.oneof(passage, own), { maxLength: 8 }), { minLength: 1, maxLength: 20 });

const bodyOf = (pieces: Pieces): Buffer => Buffer.concat(pieces.map(({ bytes }) => bytes));

function omissionsOf(pieces: Pieces): Omission[] {
  let start = 0;
  return pieces.flatMap(({ bytes, passage: number }) => {
    const end = start + bytes.length;
    const from = start;
    start = end;
    return number === null ? [] : [{ start: from, end, passage: { number } }];
  });
}

function assertWhole(packed: PackedSegment, bodies: readonly Buffer[], dictionary: Dictionary | null): void {
  const dictionaries = new Map(dictionary ? [[dictionary.id, dictionary.body]] : []);
  const needs = needsOf(packed.codec, packed.body);
  const passages = new Map([...PASSAGES].filter(([number]) => needs.passages.includes(number)));
  const bytes = unpack(packed.codec, packed.body, dictionaries, passages);
  assert.deepEqual(
    packed.spans.map((span) => Buffer.from(cut(bytes, span)).toString('hex')),
    bodies.map((body) => body.toString('hex')),
  );
  assert.equal(
    bytes.length,
    bodies.reduce((sum, { length }) => sum + length, 0),
  );
}

const dictionary = { id: 9, body: Buffer.from('an earlier event '.repeat(40)) };

test('whatever is left out of a segment, each event comes back byte for byte', () => {
  fc.assert(
    fc.property(events, fc.constantFrom(null, dictionary), (given, used) => {
      const bodies = given.map(bodyOf);
      assertWhole(packSegment(bodies, used, given.map(omissionsOf)), bodies, used);
    }),
  );
});

test('so it does out of the other thread', async () => {
  const packer = new SegmentPacker();
  const filler = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * at) % 251));
  for (const count of [3, 30]) {
    const given = Array.from({ length: count }, (_, n): Pieces => [
      { bytes: filler.subarray(n), passage: null },
      ...[...PASSAGES].map(([number, bytes]) => ({ bytes, passage: number })),
      { bytes: Buffer.from('}'), passage: null },
    ]);
    const bodies = given.map(bodyOf);
    const packed = await packer.pack(bodies, dictionary, given.map(omissionsOf));
    assert.equal(packed.codec, CODECS.references);
    assert.equal(packed.body[4], count <= 8 ? CODECS.dictionary : CODECS.zstd);
    assert.deepEqual(needsOf(packed.codec, packed.body), {
      dictionary: count <= 8 ? 9 : null,
      passages: [...PASSAGES.keys()],
    });
    assertWhole(packed, bodies, dictionary);
  }
});

test('what is left out takes no place', () => {
  const text = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * at * 31) % 241));
  const bodies = [Buffer.concat([text, Buffer.from('1')]), Buffer.concat([text, Buffer.from('2')])];
  const omitted = [{ start: 0, end: 5000, passage: { number: 300 } }];
  const packed = packSegment(bodies, null, [omitted, omitted]);
  assert.ok(packed.body.length < 20, `${packed.body.length} bytes`);
  assert.deepEqual(packed.spans, [
    { position: 0, length: 5001 },
    { position: 5001, length: 5001 },
  ]);
  // Without references a segment is what it always was.
  assert.equal(packSegment(bodies).codec, CODECS.zstd);
});

test('a passage that is missing, and references that are damaged, are errors that say so', () => {
  const bodies = [Buffer.from('{"a":{"b":1}}')];
  const { codec, body } = packSegment(bodies, null, [[{ start: 5, end: 12, passage: { number: 7 } }]]);
  assert.throws(() => unpack(codec, body), /passage 7 of the raw log is missing/);
  const references = encodeReferences(bodies, [[{ start: 5, end: 12, passage: { number: 7 } }]]);
  assert.deepEqual(decodeReferences(references), [{ literal: 5, passage: 7 }]);
  assert.throws(() => decodeReferences(references.subarray(0, 1)), /raw log is damaged/);
  assert.throws(() => decodeReferences(new Uint8Array(20).fill(255)), /raw log is damaged/);
  const beyond = packSegment([Buffer.alloc(90)], null, [[{ start: 80, end: 85, passage: { number: 1 } }]]);
  const shortened = beyond.body.subarray(0, beyond.body.length - 20);
  assert.throws(() => unpack(beyond.codec, shortened, new Map(), PASSAGES), /raw log is damaged/);
});
