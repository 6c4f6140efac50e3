import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Problem } from '#collector/problems.ts';

/** More in a row is no client's doing. */
const MOST_ENCODINGS = 3;
/** How many times its compressed size a body may become, once it is larger than `RATIO_FROM`: events shrink to a tenth, the blanks of a bomb to a thousandth. */
const MOST_RATIO = 200;
const RATIO_FROM = 1024 * 1024;
/** Compressed bytes up to which this thread decompresses: measured faster than the thread pool for events of usual size. */
const ORDINARY_BYTES = 256 * 1024;

interface Inflated {
  readonly buffer: Buffer;
  /** Its `bytesWritten` is what it has consumed. */
  readonly engine: { readonly bytesWritten: number };
}
interface Options {
  readonly maxOutputLength: number;
  readonly info: true;
  readonly chunkSize?: number;
  readonly params?: Readonly<Record<number, number>>;
}
type Inflate = (bytes: Buffer, options: Options) => unknown;

/** The same decompression on this thread and on the pool's. Each stops as soon as there is more than `maxOutputLength`. */
interface Decoder {
  readonly here: Inflate;
  readonly elsewhere: (bytes: Buffer, options: Options) => Promise<unknown>;
  /** Zstandard reads one frame at a time, and a body may have several (RFC 8878, section 3.1). */
  readonly frames?: true;
  readonly params?: Readonly<Record<number, number>>;
}

const gzip: Decoder = { here: zlib.gunzipSync, elsewhere: promisify(zlib.gunzip) };
const zlibDeflate: Decoder = { here: zlib.inflateSync, elsewhere: promisify(zlib.inflate) };
const rawDeflate: Decoder = { here: zlib.inflateRawSync, elsewhere: promisify(zlib.inflateRaw) };
const zstd: Decoder = {
  here: zlib.zstdDecompressSync,
  elsewhere: promisify(zlib.zstdDecompress),
  frames: true,
  // A frame names the memory that it wants: at most 32 MB.
  params: { [zlib.constants.ZSTD_d_windowLogMax]: 25 },
};

const DECODERS: ReadonlyMap<string, (bytes: Buffer) => Decoder> = new Map<string, (bytes: Buffer) => Decoder>(
  [
    ['gzip', () => gzip],
    ['x-gzip', () => gzip],
    // RFC 9110 means zlib's form, and some clients send the bare one.
    ['deflate', (bytes) => (hasZlibHeader(bytes) ? zlibDeflate : rawDeflate)],
    ['zstd', () => zstd],
  ],
);

/**
 * Undoes what a Content-Encoding header names, the last one first.
 * @param limit largest result, in bytes.
 * Throws unsupported_encoding, body_too_large, broken_encoding.
 */
export async function decodeBody(body: Buffer, header: string, limit: number): Promise<Buffer> {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const strange = names.find((name) => !DECODERS.has(name));
  if (strange !== undefined || names.length > MOST_ENCODINGS) {
    throw new Problem(
      'unsupported_encoding',
      `Content-Encoding "${header.slice(0, 100)}" is not understood; send gzip, deflate, zstd or none, at most ${MOST_ENCODINGS} in a row.`,
    );
  }
  if (body.length === 0) return body;
  const most = Math.min(limit, Math.max(RATIO_FROM, body.length * MOST_RATIO));
  let bytes = body;
  for (const name of names.toReversed()) bytes = await decode(bytes, name, most, limit);
  return bytes;
}

async function decode(bytes: Buffer, name: string, most: number, limit: number): Promise<Buffer> {
  const decoder = DECODERS.get(name)?.(bytes) as Decoder;
  const parts: Buffer[] = [];
  let length = 0;
  let rest = bytes;
  try {
    for (;;) {
      const { buffer, engine } = await inflate(decoder, rest, most - length);
      parts.push(buffer);
      length += buffer.length;
      rest = rest.subarray(engine.bytesWritten);
      if (rest.length === 0 || engine.bytesWritten === 0 || !decoder.frames) break;
    }
  } catch (error) {
    throw refusal(error, name, most, limit);
  }
  if (rest.length > 0) throw broken(name, 'something follows the end of it');
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length);
}

async function inflate({ here, elsewhere, params }: Decoder, bytes: Buffer, most: number): Promise<Inflated> {
  const options: Options = {
    // Zero would be no limit.
    maxOutputLength: Math.max(1, most),
    info: true,
    chunkSize: 32 * 1024,
    ...(params && { params }),
  };
  const small = bytes.length <= ORDINARY_BYTES;
  return (small ? here(bytes, options) : await oneByOne(() => elsewhere(bytes, options))) as Inflated;
}

let last: Promise<unknown> = Promise.resolve();

/** Large bodies are decompressed one after another: side by side, their results would fill the memory. */
function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work);
  last = mine.catch(() => undefined);
  return mine;
}

function hasZlibHeader(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

function refusal(error: unknown, name: string, most: number, limit: number): Problem {
  if (!(error instanceof Error)) return broken(name, String(error));
  if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
    return new Problem(
      'body_too_large',
      most < limit
        ? `The body grows to more than ${MOST_RATIO} times its size when it is decompressed, which events do not; send it less compressed.`
        : `The body is larger than ${limit} bytes once decompressed; raise ingest.body_megabytes in assay.yaml or send less.`,
    );
  }
  return broken(name, error.message);
}

function broken(name: string, reason: string): Problem {
  return new Problem(
    'broken_encoding',
    `Content-Encoding says ${name}, but the body is not that: ${reason}.`,
  );
}
