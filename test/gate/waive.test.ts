import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishEvaluation } from '#gate/publish.ts';
import { grantWaiver, requestWaiver, type WaiverRequest } from '#gate/waive.ts';
import { evaluationById, type EvaluationRow } from '#store/evaluations.ts';
import { problemOf, served, testGate, type TestGate } from './gate.ts';

const HOUR = 3_600_000;

async function failing(gate: TestGate): Promise<{ row: EvaluationRow; request: WaiverRequest }> {
  const row = await gate.evaluate('2001-01-01', 9);
  const checkIds = row.reasons.map(({ checkId }) => checkId);
  return {
    row,
    request: {
      checkIds,
      reason: 'a new hub opened',
      requestedBy: 'Ada',
      expiresAt: new Date(Date.now() + HOUR),
    },
  };
}

async function read(gate: TestGate, row: EvaluationRow): Promise<EvaluationRow> {
  const [found] = await gate.services.database.rows<EvaluationRow>(evaluationById(row.id));
  return found ?? row;
}

const publish = (
  gate: TestGate,
  row: EvaluationRow,
  now = new Date(),
): ReturnType<typeof publishEvaluation> =>
  publishEvaluation(gate.services, row.id, { expectedVersion: row.candidate_version ?? '' }, now);

test('a named failure passes when a second person approves, and the data stays out of baselines', async (t) => {
  const gate = await testGate(t);
  const { row, request } = await failing(gate);
  const waiver = await requestWaiver(gate.services, row.id, request, new Date());
  assert.equal(await problemOf(publish(gate, row)), 'blocked', 'a request alone lets nothing pass');
  for (const oneself of ['Ada', ' ada ']) {
    assert.equal(
      await problemOf(grantWaiver(gate.services, waiver.id, oneself, new Date())),
      'waiver_invalid',
    );
  }
  const granted = await grantWaiver(gate.services, waiver.id, 'Grace', new Date());
  assert.deepEqual([granted.evaluations, granted.waiver.approved_by], [[row.id], 'Grace']);
  const waived = await read(gate, row);
  assert.deepEqual(
    [waived.state, waived.decision, waived.reasons[0]?.waivedBy],
    ['waived', 'allow', 'Grace'],
  );
  assert.notEqual(waived.excluded, null);
  await grantWaiver(gate.services, waiver.id, 'Grace', new Date());
  assert.equal(await problemOf(grantWaiver(gate.services, waiver.id, 'Lin', new Date())), 'conflict');
  assert.equal((await publish(gate, row)).state, 'published');
  assert.deepEqual(await served(gate.house), ['2001-01-01 9']);
});

test('a waiver that ended before the publication lets nothing pass', async (t) => {
  const gate = await testGate(t);
  const { row, request } = await failing(gate);
  const waiver = await requestWaiver(gate.services, row.id, request, new Date());
  await grantWaiver(gate.services, waiver.id, 'Grace', new Date());
  assert.equal(await problemOf(publish(gate, row, new Date(Date.now() + 2 * HOUR))), 'blocked');
  assert.deepEqual([(await read(gate, row)).state, (await read(gate, row)).decision], ['expired', 'block']);
  assert.deepEqual(await served(gate.house), []);
  assert.equal(
    await problemOf(grantWaiver(gate.services, waiver.id, 'Grace', new Date(Date.now() + 2 * HOUR))),
    'waiver_invalid',
  );
});

test('a waiver needs a reason, an end within thirty days, a person, and checks that failed', async (t) => {
  const gate = await testGate(t);
  const { row, request } = await failing(gate);
  const wrong: Partial<WaiverRequest>[] = [
    { reason: ' ' },
    { requestedBy: '' },
    { checkIds: [] },
    { checkIds: ['row_count > 7'] },
    { expiresAt: new Date(Date.now() - 1) },
    { expiresAt: new Date(Date.now() + 31 * 24 * HOUR) },
    { expiresAt: new Date('never') },
  ];
  for (const change of wrong) {
    const asking = requestWaiver(gate.services, row.id, { ...request, ...change }, new Date());
    assert.equal(await problemOf(asking), 'waiver_invalid', JSON.stringify(change));
  }
  assert.equal(
    await problemOf(requestWaiver(gate.services, 'none', request, new Date())),
    'evaluation_not_found',
  );
  assert.equal(await problemOf(grantWaiver(gate.services, 'none', 'Grace', new Date())), 'not_found');
});

test('a waiver holds for the next candidate of its partition, not for another partition', async (t) => {
  const gate = await testGate(t);
  const { row, request } = await failing(gate);
  const waiver = await requestWaiver(gate.services, row.id, request, new Date());
  await grantWaiver(gate.services, waiver.id, 'Grace', new Date());
  assert.equal((await gate.evaluate('2001-01-01', 8, { table: 'again' })).state, 'waived');
  const other = await gate.evaluate('2001-01-02', 9);
  assert.equal(other.state, 'failed');
  const wide = await requestWaiver(gate.services, other.id, { ...request, anyPartition: true }, new Date());
  assert.equal(
    (await grantWaiver(gate.services, wide.id, 'Grace', new Date())).evaluations.includes(other.id),
    true,
  );
  assert.equal((await gate.evaluate('2001-01-03', 9)).state, 'waived');
});

test('a waiver for one candidate lets exactly that one pass, and not what is loaded after it', async (t) => {
  const gate = await testGate(t);
  const { row, request } = await failing(gate);
  const now = new Date();
  const both = { ...request, thisCandidate: true, anyPartition: true };
  assert.equal(await problemOf(requestWaiver(gate.services, row.id, both, now)), 'waiver_invalid');
  const order = { ...request, thisCandidate: true, ticket: ' OPS-17 ' };
  const waiver = await requestWaiver(gate.services, row.id, order, now);
  assert.deepEqual([waiver.candidate_version, waiver.ticket], [row.candidate_version, 'OPS-17']);
  await grantWaiver(gate.services, waiver.id, 'Grace', now);
  assert.equal((await read(gate, row)).decision, 'allow');
  const other = await gate.evaluate('2001-01-01', 8, { table: 'other' });
  assert.deepEqual([other.decision, other.reasons[0]?.waivedBy], ['block', null]);
  const lasting = await requestWaiver(gate.services, other.id, request, now);
  assert.deepEqual([lasting.candidate_version, lasting.ticket], [null, null]);
  await grantWaiver(gate.services, lasting.id, 'Grace', now);
  assert.equal((await read(gate, other)).decision, 'allow');
  assert.equal((await gate.evaluate('2001-01-01', 7, { table: 'third' })).decision, 'allow');
});
