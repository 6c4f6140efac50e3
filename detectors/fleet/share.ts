import type { Tail } from './tail.ts';

/** A metric may fire this many times as often as its class before it is quietened. */
const TOLERATED_SHARE = 3;
/** Alarms that may be chance in any metric. */
const TOLERATED_ALARMS = 2;
const HIGHEST = 8;

/**
 * The threshold of a metric that fires more than three times as often as its class: raised so that, by the
 * class's own tail, it would fire three times as often; never beyond 8, and never lowered. What it said over
 * `days` days counts without alarms that a person called incidents.
 *
 * @param perMetricDay alarms of the class per metric and day.
 */
export function shareThreshold(
  threshold: number,
  { alarms, days, perMetricDay, tail }: { alarms: number; days: number; perMetricDay: number; tail: Tail },
): number {
  const tolerated = Math.max(TOLERATED_ALARMS, TOLERATED_SHARE * perMetricDay * days);
  if (!(alarms > tolerated)) return threshold;
  // A Pareto tail: r times fewer values lie beyond r^ξ times the threshold.
  return Math.max(threshold, Math.min(HIGHEST, threshold * (alarms / tolerated) ** tail.xi));
}
