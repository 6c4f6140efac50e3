import { slowDrift, type Drift } from '#detectors/slow-drift.ts';
import type { Calendar, Detection, DetectionPoint } from '#model/detection.ts';
import type { marksInForce } from '#model/mark.ts';

const DAY = 86_400_000;
/** After a notice the same drift is not told again for so many days. */
const QUIET_DAYS = 10;

export interface DriftQuestion {
  /** Of a daily series, oldest first, with the day that is judged. */
  readonly points: readonly DetectionPoint[];
  readonly stated: ReturnType<typeof marksInForce>;
  readonly calendar: Calendar;
  readonly label: string;
}

/**
 * A slow change of level as a notice, or null: none, or it was told within the last ten days. What was told is
 * computed again from the same points, so the answer depends on nothing else. What people marked as expected or
 * as an incident is left out, and so is all before a new normal.
 */
export function driftOf({ points, stated, calendar, label }: DriftQuestion): Detection | null {
  const target = points.at(-1);
  if (!target) return null;
  const normal = stated.findLast(({ kind }) => kind === 'new_normal')?.partition ?? '';
  const left = new Set(
    stated.filter(({ kind }) => kind === 'expected' || kind === 'incident').map(({ partition }) => partition),
  );
  const series = points.filter(({ partition }) => partition >= normal && !left.has(partition));
  const on = (last: Date): Drift | null => {
    const until = series.filter(({ at }) => at.getTime() <= last.getTime());
    return slowDrift(until, last, { calendar, noticed: null, label });
  };
  const drift = on(target.at);
  if (!drift) return null;
  for (let back = 1; back < QUIET_DAYS; back += 1)
    if (on(new Date(target.at.getTime() - back * DAY)) !== null) return null;
  return {
    detector: 'slow_drift',
    status: 'notice',
    value: target.value,
    expected: drift.before,
    low: drift.before / drift.limit,
    high: drift.before * drift.limit,
    z: null,
    threshold: drift.limit,
    ratio: drift.ratio,
    rules: [],
    holiday: null,
    hint: null,
    because: [],
    points: series.length,
    message: drift.message,
  };
}
