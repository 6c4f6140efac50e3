import { constants, zstdCompressSync } from 'node:zlib';
import { chunkSize, CODECS, packWith, withReferences, type Dictionary } from './codec.ts';
import { encodeReferences, gatherLiteral, literalLength, type Omissions } from './segment-references.ts';

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
const FEW = 8;

/** The dictionary, where so many events are compressed by it. */
export function dictionaryFor(events: number, dictionary: Dictionary | null): Dictionary | null {
  return events <= FEW ? dictionary : null;
}

/**
 * Where bodies are joined. Kept between batches: the system hands out fresh megabytes page by page, which
 * was measured at a third of the whole work.
 */
let spare = Buffer.alloc(0);

/**
 * Joins what is left of the bodies of one batch and compresses it as one frame: events of one batch repeat each
 * other's names and URLs (figures in docs/adr/0024-raw-events-in-segments.md).
 * @param omissions of each body; what the raw log has elsewhere.
 */
export function packSegment(
  bodies: readonly Uint8Array[],
  dictionary: Dictionary | null = null,
  omissions: Omissions = [],
): PackedSegment {
  const length = literalLength(bodies, omissions);
  const buffer = spare.byteLength >= length ? spare : Buffer.allocUnsafeSlow(length);
  if (buffer.byteLength <= SPARE_MOST) spare = buffer;
  gatherLiteral(bodies, omissions, buffer);
  const used = dictionaryFor(bodies.length, dictionary);
  return segmentOf(compressLiteral(buffer.subarray(0, length), used), bodies, omissions);
}

/** The segment of these bodies, of which what is left was compressed. */
export function segmentOf(
  left: Pick<PackedSegment, 'codec' | 'body'>,
  bodies: readonly Uint8Array[],
  omissions: Omissions,
): PackedSegment {
  const references = encodeReferences(bodies, omissions);
  return {
    ...(references.length > 0 ? withReferences(references, left) : left),
    spans: spansOf(bodies),
  };
}

/** Compresses what is left of bodies. The few bytes that are not worth it are copied. */
export function compressLiteral(
  bytes: Uint8Array,
  dictionary: Dictionary | null,
): Pick<PackedSegment, 'codec' | 'body'> {
  if (bytes.byteLength < 256) return { codec: CODECS.plain, body: Buffer.from(bytes) };
  if (dictionary) return { codec: CODECS.dictionary, body: packWith(dictionary, bytes) };
  return { codec: CODECS.zstd, body: compressSegment(bytes) };
}

/** Where each body lies once they are joined. */
function spansOf(bodies: readonly Uint8Array[]): Span[] {
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
function compressSegment(bytes: Uint8Array): Buffer {
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
