import { detectorForChecks, type CheckSurroundings } from '#detectors/for-checks.ts';
import { detectSigma } from '#detectors/sigma.ts';
import type { Check, Contract } from '#model/contract.ts';
import { derivedId, runIdOf, type Uuid } from '#model/ids.ts';
import type { Fact } from '#model/fact.ts';
import type { StatedMark } from '#model/mark.ts';
import type { FactKey } from '#model/measurement.ts';
import { partitionTime } from '#model/partition.ts';
import type { DialectName, Outcome, Warehouse } from '#model/ports.ts';
import type { CheckResult } from '#model/result.ts';
import { Problem } from '#collector/problems.ts';
import { withSpan } from '#collector/span.ts';
import { carriedResults } from '#rules/check/carried.ts';
import { evaluateCheck, type KnownColumns, type PastPartition } from '#rules/expression/evaluate.ts';
import { factsOf } from '#rules/expression/facts.ts';
import { joinSegments, splitSegments } from '#rules/expression/segment-key.ts';
import { isOfRows, isOfTable } from '#rules/sql/plan.ts';
import {
  addCandidateFacts,
  candidateHistory,
  candidateHistoryOf,
  factsOfVersion,
  type CandidateHistoryRow,
} from '#store/candidate-measurements.ts';
import {
  lastCandidateSchema,
  putCandidateSchema,
  type CandidateSchemaRow,
} from '#store/candidate-schemas.ts';
import { putEvaluationCost } from '#store/evaluation-costs.ts';
import {
  addCheckResults,
  beginEvaluation,
  evaluationById,
  evaluationByKey,
  finishEvaluation,
  lockPartition,
  restartEvaluation,
  supersedeOpen,
  type EvaluationRow,
} from '#store/evaluations.ts';
import { type MarkRow, standingMarks, statedMark } from '#store/marks.ts';
import { readContract, type StoredContract } from './contracts.ts';
import { decide, EMPTY_PARTITION, NOT_MEASURED } from './decide.ts';
import { withFailingRows } from './failing-rows.ts';
import { keepProfile } from './keep-profile.ts';
import {
  measureCandidate,
  type CandidateOrder,
  type KnownFacts,
  type Measured,
} from './measure-candidate.ts';
import { decidedBy, neededFacts, widestScope } from './needed-facts.ts';
import { notFound } from './publish.ts';
import { evidenceResults, readEvidence } from './run-evidence.ts';
import { waiversNow } from './redecide.ts';
import { staleCopyResults } from './stale-copy.ts';
import { takeCandidate } from './take-candidate.ts';
import { publishTarget, warehouseNamed, type GateServices } from './services.ts';

export interface EvaluationOrder {
  readonly datasetId: Uuid;
  /** Canonical partition key; '' for a dataset without. */
  readonly partition: string;
  /** `version`: what the caller measured before; its stored measurements then answer without a query. */
  readonly candidate: { readonly kind: string; readonly ref: string; readonly version?: string };
  /** The run that made the candidate, or a run above it: what it and all below it say is evidence. */
  readonly run?: string;
  /** The same key gives the same evaluation, so that a retried task does not test twice. */
  readonly idempotencyKey?: string | null;
  /** The highest version unless told. */
  readonly contractVersion?: string | null;
  readonly requestedBy?: string | null;
}

/** Measures a candidate, evaluates the contract's checks on it, decides, and stores all of that. */
export function evaluateCandidate(
  services: GateServices,
  order: EvaluationOrder,
  now: Date,
): Promise<EvaluationRow> {
  return withSpan('gate decide', { 'assay.candidate.kind': order.candidate.kind }, () =>
    evaluateAndDecide(services, order, now),
  );
}

async function evaluateAndDecide(
  services: GateServices,
  asked: EvaluationOrder,
  now: Date,
): Promise<EvaluationRow> {
  const stored = await readContract(services, asked.datasetId, asked.contractVersion ?? null);
  // Whichever of its names was given: one dataset's candidates stand in one row.
  const order = { ...asked, datasetId: stored.row.dataset_id };
  const { contract } = stored;
  const place = contract.gate.publishTo === null ? null : publishTarget(contract.gate.publishTo);
  // What loads feed by themselves is gold already: it is checked, waits for nothing and is published nowhere.
  const warehouse = warehouseNamed(services, place?.warehouse ?? order.candidate.kind);
  const { partition } = order;
  const grain = contract.partition?.grain ?? null;
  const target =
    place === null || order.candidate.kind === 'feed'
      ? null
      : (warehouse.targetOf?.(place.target, { partition, grain }) ?? place.target);
  const begun = await begin(services, order, stored, { warehouse: warehouse.name, target }, now);
  if (!begun.fresh) return begun.row;

  const needed = neededFacts(contract);
  const history = await readHistory(services, order, contract, widestScope(needed));
  const known = await knownFacts(services, order, contract);
  const measured: Outcome<Measured> =
    answered(known, contract, needed, warehouse.dialect) ??
    (await measureTaken(services, warehouse, begun.row, {
      contract,
      partition: order.partition,
      target,
      facts: needed,
      previous: history.map((point) => point.partition).toReversed(),
      known,
      now,
    }));
  const about = { ...order, runId: order.run === undefined ? null : runIdOf(order.run) };
  const evidence = evidenceResults(await readEvidence(services.database, about, now));
  const value = measured.status === 'success' ? measured.value : null;
  const surroundings = {
    partition: order.partition,
    marks: await readMarks(services, order, contract),
    calendar: services.calendar,
  };
  const before = await columnsBefore(services, order, contract);
  const judged = value === null ? [] : evaluateAll(contract, value, { history, before }, surroundings, now);
  const results = await withFailingRows(judged, warehouse, contract, value?.request ?? null);
  // It is no check of the contract: where nothing else was judged, nothing was.
  const repeated = results.some(({ status }) => status !== 'skipped')
    ? await staleCopyResults(services.database, order, value)
    : [];
  const all = [...results, ...evidence, ...repeated, ...carriedResults(contract.carriedChecks)];
  const found = { contract, measured, results: value === null ? [] : all };
  const concluded = await conclude(services, begun.row, found, now);
  if (concluded.decision) services.onDecision?.(concluded.decision);
  return concluded;
}

/** Measures the candidate where only the gate can change it. */
async function measureTaken(
  services: GateServices,
  warehouse: Warehouse,
  row: EvaluationRow,
  order: Omit<CandidateOrder, 'ref'>,
): Promise<Outcome<Measured>> {
  const taken = await takeCandidate(services, warehouse, row);
  if (taken.status !== 'success') return taken;
  const measured = await measureCandidate(warehouse, { ...order, ref: taken.value });
  if (measured.status === 'success' && measured.value.cost !== undefined)
    services.onMeasured?.(warehouse.name, measured.value.cost);
  if (measured.status === 'success' && measured.value.profile !== undefined)
    services.onProfiled?.(warehouse.name, measured.value.profile);
  return measured;
}

async function begin(
  services: GateServices,
  order: EvaluationOrder,
  { row: contract, contract: { gate } }: StoredContract,
  place: { readonly warehouse: string; readonly target: string | null },
  now: Date,
): Promise<{ readonly row: EvaluationRow; readonly fresh: boolean }> {
  const key = order.idempotencyKey ?? null;
  const row: EvaluationRow = {
    id: derivedId('evaluation', order.datasetId, key ?? services.newId()),
    dataset_id: order.datasetId,
    namespace: contract.namespace,
    name: contract.name,
    partition: order.partition,
    contract_version: contract.version,
    contract_hash: contract.hash,
    ...place,
    empty_partition: gate.emptyPartition,
    on_error: gate.onError ?? 'block',
    candidate_kind: order.candidate.kind,
    candidate_ref: order.candidate.ref,
    candidate_version: null,
    row_count: null,
    sql_hash: null,
    state: 'running',
    decision: null,
    reasons: [],
    excluded: null,
    idempotency_key: key,
    requested_by: order.requestedBy ?? null,
    requested_at: now,
    decided_at: null,
  };
  return services.database.transaction(async (connection) => {
    await connection.rows(lockPartition(order.datasetId, order.partition));
    const [before] =
      key === null ? [] : await connection.rows<EvaluationRow>(evaluationByKey(order.datasetId, key));
    if (before) {
      const again = (await connection.execute(restartEvaluation(sameOrder(before, order).id, now))) === 1;
      return {
        row: again ? { ...before, state: 'running', decision: null, requested_at: now } : before,
        fresh: again,
      };
    }
    await connection.execute(supersedeOpen(order.datasetId, order.partition));
    if ((await connection.execute(beginEvaluation(row))) === 1) return { row, fresh: true };
    // The key was used at the same moment for another partition.
    const [other] = await connection.rows<EvaluationRow>(evaluationById(row.id));
    return { row: sameOrder(other ?? row, order), fresh: false };
  });
}

function sameOrder(row: EvaluationRow, order: EvaluationOrder): EvaluationRow {
  if (row.partition === order.partition && row.candidate_ref === order.candidate.ref) return row;
  throw new Problem(
    'conflict',
    `The idempotency key ${JSON.stringify(order.idempotencyKey)} belongs to ${row.candidate_ref} for partition ${JSON.stringify(row.partition)}; use another key.`,
    { evaluationId: row.id },
  );
}

/** What was measured before on the version that the caller names; the version is compared again when publishing. */
async function knownFacts(
  services: GateServices,
  { datasetId, partition, candidate }: EvaluationOrder,
  contract: Contract,
): Promise<KnownFacts | null> {
  if (candidate.version === undefined) return null;
  const rows = await services.database.rows<{ key: FactKey; value: number }>(
    factsOfVersion(datasetId, partition, candidate.version),
  );
  const { facts, segments } = splitSegments(rows.map(({ key, value }) => [key, value]));
  if (rows.length === 0) return null;
  const decided = decidedBy(contract, facts);
  return { version: candidate.version, facts, groups: segments, decided };
}

/** What is known as an outcome when it is all that is needed: then nothing is asked of the warehouse. */
function answered(
  known: KnownFacts | null,
  contract: Contract,
  needed: ReadonlyMap<FactKey, Fact>,
  dialect: DialectName,
): Outcome<Measured> | null {
  // Which columns there are, only the warehouse tells.
  if (known === null || contract.checks.some(asksForColumns)) return null;
  const { version, facts, groups, decided } = known;
  return [...needed].every(
    ([key, fact]) =>
      facts.has(key) || groups.has(key) || decided.has(key) || !(isOfRows(fact) || isOfTable(fact, dialect)),
  )
    ? {
        status: 'success',
        value: { version, facts, groups, failed: new Map(), sqlHash: null, request: null },
      }
    : null;
}

function asksForColumns({ expression }: Check): boolean {
  return factsOf(expression).schema;
}

async function readHistory(
  services: GateServices,
  order: EvaluationOrder,
  contract: Contract,
  atLeast: number,
): Promise<PastPartition[]> {
  const needed = Math.max(atLeast, ...contract.checks.map((check) => factsOf(check.expression).history));
  if (needed === 0) return [];
  // Twice as many: those that stay out of baselines are read too, because results say so.
  const rows = await services.database.rows<CandidateHistoryRow>(
    candidateHistory(order.datasetId, order.partition, needed * 2),
  );
  return candidateHistoryOf(rows).map((point) => ({ ...point, ...splitSegments(point.facts) }));
}

/** The columns of the last candidate that was let through, where a check asks for columns. */
async function columnsBefore(
  services: GateServices,
  { datasetId, partition }: EvaluationOrder,
  contract: Contract,
): Promise<KnownColumns | null> {
  if (!contract.checks.some(asksForColumns)) return null;
  const [row] = await services.database.rows<CandidateSchemaRow>(lastCandidateSchema(datasetId, partition));
  return row?.columns.map(([name, type]) => ({ name, type })) ?? null;
}

/** What people said of the dataset's partitions, where a check asks the adaptive mode. */
async function readMarks(
  services: GateServices,
  { datasetId }: EvaluationOrder,
  contract: Contract,
): Promise<StatedMark[]> {
  if (!contract.checks.some(({ expression }) => factsOf(expression).adaptive)) return [];
  const rows = await services.database.rows<MarkRow>(standingMarks([datasetId]));
  return rows.map(statedMark);
}

async function conclude(
  services: GateServices,
  row: EvaluationRow,
  found: {
    readonly contract: Contract;
    readonly measured: Outcome<Measured>;
    readonly results: readonly CheckResult[];
  },
  now: Date,
): Promise<EvaluationRow> {
  const { contract, measured, results } = found;
  const value = measured.status === 'success' ? measured.value : null;
  const rowCount = value?.facts.get('row_count') ?? null;
  return services.database.transaction(async (connection) => {
    const waivers = await waiversNow(connection, row, now);
    const decided = decide({
      dataset: row.dataset_id,
      partition: row.partition,
      results,
      policy: contract.gate,
      measured: value && { version: value.version, rowCount },
      waivers,
      now,
    });
    const reasons = decided.reasons.map((reason) =>
      reason.checkId === NOT_MEASURED && measured.status !== 'success'
        ? { ...reason, message: measured.reason }
        : reason,
    );
    if (value) {
      const { id: evaluationId, dataset_id: datasetId, partition } = row;
      const { version } = value;
      const facts = joinSegments(value.facts, value.groups);
      await connection.execute(
        addCandidateFacts({ evaluationId, datasetId, partition, version, facts, takenAt: now }),
      );
      await connection.execute(addCheckResults(row.id, results));
      const columns = value.request?.candidate.table.columns;
      if (columns) await connection.execute(putCandidateSchema(row.id, columns));
      if (value.cost) await connection.execute(putEvaluationCost(row.id, value.cost));
      if (value.profile?.status === 'success')
        await keepProfile(
          connection,
          { datasetId, partition, version: evaluationId, statedAt: now, facts },
          value.profile.value,
        );
    }
    await connection.execute(
      finishEvaluation({
        id: row.id,
        candidateVersion: value?.version ?? null,
        rowCount,
        sqlHash: value?.sqlHash ?? null,
        state: decided.state,
        decision: decided.decision,
        reasons,
        excluded: exclusionOf(
          results,
          reasons.some(({ checkId }) => checkId === EMPTY_PARTITION),
        ),
        decidedAt: now,
      }),
    );
    const [finished] = await connection.rows<EvaluationRow>(evaluationById(row.id));
    if (!finished) throw notFound(row.id);
    return finished;
  });
}

function evaluateAll(
  contract: Contract,
  { facts, groups, failed, request }: Measured,
  { history, before }: { readonly history: readonly PastPartition[]; readonly before: KnownColumns | null },
  surroundings: CheckSurroundings,
  now: Date,
): CheckResult[] {
  const { partition } = surroundings;
  // A fact that could not be asked makes an error of what stands on it, with the warehouse's own words.
  const evidence = {
    facts,
    segments: groups,
    faults: failed,
    history,
    partition,
    partitionAt: partitionTime(partition),
    now,
    schema: {
      now: request?.candidate.table.columns ?? null,
      before,
      baseline: contract.columns.length === 0 ? null : contract.columns,
    },
    anomaly: detectSigma,
    adaptive: detectorForChecks(surroundings),
  };
  return contract.checks.map((check) =>
    evaluateCheck(check, evidence, { emptyPartition: contract.gate.emptyPartition }),
  );
}

/**
 * Why a partition stays out of the baselines of later ones: a check that holds back failed, waived or not.
 * One that was only learning stays in, or learning would never end.
 */
export function exclusionOf(results: readonly CheckResult[], empty: boolean): string | null {
  const failed = results.find(
    ({ severity, status }) => severity === 'block' && (status === 'fail' || status === 'warn'),
  );
  if (failed) return `failed: ${failed.text}`;
  return empty ? 'empty' : null;
}
