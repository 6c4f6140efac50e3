const FIRST_MS = 2000;
const MOST_MS = 15 * 60_000;

/**
 * When to try again after so many attempts: exponential with full jitter, so that those who failed together do
 * not come back together. A receiver that said when is asked not before.
 * @param random 0..1.
 */
export function nextAttempt(attempts: number, notBefore: Date | undefined, random: number, now: Date): Date {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 30));
  const wait = Math.max(FIRST_MS / 4, Math.round(ceiling * random));
  const from = notBefore !== undefined && notBefore > now ? notBefore : now;
  return new Date(from.getTime() + wait);
}
