import type { Cadence } from '#model/detection.ts';
import { cadenceOf } from '#model/partition.ts';

/**
 * Partitions of history that a verdict looks at, by how often they come: 42 days, or 28 days of hours and the
 * two hours before, whose verdicts count for the one after.
 */
const HISTORY: Readonly<Record<Cadence, number>> = { daily: 42, hourly: 28 * 24 + 2, other: 42 };

/** How many partitions before this one its verdicts depend on, and how many after it depend on this one. */
export function reachOf(partition: string): number {
  return HISTORY[cadenceOf(partition)];
}
