import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerContractSuggestion } from '#api/contract-suggestion.ts';
import type { SuggestionAnswer } from '#api/schema/contracts.ts';
import { datasetId } from '#model/ids.ts';
import { addNewMark } from '#monitor/marks.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { testDatabase } from '#test/support/database.ts';
import { ingestApp } from '#test/support/ingest-app.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

test('a contract is suggested from what runs said of the last 30 days', async (t) => {
  const database = await testDatabase(t);
  const { app } = await ingestApp(t, database);
  const answering = Fastify();
  answerProblems(answering);
  registerContractSuggestion(answering, { database });
  t.after(() => answering.close());
  for (let day = 1; day <= 9; day += 1) {
    const runId = `00000000-0000-7000-8000-00000000000${day}`;
    const output = outputWithRows('gold.orders', 100 + day, {
      partition: { dt: `2026-01-0${day}` },
      schema: ['id', 'amount'],
    });
    for (const type of ['START', 'COMPLETE']) {
      const event = sampleEvent({ runId, type, time: `2026-01-1${day}T04:00:00Z`, outputs: [output] });
      const answer = await app.inject({
        method: 'POST',
        url: '/api/v1/lineage',
        headers: { 'content-type': 'application/json' },
        payload: event,
      });
      assert.equal(answer.statusCode, 201, answer.body);
    }
  }
  const answer = await answering.inject({ url: '/api/v2/datasets/gold.orders/contract-suggestion' });
  assert.equal(answer.statusCode, 200, answer.body);
  const { text, partitions } = answer.json<SuggestionAnswer>();
  assert.equal(partitions, 9);
  const parsed = parseContract(text, 'suggested.yaml');
  assert.ok(parsed.status === 'ok', text);
  const { contract } = parsed;
  assert.deepEqual(
    [contract.dataset, contract.namespace, contract.slaSeconds, contract.partition?.grain],
    ['gold.orders', 'postgres://db:5432', 36 * 3600, 'day'],
  );
  assert.deepEqual(
    contract.checks.map((check) => check.text),
    ['row_count > 0', 'row_count between 50 and 220'],
  );
  assert.deepEqual(
    contract.columns.map(({ name }) => name),
    ['id', 'amount'],
  );
  const bad = { kind: 'incident', metric: null, reason: 'broke off', author: 'ann' } as const;
  const target = { datasetId: datasetId('postgres://db:5432', 'gold.orders'), partition: 'dt=2026-01-09' };
  await addNewMark(database, { ...target, ...bad }, new Date('2026-02-01T00:00:00Z'));
  const later = await answering.inject({ url: '/api/v2/datasets/gold.orders/contract-suggestion' });
  assert.equal(later.json<SuggestionAnswer>().partitions, 8);
  assert.match(later.json<SuggestionAnswer>().text, /row_count between 50 and 220\n/);
  assert.equal(
    (await answering.inject({ url: '/api/v2/datasets/none/contract-suggestion' })).statusCode,
    404,
  );
});
