import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LOST_POLICY, shownState, type ShownState } from '#model/lost-run.ts';
import { worstOfTree, type TreeRun } from '#model/run-tree.ts';
import type { RunState } from '#model/run-state.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));

const run = (
  id: string,
  parentId: string | null,
  state: ShownState,
  more: Partial<TreeRun> = {},
): TreeRun => ({
  id,
  parentId,
  jobId: `job of ${id}`,
  state,
  stub: false,
  integration: 'SPARK',
  jobType: 'SQL_JOB',
  startedAt: at(0),
  endedAt: at(1),
  ...more,
});

/** The answer must not depend on the order of rows. */
function worst(top: string, runs: readonly TreeRun[]): string {
  const found = worstOfTree(top, runs);
  assert.deepEqual(worstOfTree(top, runs.toReversed()), found);
  return `${found.state} ${found.runId}`;
}

describe('the worst of a run and its descendants', () => {
  test('an application that completed with a failed query has failed', () => {
    const runs = [run('app', null, 'COMPLETED'), run('a', 'app', 'COMPLETED'), run('b', 'app', 'FAILED')];
    assert.equal(worst('app', runs), 'FAILED b');
    assert.equal(worst('a', [run('a', 'app', 'COMPLETED')]), 'COMPLETED a');
  });

  test('several levels; the order of badness; the run itself on a draw', () => {
    const chain = [
      run('dag', null, 'COMPLETED'),
      run('task', 'dag', 'COMPLETED'),
      run('app', 'task', 'LOST'),
    ];
    assert.equal(worst('dag', chain), 'LOST app');
    assert.equal(
      worst('dag', [...chain, run('q', 'app', 'ABORTED'), run('r', 'app', 'ABORTED')]),
      'ABORTED q',
    );
    assert.equal(worst('dag', [run('dag', null, 'FAILED'), run('a', 'dag', 'FAILED')]), 'FAILED dag');
    assert.equal(worst('dag', [run('dag', null, 'RUNNING'), run('a', 'dag', 'COMPLETED')]), 'RUNNING dag');
  });

  test('a stub says nothing of itself; a run whose parent is missing counts below the root', () => {
    const stub = run('dag', null, 'UNKNOWN', { stub: true });
    assert.equal(worst('dag', [stub, run('a', 'dag', 'COMPLETED')]), 'COMPLETED a');
    assert.equal(worst('dag', [stub]), 'UNKNOWN dag');
    assert.equal(worst('dag', [run('dag', null, 'COMPLETED'), run('q', 'never seen', 'FAILED')]), 'FAILED q');
  });

  test('a task that Airflow tried again counts by its last try, with what ran below it', () => {
    const first = run('try1', 'dag', 'FAILED', { jobId: 't', integration: 'AIRFLOW', endedAt: at(5) });
    const below = run('app1', 'try1', 'FAILED');
    const again = run('try2', 'dag', 'COMPLETED', { jobId: 't', integration: 'AIRFLOW', startedAt: at(6) });
    const dag = run('dag', null, 'RUNNING', { integration: 'AIRFLOW' });
    assert.equal(worst('dag', [dag, first, below, again]), 'RUNNING dag');
    assert.equal(worst('dag', [dag, first, below, { ...again, state: 'RUNNING' }]), 'FAILED app1');
    // Begun before the other's end: not another try but a mapped task at its side.
    assert.equal(worst('dag', [dag, first, { ...again, startedAt: at(4) }]), 'FAILED try1');
    assert.equal(worst('dag', [dag, { ...first, integration: 'SPARK' }, again]), 'FAILED try1');
  });

  test('an RDD job that Spark never ends is nothing once its application has ended', () => {
    const app = run('app', null, 'COMPLETED', { jobType: 'APPLICATION' });
    const query = run('query', 'app', 'COMPLETED');
    for (const state of ['STARTED', 'RUNNING', 'LOST'] as const) {
      const listing = run('listing', 'app', state, { jobType: 'RDD_JOB', endedAt: null });
      assert.equal(worst('app', [app, query, listing]), 'COMPLETED app');
      // A query does end, and while the application runs so may this.
      assert.equal(worst('app', [app, { ...listing, jobType: 'SQL_JOB' }]), `${state} listing`);
      const open = { ...app, state: 'RUNNING', endedAt: null } as const;
      assert.equal(worst('app', [open, listing]), state === 'LOST' ? 'LOST listing' : 'RUNNING app');
    }
    const failed = run('listing', 'app', 'FAILED', { jobType: 'RDD_JOB' });
    assert.equal(worst('app', [app, query, failed]), 'FAILED listing');
  });

  test('runs that name each other as parents end the search', () => {
    const circle = [run('a', 'b', 'COMPLETED'), run('b', 'a', 'FAILED'), run('c', 'c', 'ABORTED')];
    assert.equal(worst('a', circle), 'FAILED b');
  });
});

describe('lost runs', () => {
  const shown = (
    state: RunState,
    silentHours: number,
    usualHours: number | null,
    unending = false,
  ): ShownState =>
    shownState(
      { state, lastEventAt: new Date(0), unending },
      usualHours === null ? null : usualHours * 3600,
      new Date(silentHours * 3_600_000),
    );
  const floor = LOST_POLICY.floorSeconds / 3600;

  test('begun and silent for longer than usual', () => {
    assert.equal(shown('STARTED', floor, null), 'STARTED');
    assert.equal(shown('STARTED', floor + 0.1, null), 'LOST');
    assert.equal(shown('RUNNING', 29, 10), 'RUNNING');
    assert.equal(shown('RUNNING', 31, 10), 'LOST');
    assert.equal(shown('RUNNING', floor - 0.1, 0.01), 'RUNNING');
  });

  test('never what has ended, a stub, a stream or a service', () => {
    for (const state of ['COMPLETED', 'FAILED', 'ABORTED', 'UNKNOWN'] as const)
      assert.equal(shown(state, 1000, 1), state);
    assert.equal(shown('RUNNING', 1000, 1, true), 'RUNNING');
  });
});
