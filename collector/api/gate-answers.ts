import type { EvaluationStatus } from '#gate/status.ts';
import type { CheckResult } from '#model/result.ts';
import { contractFaultItem } from './contract-answers.ts';
import type { HallmarkRow, PublicationRow } from '#store/publications.ts';
import type { WaiverRow } from '#store/waivers.ts';
import type { FreezeRow } from '#store/gate-freezes.ts';
import { expiryOf, leaseOf } from '#gate/evaluation-terms.ts';
import type { WaitingPartition } from '#gate/waiting.ts';
import type {
  EvaluationAnswer,
  FreezeItem,
  HallmarkList,
  PublicationAnswer,
  WaiverAnswer,
} from './schema/gates.ts';

// Rows as the API shows them: camelCase, times as ISO 8601.

export function evaluationAnswer({
  row,
  reasons,
  results,
  publication,
  cost,
  contractFault,
  decision,
  freeze,
}: EvaluationStatus): EvaluationAnswer {
  return {
    id: row.id,
    datasetId: row.dataset_id,
    namespace: row.namespace,
    dataset: row.name,
    partition: row.partition,
    state: row.state,
    decision,
    reasons: [...reasons],
    checks: results.map((result) => ({
      ...result,
      facts: { ...result.facts },
      baseline: [...result.baseline],
      failingRows: failingRowsAnswer(result),
    })),
    candidate: { kind: row.candidate_kind, ref: row.candidate_ref, version: row.candidate_version },
    rowCount: row.row_count,
    contract: {
      version: row.contract_version,
      hash: row.contract_hash,
      lastError: contractFault && contractFaultItem(contractFault),
    },
    warehouse: row.warehouse,
    target: row.target,
    sqlHash: row.sql_hash,
    cost: cost && {
      statements: cost.statements,
      milliseconds: cost.milliseconds,
      queries: (cost.queries ?? []).map((query) => ({ ...query })),
    },
    excluded: row.excluded,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    leaseExpiresAt: row.decision === null ? leaseOf(row).toISOString() : null,
    expiresAt: ALLOWED.has(row.state) ? expiryOf(row).toISOString() : null,
    statusUrl: `/api/v2/gates/evaluations/${row.id}`,
    frozen: freeze && freezeItem(freeze),
    publication: publication && publicationAnswer(publication),
  };
}

const ALLOWED = new Set(['passed', 'passed_with_warnings', 'waived']);

export function freezeItem({ action, reason, author, at }: FreezeRow): FreezeItem {
  return { action, reason, author, at: at.toISOString() };
}

/** As it goes out: arrays of its own. */
export function failingRowsAnswer({
  failingRows,
}: CheckResult): EvaluationAnswer['checks'][number]['failingRows'] {
  if (!failingRows) return null;
  const { columns, rows, more } = failingRows;
  return { columns: [...columns], rows: rows.map((row) => [...row]), more };
}

export function publicationAnswer(row: PublicationRow): PublicationAnswer {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    evaluationId: row.evaluation_id,
    datasetId: row.dataset_id,
    namespace: row.namespace,
    dataset: row.name,
    partition: row.partition,
    target: row.target,
    candidateVersion: row.candidate_version,
    previous: row.previous,
    reason: row.reason,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

export function waiverAnswer(row: WaiverRow): WaiverAnswer {
  return {
    id: row.id,
    evaluationId: row.evaluation_id,
    partition: row.partition,
    candidateVersion: row.candidate_version,
    checkIds: [...row.check_ids],
    reason: row.reason,
    ticket: row.ticket,
    requestedBy: row.requested_by,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
  };
}

export function hallmarkItem(
  row: HallmarkRow,
  waiting: WaitingPartition | undefined,
): HallmarkList['items'][number] {
  return {
    evaluationId: row.evaluation_id,
    datasetId: row.dataset_id,
    namespace: row.namespace,
    dataset: row.name,
    partition: row.partition,
    state: row.state,
    evaluationState: row.evaluation_state,
    decision: row.decision,
    reasons: [...row.reasons],
    rowCount: row.row_count,
    candidate: { ref: row.candidate_ref, version: row.candidate_version },
    target: row.target,
    publicationId: row.publication_id,
    requestedAt: row.requested_at.toISOString(),
    publishedAt: row.state === 'published' ? (row.finished_at?.toISOString() ?? null) : null,
    waitingSince: waiting?.waiting_since.toISOString() ?? null,
    overdueSeconds: waiting?.overdueSeconds ?? null,
  };
}
