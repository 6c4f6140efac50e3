import { useEffect, type ReactNode } from 'react';
import { Trouble } from '../parts/trouble.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { clockTime } from '../parts/words.ts';
import { Absent } from './absent.tsx';
import { ReadError } from './read.ts';
import { Shortcuts } from './shortcuts.tsx';

interface PageProps {
  /** Of the tab. */
  readonly title: string;
  /** The subject of the page's question, in its one h1. */
  readonly heading: ReactNode;
  /** A line below the heading. */
  readonly about?: ReactNode;
  readonly children: ReactNode;
  /** Milliseconds: when what is shown was read; 0 when nothing was yet. */
  readonly readAt?: number;
}

/** What every page has: its heading, the keys, and when it was read. */
export function Page({ title, heading, about, children, readAt = 0 }: PageProps) {
  useEffect(() => {
    document.title = title.endsWith('Assay') ? title : `${title} · Assay`;
  }, [title]);
  return (
    <main className="page" id="main">
      <div className="summary">
        <h1>{heading}</h1>
        {about === undefined ? null : <div className="about">{about}</div>}
      </div>
      {children}
      <footer className="page-foot">
        <Shortcuts />
        {readAt > 0 ? (
          <span className="figures">Read at {clockTime(readAt)}; what changes is shown by itself.</span>
        ) : null}
      </footer>
    </main>
  );
}

interface AnswerProps<T> {
  readonly query: {
    readonly data: T | undefined;
    readonly error: Error | null;
    readonly dataUpdatedAt: number;
  };
  /** Lines of the placeholder while the first answer is awaited. */
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}

/**
 * What was read, or why it was not: waiting takes the room that the answer will take, and an answer that was
 * read before stays while the server is in trouble.
 */
export function Answer<T>({ query, rows = 6, children }: AnswerProps<T>) {
  const { data, error, dataUpdatedAt } = query;
  if (data === undefined && error instanceof ReadError && error.status === 404)
    return <Absent query={query} />;
  return (
    <>
      {error ? <Trouble error={error} shownSince={data === undefined ? null : dataUpdatedAt} /> : null}
      {data === undefined ? null : children(data)}
      {data === undefined && !error ? (
        <div className="block">
          <Skeleton rows={rows} />
        </div>
      ) : null}
    </>
  );
}
