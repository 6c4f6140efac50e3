import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { datasetId, derivedId } from '#model/ids.ts';
import type { EventKind } from '#model/order-key.ts';
import { orderKey } from '#model/order-key.ts';
import type { Database } from '#store/database.ts';
import { historyOf, seriesOf, seriesUpTo, type SeriesRow } from '#store/measurements.ts';
import { storedNumber } from '#store/stored-number.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';

const ORDERS = datasetId('n', 'orders');
const USERS = datasetId('n', 'users');

const key = (minute: number, kind: EventKind = 'COMPLETE') =>
  orderKey(
    { milliseconds: Date.UTC(2026, 0, 1, 0, minute), nanoseconds: 0, zoned: true },
    kind,
    derivedId('event', `${minute}`),
  );

interface Claim {
  readonly run: string;
  readonly dataset?: string;
  readonly partition?: string;
  readonly role?: 0 | 1 | 2;
  /** Minute of the run's last event. */
  readonly at: number;
  /** Minute at which the run's last attempt began. */
  readonly attempt?: number;
  readonly statistics: Readonly<Record<string, readonly [minute: number, value: number, source: string]>>;
}

async function claim(
  database: Database,
  { run, dataset = ORDERS, partition = 'dt=1', role = 1, at, attempt = 0, statistics }: Claim,
): Promise<void> {
  const id = derivedId('run', run);
  const row = {
    id,
    job_id: id,
    job_stated: true,
    job_key: key(at),
    state: 'COMPLETED',
    attempts: 1,
    conflicting: false,
    start_missing: false,
    last_event_at: new Date(Date.UTC(2026, 0, 1, 0, at)),
    event_count: 1,
    attempt_key: key(attempt, 'START'),
    transitions: [],
    first_key: key(0),
    last_key: key(at),
    unending: false,
  };
  const entries = Object.entries(statistics);
  const last = Math.max(...entries.map(([, [minute]]) => minute));
  const stated = Object.fromEntries(
    entries.map(([fact, [, value, source]]) => [fact, storedNumber(role, value, source)]),
  );
  const older = Object.fromEntries(
    entries.filter(([, [minute]]) => minute < last).map(([fact, [minute]]) => [`fact ${fact}`, key(minute)]),
  );
  const mention = {
    run_id: id,
    dataset_id: dataset,
    role,
    stated_partition: partition,
    partition,
    inferred: false,
    key: key(last),
    statistics: stated,
    older,
  };
  if (role !== 2) {
    await database.execute(sql`
      insert into run select * from jsonb_populate_record(null::run, ${JSON.stringify(row)}) on conflict do nothing`);
  }
  await database.execute(
    sql`insert into run_dataset select * from jsonb_populate_record(null::run_dataset, ${JSON.stringify(mention)})`,
  );
}

async function rowCount(database: Database): Promise<unknown> {
  const [row] = await database.rows<SeriesRow>(seriesOf([ORDERS], ['row_count'], 10));
  return row?.facts['row_count']?.value;
}

async function withClaims(t: TestContext, claims: readonly Claim[]): Promise<Database> {
  const database = await testDatabase(t);
  for (const one of claims) await claim(database, one);
  return database;
}

test('the newest run wins, however trusted the older one was', async (t) => {
  const database = await withClaims(t, [
    { run: 'old', at: 5, statistics: { row_count: [5, 100, 'query'] } },
    { run: 'new', at: 9, statistics: { row_count: [9, 120, 'output_statistics'] } },
  ]);
  assert.equal(await rowCount(database), 120);
});

test('what was counted over another number of rows is not mixed with what stands', async (t) => {
  const database = await withClaims(t, [
    { run: 'broken', at: 5, statistics: { row_count: [5, 6, 'query'], 'count(a)': [5, 6, 'query'] } },
    { run: 'again', at: 9, statistics: { row_count: [9, 3129, 'query'], 'sum(a)': [9, 12_000, 'query'] } },
    { run: 'sizes', at: 3, statistics: { size_bytes: [3, 70, 'output_statistics'] } },
  ]);
  const facts = async (keys: string[] | null): Promise<unknown> => {
    const [row] = await database.rows<SeriesRow>(seriesOf([ORDERS], keys, 10));
    return Object.fromEntries(Object.entries(row?.facts ?? {}).map(([key, { value }]) => [key, value]));
  };
  assert.deepEqual(await facts(null), { row_count: 3129, size_bytes: 70, 'sum(a)': 12_000 });
  assert.deepEqual(await facts(['count(a)', 'sum(a)']), { 'sum(a)': 12_000 });
});

test('within a run the more trusted source wins, however early it spoke', async (t) => {
  const database = await withClaims(t, [
    { run: 'one', at: 9, statistics: { row_count: [3, 100, 'iceberg_commit'] } },
    { run: 'one', at: 9, role: 0, statistics: { row_count: [8, 90, 'output_statistics'] } },
  ]);
  assert.equal(await rowCount(database), 100);
});

test('what an attempt said that was made again does not count', async (t) => {
  const database = await withClaims(t, [
    {
      run: 'retried',
      at: 9,
      attempt: 6,
      statistics: { row_count: [5, 100, 'query'], size_bytes: [7, 3, 'query'] },
    },
  ]);
  const [row] = await database.rows<SeriesRow>(seriesOf([ORDERS], null, 10));
  assert.deepEqual(Object.keys(row?.facts ?? {}), ['size_bytes']);
});

test('a reader, who may have read a part, counts only when nobody else spoke', async (t) => {
  const database = await withClaims(t, [
    { run: 'reader', at: 9, role: 0, statistics: { row_count: [9, 7, 'input_statistics'] } },
  ]);
  assert.equal(await rowCount(database), 7);
  await claim(database, { run: 'writer', at: 2, statistics: { row_count: [2, 100, 'output_statistics'] } });
  assert.equal(await rowCount(database), 100);
});

test('a static dataset event, which has no run, counts', async (t) => {
  const database = await withClaims(t, [
    { run: 'static', role: 2, at: 1, statistics: { row_count: [1, 55, 'quality_metrics'] } },
  ]);
  assert.equal(await rowCount(database), 55);
});

test('what the gate measured wins over earlier runs and yields to later ones', async (t) => {
  const database = await withClaims(t, [
    { run: 'writer', at: 2, statistics: { row_count: [2, 100, 'output_statistics'] } },
  ]);
  const evaluation = derivedId('evaluation', 'one');
  const about = {
    id: evaluation,
    dataset_id: ORDERS,
    namespace: 'n',
    name: 'orders',
    partition: 'dt=1',
    contract_version: '1.0.0',
    contract_hash: 'h',
    warehouse: 'w',
    empty_partition: 'block',
    on_error: 'block',
    candidate_kind: 'k',
    candidate_ref: 'r',
    state: 'failed',
    reasons: [],
    requested_at: '2026-01-01T00:05:00Z',
  };
  await database.execute(
    sql`insert into evaluation select * from jsonb_populate_record(null::evaluation, ${JSON.stringify(about)})`,
  );
  await database.execute(
    sql`insert into candidate_measurement values (${evaluation}, ${ORDERS}, 'dt=1', 'row_count', 98, 'v', '2026-01-01T00:05:00Z')`,
  );
  const [row] = await database.rows<SeriesRow>(seriesOf([ORDERS], null, 10));
  assert.deepEqual(
    [row?.facts['row_count']?.value, row?.facts['row_count']?.source, row?.facts['row_count']?.runId],
    [98, 'query', evaluation],
  );
  await claim(database, { run: 'again', at: 9, statistics: { row_count: [9, 130, 'output_statistics'] } });
  assert.equal(await rowCount(database), 130);
});

test('several datasets in one statement, each with its highest partitions, newest first; before is a bound', async (t) => {
  const database = await withClaims(
    t,
    [ORDERS, USERS].flatMap((dataset) =>
      [1, 2, 3, 4].map((day) => ({
        run: `${dataset} ${day}`,
        dataset,
        partition: `dt=${day}`,
        at: day,
        statistics: { row_count: [day, day * 10, 'query'] as const },
      })),
    ),
  );
  const partitions = (rows: readonly SeriesRow[], dataset: string) =>
    rows.filter((row) => row.dataset_id === dataset).map(({ partition }) => partition);
  const rows = await database.rows<SeriesRow>(seriesOf([ORDERS, USERS], ['row_count'], 2));
  assert.deepEqual(
    [partitions(rows, ORDERS), partitions(rows, USERS)],
    [
      ['dt=4', 'dt=3'],
      ['dt=4', 'dt=3'],
    ],
  );
  const earlier = await database.rows<SeriesRow>(seriesOf([ORDERS], null, 2, 'dt=3'));
  assert.deepEqual(partitions(earlier, ORDERS), ['dt=2', 'dt=1']);
  assert.deepEqual(await database.rows(seriesOf([ORDERS], ['sum(price)'], 2)), []);
  const upTo = await database.rows<SeriesRow>(
    seriesUpTo(
      [
        { datasetId: ORDERS, partition: 'dt=2' },
        { datasetId: ORDERS, partition: 'dt=4' },
      ],
      2,
    ),
  );
  assert.deepEqual(
    upTo.map(({ bound, partition }) => `${bound} ${partition}`),
    ['dt=2 dt=2', 'dt=2 dt=1', 'dt=4 dt=4', 'dt=4 dt=3'],
  );
});

test('a history is oldest first and keeps why a point is left out', () => {
  const fact = { value: 1, source: 'query', runId: ORDERS, takenAt: null } as const;
  const rows = ['dt=2026-01-02', 'dt=2026-01-01'].map((partition) => ({
    dataset_id: ORDERS,
    bound: null,
    pattern: '%',
    partition,
    facts: { row_count: fact },
  }));
  const history = historyOf(rows, (partition) => (partition.endsWith('02') ? 'its checks failed' : null));
  assert.deepEqual(
    history.map(({ partition, excluded, at }) => [partition, excluded, at?.toISOString()]),
    [
      ['dt=2026-01-01', null, '2026-01-01T00:00:00.000Z'],
      ['dt=2026-01-02', 'its checks failed', '2026-01-02T00:00:00.000Z'],
    ],
  );
});
