import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushContracts } from '#gate/contracts.ts';
import { evaluateCandidate } from '#gate/evaluate.ts';
import { evaluationStatus } from '#gate/status.ts';
import type { MeasureRequest, Warehouse } from '#model/ports.ts';
import { CONTRACT, testGate } from './gate.ts';

const DAY = 'flight_date=2001-01-01';

test('rows are not counted where what is known of the least and greatest values says that all pass', async (t) => {
  const gate = await testGate(
    t,
    `${CONTRACT}  - check: "min(flights) > 0"\n  - check: "max(flights) < 100"\n`,
  );
  let statements = 0;
  const { warehouse } = gate.house;
  const counting: Warehouse = {
    ...warehouse,
    measure(request: MeasureRequest) {
      statements += request.statements.length;
      return warehouse.measure(request);
    },
  };
  const services = { ...gate.services, warehouses: new Map([['warehouse', counting]]) };
  const { candidate_ref: ref, candidate_version: version } = await gate.evaluate('2001-01-01', 3);
  const evaluate = async (contractVersion: string, check: string) => {
    const text = `${CONTRACT.replace('1.0.0', contractVersion)}  - check: "${check}"\n`;
    await pushContracts(gate.services, { text, fileName: 'r.yaml' }, new Date());
    const candidate = { kind: 'table', ref, version: version ?? '' };
    const order = { datasetId: gate.dataset, partition: DAY, candidate };
    const row = await evaluateCandidate(services, order, new Date());
    return (await evaluationStatus(services, row.id)).results.at(-1);
  };
  const passed = await evaluate('1.1.0', 'flights between 10 and 30');
  assert.deepEqual([passed?.status, statements], ['pass', 0], passed?.message);
  assert.equal(
    passed?.message,
    'all tested rows fulfil flights between 10 and 30: min(flights) is 10 and max(flights) is 30',
  );
  const failed = await evaluate('1.2.0', 'flights > 10');
  assert.deepEqual([failed?.status, failed?.value, statements], ['fail', 1, 1], 'how many fail is counted');
});

test('only what is not known of this very version is asked, and all of it when the candidate is another', async (t) => {
  const gate = await testGate(t);
  const asked: string[][] = [];
  const { warehouse } = gate.house;
  const recording: Warehouse = {
    ...warehouse,
    measure(request: MeasureRequest) {
      asked.push(request.statements.flatMap(({ items }) => items.map(({ key }) => key)).sort());
      return warehouse.measure(request);
    },
  };
  const services = { ...gate.services, warehouses: new Map([['warehouse', recording]]) };
  const first = await gate.evaluate('2001-01-01', 3);
  await pushContracts(
    gate.services,
    {
      text: `${CONTRACT.replace('1.0.0', '1.1.0')}  - check: "max(flights) < 100"\n`,
      fileName: 'r.yaml',
    },
    new Date(),
  );
  const evaluate = async (version: string | null) =>
    evaluateCandidate(
      services,
      {
        datasetId: gate.dataset,
        partition: DAY,
        candidate: { kind: 'table', ref: first.candidate_ref, ...(version !== null && { version }) },
      },
      new Date(),
    );
  const second = await evaluate(first.candidate_version);
  assert.deepEqual([second.decision, second.row_count], ['allow', 3]);
  assert.deepEqual(asked, [['max(flights)']]);
  const { results } = await evaluationStatus(services, second.id);
  assert.deepEqual(
    results.map(({ value }) => value),
    [3, 60, 30],
  );

  await evaluate(first.candidate_version);
  assert.equal(asked.length, 1, 'nothing is left to ask');

  await gate.house.run(`update ${first.candidate_ref} set flights = 99 where route = 'R1'`);
  await pushContracts(
    gate.services,
    {
      text: `${CONTRACT.replace('1.0.0', '1.2.0')}  - check: "min(flights) > 20"\n`,
      fileName: 'r.yaml',
    },
    new Date(),
  );
  const moved = await evaluate(first.candidate_version);
  assert.notEqual(moved.candidate_version, first.candidate_version);
  assert.deepEqual(asked.slice(1), [
    ['min(flights)'],
    ['min(flights)', 'null_count(flights)', 'row_count', 'sum(flights)'],
  ]);
  assert.equal(moved.decision, 'block');
});
