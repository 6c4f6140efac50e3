import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownFaultOf } from '#collector/incidents/error-class.ts';
import {
  evidenceOfEvaluation,
  evidenceOfRun,
  evidenceOfVerdict,
  kindOfCheck,
  kindOfMetric,
} from '#collector/incidents/evidence-rows.ts';
import type { EvaluationFactRow, FailedRunRow, VerdictFactRow } from '#store/evidence-facts.ts';

const AT = new Date('2026-02-01T02:00:00Z');

test('the class of an error is told when no input explains it', () => {
  for (const [message, own] of [
    ['java.lang.OutOfMemoryError: Java heap space', 'OutOfMemory'],
    ['Container killed on request. Exit code is 137', 'Killed'],
    ['org.apache.spark.SparkException: Job aborted: No space left on device', 'DiskFull'],
    ['java.net.SocketTimeoutException: Read timed out', 'SocketTimeoutException'],
    ['ZeroDivisionError: division by zero', 'ZeroDivisionError'],
    // What an input brings about.
    ['org.apache.spark.sql.AnalysisException: Table or view not found: bronze', null],
    ['FileNotFoundError: [Errno 2] No such file: bronze/dt=2026-01-01', null],
    ['PublicationHeld: The gate holds dt=2026-01-01', null],
    ['relation "bronze" does not exist', null],
    ['it did not work', null],
    [null, null],
  ] as const)
    assert.equal(ownFaultOf(message), own, message ?? 'none');
});

test('metrics and checks tell what is wrong', () => {
  assert.equal(kindOfMetric('row_count', []), 'volume');
  assert.equal(kindOfMetric('row_count', ['absent']), 'freshness');
  assert.equal(kindOfMetric('null_percentage(c)', []), 'completeness');
  assert.equal(kindOfMetric('avg(amount)', []), 'distribution');
  assert.equal(kindOfMetric('run_duration', []), 'cost');
  assert.equal(kindOfMetric('schema', []), 'schema');
  assert.equal(kindOfCheck('row_count within 50 % of avg(row_count, 7)'), 'volume');
  assert.equal(kindOfCheck('null_percentage(id) = 0'), 'completeness');
  assert.equal(kindOfCheck('unique(id)'), 'integrity');
  assert.equal(kindOfCheck('sum(flights) within 30 %'), 'distribution');
});

const verdict: VerdictFactRow = {
  dataset_id: '00000000-0000-4000-8000-000000000001',
  partition: 'dt=2026-01-31',
  metric: 'row_count',
  detector: 'adaptive',
  value: 50,
  mean: 1000,
  low: 900,
  high: 1100,
  direction: 'down',
  message: 'row_count is 50',
  hint: null,
  rules: [],
  run_id: null,
  made_at: AT,
  decided_at: new Date('2026-02-01T05:00:00Z'),
};

test('a finding is dated by its data, and graver the more its dataset matters', () => {
  const of = (tier: 1 | 2 | 3, more: Partial<VerdictFactRow> = {}) =>
    evidenceOfVerdict({ ...verdict, ...more }, () => tier);
  assert.equal(of(3).at, AT);
  assert.deepEqual(
    ([1, 2, 3] as const).map((tier) => of(tier).severity),
    ['critical', 'warning', 'warning'],
  );
  assert.deepEqual(
    ([1, 2, 3] as const).map((tier) => of(tier, { metric: 'run_duration' }).severity),
    ['warning', 'notice', 'notice'],
  );
  assert.equal(of(2, { rules: ['empty'] }).hard, true);
  assert.equal(of(2).hard, false);
  assert.equal(of(1).id, of(3, { message: 'in other words', decided_at: AT }).id, 'the same fact');
  assert.notEqual(of(1).id, of(1, { run_id: '00000000-0000-4000-8000-000000000002' }).id, 'other data');
  assert.ok(of(1, { message: 'x'.repeat(9000) }).summary.length <= 500);
});

test('a held candidate is critical, a warning is as grave as its dataset matters', () => {
  const held: EvaluationFactRow = {
    evaluation_id: '00000000-0000-4000-8000-000000000003',
    dataset_id: verdict.dataset_id,
    partition: 'dt=2026-01-31',
    check_id: null,
    text: null,
    severity: null,
    status: null,
    value: 6,
    expected: null,
    message: 'row_count is 6',
    requested_at: AT,
    decided_at: AT,
  };
  const publication = evidenceOfEvaluation(held, () => 3);
  assert.deepEqual(
    [publication.kind, publication.severity, publication.summary],
    ['publication', 'critical', 'not published: row_count is 6'],
  );
  const check = evidenceOfEvaluation(
    { ...held, check_id: 'c', text: 'row_count > 10', severity: 'warn', status: 'fail', expected: '> 10' },
    () => 3,
  );
  assert.deepEqual([check.kind, check.severity, check.direction], ['volume', 'notice', 'down']);
});

test('a silent run is dated by when it counts as lost', () => {
  const lost: FailedRunRow = {
    run_id: '00000000-0000-4000-8000-000000000004',
    state: 'LOST',
    job: 'make gold',
    error: null,
    ended_at: null,
    last_event_at: AT,
    dataset_id: verdict.dataset_id,
    partition: '',
  };
  assert.equal(evidenceOfRun(lost, () => 2).at.toISOString(), '2026-02-01T08:00:00.000Z');
});
