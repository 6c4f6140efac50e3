import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushContracts, type PushedContract } from '#gate/contracts.ts';
import { evaluateCandidate } from '#gate/evaluate.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { evaluationStatus } from '#gate/status.ts';
import { candidateHistory, type CandidateHistoryRow } from '#store/candidate-measurements.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { printOdcs } from '#rules/contract/odcs/print.ts';
import { evaluationById, type EvaluationRow } from '#store/evaluations.ts';
import { versionOf } from '#test/adapters/postgres/warehouse.ts';
import { CONTRACT, problemOf, served, testGate } from './gate.ts';

test('an evaluation keeps its evidence: version, facts, contract, query', async (t) => {
  const gate = await testGate(t);
  const row = await gate.evaluate('2001-01-01', 3);
  assert.deepEqual([row.decision, row.state, row.row_count], ['allow', 'passed', 3]);
  assert.equal(row.candidate_version, await versionOf(gate.house.warehouse, 'staging.daily_routes_20010101'));
  assert.match(row.contract_hash, /^[0-9a-f]{64}$/);
  assert.match(row.sql_hash ?? '', /^[0-9a-f]{64}$/);
  const { results } = await evaluationStatus(gate.services, row.id);
  assert.deepEqual(
    results.map(({ status, value }) => [status, value]),
    [
      ['pass', 3],
      ['pass', 60],
    ],
  );
  assert.deepEqual(results[1]?.facts['sum(flights)'], 60);
});

test('a failing, an empty and an unmeasurable candidate are held, and none is published', async (t) => {
  const gate = await testGate(t);
  const now = new Date();
  const failing = await gate.evaluate('2001-01-01', 9);
  assert.deepEqual([failing.decision, failing.state], ['block', 'failed']);
  const empty = await gate.evaluate('2001-01-02', 0);
  assert.deepEqual([empty.decision, empty.reasons[0]?.status], ['block', 'fail']);
  assert.ok(empty.reasons.some(({ checkId }) => checkId === 'gate.empty_partition'));
  const missing = await evaluateCandidate(
    gate.services,
    {
      datasetId: gate.dataset,
      partition: 'flight_date=2001-01-03',
      candidate: { kind: 'table', ref: 'staging.absent' },
    },
    now,
  );
  assert.deepEqual([missing.decision, missing.state, missing.candidate_version], ['unknown', 'error', null]);
  assert.match(missing.reasons[0]?.message ?? '', /staging\.absent/);
  for (const row of [failing, empty, missing]) {
    const expectedVersion = row.candidate_version ?? '';
    const kind = await problemOf(publishEvaluation(gate.services, row.id, { expectedVersion }, now));
    assert.equal(kind, row === missing ? 'version_moved' : 'blocked');
  }
  assert.deepEqual(await served(gate.house), []);
});

test('learning is unknown and never publishes, but is history for the next', async (t) => {
  const contract = `${CONTRACT}  - check: "row_count within 50% of avg_last(7)"\n`;
  const gate = await testGate(t, contract);
  const states: string[] = [];
  for (const day of ['2001-01-01', '2001-01-02', '2001-01-03', '2001-01-04']) {
    const row = await gate.evaluate(day, 3);
    states.push(row.state);
    if (row.state === 'learning') {
      const publishing = publishEvaluation(
        gate.services,
        row.id,
        { expectedVersion: row.candidate_version ?? '' },
        new Date(),
      );
      assert.equal(await problemOf(publishing), 'blocked');
    }
  }
  assert.deepEqual(states, ['learning', 'learning', 'learning', 'passed']);
  const broken = await gate.evaluate('2001-01-05', 1);
  assert.equal(broken.state, 'failed');
  const { results } = await evaluationStatus(gate.services, broken.id);
  assert.deepEqual(
    results[2]?.baseline.map(({ value }) => value),
    [3, 3, 3, 3],
  );
});

test('a partition that failed stays out of baselines, until a newer evaluation of it passes', async (t) => {
  const gate = await testGate(t);
  await gate.evaluate('2001-01-01', 3);
  await gate.evaluate('2001-01-02', 9);
  const read = async (): Promise<(readonly [string, boolean, number | undefined])[]> => {
    const rows = await gate.services.database.rows<CandidateHistoryRow>(
      candidateHistory(gate.dataset, 'flight_date=2001-01-03', 10),
    );
    return rows.map(({ partition, excluded, facts }) => [partition, excluded !== null, facts['row_count']]);
  };
  assert.deepEqual(await read(), [
    ['flight_date=2001-01-02', true, 9],
    ['flight_date=2001-01-01', false, 3],
  ]);
  await gate.evaluate('2001-01-02', 4, { table: 'again' });
  assert.deepEqual(await read(), [
    ['flight_date=2001-01-02', false, 4],
    ['flight_date=2001-01-01', false, 3],
  ]);
});

test('a newer evaluation of the partition takes the place of the open one', async (t) => {
  const gate = await testGate(t);
  const first = await gate.evaluate('2001-01-01', 3);
  const second = await gate.evaluate('2001-01-01', 4, { table: 'again' });
  const [old] = await gate.services.database.rows<EvaluationRow>(evaluationById(first.id));
  assert.equal(old?.state, 'superseded');
  const order = { expectedVersion: first.candidate_version ?? '' };
  assert.equal(await problemOf(publishEvaluation(gate.services, first.id, order, new Date())), 'conflict');
  await publishEvaluation(
    gate.services,
    second.id,
    { expectedVersion: second.candidate_version ?? '' },
    new Date(),
  );
  assert.deepEqual(await served(gate.house), ['2001-01-01 4']);
});

test('the same idempotency key gives the same evaluation; an outage is not remembered for ever', async (t) => {
  const gate = await testGate(t);
  const order = (partition: string, ref: string) => ({
    datasetId: gate.dataset,
    partition,
    candidate: { kind: 'table', ref },
    idempotencyKey: 'run-1',
  });
  const day = 'flight_date=2001-01-01';
  const ref = 'staging.daily_routes_20010101';
  const missing = await evaluateCandidate(gate.services, order(day, ref), new Date());
  assert.equal(missing.state, 'error');
  const first = await gate.evaluate('2001-01-01', 3, { idempotencyKey: 'run-1' });
  assert.deepEqual([first.id, first.state], [missing.id, 'passed']);
  await gate.house.run(`delete from ${ref}`);
  const again = await evaluateCandidate(gate.services, order(day, ref), new Date());
  assert.deepEqual([again.id, again.row_count, again.state], [first.id, 3, 'passed']);
  assert.equal(
    await problemOf(evaluateCandidate(gate.services, order('flight_date=2001-01-02', ref), new Date())),
    'conflict',
  );
  const both = await Promise.all(
    [1, 2].map(() =>
      evaluateCandidate(gate.services, { ...order(day, ref), idempotencyKey: 'run-2' }, new Date()),
    ),
  );
  assert.equal(both[0]?.id, both[1]?.id);
});

test('measurements of the same version answer without a query', async (t) => {
  const gate = await testGate(t);
  const first = await gate.evaluate('2001-01-01', 3);
  const candidate = { kind: 'table', ref: first.candidate_ref, version: first.candidate_version ?? '' };
  await pushContracts(
    gate.services,
    { text: CONTRACT.replace('1.0.0', '1.1.0').replace('1 and 5', '1 and 2'), fileName: 'r.yaml' },
    new Date(),
  );
  const order = { datasetId: gate.dataset, partition: 'flight_date=2001-01-01', candidate };
  const stricter = await evaluateCandidate(gate.services, order, new Date());
  assert.deepEqual(
    [stricter.sql_hash, stricter.contract_version, stricter.decision],
    [null, '1.1.0', 'block'],
  );
  const old = await evaluateCandidate(gate.services, { ...order, contractVersion: '1.0.0' }, new Date());
  assert.equal(old.decision, 'allow');
  const other = await evaluateCandidate(
    gate.services,
    { ...order, candidate: { ...candidate, version: 'other' } },
    new Date(),
  );
  assert.notEqual(other.sql_hash, null);
  assert.equal(
    await problemOf(evaluateCandidate(gate.services, { ...order, contractVersion: '9.0.0' }, new Date())),
    'contract_not_found',
  );
});

test('a contract is stored once; another text under its version, faults and unknown warehouses are refused', async (t) => {
  const gate = await testGate(t);
  const push = async (text: string): Promise<PushedContract> => {
    const [pushed] = (await pushContracts(gate.services, { text, fileName: 'r.yaml' }, new Date())).pushed;
    return pushed ?? assert.fail('nothing was pushed');
  };
  assert.equal((await push(CONTRACT)).changed, false);
  assert.equal(await problemOf(push(CONTRACT.replace('1 and 5', '1 and 6'))), 'conflict');
  assert.equal(await problemOf(push('dataset: 7')), 'invalid_contract');
  assert.equal((await push(CONTRACT.replace('1.0.0', '1.10.0'))).changed, true);
  assert.equal(
    (await push(CONTRACT.replace('1.0.0', '1.9.0').replace('warehouse:', 'elsewhere:'))).changed,
    true,
  );
  assert.equal(
    (await gate.evaluate('2001-01-01', 1)).contract_version,
    '1.10.0',
    'semver, not text, orders versions',
  );
  await push(CONTRACT.replace('1.0.0', '2.0.0').replace('warehouse:', 'elsewhere:'));
  assert.equal(await problemOf(gate.evaluate('2001-01-02', 1)), 'unknown_warehouse');
});

/** The contract of the tests in ODCS, with words for people among its checks and others beside them or not. */
function withWords(keepsChecks: boolean): string {
  const parsed = parseContract(CONTRACT, 'routes.yaml');
  assert.ok(parsed.status === 'ok');
  const { contract } = parsed;
  const checks = keepsChecks ? contract.checks : [];
  const text = printOdcs(contract.document, [{ ...contract, checks }]);
  const words = { type: 'text', description: 'Routes are those of the summer plan' };
  const soda = { type: 'custom', engine: 'soda', implementation: 'checks for routes' };
  return keepsChecks
    ? text.replace(/^( *)quality:\n/m, (found, indent: string) =>
        [found, `${indent}  - ${JSON.stringify(words)}\n`, `${indent}  - ${JSON.stringify(soda)}\n`].join(''),
      )
    : text.replace(/^schema:\n( *)- /m, (found) => `${found}quality: [${JSON.stringify(words)}]\n    `);
}

test('checks that are not run stand among the results with the reason, and let nothing through', async (t) => {
  const gate = await testGate(t, withWords(true));
  const row = await gate.evaluate('2001-01-01', 3);
  assert.deepEqual([row.decision, row.state], ['allow', 'passed']);
  const { results } = await evaluationStatus(gate.services, row.id);
  assert.deepEqual(
    results.filter(({ status }) => status === 'skipped').map(({ text, severity }) => [text, severity]),
    [
      ['Routes are those of the summer plan', 'block'],
      ['checks for routes', 'block'],
    ],
  );
  const told = row.reasons.filter(({ status }) => status === 'skipped').map(({ message }) => message);
  assert.equal(told.length, 2);
  for (const message of told) assert.match(message, /^It is not run here: ./);
});

test('a contract of nothing but checks that are not run tests nothing', async (t) => {
  const gate = await testGate(t, withWords(false));
  const row = await gate.evaluate('2001-01-01', 3);
  assert.deepEqual([row.decision, row.state], ['unknown', 'no_data']);
  assert.equal(row.reasons[0]?.checkId, 'gate.no_checks');
});
