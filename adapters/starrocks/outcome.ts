import type { Outcome } from '#model/ports.ts';
import { PlaceFault } from './place.ts';
import { StarRocksError } from './session.ts';

/** Errors as outcomes: what the frontend refused is a failure, what it did not answer may be tried again. */
export async function outcomeOf<T>(doing: string, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PlaceFault) return { status: 'failure', reason: error.message };
    if (error instanceof StarRocksError)
      return {
        status: error.kind === 'refused' ? 'failure' : 'retryable',
        reason: `${doing}: ${error.message}`,
      };
    throw error;
  }
}
