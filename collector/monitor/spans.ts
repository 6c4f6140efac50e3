import { partitionTime, seriesPattern } from '#model/partition.ts';
import type { DuePartition } from '#store/due.ts';
import { reachOf } from './reach.ts';

/** Partitions of one series that are read together: those from `from` to `to`, and `reach` before them. */
export interface Span {
  readonly datasetId: string;
  /** LIKE pattern of the keys of the series: other values than the time are the same. */
  readonly pattern: string;
  readonly from: string;
  readonly to: string;
  readonly reach: number;
  readonly partitions: readonly string[];
}

const STEP = { daily: 86_400_000, hourly: 3_600_000 } as const;

/**
 * Groups partitions whose histories overlap, so that each is read once. Two that lie further apart than a
 * history reaches are apart: what lies between them is nobody's business.
 */
export function spansOf(subjects: readonly DuePartition[]): Span[] {
  const series = new Map<string, DuePartition[]>();
  for (const subject of subjects) {
    const key = `${subject.datasetId}${seriesPattern(subject.partition)}`;
    series.set(key, [...(series.get(key) ?? []), subject]);
  }
  return [...series.values()].flatMap((members) => {
    const keys = members.map(({ partition }) => partition).sort((a, b) => (a < b ? -1 : 1));
    const groups: string[][] = [];
    for (const key of keys) {
      const group = groups.at(-1);
      const last = group?.at(-1);
      if (group && last !== undefined && near(last, key)) group.push(key);
      else groups.push([key]);
    }
    return groups.map((partitions) => ({
      datasetId: members[0]?.datasetId ?? '',
      pattern: seriesPattern(partitions[0] ?? ''),
      from: partitions[0] ?? '',
      to: partitions.at(-1) ?? '',
      reach: Math.max(...partitions.map(reachOf)),
      partitions,
    }));
  });
}

function near(a: string, b: string): boolean {
  const [one, other] = [partitionTime(a), partitionTime(b)];
  if (one === null || other === null) return true;
  const step = reachOf(a) > 42 ? STEP.hourly : STEP.daily;
  return other.getTime() - one.getTime() <= reachOf(a) * step;
}
