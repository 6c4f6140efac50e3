import { costPerRun, type Prices } from '#detectors/cost-per-run.ts';
import type { Freshness } from '#detectors/freshness.ts';
import { plainDetection } from '#detectors/plain-detection.ts';
import { runDuration } from '#detectors/run-duration.ts';
import { schemaDrift, type SchemaColumn } from '#detectors/schema-drift.ts';
import type { Contract } from '#model/contract.ts';
import type { Detection, MetricKind } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import type { Judgement, Standing } from '#model/judgement.ts';
import type { Circumstances } from './circumstances.ts';
import { schemaAgainst } from './contract-findings.ts';
import { columnsOf } from './judge.ts';

/** What a run used, as far as it is known. */
export interface KnownUsage {
  readonly seconds: number | null;
  readonly rows: number | null;
  readonly bytesWritten: number | null;
  readonly bytesRead: number | null;
}

/** What use costs, and what it is counted in. */
export interface CostRates {
  readonly prices: Prices;
  /** `EUR`. */
  readonly unit?: string;
}

/** What detectors beside those of measures are told of one partition. */
export interface OtherSubject {
  readonly datasetId: Uuid;
  readonly partition: string;
  readonly standing: Standing;
  /** The columns of the write before and of this one; null where they are the same or none were stated. */
  readonly schemaStep: {
    readonly before: readonly SchemaColumn[];
    readonly after: readonly SchemaColumn[];
  } | null;
  /** Its contract, and the columns that its writers last stated; null where either is unknown. */
  readonly promise: {
    readonly contract: Contract;
    readonly columns: NonNullable<Circumstances['columns']>;
  } | null;
  /** The completed run that wrote it last, beside the earlier ones of its job, oldest first. */
  readonly writer: {
    readonly job: string;
    readonly startedAt: Date;
    readonly endedAt: Date;
    readonly usage: KnownUsage;
    readonly past: readonly KnownUsage[];
  } | null;
}

/**
 * What is said of a partition beside its measures: the schema against the write before and against the contract
 * (metric `schema`), and
 * the run that wrote it against the earlier runs of its job (`run_duration`, and of its use what is known:
 * `run_rows`, `run_bytes_read`, `run_bytes_written`, with prices `run_cost`). Pure. They are verdicts like all others, each with a
 * detector of its own, so they go into the same statement after `judgePartition`'s, and are dropped with them:
 *
 *     const others = await otherEvidence(database, evidence.judged);
 *     judgements.push(...others.flatMap(otherFindings));
 *
 * Nothing is said of what is not known, nor of a schema that stayed.
 */
export function otherFindings(
  { datasetId, partition, standing, schemaStep, promise, writer }: OtherSubject,
  cost?: CostRates,
): Judgement[] {
  const about = { datasetId, partition, standing };
  const found: Judgement[] = [];
  if (schemaStep !== null) {
    const detection = schemaDetection(schemaStep.before, schemaStep.after, partition);
    if (detection.status !== 'normal') found.push(judgementOf(about, 'schema', 'count', detection));
  }
  const kept = promise && schemaAgainst(promise.contract, promise.columns, partition);
  if (kept && kept.status !== 'normal') found.push(judgementOf(about, 'schema', 'count', kept));
  if (writer === null) return found;
  const { job, startedAt, endedAt, usage, past } = writer;
  const runs = past.flatMap(({ seconds }) => {
    if (seconds === null) return [];
    const end = new Date(startedAt.getTime() + seconds * 1000);
    return [{ startedAt, endedAt: end, completed: true }];
  });
  const duration = runDuration(runs, { startedAt, endedAt, completed: true }, endedAt, { label: job });
  found.push(judgementOf(about, 'run_duration', 'duration', duration));
  const findings = costPerRun(past.map(usageOf), usageOf(usage), { label: job, ...cost });
  for (const { metric, detection } of findings)
    // The time is told as the run's duration.
    if (metric !== 'run_seconds') found.push(judgementOf(about, metric, KINDS[metric], detection));
  return found;
}

/** What is said of a dataset's freshness: one verdict, of no partition. */
export function freshnessFinding(datasetId: Uuid, found: Freshness): Judgement {
  const { lastLandedAt: _, lateAt: __, ...detection } = found;
  return judgementOf({ datasetId, partition: '', standing: 'young' }, 'freshness', 'delay', detection);
}

/** A schema drift as a detection: its value is how many changes there are. */
function schemaDetection(
  before: readonly SchemaColumn[],
  after: readonly SchemaColumn[],
  partition: string,
): Detection {
  const label = partition === '' ? 'this write' : partition;
  const { detector, status, changes, message } = schemaDrift(before, after, { against: 'before', label });
  const value = changes.length;
  return plainDetection({
    detector,
    status,
    value,
    expected: 0,
    low: 0,
    high: 0,
    threshold: 0,
    points: before.length,
    message,
  });
}

function judgementOf(
  about: Pick<Judgement, 'datasetId' | 'partition' | 'standing'>,
  metric: string,
  kind: MetricKind,
  detection: Detection,
): Judgement {
  return {
    ...about,
    metric,
    kind,
    ...columnsOf(detection),
    finding: about.standing === 'young' && detection.status === 'anomalous',
    p: null,
    detection,
  };
}

const KINDS = {
  run_rows: 'count',
  run_bytes_read: 'bytes',
  run_bytes_written: 'bytes',
  run_cost: 'sum',
} as const;

function usageOf({ seconds, rows, bytesRead, bytesWritten }: KnownUsage): Record<string, number> {
  return {
    ...(seconds !== null && { seconds }),
    ...(rows !== null && { rows }),
    ...(bytesRead !== null && { bytesRead }),
    ...(bytesWritten !== null && { bytesWritten }),
  };
}
