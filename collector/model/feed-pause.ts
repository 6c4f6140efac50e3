import type { Breach, Feed } from './feed.ts';

/**
 * `pausing`, `resuming`: the statement may have been sent, and its effect was not seen. `paused`: seen. `released`:
 * runs again, or never stood still. `overridden`: somebody let it run though the breach stands. `foreign`: somebody
 * else paused it, so it is theirs to resume. `ended`: it was stopped or cancelled, or is gone.
 */
export const PAUSE_STATES = [
  'pausing',
  'paused',
  'resuming',
  'released',
  'overridden',
  'foreign',
  'ended',
] as const;
export type PauseState = (typeof PAUSE_STATES)[number];

/** What the ledger knows of the last pause of a feed. */
export interface FeedPause {
  readonly state: PauseState;
  readonly breaches: readonly Breach[];
  /** The answer to a RESUME was lost: it may still be on its way. */
  readonly doubtful: boolean;
}

/** What is to be done with one feed: at most one statement, after what is to be written down before it. */
export type FeedStep =
  | { readonly type: 'none' }
  /** A new line of the ledger; with `send` the statement follows. */
  | { readonly type: 'open'; readonly state: PauseState; readonly send: 'paused' | 'running' | null }
  /** The last line goes on. */
  | { readonly type: 'move'; readonly state: PauseState; readonly send: 'paused' | 'running' | null }
  /** Breaches were added to what paused it. */
  | { readonly type: 'note' };

const OPEN: readonly PauseState[] = ['pausing', 'paused', 'resuming'];

/** Whether a line is still about something. */
export function isOpenPause({ state }: Pick<FeedPause, 'state'>): boolean {
  return OPEN.includes(state);
}

/**
 * The next step for a feed as it stands. Pure, and safe to ask again at any time: a feed is paused while something is
 * broken and resumed after, unless it is somebody else's to decide. What somebody else paused is never resumed;
 * what somebody lets run again is not paused for the same breach once more.
 */
export function feedStep(feed: Feed, last: FeedPause | null, breaches: readonly Breach[]): FeedStep {
  const open = last !== null && isOpenPause(last) ? last.state : null;
  if (feed.state === 'ended') return open === null ? NONE : { type: 'move', state: 'ended', send: null };
  if (feed.state === 'paused' && feed.pausedBy === 'other') return foreignStep(last, open, breaches);
  return breaches.length > 0 ? brokenStep(feed, last, open, breaches) : soundStep(feed, last, open);
}

const NONE: FeedStep = { type: 'none' };

function foreignStep(last: FeedPause | null, open: PauseState | null, breaches: readonly Breach[]): FeedStep {
  if (open !== null) return { type: 'move', state: 'foreign', send: null };
  if (breaches.length === 0 || (last?.state === 'foreign' && isCovered(breaches, last))) return NONE;
  return { type: 'open', state: 'foreign', send: null };
}

function brokenStep(
  { state }: Feed,
  last: FeedPause | null,
  open: PauseState | null,
  breaches: readonly Breach[],
): FeedStep {
  if (state === 'paused') {
    // A PAUSE of ours that was long on its way, or a RESUME that did not arrive before it broke again.
    if (open === null) return { type: 'open', state: 'paused', send: null };
    if (open !== 'paused') return { type: 'move', state: 'paused', send: null };
    return last !== null && !isCovered(breaches, last) ? { type: 'note' } : NONE;
  }
  switch (open) {
    case 'pausing':
      return { type: 'move', state: 'pausing', send: 'paused' };
    case 'paused':
      // Our own RESUME may have come late; else somebody knows better, of what was broken then.
      if (last?.doubtful === true) return { type: 'move', state: 'pausing', send: 'paused' };
      return last !== null && isCovered(breaches, last)
        ? { type: 'move', state: 'overridden', send: null }
        : { type: 'move', state: 'released', send: null };
    case 'resuming':
      return { type: 'move', state: 'released', send: null };
    default:
      return last?.state === 'overridden' && isCovered(breaches, last)
        ? NONE
        : { type: 'open', state: 'pausing', send: 'paused' };
  }
}

function soundStep({ state }: Feed, last: FeedPause | null, open: PauseState | null): FeedStep {
  if (state === 'running') return open === null ? NONE : { type: 'move', state: 'released', send: null };
  if (open !== null) return { type: 'move', state: 'resuming', send: 'running' };
  // Without a line somebody uses our account by hand; with one a PAUSE of ours came late.
  return last === null ? NONE : { type: 'open', state: 'resuming', send: 'running' };
}

function isCovered(breaches: readonly Breach[], { breaches: known }: FeedPause): boolean {
  const ids = new Set(known.map(({ id }) => id));
  return breaches.every(({ id }) => ids.has(id));
}
