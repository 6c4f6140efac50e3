import { detectAdaptive } from '#detectors/adaptive.ts';
import { rollUpDays } from '#detectors/hourly/daily-roll-up.ts';
import { plainDetection } from '#detectors/plain-detection.ts';
import { staleCopy } from '#detectors/stale-copy.ts';
import { smallFiles } from '#detectors/volume-files.ts';
import type { Detection, DetectionPoint, MetricKind } from '#model/detection.ts';
import type { Judgement } from '#model/judgement.ts';
import { marksInForce } from '#model/mark.ts';
import { cadenceOf, seriesPattern, siblingKey } from '#model/partition.ts';
import { valuePoint } from './asked.ts';
import { columnsOf, detectionIn, type Subject } from './judge.ts';
import { distributionsOf } from './quantile-findings.ts';
import { mixOf, segmentedFacts } from './segment-findings.ts';
import { watchedMetrics } from './watched-metrics.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** The part of the keys that two partitions of the same rows share, as the detector has it. */
const SAME_ROWS = 0.98;

/** Absent partitions that are told at once: what lasts longer is an outage, which freshness tells. */
const MOST_ABSENT = { daily: 7, hourly: 24 } as const;

/**
 * What is said of a partition beside each of its measures by itself: whether its files are too small, whether
 * its rows are those of an earlier partition, of another mix or its numbers distributed otherwise, and of the first
 * hour of a day how the day before was as a whole. Pure.
 */
export function partitionFindings(subject: Subject): Judgement[] {
  return [...filesOf(subject), ...copiesOf(subject), ...mixesOf(subject), ...daysOf(subject)];
}

/**
 * Partitions between this one and the one before it that should be there by their weekday or hour: each is
 * judged like one of no value. Pure. They are forgotten when they land: then they are judged for what they are.
 */
export function absentBefore({ datasetId, points, marks, standing, calendar }: Subject): Judgement[] {
  const target = points.at(-1);
  if (!target?.at || standing !== 'young') return [];
  const cadence = cadenceOf(target.partition);
  if (cadence === 'other') return [];
  const pattern = seriesPattern(target.partition);
  const series = points.slice(0, -1).filter((point) => seriesPattern(point.partition) === pattern);
  const last = series.at(-1)?.at;
  const [rows] = watchedMetrics(new Map([['row_count', 0]]));
  if (!last || !rows) return [];
  const step = cadence === 'daily' ? DAY : HOUR;
  const gap = Math.round((target.at.getTime() - last.getTime()) / step) - 1;
  if (gap < 1 || gap > MOST_ABSENT[cadence]) return [];
  const known = series.map((point) => valuePoint(point, rows));
  return Array.from({ length: gap }, (_, index) => new Date(last.getTime() + (index + 1) * step)).flatMap(
    (at) => {
      const partition = siblingKey(target.partition, at);
      if (partition === null) return [];
      const stated = marksInForce(marks, rows.metric, partition);
      const absent = { partition, at, value: null, excluded: null };
      const found = detectionIn({ watched: rows, points: [...known, absent], stated, calendar });
      if (!found?.rules.includes('absent')) return [];
      const about = { datasetId, partition, metric: rows.metric, kind: rows.kind, standing };
      return [judgementOf(about, found)];
    },
  );
}

function filesOf({ datasetId, points, standing }: Subject): Judgement[] {
  const { partition = '', facts } = points.at(-1) ?? {};
  const bytes = facts?.get('size_bytes');
  const files = facts?.get('file_count');
  if (bytes === undefined || files === undefined) return [];
  const found = smallFiles({ bytes, files }, { label: partition || 'this dataset' });
  return [judgementOf({ datasetId, partition, metric: 'file_size', kind: 'bytes', standing }, found)];
}

/** Said only where it is one: of most partitions nobody knows the content. */
function copiesOf({ datasetId, points, standing, profile }: Subject): Judgement[] {
  const { partition = '', facts } = points.at(-1) ?? {};
  const own = profile?.contents.at(-1);
  // Of other rows than those that were counted last it says nothing.
  if (!own || own.partition !== partition || (facts?.get('row_count') ?? own.rows) !== own.rows) return [];
  const history = profile?.contents.slice(0, -1) ?? [];
  const { detector, status, similarity, usualSimilarity, by, message } = staleCopy(history, own, {
    label: 'partition',
  });
  if (status !== 'anomalous' && status !== 'notice') return [];
  // The first days of what has the same keys every day.
  if (by === 'keys' && usualSimilarity === null) return [];
  const value = by === 'checksum' ? 1 : similarity;
  const found = plainDetection({
    detector,
    status,
    value,
    threshold: SAME_ROWS,
    points: history.length,
    message,
  });
  return [judgementOf({ datasetId, partition, metric: 'content', kind: 'rate', standing }, found)];
}

function mixesOf({ datasetId, points, standing, profile = null }: Subject): Judgement[] {
  const { partition = '' } = points.at(-1) ?? {};
  const pattern = seriesPattern(partition);
  const series = points.filter((point) => seriesPattern(point.partition) === pattern);
  const about = { datasetId, partition, kind: 'rate', standing } as const;
  return [
    ...segmentedFacts(series, profile).map((groups) =>
      judgementOf({ ...about, metric: `mix(${groups.column})` }, mixOf(groups)),
    ),
    ...distributionsOf(series, profile).map(({ column, found }) =>
      judgementOf({ ...about, metric: `distribution(${column})` }, found),
    ),
  ];
}

/** With the first hour of a day the day before is over. */
function daysOf({ datasetId, points, marks, standing, calendar }: Subject): Judgement[] {
  const target = points.at(-1);
  if (!target?.at || cadenceOf(target.partition) !== 'hourly') return [];
  const pattern = seriesPattern(target.partition);
  const hours = points.slice(0, -1).filter((point) => seriesPattern(point.partition) === pattern);
  const today = Math.floor(target.at.getTime() / DAY);
  const last = hours.at(-1);
  if (!last?.at || Math.floor(last.at.getTime() / DAY) !== today - 1) return [];
  return watchedMetrics(last.facts).flatMap((watched) => {
    const valued = hours.map((point) => valuePoint(point, watched)).filter(hasTime);
    const days = rollUpDays(valued, { kind: watched.kind, expectedHours: usualHours(valued) });
    const day = days.at(-1);
    if (!day || Math.floor(day.at.getTime() / DAY) !== today - 1) return [];
    const metric = `${watched.metric} per day`;
    const found = detectAdaptive({
      kind: watched.kind,
      cadence: 'daily',
      history: days.slice(0, -1),
      target: day,
      marks: marksInForce(marks, watched.metric, target.partition).map((mark) => {
        const at = new Date(Math.floor(mark.at.getTime() / DAY) * DAY);
        return { ...mark, at, partition: `day=${at.toISOString().slice(0, 10)}` };
      }),
      calendar,
      label: `${watched.metric} of ${day.at.toISOString().slice(0, 10)}`,
    });
    const about = { datasetId, partition: target.partition, metric, kind: watched.kind, standing };
    return [judgementOf(about, found)];
  });
}

function hasTime<T extends { readonly at: Date | null }>(point: T): point is T & { readonly at: Date } {
  return point.at !== null;
}

/** Hours of the day that at least half of the days have. */
function usualHours(points: readonly DetectionPoint[]): number[] {
  const days = new Set(points.map(({ at }) => Math.floor(at.getTime() / DAY))).size;
  const seen = new Map<number, number>();
  for (const { at } of points) seen.set(at.getUTCHours(), (seen.get(at.getUTCHours()) ?? 0) + 1);
  return [...seen].filter(([, count]) => count >= days / 2).map(([hour]) => hour);
}

function judgementOf(
  about: Pick<Judgement, 'datasetId' | 'partition' | 'metric' | 'standing'> & { readonly kind: MetricKind },
  detection: Detection,
): Judgement {
  return {
    ...about,
    ...columnsOf(detection),
    finding: about.standing === 'young' && detection.status === 'anomalous',
    p: null,
    detection,
  };
}
