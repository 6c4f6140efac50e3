import { parentPort } from 'node:worker_threads';
import type { Dictionary } from './codec.ts';
import { compressLiteral } from './segment.ts';

/** Compresses what segment-packer.ts hands over: bytes in shared memory in, a frame of its own memory out. */
export interface SegmentTask {
  readonly shared: SharedArrayBuffer;
  readonly length: number;
  /** By the dictionary that was told last. */
  readonly few: boolean;
}

/** A task, or what tasks from now on may use. */
export type ToSegmentThread = SegmentTask | { readonly dictionary: Dictionary };

/** What became of the bytes, or why nothing did. */
export type SegmentAnswer =
  | { readonly codec: number; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly fault: string };

let dictionary: Dictionary | null = null;

parentPort?.on('message', (message: ToSegmentThread) => {
  if ('dictionary' in message) {
    dictionary = message.dictionary;
    return;
  }
  const bytes = new Uint8Array(message.shared, 0, message.length);
  try {
    if (message.few && dictionary === null) throw new Error('no dictionary was told');
    const packed = compressLiteral(bytes, message.few ? dictionary : null);
    // A copy, because what the compressor gives may lie in memory that cannot be handed over.
    const body = new Uint8Array(packed.body);
    parentPort?.postMessage({ codec: packed.codec, body } satisfies SegmentAnswer, [body.buffer]);
  } catch (error) {
    parentPort?.postMessage({ fault: String(error) } satisfies SegmentAnswer);
  }
});
