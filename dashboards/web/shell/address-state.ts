import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/**
 * What a page shows, kept in its address so that it can be sent to somebody. A change replaces the entry of the
 * browser's history; with `push` it makes one, so that Back undoes it. Null or empty takes a parameter away.
 */
export function useAddressState(): readonly [
  URLSearchParams,
  (changes: Readonly<Record<string, string | null>>, options?: { readonly push?: boolean }) => void,
] {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (changes: Readonly<Record<string, string | null>>, { push = false } = {}) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: !push },
      ),
    [setSearch],
  );
  return [search, change];
}
