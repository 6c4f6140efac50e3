import type { Check } from '#model/contract.ts';
import type { FactKey } from '#model/measurement.ts';
import type { BaselinePoint, CheckResult, CheckStatus } from '#model/result.ts';

import { failingStatus } from '../check/status.ts';
import { approximateMetric } from './approximate.ts';
import type { FactView } from './fact-view.ts';
import { prepareCheck } from './prepare.ts';
import { evaluateSegments } from './segments.ts';
import type { EvaluationOptions, Evidence, Outcome, PastPartition, Situation } from './situation.ts';

export type {
  AdaptiveQuestion,
  AskAdaptive,
  EvaluationOptions,
  Evidence,
  KnownColumns,
  PastPartition,
  SchemaEvidence,
  SegmentFacts,
} from './situation.ts';

/** What an evaluation asks of a check; `approx` is false unless stated. */
export type EvaluatedCheck = Pick<Check, 'id' | 'text' | 'expression' | 'severity' | 'origin'> &
  Partial<Pick<Check, 'approx'>>;

/**
 * Evaluates one check. Pure, and never throws on data; what can be said is in the status:
 *
 * - `pass`: the condition holds. `fail` (severity block) or `warn` (warn, info): it does not.
 * - `no_data`: a number is missing, or there are no rows (ratios and aggregates of nothing are unknown;
 *   `row_count` itself is 0 and is judged). With `emptyPartition: 'allow'` an empty candidate gives `skipped`.
 * - `learning`: too few usable points of history. A baseline needs 3 (or as many as it asks for, if fewer).
 * - `error`: division by zero, numbers that are not finite, facts that contradict one another, an estimate where
 *   the check blocks.
 * - `skipped`: nothing to judge, and that is in order.
 *
 * Joined conditions are three-valued: what is unknown never makes a pass, unless the other side decides alone.
 * The same check and the same evidence give the same result; it holds the facts that were read and the points
 * that were compared with.
 */
export function evaluateCheck(
  check: EvaluatedCheck,
  evidence: Evidence,
  options: EvaluationOptions = {},
): CheckResult {
  const prepared = prepareCheck(check.expression);
  const used = new Map<FactKey, number>();
  const situation = situationOf(check, evidence, options, used);
  const outcome =
    refuseEstimate(check) ??
    (prepared.segmentRows === null
      ? prepared.evaluate(situation)
      : evaluateSegments(prepared, prepared.segmentRows, situation, check.expression));
  return {
    checkId: check.id,
    text: check.text,
    severity: check.severity,
    status: statusOf(outcome, check),
    value: outcome.value,
    expected: outcome.expected ?? prepared.expected,
    message: outcome.message,
    facts: Object.fromEntries(used),
    baseline: pointsOf(situation),
  };
}

/** What a value is of goes without saying where there is only one thing. */
function pointsOf({ baseline }: Situation): readonly BaselinePoint[] {
  const points = [...baseline.values()];
  if (new Set(points.map(({ of }) => of)).size > 1) return points;
  return points.map(({ partition, value }) => ({ partition, value }));
}

function statusOf({ verdict }: Outcome, { severity }: Pick<Check, 'severity'>): CheckStatus {
  if (verdict === 'holds') return 'pass';
  return verdict === 'broken' ? failingStatus(severity) : verdict;
}

/** A sketch's estimate is no ground for holding data back, unless the check says that it will do. */
function refuseEstimate({ expression, severity, approx }: EvaluatedCheck): Outcome | null {
  if (severity !== 'block' || approx === true) return null;
  const metric = approximateMetric(expression);
  if (metric === null) return null;
  const message = `${metric} is an estimate, which cannot block; write approx: ok, or measure it exactly`;
  return { verdict: 'error', value: null, message };
}

function situationOf(
  check: EvaluatedCheck,
  evidence: Evidence,
  options: EvaluationOptions,
  used: Map<FactKey, number>,
): Situation {
  const undivided = evidence.partition === '';
  const view: FactView = {
    get: (key) => evidence.facts.get(key),
    faults: evidence.faults ?? null,
    undivided,
    now: evidence.now ?? null,
    columnCount: evidence.schema?.now?.length ?? null,
    used,
  };
  return {
    check,
    evidence,
    options,
    view,
    past: (point) => pastView(point, undivided),
    segments: (key, point) => (point ?? evidence).segments?.get(key) ?? null,
    baseline: new Map(),
  };
}

function pastView({ facts }: PastPartition, undivided: boolean): FactView {
  return {
    get: (key) => facts.get(key),
    faults: null,
    undivided,
    now: null,
    columnCount: null,
    used: null,
  };
}
