import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { decodeReferences, restore } from './segment-references.ts';

/**
 * How a body is stored. The number is in the row, so that old rows stay readable. `dictionary`: four bytes, the
 * number of a raw_dictionary (little-endian), then a zstd frame that was made with it. `references`: four bytes,
 * the length of the references (little-endian), one byte, the codec of what is left, the references
 * (segment-references.ts), and what is left.
 */
export const CODECS = { plain: 0, zstd: 1, dictionary: 2, references: 3 } as const;

/** Bytes of earlier events, which bytes like them are compressed by. */
export interface Dictionary {
  readonly id: number;
  readonly body: Uint8Array;
}

const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const ID_BYTES = 4;
const LENGTH_BYTES = 4;
const REFERENCES_HEADER = LENGTH_BYTES + 1;
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

/** A body of which pieces were left out, with the references that stand for them. */
export function withReferences(
  references: Uint8Array,
  left: { readonly codec: number; readonly body: Uint8Array },
): { readonly codec: number; readonly body: Uint8Array } {
  const body = Buffer.allocUnsafe(REFERENCES_HEADER + references.length + left.body.length);
  body.writeUInt32LE(references.length, 0);
  body.writeUInt8(left.codec, LENGTH_BYTES);
  body.set(references, REFERENCES_HEADER);
  body.set(left.body, REFERENCES_HEADER + references.length);
  return { codec: CODECS.references, body };
}

/** What a body needs beside itself. */
export interface Needs {
  readonly dictionary: number | null;
  readonly passages: readonly number[];
}

/** Throws a RangeError when it is damaged. */
export function needsOf(codec: number, body: Uint8Array): Needs {
  if (codec === CODECS.dictionary) return { dictionary: viewOf(body).readUInt32LE(0), passages: [] };
  if (codec !== CODECS.references) return { dictionary: null, passages: [] };
  const { references, left } = split(body);
  const { dictionary } = needsOf(left.codec, left.body);
  return { dictionary, passages: [...new Set(references.map(({ passage }) => passage))] };
}

const NOTHING: ReadonlyMap<number, Uint8Array> = new Map();

/**
 * @param dictionaries by number; only bodies of the codec `dictionary` need one.
 * @param passages by number; what `needsOf` told.
 */
export function unpack(
  codec: number,
  body: Uint8Array,
  dictionaries: ReadonlyMap<number, Uint8Array> = NOTHING,
  passages: ReadonlyMap<number, Uint8Array> = NOTHING,
): Uint8Array {
  if (codec === CODECS.plain) return body;
  if (codec === CODECS.zstd) return zstdDecompressSync(body);
  if (codec === CODECS.references) {
    const { references, left } = split(body);
    return restore(unpack(left.codec, left.body, dictionaries), references, passages);
  }
  if (codec !== CODECS.dictionary) throw new Error(`codec ${codec} is not known to this version`);
  const bytes = viewOf(body);
  const id = bytes.readUInt32LE(0);
  const dictionary = dictionaries.get(id);
  if (!dictionary) throw new Error(`dictionary ${id} of the raw log is missing: the segment cannot be read`);
  return zstdDecompressSync(bytes.subarray(ID_BYTES), { dictionary });
}

function split(body: Uint8Array): {
  readonly references: ReturnType<typeof decodeReferences>;
  readonly left: { readonly codec: number; readonly body: Uint8Array };
} {
  const bytes = viewOf(body);
  const end = REFERENCES_HEADER + bytes.readUInt32LE(0);
  return {
    references: decodeReferences(bytes.subarray(REFERENCES_HEADER, end)),
    left: { codec: bytes.readUInt8(LENGTH_BYTES), body: bytes.subarray(end) },
  };
}

function viewOf(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
