import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerOverviewRoutes } from '#api/overview.ts';
import type { DatasetDetail, DatasetList, Overview, Series } from '#api/schema/overview.ts';
import { datasetId } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { flights, HOSTILE_NAMES, hostileEstate, seedEstate, type SeedDataset } from '#test/support/estate.ts';

const POSTGRES = 'postgres://localhost:5432';
const GOLD = datasetId(POSTGRES, 'assay.gold.daily_routes');

async function api(
  t: TestContext,
  estate: readonly SeedDataset[],
): Promise<{ app: FastifyInstance; database: Database }> {
  const database = await testDatabase(t);
  await seedEstate(database, estate);
  const app = Fastify();
  answerProblems(app);
  registerOverviewRoutes(app, { database });
  t.after(() => app.close());
  return { app, database };
}

async function get<T>(app: FastifyInstance, url: string): Promise<T> {
  const answer = await app.inject({ url });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<T>();
}

test('the overview of nothing is all zeros', async (t) => {
  const { app } = await api(t, []);
  const { counts, publications, findings, datasets } = await get<Overview>(app, '/api/v2/overview');
  assert.deepEqual(counts, {
    datasets: 0,
    jobs: 0,
    runs: 0,
    events: 0,
    partitions: 0,
    held: 0,
    findings: 0,
    simpleAlone: 0,
    approximate: false,
  });
  assert.deepEqual([publications, findings, datasets], [[], [], []]);
});

test('the overview tells what is held first, with all its reasons and what gold serves meanwhile', async (t) => {
  const { app } = await api(t, flights());
  const { counts, publications } = await get<Overview>(app, '/api/v2/overview');
  assert.equal(counts.held, 1);
  const [held, latest, ...more] = publications;
  assert.deepEqual([held?.state, held?.partition, held?.datasetId], ['held', 'flight_date=2001-07-01', GOLD]);
  assert.equal(held?.decision, 'block');
  assert.deepEqual(
    held?.reasons.map(({ status, waivedBy }) => [status, waivedBy]),
    [
      ['fail', null],
      ['fail', null],
      ['warn', 'dana@example.com'],
    ],
  );
  assert.match(held?.reasons[0]?.message ?? '', /row_count is 6/);
  assert.equal(held?.serving?.partition, 'flight_date=2001-06-30');
  assert.deepEqual(
    [latest?.state, latest?.partition, more.length],
    ['published', 'flight_date=2001-06-30', 0],
  );
});

test('the overview names the datasets of findings, the latest first, and how each dataset stands', async (t) => {
  const { app } = await api(t, flights());
  const { counts, findings, datasets } = await get<Overview>(app, '/api/v2/overview');
  assert.deepEqual(
    [counts.datasets, counts.jobs, counts.runs, counts.partitions, counts.findings],
    [3, 3, 546, 546, 9],
  );
  assert.equal(findings.length, 9);
  assert.match(findings[0]?.partition ?? '', /2001-07-01$/);
  assert.deepEqual(
    new Set(findings.map(({ dataset }) => dataset)),
    new Set(datasets.map(({ name }) => name)),
  );
  const [gold] = datasets;
  assert.deepEqual(
    { ...gold, lastEventAt: null },
    {
      id: GOLD,
      namespace: POSTGRES,
      name: 'assay.gold.daily_routes',
      owner: 'aviation',
      lastPartition: 'flight_date=2001-07-01',
      lastRowCount: 6,
      lastRunState: 'COMPLETED',
      lastEventAt: null,
      partitions: 182,
      heldPartitions: 1,
      lastPartitionFindings: 1,
      columns: 4,
    },
  );
});

test('a partition is held no longer once a later evaluation lets it pass, and is again when a still later one does not', async (t) => {
  const { app, database } = await api(t, flights());
  const heldNow = async () => (await get<Overview>(app, '/api/v2/overview')).counts.held;
  const evaluate = (id: string, decision: string | null, at: string) =>
    database.execute(sql`
      insert into evaluation select (jsonb_populate_record(e, ${JSON.stringify({ id, decision, requested_at: at, state: decision === null ? 'running' : 'failed' })})).*
        from evaluation e where decision = 'block' order by requested_at limit 1`);
  await evaluate('00000000-0000-0000-0000-00000000000a', null, '2026-11-21T12:01:00Z');
  assert.equal(await heldNow(), 1, 'one that has not decided says nothing');
  await evaluate('00000000-0000-0000-0000-00000000000d', 'block', '2026-11-21T12:01:30Z');
  const [again] = (await get<Overview>(app, '/api/v2/overview')).publications;
  assert.equal(again?.evaluationId, '00000000-0000-0000-0000-00000000000d');
  assert.equal(again?.heldSince, '2026-11-21T11:59:00.000Z', 'a second try does not begin it anew');
  await evaluate('00000000-0000-0000-0000-00000000000b', 'allow', '2026-11-21T12:02:00Z');
  assert.equal(await heldNow(), 0);
  await evaluate('00000000-0000-0000-0000-00000000000c', 'unknown', '2026-11-21T12:03:00Z');
  assert.equal(await heldNow(), 1, 'not knowing holds');
});

test('a series is oldest first, with band, verdict and gold state; limit keeps the newest', async (t) => {
  const { app } = await api(t, flights());
  const { points, dataset, metric } = await get<Series>(app, `/api/v2/datasets/${GOLD}/series`);
  assert.deepEqual([dataset.name, metric, points.length], ['assay.gold.daily_routes', 'row_count', 182]);
  assert.deepEqual(
    points.map(({ partition }) => partition),
    points.map(({ partition }) => partition).toSorted(),
  );
  assert.deepEqual([points[0]?.low, points[0]?.status, points[0]?.published], [null, null, 'published']);
  const last = points.at(-1);
  assert.deepEqual(
    [last?.at, last?.value, last?.mean, last?.low, last?.high, last?.status, last?.published],
    ['2001-07-01T00:00:00.000Z', 6, 3050, 2867, 3233, 'anomalous', 'held'],
  );
  const short = await get<Series>(app, `/api/v2/datasets/${GOLD}/series?metric=row_count&limit=3`);
  assert.deepEqual(short.points, points.slice(-3));
});

test('a metric that is not stored is made of those that are', async (t) => {
  const { app, database } = await api(t, [
    {
      namespace: 'n',
      name: 'orders',
      partitions: [
        { key: 'dt=2026-01-01', rows: 200 },
        { key: 'dt=2026-01-02', rows: 0 },
      ],
    },
  ]);
  await database.execute(sql`
    update run_dataset set statistics = statistics || jsonb_build_object(
      'null_count(mail)', jsonb_build_array(5, 'query'),
      'sum(price)', jsonb_build_array(900, 'query'),
      'count(price)', jsonb_build_array(90, 'query'))`);
  const values = async (metric: string) => {
    const url = `/api/v2/datasets/${datasetId('n', 'orders')}/series?metric=${encodeURIComponent(metric)}`;
    return (await get<Series>(app, url)).points.map(({ partition, value }) => [partition, value]);
  };
  assert.deepEqual(await values('null_percentage(mail)'), [['dt=2026-01-01', 0.025]], 'no rows, no ratio');
  assert.deepEqual(await values('avg(price)'), [
    ['dt=2026-01-01', 10],
    ['dt=2026-01-02', 10],
  ]);
  assert.deepEqual(await values('sum(price)'), [
    ['dt=2026-01-01', 900],
    ['dt=2026-01-02', 900],
  ]);
  assert.deepEqual(await values('avg(nothing)'), []);
});

test('a dataset shows its columns, its metrics and its partitions, the newest first', async (t) => {
  const { app } = await api(t, flights());
  const detail = await get<DatasetDetail>(app, `/api/v2/datasets/${GOLD}`);
  assert.deepEqual(
    detail.columns.map(({ name, type }) => `${name} ${type}`),
    ['flight_date date', 'origin text', 'destination text', 'flights integer'],
  );
  assert.deepEqual(
    [detail.owner, detail.metrics, detail.partitions.length],
    ['aviation', ['row_count'], 182],
  );
  assert.deepEqual(
    detail.partitions.slice(0, 2).map(({ partition, published }) => [partition, published]),
    [
      ['flight_date=2001-07-01', 'held'],
      ['flight_date=2001-06-30', 'published'],
    ],
  );
});

test('datasets page by cursor, each exactly once', async (t) => {
  const names = Array.from({ length: 23 }, (_, index) => `table_${String(index).padStart(2, '0')}`);
  const twins = ['a', 'b'].map((namespace) => ({ namespace, name: 'table_07', partitions: [] }));
  const { app } = await api(t, [
    ...names.map((name) => ({ namespace: 'n', name, partitions: [] })),
    ...twins,
  ]);
  const seen: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page: DatasetList = await get<DatasetList>(
      app,
      `/api/v2/datasets?limit=5${next === '' ? '' : `&cursor=${next}`}`,
    );
    seen.push(...page.items.map(({ namespace, name }) => `${namespace} ${name}`));
    next = page.next;
  }
  assert.equal(seen.length, 25);
  assert.equal(new Set(seen).size, 25);
  assert.deepEqual(
    seen.map((name) => name.slice(2)),
    seen.map((name) => name.slice(2)).toSorted(),
  );
});

test('datasets are found by a part of their name or namespace; wildcards of SQL are letters', async (t) => {
  const { app } = await api(t, [
    { namespace: 'lake', name: 'Orders_2026', partitions: [] },
    { namespace: 'lake', name: 'ordersX2026', partitions: [] },
    { namespace: '100%', name: 'share', partitions: [] },
    { namespace: 'back\\slash', name: 'other', partitions: [] },
  ]);
  const found = async (query: string) =>
    (await get<DatasetList>(app, `/api/v2/datasets?${query}`)).items.map(({ name }) => name);
  assert.deepEqual(await found('q=orders_'), ['Orders_2026']);
  assert.deepEqual(await found('q=0%25'), ['share']);
  assert.deepEqual(await found('q=k%5Cs'), ['other']);
  assert.deepEqual((await found('q=LAKE')).length, 2);
  assert.deepEqual(await found('q=nowhere'), []);
  assert.deepEqual(await found('namespace=lake&name=ordersX2026'), ['ordersX2026']);
});

test('an unknown dataset is 404 and a bad address 400, in words', async (t) => {
  const { app } = await api(t, []);
  for (const url of [`/api/v2/datasets/${GOLD}`, `/api/v2/datasets/${GOLD}/series`]) {
    const answer = await app.inject({ url });
    assert.equal(answer.statusCode, 404);
    assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
    assert.match(answer.json().detail, new RegExp(GOLD));
  }
  for (const url of [
    '/api/v2/datasets/7',
    '/api/v2/datasets?limit=0',
    '/api/v2/datasets?cursor=x',
    `/api/v2/datasets/${GOLD}/series?limit=many`,
  ]) {
    const answer = await app.inject({ url });
    assert.equal(answer.statusCode, 400, url);
  }
});

test('hostile names come back as they were sent', async (t) => {
  const { app } = await api(t, hostileEstate());
  const { publications, datasets } = await get<Overview>(app, '/api/v2/overview');
  assert.deepEqual(new Set(datasets.map(({ name }) => name)), new Set(HOSTILE_NAMES));
  assert.deepEqual(new Set(publications.map(({ name }) => name)), new Set(HOSTILE_NAMES));
  for (const name of HOSTILE_NAMES) {
    const { items } = await get<DatasetList>(
      app,
      `/api/v2/datasets?q=${encodeURIComponent(name.slice(0, 100))}`,
    );
    assert.ok(
      items.some((item) => item.name === name),
      name.slice(0, 40),
    );
  }
});

test('the overview asks the same number of statements for three datasets and for a hundred', async (t) => {
  const many = Array.from({ length: 100 }, (_, index) => ({
    namespace: 'n',
    name: `t${index}`,
    partitions: [{ key: 'dt=2026-01-01', rows: 1 }],
  }));
  const { database } = await api(t, flights());
  const count = async (): Promise<number> => {
    let statements = 0;
    const rows: Database['rows'] = (statement) => {
      statements += 1;
      return database.rows(statement);
    };
    const app = Fastify();
    registerOverviewRoutes(app, { database: { ...database, rows } });
    await get<Overview>(app, '/api/v2/overview');
    await app.close();
    return statements;
  };
  const few = await count();
  await seedEstate(database, many);
  assert.equal(await count(), few);
});
