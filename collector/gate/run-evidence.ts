import type { StatedAssertion } from '#model/assertion.ts';
import type { Uuid } from '#model/ids.ts';
import type { ShownState } from '#model/lost-run.ts';
import { LOWEST_KEY } from '#model/order-key.ts';
import type { CheckResult } from '#model/result.ts';
import { worstOfTree, type TreeRun } from '#model/run-tree.ts';
import {
  assertionsOfDataset,
  assertionsOfRuns,
  lastWriteOfPartition,
  type AssertionViewRow,
} from '#store/assertions.ts';
import type { Queryable } from '#store/database.ts';
import { runTree, type TreeRunRow } from '#store/run-views.ts';

/** Most runs of one tree that are looked at. */
const MOST_RUNS = 10_000;
/** Most statements of tests that are looked at. */
const MOST_STATEMENTS = 10_000;

/** The worst of a run and its descendants. */
export interface WorstOfRun {
  readonly state: ShownState;
  readonly runId: Uuid;
  /** How many runs were looked at, the run itself among them. */
  readonly runs: number;
  /** There are more: what they say is not known. */
  readonly truncated: boolean;
}

/** Reads a run's tree and finds the worst state in it (model/run-tree.ts). */
export async function worstOfRun(connection: Queryable, id: Uuid, now: Date): Promise<WorstOfRun> {
  const tree = await readTree(connection, id, now);
  return {
    ...worstOfTree(id, tree),
    runs: Math.min(tree.length, MOST_RUNS),
    truncated: tree.length > MOST_RUNS,
  };
}

async function readTree(connection: Queryable, id: Uuid, now: Date): Promise<TreeRun[]> {
  const rows = await connection.rows<TreeRunRow>(runTree(id, MOST_RUNS + 1, now));
  return rows.map((row) => ({
    id: row.id,
    parentId: row.parent_run_id,
    jobId: row.job_id,
    state: row.state as ShownState,
    stub: !row.job_stated,
    integration: row.integration,
    jobType: row.job_type,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }));
}

/** A test that failed, and where it was said. */
export interface FailedAssertion extends StatedAssertion {
  readonly dataset: string | null;
  readonly runId: Uuid;
}

/** What the pipeline itself says of a candidate. */
export interface Evidence {
  /** Null when the order names no run. */
  readonly worst: WorstOfRun | null;
  readonly failed: readonly FailedAssertion[];
}

/**
 * What is said of a candidate: by the run that the order names and all below it, about whatever dataset; or,
 * when it names none, what was said of the target's partition since it was written last. Of one
 * assertion the last word counts. A failed dbt test of severity `warn` leaves its run COMPLETE, and one of
 * severity `error` is told by the assertion as well: so the gate looks at assertions, not at run states alone.
 */
export async function readEvidence(
  connection: Queryable,
  about: { readonly runId: Uuid | null; readonly datasetId: Uuid; readonly partition: string },
  now: Date,
): Promise<Evidence> {
  if (about.runId !== null) {
    const tree = await readTree(connection, about.runId, now);
    const stated = await connection.rows<AssertionViewRow>(assertionsOfRuns(tree.map(({ id }) => id)));
    const worst = {
      ...worstOfTree(about.runId, tree),
      runs: tree.length,
      truncated: tree.length > MOST_RUNS,
    };
    return { worst, failed: failedNow(stated) };
  }
  const [write] = await connection.rows<{ key: Uuid }>(
    lastWriteOfPartition(about.datasetId, about.partition),
  );
  if (!write) return { worst: null, failed: [] };
  const stated = await connection.rows<AssertionViewRow>(
    assertionsOfDataset(about.datasetId, about.partition, write.key || LOWEST_KEY, MOST_STATEMENTS),
  );
  return { worst: null, failed: failedNow(stated) };
}

/** The assertions whose last word is that they failed. */
export function failedNow(rows: readonly AssertionViewRow[]): FailedAssertion[] {
  const last = new Map<string, { key: Uuid; result: FailedAssertion }>();
  for (const row of rows) {
    for (const result of row.results) {
      if (result.success === null) continue;
      const identity = JSON.stringify([
        row.dataset_id,
        row.partition,
        result.assertion,
        result.column,
        result.name,
      ]);
      const known = last.get(identity);
      // Of two results in one statement the failed one counts.
      if (known && (known.key > row.key || (known.key === row.key && known.result.success === false)))
        continue;
      last.set(identity, { key: row.key, result: { ...result, dataset: row.dataset, runId: row.run_id } });
    }
  }
  return [...last.values()].map(({ result }) => result).filter(({ success }) => success === false);
}

/** What the run and all below it came to; reasons of the gate itself. */
export const RUN_FAILED = 'gate.run';

/**
 * Evidence as results beside those of the contract's checks, so that they are kept, shown and can be waived
 * like these. Only faults: that a run completed, or a test passed, tests nothing of the contract.
 */
export function evidenceResults({ worst, failed }: Evidence): CheckResult[] {
  return [...(worst ? runResults(worst) : []), ...failed.map(assertionResult)];
}

/** A run that goes on holds nothing back: the task that asks the gate may be part of it. */
function runResults({ state, runId, runs, truncated }: WorstOfRun): CheckResult[] {
  const result = (status: CheckResult['status'], message: string): CheckResult[] => [
    {
      checkId: RUN_FAILED,
      text: 'the run that made the candidate, and all runs below it',
      severity: 'block',
      status,
      value: null,
      expected: 'none failed',
      message,
      facts: {},
      baseline: [],
    },
  ];
  if (state === 'FAILED' || state === 'ABORTED')
    return result(
      'fail',
      `The run ${runId}, which the candidate comes from, has ${state === 'FAILED' ? 'failed' : 'been aborted'}.`,
    );
  if (runs === 0) return result('no_data', `No event has told of the run ${runId}.`);
  if (state === 'LOST') return result('error', `Nothing has been heard of the run ${runId} for too long.`);
  if (truncated)
    return result('error', `More than ${MOST_RUNS} runs lie below the run, and not all could be looked at.`);
  return [];
}

function assertionResult(assertion: FailedAssertion): CheckResult {
  const { dataset, column, severity, actual, expected, name } = assertion;
  const subject = `${assertion.assertion}${column === null ? '' : `(${column})`}`;
  const about = dataset === null ? '' : ` on ${dataset}`;
  const seen =
    actual === null ? '' : `; it found ${actual}${expected === null ? '' : `, expected was ${expected}`}`;
  return {
    checkId: [
      'assertion',
      dataset ?? 'run',
      subject,
      ...(name === null || name === assertion.assertion ? [] : [name]),
    ]
      .join(':')
      .slice(0, 1000),
    text: `${subject}${about}`,
    severity: severity === 'error' ? 'block' : 'warn',
    status: 'fail',
    value: null,
    expected: expected ?? 'success',
    message: `The test ${name ?? subject}${about} failed${seen}.`,
    facts: {},
    baseline: [],
  };
}
