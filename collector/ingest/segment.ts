import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { CODECS } from './codec.ts';

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

const compress = promisify(zstdCompress);
const KILOBYTE = 1024;
const SPARE_MOST = 8192 * KILOBYTE;

/**
 * Where bodies are joined; null while a batch is being compressed out of it. Kept between batches: the
 * system hands out fresh megabytes page by page, which was measured at a third of the whole work.
 */
let spare: Buffer | null = null;

/**
 * Joins the bodies of one batch and compresses them as one frame, on a thread of the pool: events of one
 * batch repeat each other's names and URLs (figures in docs/adr/0024-raw-events-in-segments.md).
 */
export async function packSegment(bodies: readonly Uint8Array[]): Promise<PackedSegment> {
  let length = 0;
  const spans = bodies.map((body): Span => {
    const span = { position: length, length: body.byteLength };
    length += body.byteLength;
    return span;
  });
  if (length < 256) return { codec: CODECS.plain, body: Buffer.concat(bodies, length), spans };
  const buffer = spare !== null && spare.byteLength >= length ? spare : Buffer.allocUnsafeSlow(length);
  spare = null;
  try {
    bodies.forEach((body, index) => buffer.set(body, spans[index]?.position));
    return { codec: CODECS.zstd, body: await compressed(buffer.subarray(0, length)), spans };
  } finally {
    if (buffer.byteLength <= SPARE_MOST) spare = buffer;
  }
}

/** Level 1: it was measured at 90 % of level 3's gain for two thirds of its time. */
function compressed(bytes: Buffer): Promise<Buffer> {
  return compress(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
    pledgedSrcSize: bytes.byteLength,
    // With Node's 16 kB each filled chunk would come back to the main thread before the next is begun.
    chunkSize: Math.min(Math.max(bytes.byteLength, KILOBYTE), 256 * KILOBYTE),
  });
}

/** The bytes of one event out of its segment's. Throws a RangeError when the span lies outside them. */
export function cut(segment: Uint8Array, { position, length }: Span): Uint8Array {
  if (position < 0 || length < 0 || position + length > segment.byteLength)
    throw new RangeError('the event lies outside its segment: the raw log is damaged there');
  return segment.subarray(position, position + length);
}
