import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContractBook } from '#gate/contract-book.ts';
import { candidateRefOf, evaluateStagedRuns, likePattern, partitionOf } from '#gate/staged-runs.ts';
import { latestEvaluation, type EvaluationRow } from '#store/evaluations.ts';
import { gateEventsOf, type GateEventRow } from '#store/gate-events.ts';
import { stage } from '#test/adapters/postgres/warehouse.ts';
import { ingestApp } from '#test/support/ingest-app.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';
import { CONTRACT, testGate } from './gate.ts';

const DAY = '2001-01-01';
const PARTITION = `flight_date=${DAY}`;
const RUN = '01950000-0000-7000-8000-00000000000';
const TIME = '2026-02-01T00:00:00Z';
const NOW = new Date('2026-02-01T00:01:00Z');
const WATCHING = CONTRACT.replace('gate: {', 'gate: { evaluate_on: "shop.staging.*",');

test('a completed run that wrote the staging dataset is evaluated once, with the partition that its event states', async (t) => {
  const gate = await testGate(t, WATCHING);
  const { database } = gate.services;
  const { app } = await ingestApp(t, database);
  const ref = await stage(gate.house, DAY, 9);
  const send = async (run: string, type: string, name: string, partition?: Record<string, string>) => {
    const payload = sampleEvent({
      runId: run,
      type,
      time: TIME,
      outputs: [outputWithRows(name, 9, partition ? { partition } : {})],
    });
    const headers = { 'content-type': 'application/json' };
    assert.equal(
      (await app.inject({ method: 'POST', url: '/api/v1/lineage', headers, payload })).statusCode,
      201,
    );
  };
  const look = () => evaluateStagedRuns(gate.services, new ContractBook(), NOW);
  const events = () => database.rows<GateEventRow>(gateEventsOf(gate.dataset, 10));

  await send(`${RUN}1`, 'START', `shop.${ref}`, { flight_date: DAY });
  await send(`${RUN}2`, 'COMPLETE', 'shop.other.table', { flight_date: DAY });
  assert.equal(await look(), 0, 'a run that goes on, and one that wrote elsewhere');
  await send(`${RUN}1`, 'COMPLETE', `shop.${ref}`, { flight_date: DAY });
  assert.equal(await look(), 1);
  const [row] = await database.rows<EvaluationRow>(latestEvaluation(gate.dataset, PARTITION));
  assert.deepEqual(
    [row?.candidate_ref, row?.decision, row?.requested_by],
    [ref, 'block', 'event'],
    'nine rows are more than the contract allows',
  );
  assert.equal(await look(), 0, 'each run once');
  assert.deepEqual(
    (await events()).map((one) => [one.run_id, one.evaluation_id, one.fault]),
    [[`${RUN}1`, row?.id, null]],
  );

  await send(`${RUN}3`, 'COMPLETE', `shop.${ref}`);
  assert.equal(await look(), 1);
  const said = (await events()).find(({ run_id: id }) => id === `${RUN}3`);
  assert.match(said?.fault ?? '', /does not say which partition/);
});

test('names and partitions as the warehouse and the contract spell them', () => {
  assert.equal(candidateRefOf('postgres://db:5432', 'shop.staging.orders'), 'staging.orders');
  assert.equal(candidateRefOf('postgres://db:5432', 'staging.orders'), 'staging.orders');
  assert.equal(candidateRefOf('mysql://fe:9030', 'staging.orders'), 'staging.orders');
  assert.equal(likePattern('a_b.*%'), String.raw`a\_b.%\%`);
  const of = (partition: string, inferred: boolean, columns: readonly string[]) =>
    partitionOf({ partition, inferred }, columns);
  assert.equal(of('', false, []), '');
  assert.equal(of('', false, ['dt']), null);
  assert.equal(of('dt=2026-01-01/region=eu', false, ['dt', 'region']), 'dt=2026-01-01/region=eu');
  assert.equal(of('nominal=2026-01-01', true, ['dt']), 'dt=2026-01-01');
  assert.equal(of('nominal=2026-01-01', true, ['dt', 'region']), null);
});
