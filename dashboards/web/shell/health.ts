import { useQueryClient, type Query } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { ReadError } from './read.ts';

interface Health {
  /** Why the last look gave no data; null when it did, or when the fault was in what was asked. */
  readonly error: Error | null;
  readonly answered: boolean;
}

const ASKING: Health = { error: null, answered: false };
const HEALTHY: Health = { error: null, answered: true };

/** How the server answers, as the last of all looks of this page tells. */
export function useHealth(): Health {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (listener) => cache.subscribe(listener),
    () => healthOf(cache.getAll()),
  );
}

function healthOf(queries: readonly Query[]): Health {
  const looks = queries
    .map(({ state }) => state)
    .filter(({ dataUpdatedAt, errorUpdatedAt }) => dataUpdatedAt > 0 || errorUpdatedAt > 0)
    .toSorted((a, b) => lookedAt(b) - lookedAt(a));
  const [last] = looks;
  if (!last) return ASKING;
  if (last.errorUpdatedAt <= last.dataUpdatedAt || !(last.error instanceof Error)) return HEALTHY;
  // A wrong address is no trouble of the server's.
  if (last.error instanceof ReadError && (last.error.status === 404 || last.error.status === 400))
    return HEALTHY;
  return remembered(last.error);
}

function lookedAt({ dataUpdatedAt, errorUpdatedAt }: Query['state']): number {
  return Math.max(dataUpdatedAt, errorUpdatedAt);
}

const byError = new WeakMap<Error, Health>();

/** The same object for the same error, as useSyncExternalStore wants it. */
function remembered(error: Error): Health {
  const known = byError.get(error) ?? { error, answered: false };
  byError.set(error, known);
  return known;
}
