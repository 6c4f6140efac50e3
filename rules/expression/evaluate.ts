import type { Check } from '#model/contract.ts';
import type { Between, Comparison, NotAnomalous, Term, Unique, Within } from '#model/expression.ts';
import type { ComparisonOperator } from '#model/predicate.ts';
import type { DetectAnomaly } from '#model/finding.ts';
import type { FactKey, Facts, HistoryPoint } from '#model/measurement.ts';
import { formatNumber, formatPercent } from '#model/number-text.ts';
import type { BaselinePoint, CheckResult, CheckStatus } from '#model/result.ts';

import { failingStatus } from '../check/status.ts';
import { baselineValue, describeBaseline, pointsNeeded, seriesOf } from './baseline.ts';
import { duplicatesOf } from './facts.ts';
import { METRICS } from './metrics.ts';
import { printTerm } from './print-term.ts';
import { evaluateTerm, type TermValue } from './term-value.ts';
import { expectedText, measuredFirst, numberText, numberTexts } from './words.ts';

/** What is known when a check is evaluated. */
export interface Evidence {
  /** Base metrics of the candidate. */
  readonly facts: Facts;
  /** Past partitions, oldest first. The candidate is never one of them. */
  readonly history: readonly HistoryPoint[];
  /** The candidate's partition key; a history point of the same key is left out. */
  readonly partition?: string;
  /** The day or time that the candidate is about, for weekday slots. */
  readonly partitionAt: Date | null;
  /** The detector behind `not anomalous`. */
  readonly anomaly: DetectAnomaly;
}

export interface EvaluationOptions {
  /** What the contract says of an empty candidate; `block` unless stated. */
  readonly emptyPartition?: 'block' | 'allow';
}

/** A result before the check's name is put on it. */
interface Finding {
  readonly status: CheckStatus;
  readonly value: number | null;
  readonly message: string;
  readonly expected?: string;
  readonly baseline?: readonly BaselinePoint[];
}

/** What the functions for the kinds of expression share. */
interface Situation {
  readonly check: Check;
  readonly evidence: Evidence;
  readonly options: EvaluationOptions;
  readonly used: Map<FactKey, number>;
}

/**
 * Evaluates one check. Never throws on data; what can be said is in the status:
 *
 * - `pass`: the condition holds. `fail` (severity block) or `warn` (warn, info): it does not.
 * - `no_data`: a number is missing, or the partition is empty (ratios and aggregates of nothing are unknown;
 *   `row_count` itself is 0 and is judged). With `emptyPartition: 'allow'` an empty one gives `skipped`.
 * - `learning`: too few usable points of history. A baseline needs 3 (or as many as it asks for, if fewer).
 * - `error`: division by zero, numbers that are not finite, facts that contradict one another.
 * - `skipped`: a column's min_value or max_value has no values to judge, because all are null; whether nulls
 *   may be is the business of `required`.
 */
export function evaluateCheck(
  check: Check,
  evidence: Evidence,
  options: EvaluationOptions = {},
): CheckResult {
  const used = new Map<FactKey, number>();
  const finding = evaluate({ check, evidence, options, used });
  return {
    checkId: check.id,
    text: check.text,
    severity: check.severity,
    status: finding.status,
    value: finding.value,
    expected: finding.expected ?? expectedText(check.expression.condition),
    message: finding.message,
    facts: Object.fromEntries(used),
    baseline: finding.baseline ?? [],
  };
}

function evaluate(situation: Situation): Finding {
  const { condition: expression } = situation.check.expression;
  switch (expression.type) {
    case 'comparison':
      return evaluateComparison(expression, situation);
    case 'between':
      return evaluateBetween(expression, situation);
    case 'within':
      return evaluateWithin(expression, situation);
    case 'not_anomalous':
      return evaluateAnomaly(expression, situation);
    case 'unique':
      return evaluateUnique(expression, situation);
    default:
      return { status: 'error', value: null, message: 'This kind of check is not evaluated yet' };
  }
}

function evaluateComparison(expression: Comparison, situation: Situation): Finding {
  const { subject, operator, limit } = measuredFirst(expression);
  const [left, right] = termsOf([subject, limit], situation);
  if (left?.status !== 'value') return unknown(subject, left, situation, null);
  if (right?.status !== 'value') return unknown(limit, right, situation, left.value);
  const [found, bound] = numberTexts(subject, left.value, right.value);
  const expected = `${operator} ${bound}${limit.type === 'number' ? '' : ` (${printTerm(limit)})`}`;
  return judged(
    COMPARE[operator](left.value, right.value),
    situation,
    left.value,
    expected,
    `${printTerm(subject)} is ${found}, expected ${expected}`,
  );
}

function evaluateBetween(expression: Between, situation: Situation): Finding {
  const { subject, negated } = expression;
  const [value, low, high] = termsOf([subject, expression.low, expression.high], situation);
  if (value?.status !== 'value') return unknown(subject, value, situation, null);
  if (low?.status !== 'value') return unknown(expression.low, low, situation, value.value);
  if (high?.status !== 'value') return unknown(expression.high, high, situation, value.value);
  const inside = value.value >= low.value && value.value <= high.value;
  const expected = `${negated ? 'not ' : ''}between ${numberText(subject, low.value)} and ${numberText(subject, high.value)}`;
  const message = `${printTerm(subject)} is ${numberText(subject, value.value)}, expected ${expected}`;
  return judged(inside !== negated, situation, value.value, expected, message);
}

function evaluateWithin(expression: Within, situation: Situation): Finding {
  const { subject, target } = expression;
  const tolerance = expression.tolerance.value;
  if (target.type !== 'baseline')
    return { status: 'error', value: null, message: 'This kind of check is not evaluated yet' };
  const { function: name, points: asked } = target;
  const value = evaluateTerm(subject, situation.evidence.facts, situation.used);
  const points = seriesOf(subject, situation.evidence.history, situation.evidence.partition ?? null).slice(
    -asked,
  );
  const baseline = points.map((point) => ({ partition: point.partition, value: point.value }));
  if (value.status !== 'value') return { ...unknown(subject, value, situation, null), baseline };
  const needed = pointsNeeded(asked);
  if (points.length < needed) {
    const have =
      points.length === 0
        ? 'there is no earlier partition'
        : `only ${points.length} earlier partition${points.length === 1 ? '' : 's'} can be compared`;
    const message = `${printTerm(subject)} is ${numberText(subject, value.value)}, not judged: ${have}, ${name}(${asked}) needs ${needed}`;
    return { status: 'learning', value: value.value, message, baseline };
  }
  const centre = baselineValue(
    name,
    points.map((point) => point.value),
  );
  const allowed = tolerance.unit === 'percent' ? tolerance.value * Math.abs(centre) : tolerance.value;
  if (!Number.isFinite(centre))
    return {
      status: 'error',
      value: value.value,
      message: `${printTerm(subject)} cannot be compared: the baseline is too large for a number`,
      baseline,
    };
  // The product of a percentage is rounded; a value exactly on the edge is still inside.
  const holds = Math.abs(value.value - centre) <= allowed * (1 + 1e-12);
  const reach =
    tolerance.unit === 'percent' ? formatPercent(tolerance.value) : numberText(subject, tolerance.value);
  const [found, middle] = numberTexts(subject, value.value, centre);
  const message = `${printTerm(subject)} is ${found}, expected within ${reach} of ${middle} (${describeBaseline(name, points.length)})`;
  return { ...judged(holds, situation, value.value, `${middle} ± ${reach}`, message), baseline };
}

function evaluateAnomaly(expression: NotAnomalous, situation: Situation): Finding {
  const { subject } = expression;
  const sigma = expression.sigma ?? 2;
  const { evidence, check } = situation;
  const value = evaluateTerm(subject, evidence.facts, situation.used);
  if (value.status !== 'value') return unknown(subject, value, situation, null);
  const series = seriesOf(subject, evidence.history, evidence.partition ?? null);
  const candidate = { partition: evidence.partition ?? '', value: value.value, at: evidence.partitionAt };
  const verdict = evidence.anomaly(series, candidate, {
    sigma,
    label: printTerm(subject),
    ...boundsOf(subject),
  });
  const status =
    verdict.status === 'normal'
      ? 'pass'
      : verdict.status === 'anomalous'
        ? failingStatus(check.severity)
        : verdict.status;
  const finding: Finding = {
    status,
    value: value.value,
    message: verdict.message,
    baseline: verdict.baseline,
  };
  if (verdict.expected === null) return finding;
  const { low, high } = verdict.expected;
  return { ...finding, expected: `${numberText(subject, low, 4)} to ${numberText(subject, high, 4)}` };
}

function evaluateUnique(expression: Unique, situation: Situation): Finding {
  const call = duplicatesOf(expression);
  const value = evaluateTerm(call, situation.evidence.facts, situation.used);
  if (value.status !== 'value') return unknown(call, value, situation, null);
  const columns = expression.columns.map(({ name }) => name).join(', ');
  const count = formatNumber(value.value);
  const failure = `${count} ${value.value === 1 ? 'row repeats' : 'rows repeat'} the ${columns} of another row, expected none`;
  return judged(
    value.value === 0,
    situation,
    value.value,
    'no repeats',
    value.value === 0 ? `no row repeats the ${columns} of another row` : failure,
  );
}

function termsOf(terms: readonly Term[], situation: Situation): readonly TermValue[] {
  return terms.map((term) => evaluateTerm(term, situation.evidence.facts, situation.used));
}

function judged(
  holds: boolean,
  situation: Situation,
  value: number,
  expected: string,
  message: string,
): Finding {
  return { status: holds ? 'pass' : failingStatus(situation.check.severity), value, expected, message };
}

/** A side of the condition has no value: says which and why. */
function unknown(
  term: Term,
  found: TermValue | undefined,
  { check, options }: Situation,
  value: number | null,
): Finding {
  const name = printTerm(term);
  if (found === undefined || found.status === 'value')
    return { status: 'error', value, message: `${name} could not be evaluated` };
  if (found.status === 'error')
    return { status: 'error', value, message: `${name} could not be computed: ${found.reason}` };
  const message = `${name} ${found.cause === 'missing' ? 'is unknown' : 'has no value'}: ${found.reason}`;
  const allowed = found.cause === 'empty' && options.emptyPartition === 'allow';
  const nothingToJudge = found.cause === 'all_null' && check.origin === 'constraint';
  return { status: allowed || nothingToJudge ? 'skipped' : 'no_data', value, message };
}

const COMPARE: Readonly<Record<ComparisonOperator, (left: number, right: number) => boolean>> = {
  '=': equal,
  '!=': (left, right) => !equal(left, right),
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** Integers are compared exactly; sums of fractions may differ in the last digits by the order of adding. */
function equal(left: number, right: number): boolean {
  if (Number.isInteger(left) && Number.isInteger(right)) return left === right;
  return Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right));
}

function boundsOf(subject: Term): { minimum?: number; maximum?: number; percent?: boolean } {
  if (subject.type !== 'metric') return {};
  if (METRICS[subject.metric].gives === 'ratio') return { minimum: 0, maximum: 1, percent: true };
  return METRICS[subject.metric].needs === 'number' ? {} : { minimum: 0 };
}
