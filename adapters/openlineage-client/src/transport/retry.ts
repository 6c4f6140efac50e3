/** When and how often a request is sent again; the keys are those of the Python client's `retry`. */
export interface RetryPolicy {
  /** Retries after the first attempt. */
  readonly total: number;
  /** Seconds; the wait before retry n (from 0) is `backoff_factor · 2ⁿ`, less up to half by chance. */
  readonly backoff_factor: number;
  /** HTTP statuses that are worth another attempt. */
  readonly status_forcelist: readonly number[];
  /** Seconds; a longer wait is cut to this, also one that a `Retry-After` header asks for. */
  readonly retry_after_max: number;
}

/** The Python client's figures, and 429, which servers use under load. */
export const DEFAULT_RETRY: RetryPolicy = {
  total: 5,
  backoff_factor: 0.3,
  status_forcelist: [429, 500, 502, 503, 504],
  retry_after_max: 30,
};

/**
 * Milliseconds to wait before the next attempt.
 * @param retry number of retries made so far
 * @param retryAfterMs what the server asked for, if it did
 * @param random a number from 0 to 1; spreads clients that failed together
 */
export function retryDelayMs(
  policy: RetryPolicy,
  retry: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const wanted = retryAfterMs ?? policy.backoff_factor * 1000 * 2 ** retry * (1 - random / 2);
  return Math.min(wanted, policy.retry_after_max * 1000);
}

/** Milliseconds in a `Retry-After` header (RFC 9110: seconds or a date), undefined when there is no usable one. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const time = Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now.getTime());
}
