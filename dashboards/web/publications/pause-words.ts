import type { Pause } from '../../../collector/api/schema/breaker.ts';
import type { StateWord } from '../parts/states.ts';

const WORDS: Readonly<Record<Pause['state'], StateWord>> = {
  pausing: { kind: 'held', word: 'Being paused' },
  paused: { kind: 'held', word: 'Paused' },
  resuming: { kind: 'running', word: 'Being resumed' },
  released: { kind: 'fine', word: 'Runs again' },
  overridden: { kind: 'finding', word: 'Runs in spite of it' },
  foreign: { kind: 'unknown', word: 'Paused by somebody else' },
  ended: { kind: 'unknown', word: 'Ended' },
};

/** How a load that feeds a table stands. */
export function pauseState({ state }: Pick<Pause, 'state'>): StateWord {
  return WORDS[state];
}

/** It stands still because Assay says so, or is about to or to begin again. */
export function isOpenPause({ state }: Pick<Pause, 'state'>): boolean {
  return state === 'pausing' || state === 'paused' || state === 'resuming';
}
