import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { StatisticsBytesError } from '#model/statistics/bytes.ts';
import { packSketches, unpackSketches, type Sketches } from '#model/statistics/packed-sketches.ts';

/** Sketches of a table of some ten thousand columns; a frame that holds more is not ours. */
const LARGEST = 64 * 1024 * 1024;
/** With a checksum: damage must not pass for other numbers. */
const OPTIONS = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

/** Packed sketches in a Zstandard frame, which takes a third to a half off them; null of none. */
export function compressSketches(sketches: Sketches): Uint8Array | null {
  return sketches.size === 0 ? null : zstdCompressSync(packSketches(sketches), OPTIONS);
}

/** Reads what `compressSketches` wrote. Throws StatisticsBytesError. */
export function decompressSketches(frame: Uint8Array | null): Sketches {
  if (frame === null) return new Map();
  let packed: Uint8Array;
  try {
    packed = zstdDecompressSync(frame, { maxOutputLength: LARGEST });
  } catch {
    throw new StatisticsBytesError('its sketches are no whole Zstandard frame of ours', 0);
  }
  return unpackSketches(packed);
}
