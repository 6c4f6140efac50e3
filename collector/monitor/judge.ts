import { detectSigma } from '#detectors/sigma.ts';
import type { Finding } from '#model/finding.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import { partitionTime } from '#model/partition.ts';
import { watchedMetrics } from './watched-metrics.ts';

/** The width that the product promises: deviation beyond 2σ of the rolling 30 partitions. */
export const SIGMA = 2;

/** Partitions of history that a verdict looks at, beside the partition itself. */
export const HISTORY = 30;

/**
 * Judges every watched metric of one partition against the partitions before it. Pure.
 * @param points oldest first, the partition to judge last.
 */
export function judgePartition(datasetId: string, points: readonly HistoryPoint[]): Finding[] {
  const candidate = points.at(-1);
  if (!candidate) return [];
  const past = points.slice(0, -1).filter((point) => point.excluded === null);
  return watchedMetrics(candidate.facts).flatMap(({ metric, valueOf, minimum, maximum }) => {
    const value = valueOf(candidate.facts);
    if (value === undefined) return [];
    const history = past.flatMap((point) => {
      const earlier = valueOf(point.facts);
      return earlier === undefined ? [] : [{ partition: point.partition, at: point.at, value: earlier }];
    });
    const verdict = detectSigma(
      history,
      { partition: candidate.partition, at: partitionTime(candidate.partition), value },
      {
        sigma: SIGMA,
        window: HISTORY,
        label: metric,
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      },
    );
    return [{ datasetId, partition: candidate.partition, metric, verdict }];
  });
}
