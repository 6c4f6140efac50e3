import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerCost, type CostServices } from '#api/cost.ts';
import type { CostAnswer } from '#api/schema/cost.ts';
import { putEvaluationCost } from '#store/evaluation-costs.ts';
import { sql } from '#store/sql.ts';
import { COST_NOW, costEstate, costId, type CostRun } from '#test/support/cost-estate.ts';

/** Two euros an hour, one for a gigabyte read, ten for one written. */
const RATES = {
  prices: { perByteRead: 1e-9, perByteWritten: 1e-8, perSecond: 2 / 3600 },
  unit: 'EUR',
};

const RUNS: readonly CostRun[] = [
  // An orchestrator around a load: only the load takes time.
  { job: 'dag', daysAgo: 1, seconds: 7200 },
  { job: 'load', daysAgo: 1, seconds: 3600, writes: { raw: 1e9 }, partOf: 0 },
  { job: 'split', daysAgo: 2, seconds: 1800, reads: { raw: 4e9 }, writes: { left: 1e8, '=cmd()': 3e8 } },
  { job: 'use', daysAgo: 3, seconds: 0, reads: { left: 1e8 } },
  // The span of seven days before.
  { job: 'load', daysAgo: 9, seconds: 1800, writes: { raw: 1e9 } },
  { job: 'peek', daysAgo: 10, seconds: 60, reads: { '=cmd()': 3e8 } },
];

async function api(t: TestContext, runs: readonly CostRun[], more: Partial<CostServices> = {}) {
  const database = await costEstate(t, runs);
  const app = Fastify();
  answerProblems(app);
  t.after(() => app.close());
  registerCost(app, { database, cost: RATES, now: () => COST_NOW, ...more });
  const get = async (query = '') => {
    const answer = await app.inject(`/api/v2/cost?days=7${query}`);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer;
  };
  return { app, database, get, read: async () => (await get()).json<CostAnswer>() };
}

const euros = (cost: number | null): number => Math.round((cost ?? Number.NaN) * 100) / 100;

test('jobs and datasets by what they cost, against the span before', async (t) => {
  const { read } = await api(t, RUNS);
  const { jobs, datasets, total, before, unit, truncated } = await read();
  assert.deepEqual([unit, truncated, total.runs, before?.runs], ['EUR', false, 4, 2]);
  // 1 h + 1 GB written; half an hour, 4 GB read, 0.4 GB written; 0.1 GB read; the dag nothing.
  assert.deepEqual(
    jobs.map(({ name, cost, seconds, before: then }) => [
      name,
      euros(cost),
      seconds,
      euros(then?.cost ?? null),
    ]),
    [
      ['load', 12, 3600, 11],
      ['split', 9, 1800, 0],
      ['use', 0.1, 0, 0],
      ['dag', 0, 0, 0],
    ],
  );
  assert.equal(euros(total.cost), 21.1);
  // What split read and its time are shared evenly; what it wrote belongs to each.
  assert.deepEqual(
    datasets.map(({ name, cost, seconds, bytesRead, readers }) => [
      name,
      euros(cost),
      seconds,
      bytesRead,
      readers,
    ]),
    [
      ['raw', 12, 3600, 0, 1],
      ['=cmd()', 5.5, 900, 2e9, 1],
      ['left', 3.5, 900, 2e9, 1],
    ],
  );
});

test('what is produced and not read is listed with its last reading', async (t) => {
  const { read } = await api(t, [
    ...RUNS,
    { job: 'forget', daysAgo: 1, seconds: 10, writes: { forgotten: 1e6 } },
  ]);
  const { unread } = await read();
  assert.deepEqual(
    unread.map(({ name, lastReadAt }) => [name, lastReadAt]),
    [
      ['=cmd()', new Date(COST_NOW.getTime() - 10 * 86_400_000).toISOString()],
      ['forgotten', null],
    ],
  );
});

test('a dataset that is read under another of its names is read', async (t) => {
  const { read, database } = await api(t, [
    { job: 'write', daysAgo: 1, seconds: 10, writes: { one: 1 } },
    { job: 'read', daysAgo: 1, seconds: 10, reads: { other: 1 } },
  ]);
  await database.execute(sql`
    insert into dataset_group (dataset_id, canonical_id)
    values (${costId('one')}, ${costId('one')}), (${costId('other')}, ${costId('one')})`);
  const { unread, datasets } = await read();
  assert.deepEqual([unread, datasets.map(({ readers }) => readers)], [[], [1]]);
});

test('without prices it is time that counts, and no cost is made up', async (t) => {
  const { read } = await api(t, RUNS, { cost: undefined });
  const { unit, total, jobs } = await read();
  assert.deepEqual([unit, total.cost, total.seconds], [null, null, 5400]);
  assert.deepEqual(
    jobs.map(({ name, cost, before }) => [name, cost, before?.cost ?? null]),
    [
      ['load', null, null],
      ['split', null, null],
      ['use', null, null],
      ['dag', null, null],
    ],
  );
});

test('more runs than are looked at: the latest count, and nothing is compared', async (t) => {
  const { read } = await api(t, RUNS, { mostRuns: 2 });
  const { truncated, total, before, jobs } = await read();
  assert.deepEqual([truncated, total.runs, before], [true, 2, null]);
  assert.ok(jobs.every((line) => line.before === null));
});

test('the queries of the gate are told beside, not priced', async (t) => {
  const { read, database } = await api(t, RUNS);
  const row = {
    id: '00000000-0000-7000-8000-000000000001',
    dataset_id: costId('raw'),
    namespace: 'n',
    name: 'raw',
    partition: '',
    warehouse: 'dwh',
    target: 'raw',
    contract_version: '1.0.0',
    contract_hash: 'h',
    empty_partition: 'block',
    on_error: 'block',
    candidate_kind: 'staging',
    candidate_ref: 'staging.raw',
    candidate_version: 'v',
    state: 'published',
    decision: 'allow',
    reasons: [],
    requested_at: new Date(COST_NOW.getTime() - 3_600_000),
    decided_at: COST_NOW,
  };
  await database.execute(sql`
    insert into evaluation select * from jsonb_populate_record(null::evaluation, ${JSON.stringify(row)})`);
  await database.execute(putEvaluationCost(row.id, { statements: 3, milliseconds: 1500 }));
  const [first] = (await read()).datasets;
  assert.deepEqual(
    [first?.name, first?.gateQueries, first?.gateSeconds, euros(first?.cost ?? null)],
    ['raw', 3, 1.5, 12],
  );
});

test('a list as a file holds no formula, and of nothing there is an empty one', async (t) => {
  const { get } = await api(t, RUNS);
  const file = await get('&format=csv&list=unread');
  assert.match(String(file.headers['content-disposition']), /attachment; filename="cost-unread-7-days\.csv"/);
  assert.match(file.body, /^namespace,name,cost,unit,/);
  assert.match(file.body, /\r\npostgres:\/\/db:5432,'=cmd\(\),/);
  const nothing = await api(t, []);
  assert.equal((await nothing.get('&format=csv&list=jobs')).body.split('\r\n').length, 2);
  const { total, jobs, datasets, unread } = await nothing.read();
  assert.deepEqual([total.runs, total.cost, jobs, datasets, unread], [0, 0, [], [], []]);
});

test('a span that is none is refused in words', async (t) => {
  const { app } = await api(t, []);
  const answer = await app.inject('/api/v2/cost?days=0');
  assert.equal(answer.statusCode, 400);
  assert.match(answer.body, /days/);
});
