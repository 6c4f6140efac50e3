import type { DetectionPoint, MetricKind } from '#model/detection.ts';
import type { NotAnomalous, Term } from '#model/expression.ts';
import type { SeriesPoint } from '#model/finding.ts';
import { formatPercent } from '#model/number-text.ts';

import { sameSlot, seriesOf } from './baseline.ts';
import { METRICS } from './metrics.ts';
import { type Ground, placeOf, ROWS, rowsAt } from './needed-fact.ts';
import { keepPoint, outcomeOf, type Outcome, type PreparedCondition, type Situation } from './situation.ts';
import { type PreparedTerm, prepareTerm } from './term-measure.ts';
import { unknownOutcome } from './unknown.ts';
import { dimensionOf, numberText } from './words.ts';

const DAYS_OF_WEEK = 7;
const DEFAULT_SIGMA = 2;

export function prepareAnomaly(condition: NotAnomalous, ground: Ground): PreparedCondition {
  const subject = prepareTerm(condition.subject, ground);
  const rows = rowsAt(placeOf(ground, 'partition'));
  const kind = kindOf(condition.subject);
  const weighed = kind === 'mean' || kind === 'rate';
  const facts = condition.mode === 'adaptive' && weighed ? [...subject.facts, ROWS, rows] : subject.facts;
  const sigma = condition.sigma ?? DEFAULT_SIGMA;
  return {
    facts,
    pastFacts: facts,
    history: condition.seasonality === 'weekday' ? condition.train * DAYS_OF_WEEK : condition.train,
    expected:
      condition.mode === 'adaptive' ? 'as the adaptive mode expects' : `within ${sigma} sigma of the history`,
    evaluate: (situation) => {
      const value = subject.read(situation.view, null);
      if (value.status !== 'value') return unknownOutcome(subject.text, value, situation);
      if (condition.mode === 'simple') return simple(condition, subject, value.value, situation);
      const count = (view: Situation['view']): number | undefined =>
        weighed ? view.get(rows.key) : undefined;
      return adaptive(condition, subject, { value: value.value, kind, count }, situation);
    },
  };
}

/** Deviation from the rolling mean of the partitions to learn from. */
function simple(
  condition: NotAnomalous,
  subject: PreparedTerm,
  value: number,
  situation: Situation,
): Outcome {
  const { evidence } = situation;
  const { series, at } = slotted(condition, seriesOf(subject, situation), evidence.partitionAt);
  const candidate = { partition: evidence.partition ?? '', value, at };
  const verdict = evidence.anomaly(series.slice(-condition.train), candidate, {
    sigma: condition.sigma ?? DEFAULT_SIGMA,
    label: subject.text,
    ...boundsOf(condition.subject),
  });
  for (const kept of verdict.baseline) keepPoint(situation, subject.text, kept);
  if (verdict.status === 'learning' || verdict.status === 'no_data')
    return { verdict: verdict.status, value, message: verdict.message };
  const excuse =
    verdict.status === 'anomalous'
      ? excused(condition, verdict.direction, value, verdict.expected?.mean ?? null)
      : null;
  const message = excuse === null ? verdict.message : `${verdict.message}; ${excuse}`;
  const holds = verdict.status === 'normal' || excuse !== null;
  if (verdict.expected === null) return outcomeOf(holds, value, message);
  const { low, high } = verdict.expected;
  const text = (bound: number): string => numberText(condition.subject, bound, 4);
  return outcomeOf(holds, value, message, `${text(low)} to ${text(high)}`);
}

/** The detector knows weekdays by the points' times: without them it compares all alike. */
function slotted(
  { seasonality }: NotAnomalous,
  series: readonly SeriesPoint[],
  at: Date | null,
): { series: readonly SeriesPoint[]; at: Date | null } {
  if (seasonality === 'auto') return { series, at };
  const kept =
    seasonality === 'none' || at === null
      ? series
      : series.filter((point) => point.at !== null && sameSlot(point.at, at));
  return { series: kept.map((point) => ({ ...point, at: null })), at: null };
}

/** Why a crossing is none that the check asks about, or null. */
function excused(
  { direction, minimumChange }: NotAnomalous,
  found: 'up' | 'down' | null,
  value: number,
  expected: number | null,
): string | null {
  if (direction !== 'both' && found !== null && found !== direction)
    return `only what lies ${direction === 'up' ? 'above' : 'below'} is asked for`;
  if (minimumChange > 0 && expected !== null && expected !== 0) {
    const change = Math.abs(value - expected) / Math.abs(expected);
    if (change < minimumChange)
      return `that is ${formatPercent(change, 3)} off, less than ${formatPercent(minimumChange)}`;
  }
  return null;
}

function adaptive(
  condition: NotAnomalous,
  subject: PreparedTerm,
  found: {
    readonly value: number;
    readonly kind: MetricKind;
    readonly count: (view: Situation['view']) => number | undefined;
  },
  situation: Situation,
): Outcome {
  const { evidence, view } = situation;
  const { value, kind, count } = found;
  if (evidence.adaptive === undefined || evidence.partitionAt === null) {
    const why = evidence.adaptive === undefined ? 'no detector is at hand' : 'the partition tells no time';
    return { verdict: 'error', value, message: `${subject.text} could not be judged: ${why}` };
  }
  const point = (
    partition: string,
    at: Date,
    number: number | null,
    rows: number | undefined,
  ): DetectionPoint =>
    rows === undefined ? { partition, at, value: number } : { partition, at, value: number, rows };
  const history = evidence.history
    .filter(({ partition }) => partition !== evidence.partition)
    .slice(-condition.train)
    .flatMap((past) => {
      if (past.at === null) return [];
      const pastView = situation.past(past);
      const known = subject.read(pastView, null);
      const number = known.status === 'value' ? known.value : null;
      return [point(past.partition, past.at, number, count(pastView))];
    });
  const detection = evidence.adaptive({
    kind,
    history,
    target: point(evidence.partition ?? '', evidence.partitionAt, value, count(view)),
    ...(condition.sigma === null ? {} : { threshold: condition.sigma }),
    ...(condition.direction === 'both' ? {} : { direction: condition.direction }),
    label: subject.text,
  });
  for (const { partition, value: past } of history)
    if (past !== null) keepPoint(situation, subject.text, { partition, value: past });
  if (detection.status === 'learning' || detection.status === 'no_data')
    return { verdict: detection.status, value, message: detection.message };
  const excuse =
    detection.status === 'anomalous'
      ? excused({ ...condition, direction: 'both' }, null, value, detection.expected)
      : null;
  const holds = detection.status !== 'anomalous' || excuse !== null;
  const message = excuse === null ? detection.message : `${detection.message}; ${excuse}`;
  if (detection.low === null || detection.high === null) return outcomeOf(holds, value, message);
  const text = (bound: number): string => numberText(condition.subject, bound, 4);
  return outcomeOf(holds, value, message, `${text(detection.low)} to ${text(detection.high)}`);
}

function kindOf(subject: Term): MetricKind {
  return subject.type === 'metric' ? METRICS[subject.metric].kind : 'mean';
}

/** Values that a metric cannot pass. */
function boundsOf(subject: Term): { minimum?: number; maximum?: number; percent?: boolean } {
  if (subject.type !== 'metric') return {};
  const dimension = dimensionOf(subject);
  if (dimension === 'ratio') return { minimum: 0, maximum: 1, percent: true };
  const { kind } = METRICS[subject.metric];
  return kind === 'count' || kind === 'distinct' || kind === 'bytes' ? { minimum: 0 } : {};
}
