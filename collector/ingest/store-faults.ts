/** SQLSTATE of an error from pg, or null. */
function sqlState(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** Serialisation failure or deadlock: the same transaction may well succeed now. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

const OF_DATA = new Set(['21', '22', '23', '54']);

/**
 * Whether a failed batch is to be blamed on an event: bad values, violated constraints, a program limit
 * (index row too large), or our own code failing on it. Everything else (connection, disk, missing
 * table) is the store's trouble, and the sender must come again.
 */
export function isFaultOfData(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== null) return OF_DATA.has(state.slice(0, 2));
  return error instanceof TypeError || error instanceof RangeError;
}
