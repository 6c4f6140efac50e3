import { detectSigma } from '#detectors/sigma.ts';
import type { Calendar, DetectionPoint, DetectionQuestion } from '#model/detection.ts';
import type { AnomalyVerdict } from '#model/finding.ts';
import type { marksInForce } from '#model/mark.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import { cadenceOf } from '#model/partition.ts';
import type { WatchedMetric } from './watched-metrics.ts';

/** The width that the product promises: deviation beyond 2σ of the rolling 30 partitions. */
export const SIGMA = 2;

/** Partitions that the 2 sigma mode looks at, beside the partition itself. */
export const SIGMA_HISTORY = 30;

type Stated = ReturnType<typeof marksInForce>;

/** One partition's value of a metric. */
export interface ValuePoint extends Omit<DetectionPoint, 'at'> {
  readonly at: Date | null;
  readonly excluded: string | null;
}

export function valuePoint(
  { partition, at, facts, excluded }: HistoryPoint,
  watched: WatchedMetric,
): ValuePoint {
  const rows = facts.get('row_count');
  return {
    partition,
    at,
    value: watched.valueOf(facts) ?? null,
    excluded,
    ...(rows !== undefined && { rows }),
  };
}

/** A metric of a partition, with all that it is judged by. */
export interface Asked {
  readonly watched: WatchedMetric;
  /** Oldest first, the partition that is judged last. */
  readonly points: readonly ValuePoint[];
  readonly stated: Stated;
  readonly calendar: Calendar;
}

/**
 * The 2 sigma mode: confirmed incidents, what was expected and what failed its checks stay out of the mean, and it
 * begins anew with a new normal.
 */
export function sigmaVerdict(
  { metric, kind, minimum, maximum }: WatchedMetric,
  points: readonly ValuePoint[],
  stated: Stated,
): AnomalyVerdict {
  const told = new Set(
    stated.filter(({ kind }) => kind === 'incident' || kind === 'expected').map(({ partition }) => partition),
  );
  const normal = stated
    .filter(({ kind }) => kind === 'new_normal')
    .reduce((last, { partition }) => (partition > last ? partition : last), '');
  const history = points
    .slice(0, -1)
    .flatMap(({ partition, at, value, excluded }) =>
      value === null || excluded !== null || told.has(partition) || partition < normal
        ? []
        : [{ partition, at, value }],
    );
  const { partition = '', at = null, value = null } = points.at(-1) ?? {};
  return detectSigma(
    history,
    { partition, at, value: value ?? Number.NaN },
    {
      sigma: SIGMA,
      window: SIGMA_HISTORY,
      label: metric,
      percent: kind === 'rate',
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
    },
  );
}

/** What a detector is asked about the partition that is `back` before the last; null when the key tells no time. */
export function questionOf(
  { watched, points: valued, stated, calendar }: Asked,
  back: number,
): DetectionQuestion | null {
  const points = valued.filter(hasTime);
  const target = points.at(-1 - back);
  if (!target) return null;
  return {
    kind: watched.kind,
    cadence: cadenceOf(target.partition),
    history: points.slice(0, points.length - 1 - back),
    target,
    marks: stated.filter(({ partition }) => partition <= target.partition),
    calendar,
    label: watched.metric,
  };
}

function hasTime(point: ValuePoint): point is ValuePoint & { readonly at: Date } {
  return point.at !== null;
}
