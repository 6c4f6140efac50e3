import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freezeHistory, freezeOf, FROZEN, setFreeze } from '#gate/freeze.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { EVALUATION_DAYS } from '#gate/evaluation-terms.ts';
import { evaluationStatus, partitionStatus } from '#gate/status.ts';
import { evaluationById, type EvaluationRow } from '#store/evaluations.ts';
import { expireEvaluations } from '#store/waiting.ts';
import { problemOf, served, testGate, type TestGate } from './gate.ts';

const DAY = 'flight_date=2001-01-01';
const DAY_MS = 86_400_000;

const publish = (gate: TestGate, row: EvaluationRow, now = new Date()) =>
  publishEvaluation(gate.services, row.id, { expectedVersion: row.candidate_version ?? '' }, now);

const set = (gate: TestGate, action: 'freeze' | 'unfreeze', reason = 'wrong prices', author = 'Ada') =>
  setFreeze(gate.services, { datasetId: gate.dataset, action, reason, author }, new Date());

test('a frozen gate publishes nothing and says who stopped it; unfrozen, what was allowed is published', async (t) => {
  const gate = await testGate(t);
  await set(gate, 'freeze');
  const row = await gate.evaluate('2001-01-01', 3);
  assert.equal(row.decision, 'allow', 'candidates are tested all the same');
  await assert.rejects(publish(gate, row), /frozen by Ada since .* UTC: wrong prices/);
  assert.equal(await problemOf(publish(gate, row)), 'blocked');
  assert.deepEqual(await served(gate.house), []);
  const shown = await evaluationStatus(gate.services, row.id);
  assert.deepEqual(
    [shown.decision, shown.reasons.map(({ checkId, holds }) => [checkId, holds])],
    ['block', [[FROZEN, true]]],
  );
  const { freeze } = await partitionStatus(gate.services, gate.dataset, 'flight_date=1999-01-01');
  assert.equal(freeze?.author, 'Ada', 'also where nothing was evaluated');

  await set(gate, 'unfreeze', 'mended', 'Grace');
  assert.equal((await evaluationStatus(gate.services, row.id)).decision, 'allow');
  assert.equal((await publish(gate, row)).state, 'published');
  await set(gate, 'freeze', 'again');
  const published = await partitionStatus(gate.services, gate.dataset, DAY);
  assert.equal(published.evaluation?.decision, 'allow', 'what is served stays served');
  assert.equal((await publish(gate, row)).state, 'published', 'asking again changes nothing');
  const said = await freezeHistory(gate.services, gate.dataset);
  assert.deepEqual(
    said.map(({ action, author, reason }) => `${action} ${author} ${reason}`),
    ['freeze Ada again', 'unfreeze Grace mended', 'freeze Ada wrong prices'],
  );
});

test('freezing twice, letting go what is not frozen, and giving no reason are refused', async (t) => {
  const gate = await testGate(t);
  assert.equal(await problemOf(set(gate, 'unfreeze')), 'conflict');
  assert.equal(await problemOf(set(gate, 'freeze', ' ')), 'invalid_request');
  assert.equal(await problemOf(set(gate, 'freeze', 'why', ' ')), 'invalid_request');
  assert.equal(await freezeOf(gate.services.database, gate.dataset), null);
  await set(gate, 'freeze');
  assert.equal(await problemOf(set(gate, 'freeze')), 'conflict');
});

test('what was allowed ends after seven days: it is not published, and shown as expired', async (t) => {
  const gate = await testGate(t);
  const row = await gate.evaluate('2001-01-01', 3);
  const later = new Date(row.requested_at.getTime() + EVALUATION_DAYS * DAY_MS);
  assert.equal(await problemOf(publish(gate, row, later)), 'conflict');
  assert.deepEqual(await served(gate.house), []);
  assert.equal(await gate.services.database.execute(expireEvaluations(row.requested_at, later)), 0);
  const after = new Date(row.requested_at.getTime() + 1);
  assert.equal(await gate.services.database.execute(expireEvaluations(after, later)), 1);
  const [found] = await gate.services.database.rows<EvaluationRow>(evaluationById(row.id));
  assert.equal(found?.state, 'expired');
  const again = await gate.evaluate('2001-01-01', 3, { table: 'again' });
  assert.equal((await publish(gate, again)).state, 'published');
});
