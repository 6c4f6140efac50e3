import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeState, encodeState } from './watch-state.ts';
import type { WatchStore } from './watch.ts';

/** Keeps states as files of a folder, each replaced as a whole. */
export function fileStore(folder: string): WatchStore {
  const path = (source: string): string => join(folder, `${source.replaceAll(/[^\w.-]+/g, '_')}.json`);
  return {
    async take(source) {
      let text: string;
      try {
        text = await readFile(path(source), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
      const state = decodeState(text);
      if (state === null)
        throw new Error(`${path(source)} is no state of the watcher; move it away to begin anew.`);
      return state;
    },
    async save(source, state) {
      await mkdir(folder, { recursive: true });
      const draft = `${path(source)}.new`;
      await writeFile(draft, encodeState(state));
      await rename(draft, path(source));
    },
  };
}
