import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateCandidate } from '#gate/evaluate.ts';
import { evaluationStatus } from '#gate/status.ts';
import type { CheckResult } from '#model/result.ts';
import { CONTRACT, testGate, type TestGate } from './gate.ts';

const DAY = 'flight_date=2001-01-01';

const HEAD = `
dataset: gold.daily_routes
namespace: demo
version: "1.0.0"
owner: planning@example.com
partition: { column: flight_date, grain: day }
gate: { publish_to: "warehouse:gold.daily_routes" }
`;

async function results(gate: TestGate, ref: string): Promise<readonly CheckResult[]> {
  const row = await evaluateCandidate(
    gate.services,
    { datasetId: gate.dataset, partition: DAY, candidate: { kind: 'table', ref } },
    new Date('2001-01-02T00:00:00Z'),
  );
  return (await evaluationStatus(gate.services, row.id)).results;
}

const CANDIDATE = `
  create table staging.c (flight_date date, route text, flights integer, mail text);
  insert into staging.c values
    ('2001-01-01', 'R1', 1, 'anna@example.com'), ('2001-01-01', 'R1', 2, 'bo'),
    ('2001-01-01', 'R2', -5, null), ('2001-01-01', null, 7, 'carl@example.com');
  create table staging.routes (code text);
  insert into staging.routes values ('R2')`;

test('a failed check shows keys of the rows that violate it, and nothing of persons', async (t) => {
  const gate = await testGate(
    t,
    `${HEAD}
schema:
  - { name: flight_date, type: date }
  - { name: route, type: string }
  - { name: flights, type: int, primary_key: false }
  - { name: mail, type: string, pii: email }
quality:
  - check: "flights > 0"
  - check: "route is not null"
  - check: "mail is null"
  - check: "unique(route) on partition"
  - check: "unique(mail) on partition"
  - check: "mail matches '@'"
  - check: "route references staging.routes(code) on partition"
  - check: "null_count(mail) <= 0"
  - check: "row_count > 100"
  - check: "flights >= -5"
`,
  );
  await gate.house.run(CANDIDATE);
  const shown = (await results(gate, 'staging.c')).map(({ text, status, failingRows }) => [
    text,
    status,
    failingRows?.columns ?? null,
    failingRows?.rows ?? null,
  ]);
  assert.deepEqual(shown, [
    ['flights > 0', 'fail', ['flights'], [['-5']]],
    ['route is not null', 'fail', ['route'], [[null]]],
    [
      'mail is null',
      'fail',
      ['mail'],
      [['a… (16 characters)'], ['… (2 characters)'], ['c… (16 characters)']],
    ],
    ['unique(route) on partition', 'fail', ['route'], [['R1'], ['R1']]],
    ['unique(mail) on partition', 'pass', null, null],
    ["mail matches '@'", 'fail', ['mail'], [['… (2 characters)']]],
    ['route references staging.routes(code) on partition', 'fail', ['route'], [['R1'], ['R1']]],
    ['null_count(mail) <= 0', 'fail', ['mail'], [[null]]],
    ['row_count > 100', 'fail', null, null],
    ['flights >= -5', 'pass', null, null],
  ]);
});

test('rows are named by the primary key, at most ten of them, and unknown columns are hidden', async (t) => {
  const gate = await testGate(
    t,
    `${HEAD}
schema:
  - { name: route, type: string, primary_key: true }
  - { name: flights, type: int }
quality:
  - check: "flights > 0"
  - check: "mail is null"
`,
  );
  await gate.house.run(`create table staging.c (flight_date date, route text, flights integer, mail text);
    insert into staging.c select '2001-01-01', 'R' || lpad(n::text, 2, '0'), -1, 'secret' from generate_series(1, 11) n`);
  const all = await results(gate, 'staging.c');
  const failing = all.find(({ text }) => text === 'flights > 0')?.failingRows;
  assert.equal(failing?.more, true);
  assert.deepEqual(failing?.columns, ['route']);
  assert.deepEqual(failing?.rows.length, 10);
  assert.deepEqual(failing?.rows[0], ['R01']);
  assert.doesNotMatch(JSON.stringify(all), /secret/);
});

test('a column that is not there makes an error of its own check, which names those that are', async (t) => {
  const gate = await testGate(t, `${CONTRACT}  - check: "null_count(rout) = 0"\n  - check: "route > 5"\n`);
  await gate.house.run(CANDIDATE);
  const found = (await results(gate, 'staging.c')).map(({ status, message }) => [status, message] as const);
  assert.deepEqual(
    found.map(([status]) => status),
    ['pass', 'pass', 'error', 'error'],
  );
  assert.match(
    found[2]?.[1] ?? '',
    /no column rout\. Did you mean route\? It has flight_date, route, flights, mail/,
  );
  assert.match(found[3]?.[1] ?? '', /cannot be compared/);
});
