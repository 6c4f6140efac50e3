import type { Uuid } from './ids.ts';
import type { ShownState } from './lost-run.ts';

/** A run among its relatives. */
export interface TreeRun {
  readonly id: Uuid;
  readonly parentId: Uuid | null;
  readonly jobId: Uuid;
  readonly state: ShownState;
  /** No event of its own: known from its children's parent facets. */
  readonly stub: boolean;
  /** Of its jobType facet: AIRFLOW, SPARK. */
  readonly integration: string | null;
  /** Of its jobType facet: SQL_JOB, RDD_JOB, TASK. */
  readonly jobType: string | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/**
 * OpenLineage's Spark listener tells of the beginning of each RDD job (Spark itself runs one to list files), and
 * of the end only where it wrote something. Once the application has ended nothing more will be heard of it.
 */
export function isNeverEnded(
  run: Pick<TreeRun, 'integration' | 'jobType' | 'state'>,
  parentEndedAt: Date | null,
): boolean {
  return (
    run.integration === 'SPARK' &&
    run.jobType === 'RDD_JOB' &&
    (run.state === 'STARTED' || run.state === 'RUNNING' || run.state === 'LOST') &&
    parentEndedAt !== null
  );
}

/** How bad a state is for who relies on the run. */
const BADNESS: Readonly<Record<ShownState, number>> = {
  COMPLETED: 0,
  UNKNOWN: 1,
  STARTED: 2,
  RUNNING: 2,
  LOST: 3,
  ABORTED: 4,
  FAILED: 5,
};

export interface WorstRun {
  readonly state: ShownState;
  /** Whose state it is. */
  readonly runId: Uuid;
}

/**
 * The worst state of a run and all below it. A Spark application says COMPLETE also when a query of it has
 * failed (openlineage.md §3.1), so for a gate a run is as bad as the worst of its descendants.
 *
 * A stub's own state says nothing. An Airflow task that was tried again counts by its last try: a run is
 * passed over, with all below it, when a sibling of the same job began after its end and completed. So is a run
 * of which no end can be expected (isNeverEnded).
 *
 * @param runs the run itself and its descendants; one whose parent is missing hangs below the top.
 */
export function worstOfTree(top: Uuid, runs: readonly TreeRun[]): WorstRun {
  const known = new Map(runs.map((run) => [run.id, run]));
  const children = new Map<Uuid, TreeRun[]>();
  for (const run of runs) {
    if (run.id === top) continue;
    const parent =
      run.parentId !== null && known.has(run.parentId) && run.parentId !== run.id ? run.parentId : top;
    const siblings = children.get(parent);
    if (siblings) siblings.push(run);
    else children.set(parent, [run]);
  }
  const own = known.get(top);
  let worst: WorstRun = { state: own && !own.stub ? own.state : 'UNKNOWN', runId: top };
  let seen = own !== undefined && !own.stub;
  const visited = new Set<Uuid>([top]);
  const waiting: Uuid[] = [top];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const siblings = children.get(id) ?? [];
    for (const run of siblings) {
      if (visited.has(run.id) || isTriedAgain(run, siblings)) continue;
      visited.add(run.id);
      waiting.push(run.id);
      if (run.stub || isNeverEnded(run, known.get(id)?.endedAt ?? null)) continue;
      const verdict = { state: run.state, runId: run.id };
      // Of equally bad ones the least id, so that the answer does not depend on the order of rows.
      const worse = BADNESS[run.state] - BADNESS[worst.state];
      if (!seen || worse > 0 || (worse === 0 && worst.runId !== top && run.id < worst.runId)) worst = verdict;
      seen = true;
    }
  }
  return worst;
}

function isTriedAgain(run: TreeRun, siblings: readonly TreeRun[]): boolean {
  const end = run.endedAt;
  if (run.integration !== 'AIRFLOW' || end === null || run.state === 'COMPLETED') return false;
  return siblings.some(
    (other) =>
      other.id !== run.id &&
      other.jobId === run.jobId &&
      other.state === 'COMPLETED' &&
      other.startedAt !== null &&
      other.startedAt >= end,
  );
}
