import { parentPort } from 'node:worker_threads';
import { compressSegment } from './segment.ts';

/** Compresses what segment-packer.ts hands over: bytes in shared memory in, a frame of its own memory out. */
export interface SegmentTask {
  readonly shared: SharedArrayBuffer;
  readonly length: number;
}

/** The frame, or why there is none. */
export type SegmentAnswer = { readonly frame: Uint8Array<ArrayBuffer> } | { readonly fault: string };

parentPort?.on('message', ({ shared, length }: SegmentTask) => {
  try {
    // A copy, because what the compressor gives may lie in memory that cannot be handed over.
    const frame = new Uint8Array(compressSegment(new Uint8Array(shared, 0, length)));
    parentPort?.postMessage({ frame } satisfies SegmentAnswer, [frame.buffer]);
  } catch (error) {
    parentPort?.postMessage({ fault: String(error) } satisfies SegmentAnswer);
  }
});
