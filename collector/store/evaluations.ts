import type { Uuid } from '#model/ids.ts';
import type { Decision, Reason } from '#model/publication.ts';
import type { CheckResult, CheckStatus } from '#model/result.ts';
import type { GatePolicy, Severity } from '#model/contract.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

export type EvaluationState =
  | 'pending'
  | 'running'
  | 'passed'
  | 'passed_with_warnings'
  | 'failed'
  | 'error'
  | 'no_data'
  | 'learning'
  | 'waived'
  | 'expired'
  | 'published'
  | 'superseded';

/** An evaluation of a candidate, without its results. */
export interface EvaluationRow {
  readonly id: Uuid;
  readonly dataset_id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly partition: string;
  readonly contract_version: string;
  readonly contract_hash: string;
  readonly warehouse: string;
  readonly target: string | null;
  /** The contract's word on an empty candidate. */
  readonly empty_partition: GatePolicy['emptyPartition'];
  /** Its word on a check that could not be run; absent: block. */
  readonly on_error?: NonNullable<GatePolicy['onError']>;
  readonly candidate_kind: string;
  readonly candidate_ref: string;
  /** null until measured. */
  readonly candidate_version: string | null;
  readonly row_count: number | null;
  readonly sql_hash: string | null;
  readonly state: EvaluationState;
  /** null while running. */
  readonly decision: Decision | null;
  readonly reasons: readonly Reason[];
  /** Why the partition stays out of baselines, or null. */
  readonly excluded: string | null;
  readonly idempotency_key: string | null;
  readonly requested_by: string | null;
  readonly requested_at: Date;
  readonly decided_at: Date | null;
}

export interface CheckResultRow {
  readonly check_id: string;
  readonly text: string;
  readonly severity: Severity;
  readonly status: CheckStatus;
  readonly value: number | null;
  readonly expected: string;
  readonly message: string;
  readonly facts: CheckResult['facts'];
  readonly baseline: CheckResult['baseline'];
  readonly failing_rows: NonNullable<CheckResult['failingRows']> | null;
}

const COLUMNS = sql`id, dataset_id, namespace, name, partition, contract_version, contract_hash, warehouse, target,
  empty_partition, on_error, candidate_kind, candidate_ref, candidate_version, row_count, sql_hash, state, decision, reasons, excluded,
  idempotency_key, requested_by, requested_at, decided_at`;

/** Held until the end of the transaction: evaluations of one partition begin and publish one after another. */
export function lockPartition(datasetId: Uuid, partition: string): Statement {
  return sql`select pg_advisory_xact_lock(hashtextextended(${`gate\n${datasetId}\n${partition}`}, 4101))`.named(
    'lock_gate_partition',
  );
}

/** Closes what is open for this partition: a newer evaluation takes its place. */
export function supersedeOpen(datasetId: Uuid, partition: string): Statement {
  return sql`
    update evaluation set state = 'superseded'
     where dataset_id = ${datasetId} and partition = ${partition}
       and state not in ('expired', 'published', 'superseded')`.named('supersede_open_evaluations');
}

/** Begins an evaluation; changes no row when its idempotency key was used before. */
export function beginEvaluation(row: EvaluationRow): Statement {
  return sql`
    insert into evaluation (id, dataset_id, namespace, name, partition, contract_version, contract_hash, warehouse, target,
                            empty_partition, on_error, candidate_kind, candidate_ref, state, idempotency_key, requested_by, requested_at)
    values (${row.id}, ${row.dataset_id}, ${row.namespace}, ${row.name}, ${row.partition}, ${row.contract_version},
            ${row.contract_hash}, ${row.warehouse}, ${row.target}, ${row.empty_partition},
            ${row.on_error ?? 'block'}, ${row.candidate_kind}, ${row.candidate_ref},
            ${row.state}, ${row.idempotency_key}, ${row.requested_by}, ${row.requested_at})
    on conflict do nothing`.named('begin_evaluation');
}

/** Runs an evaluation anew that never got to measure: a retried task is not answered by an old outage. */
export function restartEvaluation(id: Uuid, now: Date): Statement {
  return sql`
    update evaluation set state = 'running', decision = null, reasons = '[]', decided_at = null, requested_at = ${now}
     where id = ${id} and state = 'error' and candidate_version is null`.named('restart_evaluation');
}

export function evaluationById(id: Uuid): Statement {
  return sql`select ${COLUMNS} from evaluation where id = ${id}`.named('evaluation_by_id');
}

/** The same row, locked until the end of the transaction. */
export function evaluationForUpdate(id: Uuid): Statement {
  return sql`select ${COLUMNS} from evaluation where id = ${id} for update`.named('evaluation_for_update');
}

export function evaluationByKey(datasetId: Uuid, idempotencyKey: string): Statement {
  return sql`
    select ${COLUMNS} from evaluation
     where dataset_id = ${datasetId} and idempotency_key = ${idempotencyKey}`.named('evaluation_by_key');
}

/** The newest evaluation of a partition. */
export function latestEvaluation(datasetId: Uuid, partition: string): Statement {
  return sql`
    select ${COLUMNS} from evaluation
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and partition = ${partition}
     order by requested_at desc, id desc limit 1`.named('latest_evaluation');
}

/** Evaluations of a partition under any of the dataset's names, the newest first. */
export function evaluationsOfPartition(datasetId: Uuid, partition: string, limit: number): Statement {
  return sql`
    select ${COLUMNS} from evaluation
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and partition = ${partition}
     order by requested_at desc, id desc limit ${limit}`.named('evaluations_of_partition');
}

/** Evaluations that a waiver may change: decided, and neither published nor superseded. */
export function openEvaluations(datasetId: Uuid, partition: string | null): Statement {
  return sql`
    select ${COLUMNS} from evaluation
     where dataset_id = ${datasetId} and (${partition}::text is null or partition = ${partition}::text)
       and state in ('passed', 'passed_with_warnings', 'failed', 'error', 'no_data', 'learning', 'waived', 'expired')
     order by requested_at for update`.named('open_evaluations');
}

export interface EvaluationOutcome {
  readonly id: Uuid;
  readonly candidateVersion: string | null;
  readonly rowCount: number | null;
  readonly sqlHash: string | null;
  readonly state: EvaluationState;
  readonly decision: Decision;
  readonly reasons: readonly Reason[];
  readonly excluded: string | null;
  readonly decidedAt: Date;
}

/** Writes what came of an evaluation. One that was superseded meanwhile stays so. */
export function finishEvaluation(outcome: EvaluationOutcome): Statement {
  return sql`
    update evaluation
       set candidate_version = ${outcome.candidateVersion}, row_count = ${outcome.rowCount}, sql_hash = ${outcome.sqlHash},
           state = case when state in ('pending', 'running') then ${outcome.state} else state end,
           decision = ${outcome.decision}, reasons = ${JSON.stringify(outcome.reasons)}::jsonb,
           excluded = ${outcome.excluded}, decided_at = ${outcome.decidedAt}
     where id = ${outcome.id} and decision is null`.named('finish_evaluation');
}

/** A new decision about stored results: a waiver came or ended. */
export function redecideEvaluation(
  id: Uuid,
  next: { readonly state: EvaluationState; readonly decision: Decision; readonly reasons: readonly Reason[] },
  now: Date,
): Statement {
  return sql`
    update evaluation set state = ${next.state}, decision = ${next.decision},
           reasons = ${JSON.stringify(next.reasons)}::jsonb, decided_at = ${now}
     where id = ${id} and state not in ('pending', 'running', 'published', 'superseded')`.named(
    'redecide_evaluation',
  );
}

export function markPublished(id: Uuid): Statement {
  return sql`update evaluation set state = 'published' where id = ${id}`.named('mark_evaluation_published');
}

/** Evaluations whose process ended before they did. */
export function abandonEvaluations(requestedBefore: Date, reasons: readonly Reason[], now: Date): Statement {
  return sql`
    update evaluation set state = 'error', decision = 'unknown', reasons = ${JSON.stringify(reasons)}::jsonb, decided_at = ${now}
     where state in ('pending', 'running') and requested_at < ${requestedBefore}`.named(
    'abandon_evaluations',
  );
}

/** Stores results in order; again does nothing. */
export function addCheckResults(evaluationId: Uuid, results: readonly CheckResult[]): Statement {
  return sql`
    insert into check_result (evaluation_id, position, check_id, text, severity, status, value, expected, message, facts, baseline, failing_rows)
    select ${evaluationId}, r.position, r."checkId", r.text, r.severity, r.status, r.value, r.expected, r.message, r.facts, r.baseline, r."failingRows"
      from jsonb_to_recordset(${JSON.stringify(results.map((result, position) => ({ ...result, position })))}::jsonb)
           as r(position smallint, "checkId" text, text text, severity text, status text, value float8, expected text,
                message text, facts jsonb, baseline jsonb, "failingRows" jsonb)
    on conflict do nothing`.named('add_check_results');
}

export function checkResults(evaluationId: Uuid): Statement {
  return sql`
    select check_id, text, severity, status, value, expected, message, facts, baseline, failing_rows
      from check_result where evaluation_id = ${evaluationId} order by position`.named('check_results');
}

/** A result as the rest of the program knows it. */
export function resultOf(row: CheckResultRow): CheckResult {
  const { check_id: checkId, failing_rows: failingRows, ...rest } = row;
  return { checkId, ...rest, failingRows };
}
