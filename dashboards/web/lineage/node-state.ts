import type { StateWord } from '../parts/states.ts';

const WORDS: Readonly<Record<string, StateWord>> = {
  held: { kind: 'held', word: 'Held' },
  incident: { kind: 'finding', word: 'Incident' },
  failed: { kind: 'failed', word: 'Run failed' },
  dropped: { kind: 'unknown', word: 'Dropped' },
  unwatched: { kind: 'unknown', word: 'Unwatched' },
  ok: { kind: 'fine', word: 'Fine' },
};

/** How a dataset stands, as search and lineage tell it; null: not looked at yet. */
export function datasetStatus(status: string | null): StateWord {
  return WORDS[status ?? ''] ?? { kind: 'unknown', word: 'Not known yet' };
}
