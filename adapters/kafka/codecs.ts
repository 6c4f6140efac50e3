import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { decompressLz4Frames } from './lz4.ts';
import { decompressSnappy } from './snappy.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** Most bytes that one compressed batch may become. Producers keep batches near one megabyte. */
const LIMIT = 128 * 1024 * 1024;

const options = { maxOutputLength: LIMIT };
const gunzipAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);
const unzstdAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(zstdDecompress);

/** How a batch becomes readable, by its compression. */
const DECOMPRESS = [
  [CompressionTypes.GZIP, (bytes: Buffer) => gunzipAsync(bytes, options)],
  [CompressionTypes.Snappy, async (bytes: Buffer) => decompressSnappy(bytes, LIMIT)],
  [CompressionTypes.LZ4, async (bytes: Buffer) => decompressLz4Frames(bytes, LIMIT)],
  [CompressionTypes.ZSTD, (bytes: Buffer) => unzstdAsync(bytes, options)],
] as const;

/**
 * Teaches kafkajs every compression that Kafka has, for reading: it comes with gzip alone, and without a limit.
 * A batch that cannot be decompressed fails the fetch, which is told and tried again: a broker refuses such
 * batches when they are produced.
 */
export function registerCodecs(): void {
  for (const [type, decompress] of DECOMPRESS) {
    const codec = {
      decompress: async (bytes: Buffer): Promise<Buffer> => {
        try {
          return await decompress(bytes);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          throw new Error(`A compressed batch of Kafka cannot be read: ${why}.`, { cause: error });
        }
      },
      compress: async (): Promise<never> => {
        throw new Error('Assay reads from Kafka and compresses nothing for it.');
      },
    };
    CompressionCodecs[type] = () => codec;
  }
}
