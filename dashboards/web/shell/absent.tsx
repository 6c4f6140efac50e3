import { Link } from 'wouter';
import { ReadError } from './read.ts';

interface Looked {
  readonly data: unknown;
  readonly error: Error | null;
}

/** Whether what a page is about is not there, rather than the server in trouble. */
export function isAbsent({ data, error }: Looked): boolean {
  return data === undefined && error instanceof ReadError && error.isAbsent;
}

/** What a page says whose subject is not there. */
export function Absent({ query: { error } }: { readonly query: Looked }) {
  return (
    <p role="alert">
      {error?.message} It may belong to another server; <Link href="/search">search for it</Link>, or begin
      with <Link href="/">what is wrong now</Link>.
    </p>
  );
}
