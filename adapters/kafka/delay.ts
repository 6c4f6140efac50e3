import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after so many milliseconds, at once when the signal fires. Never rejects. */
export type Delay = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const delay: Delay = async (milliseconds, signal) => {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    // Aborted, which is the other way to end.
  }
};

/** Pause before attempt n (from 0), in milliseconds: doubled each time, up to a limit. */
export function backoff(attempt: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** Math.min(attempt, 20));
}
