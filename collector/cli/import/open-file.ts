import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { hash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { unzstd } from './unzstd.ts';

/** What one is told about reading: bytes of the file as it is on disk. */
export type OnRead = (bytes: number) => void;

export type Packing = 'none' | 'gzip' | 'zstd';

/** Bytes before a position by which a file is known again. */
const FINGERPRINT_BYTES = 4096;

/** Keeps the bytes just before a position. */
export class Tail {
  #bytes = Buffer.alloc(0);

  add(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#bytes, bytes.subarray(-FINGERPRINT_BYTES)]);
    this.#bytes = Buffer.from(all.subarray(-FINGERPRINT_BYTES));
  }

  /** SHA-256 in hexadecimal digits. */
  get fingerprint(): string {
    return hash('sha256', this.#bytes);
  }
}

/** By the first bytes, whatever the file is called. */
export function packingOf(head: Uint8Array): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  return 'none';
}

export function headOf(file: string): Buffer {
  const bytes = Buffer.alloc(4);
  const descriptor = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, 4, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** The bytes of a file, decompressed when they are compressed. */
export function decompressed(
  bytes: AsyncIterable<Buffer>,
  packing: Packing,
  onRead: OnRead,
): AsyncIterable<Buffer> {
  if (packing === 'none') return told(bytes, onRead);
  if (packing === 'zstd') return unzstd(told(bytes, onRead));
  // The reader of the result meets the error.
  return pipeline(told(bytes, onRead), createGunzip(), () => {});
}

async function* told(bytes: AsyncIterable<Buffer>, onRead: OnRead): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    onRead(chunk.length);
    yield chunk;
  }
}

/** The first bytes, and all of them. */
export async function peek(
  bytes: AsyncIterable<Buffer>,
): Promise<{ readonly head: Buffer; readonly all: AsyncIterable<Buffer> }> {
  const reader = bytes[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await reader.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, all: after(head, reader) };
}

export interface Opened {
  readonly chunks: AsyncIterable<Buffer>;
  readonly tail: Tail;
}

/**
 * A file's bytes from a position on; null when the bytes before it are not those that were read then: the file
 * was replaced, or cut.
 */
export async function openFrom(
  file: string,
  position: number,
  fingerprint: string | null,
  onRead: OnRead,
): Promise<Opened | null> {
  const packing = packingOf(headOf(file));
  if (packing !== 'none') return skipTo(file, packing, position, fingerprint, onRead);
  const tail = new Tail();
  if (position > 0) {
    const begin = Math.max(0, position - FINGERPRINT_BYTES);
    tail.add(bytesAt(file, begin, position - begin));
    if (tail.fingerprint !== fingerprint) return null;
    onRead(position);
  }
  return { chunks: decompressed(createReadStream(file, { start: position }), 'none', onRead), tail };
}

function bytesAt(file: string, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
  } finally {
    closeSync(descriptor);
  }
}

/** A compressed file has to be read from its beginning. */
async function skipTo(
  file: string,
  packing: Packing,
  position: number,
  fingerprint: string | null,
  onRead: OnRead,
): Promise<Opened | null> {
  const tail = new Tail();
  const reader = decompressed(createReadStream(file), packing, onRead)[Symbol.asyncIterator]();
  let left = position;
  let rest: Buffer = Buffer.alloc(0);
  while (left > 0) {
    const next = await reader.next();
    if (next.done) return null;
    const chunk = next.value;
    tail.add(chunk.subarray(0, left));
    rest = chunk.subarray(Math.min(left, chunk.length));
    left -= Math.min(left, chunk.length);
  }
  if (position > 0 && tail.fingerprint !== fingerprint) {
    await reader.return?.();
    return null;
  }
  return { chunks: after(rest, reader), tail };
}

async function* after(rest: Buffer, reader: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (rest.length > 0) yield rest;
  yield* { [Symbol.asyncIterator]: () => reader };
}

export interface FileFacts {
  readonly size: number;
  readonly isFolder: boolean;
}

/** Throws a CommandFailure when there is no such file. */
export function factsOf(path: string): FileFacts {
  try {
    const facts = statSync(path);
    return { size: facts.isDirectory() ? 0 : facts.size, isFolder: facts.isDirectory() };
  } catch (error) {
    throw new CommandFailure(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      EXIT.usage,
    );
  }
}
