/** Grows as blocks are decompressed; a match may reach back into what earlier blocks gave. */
interface Output {
  bytes: Buffer;
  length: number;
  readonly limit: number;
}

const MAGIC = 0x184d2204;
const SKIPPABLE = 0x184d2a50;
const UNCOMPRESSED = 0x80000000;
const MIN_MATCH = 4;

/**
 * Decompresses LZ4 frames (LZ4 Frame Format 1.6.x, blocks independent or linked). Checksums are not compared:
 * Kafka's brokers check each batch when they take it. Throws RangeError on broken input or beyond `limit` bytes.
 */
export function decompressLz4Frames(input: Buffer, limit: number): Buffer {
  const output: Output = {
    bytes: Buffer.allocUnsafe(Math.min(limit, input.length * 4 + 1024)),
    length: 0,
    limit,
  };
  let position = 0;
  while (position < input.length) {
    const magic = input.readUInt32LE(position);
    position += 4;
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) position += 4 + input.readUInt32LE(position);
    else if (magic === MAGIC) position = frame(input, position, output);
    else throw new RangeError('no LZ4 frame begins where one should');
  }
  return output.bytes.subarray(0, output.length);
}

/** Reads a frame behind its magic number; gives the position behind the frame. */
function frame(input: Buffer, start: number, output: Output): number {
  const flags = input.readUInt8(start);
  if (flags >> 6 !== 1) throw new RangeError(`LZ4 frames of version ${flags >> 6} are not known`);
  const hasBlockChecksum = (flags & 0x10) !== 0;
  const hasContentSize = (flags & 0x08) !== 0;
  const hasContentChecksum = (flags & 0x04) !== 0;
  if ((flags & 0x01) !== 0) throw new RangeError('LZ4 frames with a dictionary are not supported');
  // Flags, block size, content size, header checksum.
  let position = start + 2 + (hasContentSize ? 8 : 0) + 1;
  for (;;) {
    const word = input.readUInt32LE(position);
    position += 4;
    if (word === 0) return position + (hasContentChecksum ? 4 : 0);
    const size = word & ~UNCOMPRESSED;
    if (position + size > input.length) throw new RangeError('an LZ4 block is cut off');
    const block = input.subarray(position, position + size);
    if ((word & UNCOMPRESSED) !== 0) literals(block, 0, size, output);
    else decompressBlock(block, output);
    position += size + (hasBlockChecksum ? 4 : 0);
  }
}

/** One block (LZ4 Block Format): sequences of literals and a match, the last one without a match. */
function decompressBlock(block: Buffer, output: Output): void {
  let position = 0;
  const length = (base: number): number => {
    let total = base;
    if (base !== 15) return total;
    for (;;) {
      const byte = block.readUInt8(position++);
      total += byte;
      if (byte !== 255) return total;
    }
  };
  while (position < block.length) {
    const token = block.readUInt8(position++);
    const count = length(token >> 4);
    if (position + count > block.length) throw new RangeError('the literals of an LZ4 block are cut off');
    literals(block, position, position + count, output);
    position += count;
    if (position >= block.length) return;
    const distance = block.readUInt16LE(position);
    position += 2;
    match(distance, length(token & 0x0f) + MIN_MATCH, output);
  }
}

function literals(from: Buffer, start: number, end: number, output: Output): void {
  reserve(output, end - start);
  from.copy(output.bytes, output.length, start, end);
  output.length += end - start;
}

function match(distance: number, count: number, output: Output): void {
  if (distance === 0 || distance > output.length)
    throw new RangeError('a match of an LZ4 block points nowhere');
  reserve(output, count);
  const { bytes } = output;
  let from = output.length - distance;
  const end = output.length + count;
  if (distance >= count) {
    bytes.copyWithin(output.length, from, from + count);
  } else {
    // It overlaps itself: a repetition, which must be copied forwards byte by byte.
    for (let to = output.length; to < end; to += 1) bytes[to] = bytes[from++] as number;
  }
  output.length = end;
}

function reserve(output: Output, more: number): void {
  const needed = output.length + more;
  if (needed > output.limit) throw new RangeError(`it decompresses to more than ${output.limit} bytes`);
  if (needed <= output.bytes.length) return;
  const grown = Buffer.allocUnsafe(Math.min(output.limit, Math.max(needed, output.bytes.length * 2)));
  output.bytes.copy(grown, 0, 0, output.length);
  output.bytes = grown;
}
