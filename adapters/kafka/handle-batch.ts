import type { EachBatchPayload } from 'kafkajs';
import type { Deliver } from '#model/event-stream.ts';
import { backoff, type Delay } from './delay.ts';
import { SettledPrefix } from './settled-prefix.ts';

/** What of kafkajs' payload is needed. */
export type BatchPayload = Pick<
  EachBatchPayload,
  'resolveOffset' | 'heartbeat' | 'commitOffsetsIfNecessary' | 'isRunning' | 'isStale'
> & {
  readonly batch: {
    readonly messages: readonly { readonly offset: string; readonly value: Uint8Array | null }[];
  };
};

export interface BatchServices {
  readonly deliver: Deliver;
  readonly delay: Delay;
  /** Fires when no more messages are to be taken. */
  readonly stopping: AbortSignal;
}

export type BatchEnd =
  | { readonly status: 'done' }
  /** Stopped before the end; the rest is fetched again by whoever reads the partition next. */
  | { readonly status: 'left' }
  | { readonly status: 'unavailable'; readonly reason: string };

/** Messages of one batch under way at a time: as many as ingest stores in one transaction. */
const WORKERS = 256;
const BEAT = 1000;
/** Beats that messages under way get to settle once the stream stops. */
const LAST_BEATS = 5;

/**
 * Delivers the messages of a batch side by side. Offsets are resolved only as far as every message before is
 * settled, and kafkajs commits nothing beyond. Rejects when a heartbeat or a commit says that the partition
 * may no longer be ours: messages still under way then move no offset, and the next reader gets them again.
 */
export async function handleBatch(payload: BatchPayload, services: BatchServices): Promise<BatchEnd> {
  const { messages } = payload.batch;
  const { stopping } = services;
  const left = new AbortController();
  const ending = AbortSignal.any([left.signal, stopping]);
  const prefix = new SettledPrefix(messages.length);
  let reason: string | null = null;
  let next = 0;
  const goesOn = (): boolean =>
    !ending.aborted && reason === null && payload.isRunning() && !payload.isStale();

  const deliver = async (index: number): Promise<void> => {
    const value = messages[index]?.value ?? null;
    for (let attempt = 0; goesOn(); attempt += 1) {
      const delivery = await services.deliver(value);
      if (delivery.status === 'unavailable') reason ??= delivery.reason;
      if (delivery.status === 'settled') {
        const moved = prefix.settle(index);
        const last = messages[prefix.length - 1];
        if (moved && last && !left.signal.aborted) payload.resolveOffset(last.offset);
        return;
      }
      if (goesOn()) await services.delay(backoff(attempt, 10, 500), ending);
    }
  };
  const work = async (): Promise<void> => {
    while (goesOn() && next < messages.length) await deliver(next++);
  };
  const working = Promise.all(Array.from({ length: Math.min(WORKERS, messages.length) }, work));
  const beating = beat(payload, services, left.signal);
  // The one that loses the race below has nobody left to tell.
  working.catch(() => {});
  beating.catch(() => {});
  try {
    await Promise.race([working, beating]);
  } finally {
    left.abort();
  }
  if (reason !== null) return { status: 'unavailable', reason };
  return { status: prefix.isComplete ? 'done' : 'left' };
}

/** Keeps the membership alive and commits from time to time; ends a while after the stream was told to stop. */
async function beat(
  payload: BatchPayload,
  { delay, stopping }: BatchServices,
  left: AbortSignal,
): Promise<void> {
  for (let remaining = LAST_BEATS; remaining > 0;) {
    await delay(BEAT, left);
    if (left.aborted) return;
    if (stopping.aborted) remaining -= 1;
    await payload.heartbeat();
    await payload.commitOffsetsIfNecessary();
  }
}
