import type { RunState } from './run-state.ts';

/**
 * The state of a run as it is shown: LOST when nothing has been heard of it for too long. It is worked out
 * when read, never stored: a late event takes it back.
 */
export type ShownState = RunState | 'LOST';

export interface LostPolicy {
  /** How many times the job's usual duration a run may be silent. */
  readonly factor: number;
  /** Seconds that every run may be silent. */
  readonly floorSeconds: number;
}

export const LOST_POLICY: LostPolicy = { factor: 3, floorSeconds: 6 * 3600 };

export interface OpenRun {
  readonly state: RunState;
  readonly lastEventAt: Date;
  /** A stream or a service: it may be silent for ever. */
  readonly unending: boolean;
}

/**
 * LOST: begun, not ended, and no event for longer than max(factor × usual duration, floor).
 * @param usualSeconds median duration of the job's last completed runs; null when there is none.
 */
export function shownState(
  { state, lastEventAt, unending }: OpenRun,
  usualSeconds: number | null,
  now: Date,
  policy: LostPolicy = LOST_POLICY,
): ShownState {
  if (unending || (state !== 'STARTED' && state !== 'RUNNING')) return state;
  const silentSeconds = (now.getTime() - lastEventAt.getTime()) / 1000;
  return silentSeconds > Math.max(policy.factor * (usualSeconds ?? 0), policy.floorSeconds) ? 'LOST' : state;
}
