import { mergeStatistics, type PartitionStatistics } from './partition-statistics.ts';

/** A partition with the day or time that it is about. */
export interface DatedStatistics {
  readonly partition: string;
  readonly at: Date | null;
  readonly statistics: PartitionStatistics;
}

/** Several partitions together. */
export interface RolledUp {
  /** `2026-01`; null for the whole window and for partitions that are about no time. */
  readonly month: string | null;
  /** Times of the first and of the last partition in it. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly statistics: PartitionStatistics;
}

/** All partitions as one. */
export function rollUpWindow(partitions: readonly DatedStatistics[]): RolledUp {
  return together(null, partitions);
}

/** One roll-up for each month (UTC), oldest first; partitions without a time come last, together. */
export function rollUpMonths(partitions: readonly DatedStatistics[]): RolledUp[] {
  const months = Map.groupBy(partitions, ({ at }) => at?.toISOString().slice(0, -17) ?? null);
  return [...months]
    .sort(([a], [b]) => (a === b ? 0 : b === null || (a !== null && a < b) ? -1 : 1))
    .map(([month, inside]) => together(month, inside));
}

function together(month: string | null, partitions: readonly DatedStatistics[]): RolledUp {
  const times = partitions.flatMap(({ at }) => (at === null ? [] : [at.getTime()])).sort((a, b) => a - b);
  const [first = null, last = null] = [times[0], times.at(-1)];
  return {
    month,
    from: first === null ? null : new Date(first),
    to: last === null ? null : new Date(last),
    statistics: mergeStatistics(partitions.map(({ statistics }) => statistics)),
  };
}
