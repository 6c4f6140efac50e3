import { compressors } from 'hyparquet-compressors';

/** Java's producers cut what they compress into blocks behind this header (snappy-java's stream, "xerial"). */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, version, lowest compatible version. */
const XERIAL_HEADER = 16;

/** Decompresses Snappy, bare (librdkafka, Go) or in Java's blocks. Throws RangeError beyond `limit` bytes. */
export function decompressSnappy(input: Buffer, limit: number): Buffer {
  if (!input.subarray(0, XERIAL.length).equals(XERIAL)) return decompressBlock(input, limit);
  const blocks: Buffer[] = [];
  let left = limit;
  for (let position = XERIAL_HEADER; position < input.length;) {
    const size = input.readUInt32BE(position);
    position += 4;
    if (position + size > input.length) throw new RangeError('a Snappy block is cut off');
    const block = decompressBlock(input.subarray(position, position + size), left);
    blocks.push(block);
    left -= block.length;
    position += size;
  }
  return Buffer.concat(blocks);
}

function decompressBlock(block: Buffer, limit: number): Buffer {
  const length = uncompressedLength(block);
  if (length > limit) throw new RangeError(`it decompresses to more than ${limit} bytes`);
  if (length === 0) return Buffer.alloc(0);
  const { SNAPPY } = compressors;
  if (!SNAPPY) throw new Error('hyparquet-compressors came without Snappy');
  const bytes = SNAPPY(block, length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A block begins with its length after decompression: seven bits a byte, the lowest first. */
function uncompressedLength(block: Buffer): number {
  let length = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = block.readUInt8(index);
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new RangeError('the length of a Snappy block is not readable');
}
