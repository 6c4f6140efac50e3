import { useMutation, useQueryClient } from '@tanstack/react-query';
import { usePerson, type Person } from './person.ts';
import { send, type ReadError } from './read.ts';

/** What somebody does on a page: a path of the API and its body. */
export interface Command {
  readonly path: string;
  /** A text is sent as it is; who acts then stands in the path. */
  readonly body: Readonly<Record<string, unknown>> | string;
  /** The member of the body that says who acts; a key, where there is one, says it itself. */
  readonly by?: 'author' | 'requestedBy' | 'approvedBy' | 'by' | 'pushedBy';
}

/** Sends a command; when it was taken, everything that the page shows is read again. */
export function useCommand<T>(onDone?: (answer: T) => void) {
  const queries = useQueryClient();
  const person = usePerson();
  return useMutation<T, ReadError | Error, Command>({
    mutationFn: ({ path, body, by = 'author' }) =>
      send<T>(path, typeof body === 'string' ? body : { ...body, ...named(person, by) }),
    onSuccess: async (answer) => {
      onDone?.(answer);
      await queries.invalidateQueries();
    },
  });
}

function named({ name, isKnownByKey }: Person, by: string): Readonly<Record<string, string>> {
  return isKnownByKey || name === null ? {} : { [by]: name };
}
