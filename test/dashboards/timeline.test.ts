import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunItem } from '#api/schema/model.ts';
import { timelineShape } from '../../dashboards/web/runs/timeline-rows.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

function run(id: string, from: number | null, to: number | null, more: Partial<RunItem> = {}): RunItem {
  return {
    id,
    externalId: null,
    jobId: id,
    jobNamespace: 'n',
    job: id,
    reported: true,
    state: to === null ? 'RUNNING' : 'COMPLETED',
    attempts: 1,
    conflicting: false,
    startMissing: from === null,
    startedAt: from === null ? null : at(from),
    endedAt: to === null ? null : at(to),
    lastEventAt: at(to ?? from ?? 0),
    events: 2,
    nominalStart: null,
    nominalEnd: null,
    parentRunId: null,
    rootRunId: null,
    error: null,
    producer: null,
    integration: null,
    jobType: null,
    processingType: null,
    engine: null,
    ...more,
  };
}

const shapeOf = (runs: readonly RunItem[], now = 60) =>
  timelineShape(runs, Date.parse(at(now))).rows.map(({ run: { id }, depth, from, length }) => [
    id,
    depth,
    from,
    length,
  ]);

test('each parent stands before its children, by when they began', () => {
  const child = { parentRunId: 'top' };
  assert.deepEqual(
    shapeOf([
      run('late', 30, 40, child),
      run('inner', 12, 15, { parentRunId: 'early' }),
      run('top', 0, 40),
      run('early', 10, 20, child),
    ]),
    [
      ['top', 0, 0, 1],
      ['early', 1, 0.25, 0.25],
      ['inner', 2, 0.3, 0.075],
      ['late', 1, 0.75, 0.25],
    ],
  );
});

test('what is open lasts until now; what never began or was lost is there at its last word', () => {
  assert.deepEqual(
    shapeOf([run('open', 0, null), run('lost', 20, null, { state: 'LOST' }), run('unbegun', null, 30)], 40),
    [
      ['open', 0, 0, 1],
      ['lost', 0, 0.5, 0],
      ['unbegun', 0, 0.75, 0],
    ],
  );
});

test('a circle of parents is cut, a parent that nobody knows is none, and one moment is no division by zero', () => {
  const rows = shapeOf([
    run('a', 0, 0, { parentRunId: 'b' }),
    run('b', 0, 0, { parentRunId: 'a' }),
    run('c', 0, 0, { parentRunId: 'unknown' }),
  ]);
  assert.deepEqual(new Set(rows.map(([id]) => id)), new Set(['a', 'b', 'c']));
  assert.ok(rows.every(([, , from, length]) => from === 0 && length === 0));
});
