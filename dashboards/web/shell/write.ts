import { useMutation, useQueryClient } from '@tanstack/react-query';
import { send, type ReadError } from './read.ts';

/** What somebody does on a page: a path of the API and its body. */
export interface Command {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends a command; when it was taken, everything that the page shows is read again. */
export function useCommand<T>(onDone?: (answer: T) => void) {
  const queries = useQueryClient();
  return useMutation<T, ReadError | Error, Command>({
    mutationFn: ({ path, body }) => send<T>(path, body),
    onSuccess: async (answer) => {
      onDone?.(answer);
      await queries.invalidateQueries();
    },
  });
}
