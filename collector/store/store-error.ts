/**
 * Something about the store that a person must mend. The message is one or two plain sentences that
 * name the place and the mend, and is shown as it stands: no stack trace, never a password.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** Text of anything that was thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error instanceof Error) return error.message;
  return String(error);
}

/** Code of a system error (`ENOSPC`) or an SQLSTATE (`42P01`); undefined when there is none. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whatever was thrown, as an Error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(reasonOf(error));
}
