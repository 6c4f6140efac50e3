import { constants, zstdCompressSync } from 'node:zlib';
import { chunkSize, CODECS, packWith, type Dictionary } from './codec.ts';

/** Where one event's bytes lie in its segment's bytes before compression. */
export interface Span {
  readonly position: number;
  readonly length: number;
}

export interface PackedSegment {
  /** See CODECS. */
  readonly codec: number;
  readonly body: Uint8Array;
  /** One for each body given, in their order. */
  readonly spans: readonly Span[];
}

const KILOBYTE = 1024;
const SPARE_MOST = 8192 * KILOBYTE;
/** Events up to which a dictionary pays: more of them tell each other what it would. */
export const FEW = 8;

/**
 * Where bodies are joined. Kept between batches: the system hands out fresh megabytes page by page, which
 * was measured at a third of the whole work.
 */
let spare = Buffer.alloc(0);

/**
 * Joins the bodies of one batch and compresses them as one frame: events of one batch repeat each other's
 * names and URLs (figures in docs/adr/0024-raw-events-in-segments.md).
 */
export function packSegment(
  bodies: readonly Uint8Array[],
  dictionary: Dictionary | null = null,
): PackedSegment {
  const spans = spansOf(bodies);
  const length = bodies.reduce((sum, body) => sum + body.byteLength, 0);
  if (length < 256) return { codec: CODECS.plain, body: Buffer.concat(bodies, length), spans };
  const buffer = spare.byteLength >= length ? spare : Buffer.allocUnsafeSlow(length);
  if (buffer.byteLength <= SPARE_MOST) spare = buffer;
  bodies.forEach((body, index) => buffer.set(body, spans[index]?.position));
  const joined = buffer.subarray(0, length);
  if (dictionary && bodies.length <= FEW)
    return { codec: CODECS.dictionary, body: packWith(dictionary, joined), spans };
  return { codec: CODECS.zstd, body: compressSegment(joined), spans };
}

/** Where each body lies once they are joined. */
export function spansOf(bodies: readonly Uint8Array[]): Span[] {
  let position = 0;
  return bodies.map((body): Span => {
    const span = { position, length: body.byteLength };
    position += body.byteLength;
    return span;
  });
}

/**
 * Level 1: it was measured at 90 % of level 3's gain for two thirds of its time. In one call: by the pool's
 * threads, chunk by chunk, the same frame costs twice the processor time.
 */
export function compressSegment(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
    pledgedSrcSize: bytes.byteLength,
    chunkSize: chunkSize(bytes.byteLength),
  });
}

/** The bytes of one event out of its segment's. Throws a RangeError when the span lies outside them. */
export function cut(segment: Uint8Array, { position, length }: Span): Uint8Array {
  if (position < 0 || length < 0 || position + length > segment.byteLength)
    throw new RangeError('the event lies outside its segment: the raw log is damaged there');
  return segment.subarray(position, position + length);
}
