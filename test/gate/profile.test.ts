import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { evaluateCandidate } from '#gate/evaluate.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { datasetId } from '#model/ids.ts';
import { derive, quantileOf } from '#model/statistics/derived-statistics.ts';
import { rollUpWindow, type RolledUp } from '#model/statistics/roll-up.ts';
import { checkResults, type EvaluationRow, type CheckResultRow } from '#store/evaluations.ts';
import { segmentsOf } from '#store/partition-statistics.ts';
import { readStatistics } from '#store/read-statistics.ts';
import { StatisticsLayouts } from '#store/statistics-layouts.ts';
import { testGate, type TestGate } from './gate.ts';

const CONTRACT = `
dataset: gold.orders
namespace: demo
owner: planning@example.com
partition: { column: dt, grain: day }
gate: { publish_to: "warehouse:gold.orders" }
profile: { segments: [country, email] }
quality:
  - check: "row_count > 0"
schema:
  - { name: id, type: integer, primary_key: true }
  - { name: dt, type: date, primary_key: true }
  - { name: country, type: string }
  - { name: amount, type: "decimal(12,2)" }
  - { name: email, type: string, pii: email }
`;

interface Shop extends TestGate {
  /** Stages a day by a query of n, evaluates it and publishes it when it is allowed. */
  day(day: string, rows: string): Promise<EvaluationRow & { readonly results: readonly CheckResultRow[] }>;
}

async function shop(t: TestContext, contract = CONTRACT): Promise<Shop> {
  const gate = await testGate(t, contract);
  const { services, house } = gate;
  await house.run(
    'create table gold.orders (id integer, dt date, country text, amount numeric(12,2), email text) partition by list (dt)',
  );
  const id = datasetId('demo', 'gold.orders');
  return {
    ...gate,
    dataset: id,
    async day(day, rows) {
      const table = `staging.orders_${day.replaceAll('-', '')}`;
      await house.run(`create table ${table} (like gold.orders including all);
        insert into ${table} (id, dt, country, amount, email) ${rows}`);
      const now = new Date();
      const row = await evaluateCandidate(
        services,
        { datasetId: id, partition: `dt=${day}`, candidate: { kind: 'table', ref: table } },
        now,
      );
      if (row.decision === 'allow')
        await publishEvaluation(services, row.id, { expectedVersion: row.candidate_version ?? '' }, now);
      return { ...row, results: await services.database.rows<CheckResultRow>(checkResults(row.id)) };
    },
  };
}

async function windowOf({ services, dataset }: Shop, segment = ''): Promise<RolledUp> {
  const window = { datasetId: dataset, segment, from: null, until: null, limit: 30 };
  const { partitions, faults } = await readStatistics(services.database, new StatisticsLayouts(), window);
  assert.deepEqual(faults, []);
  return rollUpWindow(partitions);
}

const ORDERS = (day: number): string => `
  select n + ${day} * 10000, '2026-01-0${day}', case when n % 3 = 0 then 'DE' when n % 3 = 1 then 'FR' end,
         case when n % 10 = 0 then null else round((n * ${day * 7 + 1} % 997) * 1.17 - 50, 2) end, 'm' || n || '@example.com'
    from generate_series(1, ${400 * day}) n`;

test('what the gate measures answers any window without another scan, whole and by segment', async (t) => {
  const gate = await shop(t);
  for (const day of [1, 2, 3])
    assert.equal((await gate.day(`2026-01-0${day}`, ORDERS(day))).decision, 'allow');
  const segments = await gate.services.database.rows<{ segment: string }>(segmentsOf(gate.dataset, 10));
  // What is personal is no segment.
  assert.deepEqual(
    segments.map(({ segment }) => segment),
    ['country=DE', 'country=FR', 'country=__HIVE_DEFAULT_PARTITION__'],
  );
  for (const [segment, where] of [
    ['', 'true'],
    ['country=DE', "country = 'DE'"],
  ] as const) {
    const { statistics } = await windowOf(gate, segment);
    const [exact = ''] = await gate.house.values(`
      select json_build_object('rows', count(*), 'count', count(amount), 'sum', sum(amount), 'min', min(amount),
        'sd', stddev_samp(amount), 'ids', count(distinct id), 'mails', count(distinct email),
        'p50', percentile_disc(0.5) within group (order by amount), 'p95', percentile_disc(0.95) within group (order by amount))::text
        from gold.orders where ${where}`);
    const told: Record<string, number> = JSON.parse(exact ?? '{}');
    const amount = statistics.columns.get('amount');
    const id = statistics.columns.get('id');
    const email = statistics.columns.get('email');
    assert.ok(amount && id && email);
    assert.equal(statistics.rows, told['rows']);
    assert.equal(amount.count, told['count']);
    assert.equal(amount.min, told['min']);
    within(amount.sum, told['sum'], 1e-9);
    within(derive(amount).standardDeviation, told['sd'], 1e-9);
    const error = amount.quantileSketch?.relativeError ?? 0;
    within(quantileOf(amount, 0.5), told['p50'], error + 0.02);
    within(quantileOf(amount, 0.95), told['p95'], error + 0.02);
    // Four standard errors of 2.3 %.
    within(derive(id).distinct?.value, told['ids'], 0.092);
    within(derive(email).distinct?.value, told['mails'], 0.092);
    assert.equal(email.quantileSketch, null);
  }
});

function within(value: number | null | undefined, expected: number | undefined, share: number): void {
  const difference = Math.abs((value ?? Number.NaN) - (expected ?? Number.NaN));
  assert.ok(difference <= Math.abs(expected ?? 0) * share, `${value} is not ${expected}`);
}

test('the rows of an earlier day under a new date are a warning with the day that they repeat', async (t) => {
  const gate = await shop(t);
  const rows = (day: string): string =>
    `select n, '${day}', 'DE', n * 1.5, null from generate_series(1, 500) n`;
  assert.equal((await gate.day('2026-01-01', ORDERS(1))).state, 'passed');
  const second = await gate.day('2026-01-02', rows('2026-01-02'));
  assert.equal(second.state, 'passed');
  assert.deepEqual(
    second.results.map(({ check_id: id }) => id).filter((id) => id.startsWith('gate.')),
    [],
  );
  const copy = await gate.day('2026-01-03', `${rows('2026-01-03')} order by n desc`);
  assert.equal(copy.state, 'passed_with_warnings');
  const [found] = copy.results.filter(({ check_id: id }) => id === 'gate.stale_copy');
  assert.equal(found?.status, 'fail');
  assert.equal(found.severity, 'warn');
  assert.equal(found.message, 'A stale copy: partition dt=2026-01-03 has exactly the rows of dt=2026-01-02.');
});

test('a contract may do without profiles, and nothing is asked for them', async (t) => {
  const gate = await shop(t, CONTRACT.replace('segments: [country, email]', 'when: never'));
  await gate.day('2026-01-01', ORDERS(1));
  assert.equal((await windowOf(gate)).statistics.partitions, 0);
});

test('a profile that fails holds no candidate up', async (t) => {
  const gate = await shop(t);
  const reasons: string[] = [];
  const services = {
    ...gate.services,
    onProfiled: (_: string, outcome: { readonly status: string; readonly reason?: string }) =>
      void reasons.push(outcome.reason ?? outcome.status),
  };
  // No number of ours holds it.
  await gate.house.run(`alter table gold.orders alter column amount type numeric;
    create table staging.huge (like gold.orders including all);
    insert into staging.huge values (1, '2026-01-01', 'DE', ('1' || repeat('0', 400))::numeric, null)`);
  const row = await evaluateCandidate(
    services,
    {
      datasetId: gate.dataset,
      partition: 'dt=2026-01-01',
      candidate: { kind: 'table', ref: 'staging.huge' },
    },
    new Date('2026-01-01T12:00:00Z'),
  );
  assert.equal(row.decision, 'allow');
  assert.match(reasons.join(), /^Profiling staging\.huge: .*out of range/);
});
