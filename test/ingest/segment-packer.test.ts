import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { CODECS, unpack } from '#ingest/codec.ts';
import { SegmentPacker } from '#ingest/segment-packer.ts';
import { cut, type PackedSegment } from '#ingest/segment.ts';

/** Large enough to be handed to the thread; no two alike. */
const bodiesOf = (kilobytes: number): Buffer[] =>
  Array.from({ length: kilobytes }, (_, n) =>
    Buffer.concat([Buffer.from(`${n} `.padEnd(512, 'x')), randomBytes(512)]),
  );

function assertWhole(packed: PackedSegment, bodies: readonly Buffer[]): void {
  const bytes = unpack(packed.codec, packed.body);
  packed.spans.forEach((span, index) => assert.deepEqual(Buffer.from(cut(bytes, span)), bodies[index]));
  assert.equal(packed.spans.length, bodies.length);
}

test('batches of every size come back byte for byte, one after another and at once', async () => {
  const packer = new SegmentPacker();
  for (const kilobytes of [1, 300, 900, 2000, 300]) {
    const bodies = bodiesOf(kilobytes);
    const packed = await packer.pack(bodies, null);
    assert.equal(packed.codec, CODECS.zstd);
    assertWhole(packed, bodies);
  }
  const several = [bodiesOf(400), bodiesOf(500), bodiesOf(600)];
  const packed = await Promise.all(several.map((bodies) => packer.pack(bodies, null)));
  packed.forEach((one, index) => assertWhole(one, several[index] as Buffer[]));
});

test('a few events are packed by the dictionary of the day, in the thread too', async () => {
  const packer = new SegmentPacker();
  const text = randomBytes(4096);
  const dictionaries = [1, 2].map((id) => ({ id, body: Buffer.concat([text, Buffer.from(`day ${id}`)]) }));
  const known = new Map(dictionaries.map(({ id, body }) => [id, body]));
  for (const [dictionary, count] of [
    [dictionaries[0], 2],
    [dictionaries[0], 8],
    [dictionaries[1], 8],
    [null, 8],
    [dictionaries[1], 9],
    [dictionaries[0], 7],
  ] as const) {
    // 4 KB each, so that eight are handed over; all but the first 16 bytes stand in the dictionary.
    const bodies = Array.from({ length: count }, (_, n) =>
      Buffer.concat([Buffer.from(`${n}`.padEnd(16)), text]),
    );
    const { codec, body, spans } = await packer.pack(bodies, dictionary ?? null);
    const few = dictionary && count <= 8;
    assert.equal(codec, few ? CODECS.dictionary : CODECS.zstd);
    if (few) assert(body.byteLength < 2048, `${body.byteLength} bytes`);
    const bytes = unpack(codec, body, known);
    spans.forEach((span, index) => assert.deepEqual(Buffer.from(cut(bytes, span)), bodies[index]));
  }
});

const program = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`);

test('a thread that is missing, breaks or ends is done without', async () => {
  const bodies = bodiesOf(400);
  for (const broken of [
    new URL('./no-such-file.ts', import.meta.url),
    program('throw new Error("no")'),
    program(
      'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(1))',
    ),
    program(
      'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => parentPort.postMessage({ fault: "no" }))',
    ),
  ]) {
    const packer = new SegmentPacker(broken);
    assertWhole(await packer.pack(bodies, null), bodies);
    assertWhole(await packer.pack(bodies, null), bodies);
  }
});

test('the thread does not keep a process that has nothing else to do', async () => {
  const text = `
    import { SegmentPacker } from ${JSON.stringify(new URL('../../collector/ingest/segment-packer.ts', import.meta.url))};
    await new SegmentPacker().pack([Buffer.alloc(400_000, 'a')], null);
    console.log('packed');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text], {
    timeout: 20_000,
  });
  assert.equal(stdout, 'packed\n');
});
