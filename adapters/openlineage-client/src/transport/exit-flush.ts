import { setTimeout as sleep } from 'node:timers/promises';

import type { Outbox } from './outbox.ts';
import type { Transport } from './transport.ts';

/** Transports that work in the background, and what they have not sent. */
const open = new Map<Transport, Outbox>();
const flushing = new Set<Transport>();

/**
 * From now on the process, when it has nothing else to do, first sends what the transport holds.
 * `process.exit` and signals leave no time for that; then a warning counts what is lost.
 */
export function flushAtExit(transport: Transport, outbox: Outbox): void {
  if (open.size === 0) {
    process.on('beforeExit', flushAll);
    process.on('exit', warnOfLosses);
  }
  open.set(transport, outbox);
}

/** The opposite: the transport is closed. */
export function forgetAtExit(transport: Transport): void {
  open.delete(transport);
  if (open.size > 0) return;
  process.off('beforeExit', flushAll);
  process.off('exit', warnOfLosses);
}

function flushAll(): void {
  for (const [transport, outbox] of open) {
    if (outbox.stats.pending > 0 && !flushing.has(transport)) void flushInTime(transport, outbox);
  }
}

async function flushInTime(transport: Transport, outbox: Outbox): Promise<void> {
  flushing.add(transport);
  const cancel = new AbortController();
  const late = sleep(outbox.exitTimeoutMs, undefined, { signal: cancel.signal }).catch(() => undefined);
  await Promise.race([transport.flush?.(), late]);
  cancel.abort();
  if (outbox.stats.pending > 0) await transport.close();
  flushing.delete(transport);
}

function warnOfLosses(): void {
  for (const { stats, logger } of open.values()) {
    if (stats.pending === 0) continue;
    const lost = stats.pending === 1 ? '1 event was lost' : `${stats.pending} events were lost`;
    logger.warn(`${lost}: the process ended before client.close() had done its work.`);
  }
}
