import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * How a body is stored. The number is in the row, so that old rows stay readable. `dictionary`: four bytes, the
 * number of a raw_dictionary (little-endian), then a zstd frame that was made with it.
 */
export const CODECS = { plain: 0, zstd: 1, dictionary: 2 } as const;

/** Bytes of earlier events, which bytes like them are compressed by. */
export interface Dictionary {
  readonly id: number;
  readonly body: Uint8Array;
}

const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const ID_BYTES = 4;
const KILOBYTE = 1024;

/**
 * Bytes of memory that a compressor takes at a time for what it gives: mostly enough at once. Not more, because
 * each keeps it until the next collection of the whole heap.
 */
export function chunkSize(length: number): number {
  return Math.min(Math.max(Math.ceil(length / 4), KILOBYTE), 256 * KILOBYTE);
}

/** Compresses a body for the raw log: level 1 was measured at 90 % of level 3's gain for two thirds of its time. */
export function pack(body: Uint8Array): { readonly codec: number; readonly body: Uint8Array } {
  if (body.byteLength < 256) return { codec: CODECS.plain, body };
  return { codec: CODECS.zstd, body: zstdCompressSync(body, OPTIONS) };
}

/** Compresses with a dictionary, at level 3: small batches come when there is time (docs/adr/0024-raw-events-in-segments.md). */
export function packWith(dictionary: Dictionary, body: Uint8Array): Buffer {
  const id = Buffer.alloc(ID_BYTES);
  id.writeUInt32LE(dictionary.id);
  const params = { [constants.ZSTD_c_compressionLevel]: 3 };
  const frame = zstdCompressSync(body, {
    params,
    dictionary: dictionary.body,
    pledgedSrcSize: body.byteLength,
    chunkSize: chunkSize(body.byteLength),
  });
  return Buffer.concat([id, frame]);
}

/** The number of the dictionary that a body needs, or null. */
export function dictionaryOf(codec: number, body: Buffer): number | null {
  return codec === CODECS.dictionary ? body.readUInt32LE(0) : null;
}

/** @param dictionaries by number; only bodies of the codec `dictionary` need one. */
export function unpack(
  codec: number,
  body: Uint8Array,
  dictionaries: ReadonlyMap<number, Uint8Array> = new Map(),
): Uint8Array {
  if (codec === CODECS.plain) return body;
  if (codec === CODECS.zstd) return zstdDecompressSync(body);
  if (codec !== CODECS.dictionary) throw new Error(`codec ${codec} is not known to this version`);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const id = bytes.readUInt32LE(0);
  const dictionary = dictionaries.get(id);
  if (!dictionary) throw new Error(`dictionary ${id} of the raw log is missing: the segment cannot be read`);
  return zstdDecompressSync(bytes.subarray(ID_BYTES), { dictionary });
}
