import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishEvaluation } from '#gate/publish.ts';
import { evaluationStatus } from '#gate/status.ts';
import type { CheckStatus } from '#model/result.ts';
import { testGate, type TestGate } from './gate.ts';

/** Rows R1, R2, … with 10, 20, … flights of one day. */
const CHECKS: [check: string, status: CheckStatus, message: string][] = [
  ["route matches '^R[0-9]+$'", 'pass', "all 4 tested rows fulfil route matches '^R[0-9]+$'"],
  [
    'flights > 10 for 75% of rows',
    'pass',
    '75 % of 4 tested rows fulfil flights > 10, expected at least 75 % of rows',
  ],
  ['flights < 40', 'warn', '1 row of 4 tested does not fulfil flights < 40'],
  ["flights < 40 where route != 'R4'", 'pass', 'all 3 tested rows fulfil flights < 40'],
  ["sum(flights) = 40 where route in ('R1', 'R3')", 'pass', 'sum(flights) is 40, expected = 40'],
  ['quantile(flights, 0.5) = 25', 'pass', 'quantile(flights, 0.5) is 25, expected = 25'],
  ['unique(flight_date, route)', 'pass', 'no row repeats the flight_date, route of another row'],
  ['unique(flights)', 'warn', '3 rows repeat the flights of another row, expected none'],
  ['unique(flights) on partition', 'pass', 'no row repeats the flights of another row'],
  [
    'row_count = row_count(gold.daily_routes)',
    'warn',
    'row_count is 4, expected = 0 (row_count(gold.daily_routes))',
  ],
  [
    'route references gold.daily_routes(route)',
    'warn',
    '1 row of 4 tested does not have a value of route that is in gold.daily_routes',
  ],
  [
    'has_columns exactly (flight_date, route, flights)',
    'pass',
    'the columns flight_date, route, flights are there',
  ],
  ['column_type(flights) = int', 'pass', 'column_type(flights) is integer, expected int'],
  ["groups(route) = ('R1', 'R2', 'R3', 'R4')", 'pass', 'groups(route) has 4 values, all as expected'],
  ['max(flights) <= 100 per route', 'pass', 'it holds for all 4 values of route'],
  ['freshness(flight_date) < 2 days', 'pass', 'freshness(flight_date) is 1.5 days, expected < 2 days'],
  [
    'no_gaps(flight_date, day) on table',
    'pass',
    '0 of 2 days from the first to the last flight_date have no row',
  ],
  ['not (row_count = 0) and (sum(flights) > 5 or sum(absent) > 1)', 'pass', ''],
  ['size_bytes between 1 and 1 GB', 'pass', ''],
  [
    'file_count < 9',
    'no_data',
    'file_count was not measured: no writer states it, and the warehouse does not tell it',
  ],
  ['null_count(absent) = 0', 'error', ''],
  ["sql('select count(*) from {dataset} where flights > 20') = 2", 'pass', 'the query gives 2, expected = 2'],
];

const CONTRACT = `
dataset: gold.daily_routes
namespace: demo
version: "1.0.0"
owner: planning@example.com
partition: { column: flight_date, grain: day }
gate: { publish_to: "warehouse:gold.daily_routes" }
quality:
${CHECKS.map(([check]) => `  - { check: ${JSON.stringify(check)}, severity: warn }\n`).join('')}`;

async function resultsOf(gate: TestGate, id: string) {
  return (await evaluationStatus(gate.services, id)).results;
}

test('the language of checks on a real candidate: one answer for each, from one measuring', async (t) => {
  const gate = await testGate(t, CONTRACT);
  const now = new Date('2001-01-03T12:00:00Z');
  const first = await gate.evaluate('2001-01-01', 3);
  await publishEvaluation(
    gate.services,
    first.id,
    { expectedVersion: first.candidate_version ?? '' },
    new Date(),
  );
  const row = await gate.evaluate('2001-01-02', 4, { now });
  const results = await resultsOf(gate, row.id);
  const found = results.map(({ text, status, message }, index) => [
    text,
    status,
    CHECKS[index]?.[2] === '' ? '' : message,
  ]);
  assert.deepEqual(found, CHECKS);
  assert.match(results.find(({ text }) => text === 'null_count(absent) = 0')?.message ?? '', /absent/);
});

test('each value of a column is compared with its own past, which is kept with each candidate', async (t) => {
  const contract = `${CONTRACT.slice(0, CONTRACT.indexOf('quality:'))}quality:
  - check: "max(flights) within 10% of avg_last(3) per route"
  - check: "groups(route) unchanged"
    severity: warn
`;
  const gate = await testGate(t, contract);
  const now = new Date('2001-01-05T12:00:00Z');
  const statuses: string[][] = [];
  for (const day of ['2001-01-01', '2001-01-02', '2001-01-03', '2001-01-04']) {
    const row = await gate.evaluate(day, 3, { now });
    statuses.push((await resultsOf(gate, row.id)).map(({ status }) => status));
  }
  assert.deepEqual(statuses, [
    ['learning', 'learning'],
    ['learning', 'pass'],
    ['learning', 'pass'],
    ['pass', 'pass'],
  ]);
  const more = await gate.evaluate('2001-01-05', 4, { now });
  const [own, groups] = await resultsOf(gate, more.id);
  assert.deepEqual([own?.status, groups?.status], ['learning', 'warn'], 'R4 is new');
  assert.equal(groups?.message, "groups(route): 'R4' was not expected, compared with flight_date=2001-01-04");
});

test('the adaptive mode answers a check, told of what people said', async (t) => {
  const contract = `${CONTRACT.slice(0, CONTRACT.indexOf('quality:'))}quality:
  - { check: "row_count not anomalous(adaptive)", severity: warn }
`;
  const gate = await testGate(t, contract);
  const days = Array.from({ length: 21 }, (_, day) => `2001-01-${String(day + 1).padStart(2, '0')}`);
  const statuses: (CheckStatus | undefined)[] = [];
  for (const [index, day] of days.entries()) {
    const row = await gate.evaluate(day, 40 + (index % 3));
    statuses.push((await resultsOf(gate, row.id))[0]?.status);
  }
  assert.equal(statuses[0], 'learning');
  assert.equal(statuses.at(-1), 'pass');
  const fallen = await gate.evaluate('2001-01-22', 2);
  const [result] = await resultsOf(gate, fallen.id);
  assert.equal(result?.status, 'warn', result?.message);
  assert.ok((result?.baseline.length ?? 0) >= 14);
});

test('the columns of the last candidate that was not held back are what a schema is compared with', async (t) => {
  const contract = `${CONTRACT.slice(0, CONTRACT.indexOf('quality:'))}quality:
  - check: "schema unchanged"
`;
  const gate = await testGate(t, contract);
  const statuses: (CheckStatus | undefined)[] = [];
  for (const day of ['2001-01-01', '2001-01-02', '2001-01-03', '2001-01-04']) {
    if (day === '2001-01-03') await gate.house.run('alter table gold.daily_routes add column note text');
    const row = await gate.evaluate(day, 3);
    const [result] = await resultsOf(gate, row.id);
    statuses.push(result?.status);
    if (day === '2001-01-03') assert.match(result?.message ?? '', /note is new/);
  }
  // What was held back is nothing to compare with.
  assert.deepEqual(statuses, ['learning', 'pass', 'fail', 'fail']);
});
