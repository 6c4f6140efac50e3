import { detectAdaptive, SIGNATURE_THRESHOLD, THRESHOLD } from '#detectors/adaptive.ts';
import { detectHourly, pagesHourly } from '#detectors/hourly.ts';
import type { Calendar, Detection, MetricKind } from '#model/detection.ts';
import type { Judgement, Standing } from '#model/judgement.ts';
import { marksInForce, type StatedMark } from '#model/mark.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import { seriesPattern } from '#model/partition.ts';
import { questionOf, sigmaVerdict, valuePoint, type Asked } from './asked.ts';
import { driftOf } from './drift.ts';
import type { ProfileEvidence } from './profile-evidence.ts';
import { segmentedFacts, whereOf, type SegmentedFacts } from './segment-findings.ts';
import { watchedMetrics, type WatchedMetric } from './watched-metrics.ts';

export interface Subject {
  readonly datasetId: string;
  /** Oldest first, the partition to judge last. */
  readonly points: readonly HistoryPoint[];
  /** Of the dataset; those that nobody took back. */
  readonly marks: readonly StatedMark[];
  readonly standing: Standing;
  readonly calendar: Calendar;
  /** Only this metric; all unless told. */
  readonly metric?: string | null;
  /** Its contract's; 3 unless told. What matters most alarms sooner. */
  readonly tier?: number;
  /** What is stored of it beside its facts; nothing unless told. */
  readonly profile?: ProfileEvidence | null;
}

/**
 * Judges every watched metric of one partition against the partitions before it, in both modes: 2 sigma as
 * people know it, always, and the adaptive mode wherever the key tells the time; that one then has the word.
 * Pure: the same history, marks and calendar give the same judgements.
 */
export function judgePartition(subject: Subject): Judgement[] {
  const { datasetId, points, marks, standing, calendar, metric = null, tier = 3, profile = null } = subject;
  const candidate = points.at(-1);
  if (!candidate) return [];
  const { facts, partition } = candidate;
  const pattern = seriesPattern(partition);
  const series = points.filter((point) => seriesPattern(point.partition) === pattern);
  const asked = watchedMetrics(facts)
    .filter(
      (watched) => (metric === null || watched.metric === metric) && watched.valueOf(facts) !== undefined,
    )
    .map((watched) => ({
      watched,
      points: series.map((point) => valuePoint(point, watched)),
      stated: marksInForce(marks, watched.metric, partition),
      calendar,
    }));
  const detections = corroborated(asked, tier === 1 ? SIGNATURE_THRESHOLD : undefined);
  const segments = segmentedFacts(series, profile);
  const mayTell = standing === 'young';
  return asked.flatMap(({ watched, points: valued, stated }, index) => {
    const about = { datasetId, partition, metric: watched.metric, kind: watched.kind, standing, p: null };
    const simple = sigmaVerdict(watched, valued, stated);
    const detected = detections[index] ?? null;
    const judgements: Judgement[] = [
      {
        ...about,
        ...simple,
        finding: mayTell && detected === null && simple.status === 'anomalous',
        detection: null,
      },
    ];
    if (detected !== null) {
      const { metric: name } = watched;
      const others = hasOtherRows(profile, partition, series.at(-2)?.partition);
      const known = others ? withoutRepeat(detected.found, name) : detected.found;
      const found = placed(known, name, segments, facts.get('row_count'));
      const finding = mayTell && detected.tells && found.status === 'anomalous';
      judgements.push({ ...about, ...columnsOf(found), finding, detection: found });
    }
    const drift = driftIn(watched, asked[index]);
    if (drift !== null) judgements.push({ ...about, ...columnsOf(drift), finding: false, detection: drift });
    return judgements;
  });
}

/** Whether the rows of two neighbours were looked at, and are not the same. */
function hasOtherRows(
  profile: ProfileEvidence | null,
  partition: string,
  before: string | undefined,
): boolean {
  const checksumOf = (key: string | undefined): string | undefined =>
    profile?.contents.find((content) => content.partition === key)?.checksum;
  const [own, earlier] = [checksumOf(partition), checksumOf(before)];
  return own !== undefined && earlier !== undefined && own !== earlier;
}

/** A value once more is no sign of a copy when the rows are others; what else is said of it stays. */
function withoutRepeat(found: Detection, metric: string): Detection {
  const { value, low, high, rules } = found;
  const isInside = value !== null && low !== null && high !== null && value >= low && value <= high;
  if (found.status !== 'anomalous' || rules.some((rule) => rule !== 'exact_repeat') || !isInside)
    return found;
  const message = `${metric} is that of the partition before, whose rows are others`;
  return { ...found, status: 'normal', rules: [], hint: null, message };
}

/** The same detection with the groups of rows that make it up. */
function placed(
  found: Detection,
  metric: string,
  segmented: readonly SegmentedFacts[],
  rows: number | undefined,
): Detection {
  const { expected, status, value, low, high } = found;
  if (expected === null || (status !== 'anomalous' && status !== 'notice')) return found;
  // What is odd for another reason than its size has no deviation to explain.
  if (value !== null && low !== null && high !== null && value >= low && value <= high) return found;
  const { message: where, segments } = whereOf(segmented, metric, { expected, rows }) ?? { message: null };
  return where === null ? found : { ...found, where, segments, message: `${found.message}; ${where}` };
}

/**
 * The detections of a partition's metrics. What alone is only worth a note is an alarm when a second metric of
 * the same partition is as odd: two that agree are rarely chance.
 */
function corroborated(asked: readonly Asked[], threshold?: number): (Detected | null)[] {
  const alone = asked.map((one) => detectionOf(one, threshold));
  const odd = new Set(
    asked.flatMap(({ watched }, index) => {
      const one = alone[index];
      return one && isOdd(one.found) ? [VOLUMES.has(watched.metric) ? 'volume' : watched.metric] : [];
    }),
  );
  if (odd.size < 2) return alone;
  return alone.map((one, index) => {
    const question = asked[index];
    if (!question || one?.found.detector !== 'adaptive' || one.found.status !== 'notice') return one;
    return isOdd(one.found) ? detectionOf(question, SIGNATURE_THRESHOLD) : one;
  });
}

/** Half the rows are half the bytes: these are one thing measured in several ways. */
const VOLUMES: ReadonlySet<string> = new Set(['row_count', 'size_bytes', 'file_count']);

/** So far out that a second one makes it an alarm. */
function isOdd({ status, z, threshold }: Detection): boolean {
  if (status !== 'notice') return status === 'anomalous';
  return z !== null && Math.abs(z) >= (threshold * SIGNATURE_THRESHOLD) / THRESHOLD;
}

interface Detected {
  readonly found: Detection;
  /** It is an alarm that somebody should hear of. */
  readonly tells: boolean;
}

function detectionOf(asked: Asked, threshold?: number): Detected | null {
  const question = questionOf(asked, 0);
  if (question === null) return null;
  if (question.cadence !== 'hourly') {
    const found = detectAdaptive(threshold === undefined ? question : { ...question, threshold });
    return { found, tells: found.status === 'anomalous' };
  }
  const found = detectHourly(question);
  if (found.status !== 'anomalous') return { found, tells: false };
  // One odd hour is told when an hour before it was odd as well.
  const earlier = [2, 1].flatMap((back) => {
    const before = questionOf(asked, back);
    return before === null ? [] : [detectHourly(before)];
  });
  return { found, tells: pagesHourly([...earlier, found]).page };
}

/** How a metric of one partition stands in a series, whatever else is known; null where the key tells no time. */
export function detectionIn(asked: Asked): Detection | null {
  const question = questionOf(asked, 0);
  if (question === null) return null;
  return question.cadence === 'hourly' ? detectHourly(question) : detectAdaptive(question);
}

/** Kinds that may slide away: volumes. Means and shares wander by themselves. */
const SLIDING: ReadonlySet<MetricKind> = new Set(['count', 'sum', 'distinct', 'bytes']);

function driftIn({ kind }: WatchedMetric, asked: Asked | undefined): Detection | null {
  const question = asked && SLIDING.has(kind) ? questionOf(asked, 0) : null;
  if (!asked || question?.cadence !== 'daily') return null;
  const { history, target, calendar, label } = question;
  return driftOf({ points: [...history, target], stated: asked.stated, calendar, label });
}

/** A detection in the columns that all detectors share. */
export function columnsOf(
  found: Detection,
): Omit<
  Judgement,
  'datasetId' | 'partition' | 'metric' | 'kind' | 'standing' | 'finding' | 'p' | 'detection'
> {
  const { detector, status, value, expected, low, high, z, message } = found;
  return {
    detector,
    status,
    value,
    expected: expected === null || low === null || high === null ? null : { mean: expected, low, high },
    score: z,
    direction: directionOf(found),
    slot: 'all',
    baseline: [],
    message,
  };
}

function directionOf({ z, threshold, value, expected, rules }: Detection): 'up' | 'down' | null {
  // Yesterday's value once more is neither above nor below.
  if (rules.includes('exact_repeat') && Math.abs(z ?? 0) < threshold) return null;
  if (z !== null && z !== 0) return z > 0 ? 'up' : 'down';
  if (rules.includes('empty') || rules.includes('absent')) return 'down';
  if (value === null || expected === null || value === expected) return null;
  return value > expected ? 'up' : 'down';
}
