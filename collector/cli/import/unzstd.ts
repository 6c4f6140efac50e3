import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';

const MAGIC = 0xfd2fb528;
/** Frames that hold no data: 16 magic numbers from this one. */
const SKIPPABLE = 0x184d2a50;

/**
 * Decompresses zstd, every frame of it: Node's own stream ends after the first one, in silence, and files that
 * are appended to have many. Frames are found by their headers (RFC 8878, section 3.1).
 */
export async function* unzstd(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const bytes = new ByteReader(input);
  for (;;) {
    const magic = await bytes.take(4);
    if (magic.length === 0) return;
    const number = magic.length === 4 ? magic.readUInt32LE() : 0;
    if ((number & 0xfffffff0) >>> 0 === SKIPPABLE) {
      const size = await bytes.take(4);
      if (size.length === 4) await bytes.skip(size.readUInt32LE());
    } else {
      // What is no frame, or ends too early, Node's stream says.
      const parts = number === MAGIC ? frame(magic, bytes) : [magic];
      yield* pipeline(parts, createZstdDecompress(), () => {}) as AsyncIterable<Buffer>;
    }
  }
}

/** One frame, block by block (128 KB at most each). */
async function* frame(magic: Buffer, bytes: ByteReader): AsyncGenerator<Buffer> {
  yield magic;
  const descriptor = await bytes.take(1);
  const flags = descriptor[0] ?? 0;
  const singleSegment = (flags >> 5) & 1;
  const contentSize = [singleSegment, 2, 4, 8][flags >> 6] ?? 0;
  const dictionaryId = [0, 1, 2, 4][flags & 3] ?? 0;
  yield Buffer.concat([descriptor, await bytes.take(1 - singleSegment + dictionaryId + contentSize)]);
  for (let last = false; !last;) {
    const header = await bytes.take(3);
    if (header.length < 3) return;
    const value = header.readUIntLE(0, 3);
    last = (value & 1) === 1;
    const RUN_LENGTH = 1; // a block of one repeated byte
    const size = ((value >> 1) & 3) === RUN_LENGTH ? 1 : value >> 3;
    yield Buffer.concat([header, await bytes.take(size)]);
  }
  const hasChecksum = (flags >> 2) & 1;
  if (hasChecksum) yield await bytes.take(4);
}

/** Takes so many bytes at a time out of chunks of any size. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Fewer only at the end. */
  async take(count: number): Promise<Buffer> {
    if (this.#rest.length < count) {
      const parts = [this.#rest];
      for (let length = this.#rest.length; length < count;) {
        const next = await this.#chunks.next();
        if (next.done) break;
        parts.push(next.value);
        length += next.value.length;
      }
      this.#rest = Buffer.concat(parts);
    }
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const { length } = await this.take(Math.min(left, 65_536));
      if (length === 0) return;
      left -= length;
    }
  }
}
