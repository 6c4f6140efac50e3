import { createElement, lazy, type ComponentType } from 'react';

/** Fetches the file of a page. */
export type Loader<P> = () => Promise<{ readonly default: ComponentType<P> }>;

/** One for each page: fetches its file. */
const loaders: (() => Promise<unknown>)[] = [];

/**
 * A page in a file of its own. Once its file is there it is drawn at once: a lazy component would first show
 * that one waits, and React keeps that for a third of a second.
 */
export function pageFile<P extends object>(load: Loader<P>): ComponentType<P> & { preload(): Promise<void> } {
  let there: ComponentType<P> | null = null;
  const fetched: Loader<P> = async () => {
    const file = await load();
    there = file.default;
    return file;
  };
  const Waiting = lazy(fetched);
  const PageFile: ComponentType<P> = (props) =>
    createElement<P>(there ?? (Waiting as ComponentType<P>), props);
  const preload = async (): Promise<void> => void (await fetched());
  loaders.push(preload);
  return Object.assign(PageFile, { preload });
}

/** Milliseconds after the first page is drawn until the files of the others are fetched. */
const LATER = 2_000;

/** Fetches all page files while nothing else is to be done; what fails is fetched when its page is opened. */
export function fetchAllPages(): void {
  const begin = async (): Promise<void> => {
    for (const load of loaders) await load().catch(() => undefined);
  };
  setTimeout(() => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => void begin(), { timeout: 5000 });
    else void begin();
  }, LATER);
}
