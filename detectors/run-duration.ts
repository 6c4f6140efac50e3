import type { Detection } from '#model/detection.ts';

import { durationText } from './duration-text.ts';
import { plainDetection } from './plain-detection.ts';
import { TAIL_POINTS, TAIL_THRESHOLD, tailDistance, usualTail } from './usual-tail.ts';

/** One run of a job, as far as its duration goes. */
export interface TimedRun {
  readonly startedAt: Date;
  /** null: it still runs, as far as is known. */
  readonly endedAt: Date | null;
  /** Only runs that completed say what is usual: a failed one may have ended early or hung. */
  readonly completed: boolean;
}

export interface RunDurationOptions {
  /** How the job is called in the message. */
  readonly label: string;
  readonly threshold?: number;
  /** A run is never too long before it takes this many seconds more than usual; 60 by default. */
  readonly leastExcess?: number;
}

/** From this part of the way to too long on it is worth a notice. */
const NOTICE_SHARE = 0.75;

/**
 * Did a run take, or does it already take, far longer than the past runs of the same job? Only upwards: a
 * quick run shows in its rows if anything is wrong with it. A run that is still open is judged by the time
 * that has passed at `now`, so it can be told while it hangs; it is never too short.
 * @param history earlier runs of the job, oldest first; the last 30 completed ones count
 */
export function runDuration(
  history: readonly TimedRun[],
  run: TimedRun,
  now: Date,
  { label, threshold = TAIL_THRESHOLD, leastExcess = 60 }: RunDurationOptions,
): Detection {
  const past = history.flatMap((other) => {
    const seconds = secondsOf(other, null);
    return other.completed && seconds !== null && seconds > 0 ? [seconds] : [];
  });
  const open = run.endedAt === null;
  const value = secondsOf(run, now);
  const tail = usualTail(past, { threshold, leastExcess });
  const common = { detector: 'run_duration', value, threshold, points: Math.min(past.length, 30) };
  if (value === null) {
    const message = `${label} has no time that can be judged: its end lies before its start`;
    return plainDetection({ ...common, status: 'no_data', message });
  }
  const told = open
    ? `${label} is still running after ${durationText(value)}`
    : `${label} took ${durationText(value)}`;
  if (tail === null) {
    const known = `only ${past.length} earlier run${past.length === 1 ? '' : 's'} can be compared, at least ${TAIL_POINTS} are needed`;
    return plainDetection({ ...common, status: 'learning', message: `${told}, not judged: ${known}` });
  }
  const z = tailDistance(tail, value);
  const late = value > tail.high;
  const ratio = value / tail.centre;
  const usual = `usually ${durationText(tail.centre)}, at most ${durationText(tail.high)} expected from ${tail.count} runs`;
  return plainDetection({
    ...common,
    status: late
      ? 'anomalous'
      : value > tail.centre + NOTICE_SHARE * (tail.high - tail.centre)
        ? 'notice'
        : 'normal',
    expected: tail.centre,
    low: 0,
    high: tail.high,
    z: Number.isFinite(z) ? z : null,
    ratio,
    message: late ? `${told}, ${ratio.toFixed(1)} times the usual: ${usual}` : `${told}: ${usual}`,
  });
}

function secondsOf({ startedAt, endedAt }: TimedRun, now: Date | null): number | null {
  const end = endedAt ?? now;
  if (end === null) return null;
  const seconds = (end.getTime() - startedAt.getTime()) / 1000;
  return seconds >= 0 ? seconds : null;
}
