import type { Severity } from '#model/contract.ts';
import type { EvidenceKind, EvidenceSeverity } from '#model/evidence.ts';
import { derivedId, type Uuid } from '#model/ids.ts';
import { LOST_POLICY } from '#model/lost-run.ts';
import { formatNumber } from '#model/number-text.ts';
import type { EvidenceRow } from '#store/evidence.ts';
import type { LoadFindingRow } from '#store/load-findings.ts';
import type { EvaluationFactRow, FailedRunRow, LateFactRow, VerdictFactRow } from '#store/evidence-facts.ts';
import type { CheckFactRow } from '#store/partition-checks.ts';
import type { ObjectiveFactRow } from '#store/objectives.ts';
import { ownFaultOf } from './error-class.ts';

/** 1 is the most important; a dataset without a contract counts as the least. */
export type Tier = 1 | 2 | 3;
/** The tier of a dataset. */
export type TierOf = (datasetId: Uuid) => Tier;

/** Longest summary that is kept: the reason comes first, and an engine's message may be a stack trace. */
export const LONGEST = 500;

/** What is wrong when a detector finds a metric odd. */
export function kindOfMetric(metric: string, rules: readonly string[]): EvidenceKind {
  if (metric === 'freshness' || rules.includes('absent')) return 'freshness';
  if (metric === 'schema') return 'schema';
  if (metric.startsWith('run_')) return 'cost';
  if (/^(row_count|file_count|size_bytes|bytes)\b/.test(metric)) return 'volume';
  if (/null|empty|missing|invalid/.test(metric)) return 'completeness';
  if (/duplicate|unique/.test(metric)) return 'integrity';
  return 'distribution';
}

/** What is wrong when a check fails, from its text. */
export function kindOfCheck(text: string): EvidenceKind {
  if (/\bschema\b|\bcolumns?\s+(?:exist|type)/i.test(text)) return 'schema';
  if (/fresh|\bage\b|watermark|\blag\b|landed/i.test(text)) return 'freshness';
  if (/\bunique|duplicate|references|foreign/i.test(text)) return 'integrity';
  if (/null|missing|invalid|empty|\bmatches\b|\bparseable\b|accepted|\bin \(/i.test(text))
    return 'completeness';
  if (/^\s*row_count|\brows\b/i.test(text)) return 'volume';
  return 'distribution';
}

const RANKS: readonly EvidenceSeverity[] = ['notice', 'warning', 'critical'];

/** One step up for what matters most, one down for what matters least. */
function forTier(base: EvidenceSeverity, tier: Tier): EvidenceSeverity {
  return (
    RANKS[Math.min(2, Math.max(0, RANKS.indexOf(base) + (tier === 1 ? 1 : tier === 3 ? -1 : 0)))] ?? base
  );
}

function ofCheck(severity: Severity, tier: Tier): EvidenceSeverity {
  return severity === 'block' ? 'critical' : forTier('warning', tier);
}

export function evidenceOfVerdict(row: VerdictFactRow, tierOf: TierOf): EvidenceRow {
  const rules = row.rules ?? [];
  const kind = kindOfMetric(row.metric, rules);
  // No rows at all, or none where there must be some, is no matter of degree.
  const hard = kind === 'schema' || rules.some((rule) => rule === 'absent' || rule === 'empty');
  const base = kind === 'cost' ? 'notice' : hard && kind !== 'schema' ? 'critical' : 'warning';
  const tier = tierOf(row.dataset_id);
  return {
    ...NOTHING,
    id: derivedId(
      'evidence',
      'verdict',
      row.dataset_id,
      row.partition,
      row.metric,
      row.detector,
      row.run_id ?? '',
    ),
    source: 'verdict',
    dataset_id: row.dataset_id,
    partition: row.partition,
    kind,
    // What a metric does by chance is a warning also where nobody promised anything.
    severity: base === 'warning' && tier === 3 ? 'warning' : forTier(base, tier),
    at: row.made_at ?? row.decided_at,
    made_at: row.made_at,
    direction: row.direction,
    summary: short(row.message),
    subject: row.metric,
    value: row.value,
    expected: rangeOf(row.low, row.high),
    hint: row.hint,
    hard,
    detector: row.detector,
    run_id: row.run_id,
  };
}

export function evidenceOfLateness(row: LateFactRow, tierOf: TierOf): EvidenceRow {
  return {
    ...NOTHING,
    id: derivedId('evidence', 'freshness', row.dataset_id, row.late_at.toISOString()),
    source: 'freshness',
    dataset_id: row.dataset_id,
    kind: 'freshness',
    severity: forTier('warning', tierOf(row.dataset_id)),
    at: row.late_at,
    summary: short(row.message),
    subject: 'freshness',
    value: row.value,
    expected: row.high === null ? null : `at most ${formatNumber(row.high)} s`,
    hard: true,
    detector: 'freshness',
  };
}

/** A promise in time that was missed, at the moment at which it was due, or that is going to be. */
export function evidenceOfObjective(row: ObjectiveFactRow, tierOf: TierOf): EvidenceRow {
  return {
    ...NOTHING,
    id: row.id,
    source: 'objective',
    dataset_id: row.dataset_id,
    partition: row.partition,
    // What takes long may be right all the same.
    kind: row.name === 'duration' ? 'cost' : 'freshness',
    severity: row.warning ? 'warning' : forTier('critical', tierOf(row.dataset_id)),
    at: row.at,
    summary: short(row.message),
    subject: row.name,
    expected: row.period,
    hint: row.warning ? 'it is not due yet' : null,
    hard: true,
  };
}

export function evidenceOfEvaluation(row: EvaluationFactRow, tierOf: TierOf): EvidenceRow {
  const isCheck = row.check_id !== null;
  const subject = row.check_id ?? 'publication';
  const unsure = row.status === 'error';
  return {
    ...NOTHING,
    id: derivedId('evidence', isCheck ? 'check' : 'publication', row.evaluation_id, subject),
    source: isCheck ? 'check' : 'publication',
    dataset_id: row.dataset_id,
    partition: row.partition,
    kind: isCheck ? kindOfCheck(row.text ?? '') : 'publication',
    severity: isCheck ? ofCheck(row.severity ?? 'warn', tierOf(row.dataset_id)) : 'critical',
    at: row.decided_at,
    // The candidate was there when it was asked about.
    made_at: row.requested_at,
    direction: directionOf(row),
    summary: short(isCheck ? row.message : `not published: ${row.message}`),
    subject,
    value: row.value,
    expected: row.expected,
    hint: unsure ? 'the check could not be run' : null,
    hard: true,
    evaluation_id: row.evaluation_id,
  };
}

/** A check that the monitor found broken by what was stated of a partition: one piece for what a run wrote. */
export function evidenceOfCheck(row: CheckFactRow, tierOf: TierOf): EvidenceRow {
  return {
    ...NOTHING,
    id: derivedId('evidence', 'stated check', row.dataset_id, row.partition, row.check_id, row.run_id ?? ''),
    source: 'check',
    dataset_id: row.dataset_id,
    partition: row.partition,
    kind: kindOfCheck(row.text ?? ''),
    severity: ofCheck(row.severity ?? 'warn', tierOf(row.dataset_id)),
    at: row.stated_at,
    made_at: row.stated_at,
    direction: directionOf(row),
    summary: short(row.message),
    subject: row.check_id,
    value: row.value,
    expected: row.expected,
    hint: row.status === 'error' ? 'the check could not be computed' : null,
    hard: true,
    run_id: row.run_id,
  };
}

/** Whether there is too little or too much, where a check compares one number with a bound. */
function directionOf({
  value,
  expected,
}: Pick<EvaluationFactRow, 'value' | 'expected'>): 'up' | 'down' | null {
  const [bound] = expected?.match(/-?\d+(?:\.\d+)?/) ?? [];
  if (value === null || bound === undefined || Number(bound) === value) return null;
  return value > Number(bound) ? 'up' : 'down';
}

export function evidenceOfRun(row: FailedRunRow, tierOf: TierOf): EvidenceRow {
  const lost = row.state === 'LOST';
  const message = row.error?.message ?? null;
  const words = { FAILED: 'failed', ABORTED: 'was aborted', LOST: 'fell silent' }[row.state];
  const [line = ''] = (message ?? '').split('\n', 1);
  return {
    ...NOTHING,
    id: derivedId('evidence', 'run', row.dataset_id, row.partition, row.run_id),
    source: 'run',
    dataset_id: row.dataset_id,
    partition: row.partition,
    kind: 'run',
    severity: forTier(row.state === 'ABORTED' ? 'notice' : 'warning', tierOf(row.dataset_id)),
    at: lost
      ? new Date(row.last_event_at.getTime() + LOST_POLICY.floorSeconds * 1000)
      : (row.ended_at ?? row.last_event_at),
    // It made nothing.
    made_at: null,
    summary: short(line === '' ? `${row.job} ${words}` : `${row.job} ${words}: ${line}`),
    subject: row.job,
    own_fault: ownFaultOf(message),
    hard: true,
    run_id: row.run_id,
  };
}

const NOTHING = {
  partition: '',
  made_at: null,
  direction: null,
  own_fault: null,
  value: null,
  expected: null,
  hint: null,
  detector: null,
  run_id: null,
  evaluation_id: null,
} as const;

/** A change that no load explains, or tasks that nobody saw: what it made of the data nobody knows. */
export function evidenceOfLoad(row: LoadFindingRow, tierOf: TierOf): EvidenceRow {
  return {
    ...NOTHING,
    id: derivedId('evidence', 'load', row.dataset_id, row.run_id),
    source: 'load',
    dataset_id: row.dataset_id,
    kind: 'integrity',
    severity: forTier(row.kind === 'missed_tasks' ? 'notice' : 'warning', tierOf(row.dataset_id)),
    at: row.at,
    made_at: row.at,
    summary: short(row.message),
    subject: row.kind,
    hard: true,
    run_id: row.run_id,
  };
}

function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function rangeOf(low: number | null, high: number | null): string | null {
  return low === null || high === null ? null : `${formatNumber(low)} to ${formatNumber(high)}`;
}
