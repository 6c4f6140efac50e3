import { createElement, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import type { Loader } from './page-file.tsx';

/**
 * A part of a page in a file of its own, drawn as soon as that is there: a lazy component would show that one waits
 * for a third of a second, however quick the file comes.
 * @param waiting stands in its place until then, and takes its room
 */
export function partFile<P extends object>(
  load: Loader<P>,
  waiting: ReactNode,
): ComponentType<P> & { preload(): Promise<void> } {
  let there: ComponentType<P> | null = null;
  let asked: Promise<void> | null = null;
  const preload = (): Promise<void> => {
    asked ??= load().then(
      (file) => void (there = file.default),
      (error: unknown) => {
        asked = null; // the next time it is needed
        throw error;
      },
    );
    return asked;
  };
  const PartFile: ComponentType<P> = (props) => {
    const [state, setState] = useState<'waiting' | 'there' | 'failed'>(there === null ? 'waiting' : 'there');
    useEffect(() => {
      let isGone = false;
      const settle = (to: 'there' | 'failed') => (): void => {
        if (!isGone) setState(to);
      };
      if (there === null) preload().then(settle('there'), settle('failed'));
      return () => void (isGone = true);
    }, []);
    if (there !== null) return createElement<P>(there, props);
    return state === 'failed' ? (
      <p className="quiet" role="alert">
        This part of the page could not be fetched; load the page again.
      </p>
    ) : (
      waiting
    );
  };
  return Object.assign(PartFile, { preload });
}
