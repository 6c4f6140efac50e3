import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from '../logger.ts';

/** What still holds events when the process wants to end. */
export interface Unsent {
  readonly pending: number;
  readonly logger: Logger;
  /** Milliseconds that the end of the process may wait for it. */
  readonly exitTimeoutMs: number;
  flush(): Promise<void>;
  close(): Promise<void>;
}

const open = new Set<Unsent>();
const flushing = new Set<Unsent>();

/**
 * From now on the process, when it has nothing else to do, first sends what this holds. `process.exit` and
 * signals leave no time for that; then a warning counts what is lost.
 */
export function flushAtExit(unsent: Unsent): void {
  if (open.size === 0) {
    process.on('beforeExit', flushAll);
    process.on('exit', warnOfLosses);
  }
  open.add(unsent);
}

/** The opposite: it holds nothing any longer. */
export function forgetAtExit(unsent: Unsent): void {
  open.delete(unsent);
  if (open.size > 0) return;
  process.off('beforeExit', flushAll);
  process.off('exit', warnOfLosses);
}

function flushAll(): void {
  for (const unsent of open) {
    if (unsent.pending > 0 && !flushing.has(unsent)) void flushInTime(unsent);
  }
}

async function flushInTime(unsent: Unsent): Promise<void> {
  flushing.add(unsent);
  const cancel = new AbortController();
  const late = sleep(unsent.exitTimeoutMs, undefined, { signal: cancel.signal }).catch(() => undefined);
  await Promise.race([unsent.flush(), late]);
  cancel.abort();
  if (unsent.pending > 0) await unsent.close();
  flushing.delete(unsent);
}

function warnOfLosses(): void {
  for (const { pending, logger } of open) {
    if (pending === 0) continue;
    const lost = pending === 1 ? '1 event was lost' : `${pending} events were lost`;
    logger.warn(`${lost}: the process ended before client.close() had done its work.`);
  }
}
