import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { RunEvent } from 'openlineage-client';
import { fileStore } from '#adapters/starrocks/loads/file-store.ts';
import { runIdOf } from '#adapters/starrocks/loads/load-events.ts';
import { bytesOf } from '#adapters/starrocks/loads/partition-facts.ts';
import type { WatchFinding } from '#adapters/starrocks/loads/poll.ts';
import { decodeState, encodeState, type WatchState } from '#adapters/starrocks/loads/watch-state.ts';
import { watchStarRocks, type WatchStore } from '#adapters/starrocks/loads/watch.ts';
import { postgresStore } from '#collector/watch-starrocks.ts';
import { testDatabase } from '#test/support/database.ts';
import { RecordedCluster, type RecordedLoad } from './recorded-cluster.ts';

const NOW = Date.parse('2026-01-02T12:00:00Z');
const MINUTE = 60_000;

/** Keeps states as their texts, as every store does. */
function textStore(): WatchStore & { text: string | null } {
  return {
    text: null,
    take(this: { text: string | null }): Promise<WatchState | null> {
      return Promise.resolve(this.text === null ? null : decodeState(this.text));
    },
    save(this: { text: string | null }, _: string, state: WatchState): Promise<void> {
      this.text = encodeState(state);
      return Promise.resolve();
    },
  };
}

function watching(cluster: RecordedCluster, store: WatchStore = textStore()) {
  const events: RunEvent[] = [];
  const findings: WatchFinding[] = [];
  const time = { now: NOW };
  const watch = watchStarRocks({
    settings: {
      name: 's',
      cluster: 'prod',
      hosts: ['fe-1:9030'],
      user: 'u',
      password: '',
      watch: { databases: ['gold'], everySeconds: 30 },
    },
    store,
    session: cluster,
    emit: (more) => Promise.resolve(void events.push(...more)),
    now: () => time.now,
    onFinding: (finding) => findings.push(finding),
  });
  return { watch, events, findings, time };
}

const told = (events: readonly RunEvent[]): string[] =>
  events.map(({ eventType, run, job }) => `${eventType} ${idOf(run.runId)} ${job.name}`);
const KNOWN = new Map(Array.from({ length: 300 }, (_, id) => [runIdOf('prod', String(id)), String(id)]));
const idOf = (runId: string): string => KNOWN.get(runId) ?? 'other';

test('loads of the unified schema are told once, from their beginning to their end', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events } = watching(cluster);
  const open: RecordedLoad = { id: 12, state: 'LOADING', rows: 7, filtered: 2, txn: 5 };
  cluster.loads.push(
    { id: 10, state: 'FINISHED', rows: 100 },
    open,
    { id: 11, state: 'CANCELLED', type: 'BROKER', error: 'type:ETL_QUALITY_UNSATISFIED; msg:too many' },
    { id: 13, state: 'CANCELLED', type: 'INSERT', error: 'type:USER_CANCEL; msg:user cancel' },
    { id: 9, state: 'FINISHED', type: 'ROUTINE_LOAD', job: 'clicks' },
  );
  await watch.poll();
  assert.deepEqual(told(events), [
    'START 9 gold.orders.routine_load.clicks',
    'COMPLETE 9 gold.orders.routine_load.clicks',
    'START 10 gold.orders.stream_load',
    'COMPLETE 10 gold.orders.stream_load',
    'START 11 gold.orders.broker',
    'FAIL 11 gold.orders.broker',
    'START 12 gold.orders.stream_load',
    'START 13 gold.orders.insert',
    'ABORT 13 gold.orders.insert',
  ]);
  const failed = events.find(({ eventType }) => eventType === 'FAIL');
  assert.match(JSON.stringify(failed?.run.facets?.errorMessage), /too many/);
  events.length = 0;
  await watch.poll();
  assert.deepEqual(told(events), []);
  open.state = 'COMMITED';
  await watch.poll();
  assert.deepEqual(told(events), [], 'its data is not visible yet');
  open.state = 'FINISHED';
  open.finished = '2026-01-02 11:00:00';
  await watch.poll();
  assert.deepEqual(told(events), ['COMPLETE 12 gold.orders.stream_load']);
  const [end] = events;
  assert.equal(end?.eventTime, '2026-01-02T11:00:00.000Z');
  assert.deepEqual(
    [
      end?.outputs?.[0]?.namespace,
      end?.outputs?.[0]?.name,
      end?.outputs?.[0]?.outputFacets?.outputStatistics?.rowCount,
    ],
    ['starrocks://fe-1:9030', 'gold.orders', 7],
  );
  const facet = end?.run.facets?.['assay_starrocks_load'] as unknown as Record<string, unknown>;
  assert.deepEqual(
    [facet['filteredRows'], facet['label'], facet['transactionId'], facet['loadId']],
    [2, 'label_12', '5', '12'],
  );
});

test('loads of the schema before 3.4 are told too, without a table that nobody names', async () => {
  const cluster = new RecordedCluster('old');
  const { watch, events } = watching(cluster);
  cluster.loads.push(
    { id: 7, state: 'FINISHED', type: 'INSERT', rows: 3 },
    { id: 8, state: 'PENDING', type: 'BROKER' },
  );
  await watch.poll();
  assert.deepEqual(told(events), ['START 7 gold.insert', 'COMPLETE 7 gold.insert', 'START 8 gold.broker']);
  assert.ok(events.every(({ outputs }) => outputs === undefined));
});

test('jobs end in any order, and a load that is listed late is told all the same', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events, time } = watching(cluster);
  const slow: RecordedLoad = { id: 20, state: 'LOADING' };
  cluster.loads.push(slow, { id: 22, state: 'FINISHED' });
  await watch.poll();
  for (let hour = 1; hour <= 3; hour += 1) {
    time.now = NOW + hour * 61 * MINUTE;
    cluster.loads.push({ id: 22 + hour, state: 'FINISHED' });
    await watch.poll();
  }
  cluster.loads.push({ id: 21, state: 'FINISHED' });
  slow.state = 'FINISHED';
  events.length = 0;
  await watch.poll();
  assert.deepEqual(
    told(events).filter((text) => text.startsWith('COMPLETE')),
    ['COMPLETE 20 gold.orders.stream_load', 'COMPLETE 21 gold.orders.stream_load'],
  );
});

test('what was purged is ended by the history, by its transaction, or as evicted', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events, findings } = watching(cluster);
  cluster.loads.push(
    { id: 30, state: 'LOADING', txn: 1 },
    { id: 31, state: 'LOADING', txn: 2 },
    { id: 32, state: 'LOADING', txn: 3 },
    { id: 33, state: 'LOADING', txn: 4 },
    { id: 34, state: 'LOADING' },
  );
  await watch.poll();
  cluster.loads.length = 0;
  cluster.history.push({ id: 30, state: 'FINISHED', rows: 9 });
  cluster.transactions.set(2, 'VISIBLE').set(3, 'ABORTED').set(4, 'PREPARED');
  events.length = 0;
  await watch.poll();
  assert.deepEqual(told(events), [
    'COMPLETE 30 gold.orders.stream_load',
    'COMPLETE 31 gold.orders.stream_load',
    'FAIL 32 gold.orders.stream_load',
    'ABORT 34 gold.orders.stream_load',
  ]);
  assert.equal(events[0]?.outputs?.[0]?.outputFacets?.outputStatistics?.rowCount, 9);
  assert.deepEqual(
    findings.map(({ kind }) => kind),
    ['evicted_load'],
  );
  events.length = 0;
  await watch.poll();
  assert.deepEqual(told(events), [], 'the one whose transaction runs waits');
});

test('a label that comes again after its load failed is another load', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events } = watching(cluster);
  cluster.loads.push(
    { id: 40, state: 'CANCELLED', label: 'same' },
    { id: 41, state: 'FINISHED', label: 'same' },
  );
  await watch.poll();
  assert.equal(new Set(events.map(({ run }) => run.runId)).size, 2);
});

test('a restart loses and doubles nothing, wherever the process ends', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-watch-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cluster = new RecordedCluster('unified');
  const open: RecordedLoad = { id: 50, state: 'LOADING' };
  cluster.loads.push(open, { id: 51, state: 'FINISHED' });
  const first = watching(cluster, fileStore(folder));
  await first.watch.poll();
  open.state = 'FINISHED';
  const second = watching(cluster, fileStore(folder));
  await second.watch.poll();
  assert.deepEqual(told(second.events), ['COMPLETE 50 gold.orders.stream_load']);

  // Ended after the events were sent and before the state was kept: they come again, exactly the same.
  cluster.loads.push({ id: 52, state: 'FINISHED' });
  const kept = fileStore(folder);
  const crashing = watching(cluster, { ...kept, save: () => Promise.reject(new Error('ended')) });
  await assert.rejects(crashing.watch.poll(), /ended/);
  const third = watching(cluster, fileStore(folder));
  await third.watch.poll();
  assert.deepEqual(third.events, crashing.events);
  const fourth = watching(cluster, fileStore(folder));
  await fourth.watch.poll();
  assert.deepEqual(fourth.events, []);
});

test('events that did not arrive are sent again', async () => {
  const cluster = new RecordedCluster('unified');
  cluster.loads.push({ id: 60, state: 'FINISHED' });
  const store = textStore();
  const { watch } = watching(cluster, store);
  const failing = watchStarRocks({
    settings: {
      name: 's',
      cluster: 'prod',
      hosts: ['fe-1'],
      user: '',
      password: '',
      watch: { databases: ['gold'], everySeconds: 30 },
    },
    store,
    session: cluster,
    emit: () => Promise.reject(new Error('away')),
    now: () => NOW,
  });
  await assert.rejects(failing.poll(), /away/);
  await watch.poll();
  assert.ok(store.text?.includes('"60"'));
});

test('times written in a zone to the east are read as what they are', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events } = watching(cluster);
  // 12:00 UTC is 20:00 in Shanghai; clocks differ by three minutes.
  cluster.loads.push(
    { id: 70, state: 'FINISHED', created: '2026-01-02 20:02:00', finished: '2026-01-02 20:02:30' },
    { id: 71, state: 'FINISHED', created: '2026-01-02 10:00:00', finished: '2026-01-02 09:59:00' },
  );
  await watch.poll();
  assert.deepEqual(
    events.map(({ eventTime }) => eventTime),
    [
      '2026-01-02T12:02:00.000Z',
      '2026-01-02T12:02:30.000Z',
      '2026-01-02T02:00:00.000Z',
      '2026-01-02T02:00:00.000Z',
    ],
  );
});

test('an answer that is too large for one message is asked for table by table, never by times', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events } = watching(cluster);
  for (let id = 80; id < 120; id += 1) cluster.loads.push({ id, state: 'FINISHED', table: `t${id % 4}` });
  cluster.largest = 15;
  await watch.poll();
  assert.equal(events.length, 80);
  assert.ok(cluster.heard.every((sql) => !/LOAD_FINISH_TIME [<>]|CREATE_TIME [<>]/.test(sql)));
});

test('a table that changed without a load is told at the second look; by a load, or by the gate, it is not', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events, findings, time } = watching(cluster);
  cluster.partitions.push(
    { table: 'orders', name: 'p1', id: 1, version: 2 },
    { table: 'loaded', name: 'p1', id: 2, version: 2 },
    { table: 'gated', name: 'p1', id: 3, version: 2 },
    { table: 'gated', name: 'p1__assay_0123456789', id: 4, version: 2, temporary: true },
  );
  await watch.poll();
  events.length = 0;
  time.now += MINUTE;
  for (const one of cluster.partitions) if (one.table !== 'gated') one.version += 1;
  cluster.partitions.splice(2, 2, { table: 'gated', name: 'p1', id: 4, version: 2 });
  cluster.loads.push({ id: 130, state: 'FINISHED', table: 'loaded' });
  await watch.poll();
  assert.deepEqual(findings, [], 'its load may be listed a moment later');
  time.now += MINUTE;
  await watch.poll();
  assert.deepEqual(
    findings.map(({ kind, table }) => [kind, table]),
    [['unattributed_change', 'orders']],
  );
  assert.deepEqual(
    events
      .filter(({ job }) => job.name.endsWith('unattributed_change'))
      .map(({ outputs }) => outputs?.[0]?.name),
    ['gold.orders'],
  );
  time.now += MINUTE;
  await watch.poll();
  assert.equal(findings.length, 1, 'once');
});

test('tasks of a routine load that were never listed are missed by its counters', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, findings, time } = watching(cluster);
  const counters = (tasks: number, rows: number): void => {
    cluster.routine.splice(0, 1, {
      ID: '1',
      NAME: 'clicks',
      TABLE_NAME: 'orders',
      STATE: 'RUNNING',
      STATISTICS: JSON.stringify({ committedTaskNum: tasks, loadedRows: rows }),
    });
  };
  counters(5, 500);
  await watch.poll();
  cluster.loads.push({ id: 140, state: 'FINISHED', type: 'ROUTINE_LOAD', job: 'clicks', rows: 100 });
  counters(6, 600);
  time.now += MINUTE;
  await watch.poll();
  assert.deepEqual(findings, []);
  counters(9, 900);
  time.now += MINUTE;
  await watch.poll();
  assert.match(JSON.stringify(findings), /committed 3 tasks \(300 rows\)/);
});

test('facts of partitions are told without a scan, once for each version, when their counts have settled', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events, time } = watching(cluster);
  cluster.partitions.push(
    { table: 'orders', name: 'p1', id: 1, version: 3, rows: 40, size: '1.5MB', time: '2026-01-02 11:30:00' },
    { table: 'orders', name: 'p1', id: 2, version: 2, rows: 2, size: '1024', time: '2026-01-02 11:20:00' },
    { table: 'orders', name: 'p2', id: 3, version: 2, rows: 0, time: '2026-01-02 11:55:00' },
  );
  await watch.poll();
  assert.equal(events.length, 1);
  const [input] = events[0]?.inputs ?? [];
  assert.deepEqual(
    [input?.inputFacets?.inputStatistics?.rowCount, input?.inputFacets?.inputStatistics?.size],
    [42, 1_573_888],
  );
  const partition = input?.facets?.['assay_partition'] as unknown as Record<string, unknown>;
  assert.deepEqual(partition['values'], { dt: '2026-01-01' });
  assert.equal(cluster.heard.filter((sql) => sql.includes('partitions_meta')).length, 1);
  await watch.poll();
  assert.equal(events.length, 1);
  time.now += 20 * MINUTE;
  await watch.poll();
  assert.equal(events.length, 2);
  assert.deepEqual([bytesOf('2.5KB'), bytesOf('0B'), bytesOf('77'), bytesOf('many')], [2560, 0, 77, null]);
});

test('of 100,000 loads no more than some thousand whole rows are ever in memory, and each is told once', async (t) => {
  const cluster = new RecordedCluster('unified');
  for (let id = 1; id <= 100_000; id += 1) cluster.loads.push({ id, state: 'FINISHED' });
  let count = 0;
  const runs = new Set<string>();
  const store = textStore();
  const watch = watchStarRocks({
    settings: {
      name: 's',
      cluster: 'prod',
      hosts: ['fe-1'],
      user: '',
      password: '',
      watch: { databases: ['gold'], everySeconds: 30 },
    },
    store,
    session: cluster,
    emit: (events) => {
      count += events.length;
      for (const { run } of events) runs.add(run.runId);
      return Promise.resolve();
    },
    now: () => NOW,
  });
  await watch.poll();
  await watch.poll();
  assert.deepEqual([count, runs.size], [200_000, 100_000]);
  const cells = 2 * 100_000;
  assert.ok(cluster.widest <= cells, `${cluster.widest} cells in one answer`);
  t.diagnostic(`the state takes ${store.text?.length ?? 0} characters`);
});

test('of two collectors one watches, and the other goes on where it ended', async (t: TestContext) => {
  const database = await testDatabase(t);
  const time = { now: new Date(NOW) };
  const now = (): Date => time.now;
  const cluster = new RecordedCluster('unified');
  cluster.loads.push({ id: 150, state: 'FINISHED' });
  const one = watching(cluster, postgresStore({ database, now }));
  const other = watching(cluster, postgresStore({ database, now }));
  await one.watch.poll();
  await other.watch.poll();
  assert.deepEqual([one.events.length, other.events.length], [2, 0]);
  cluster.loads.push({ id: 151, state: 'FINISHED' });
  time.now = new Date(NOW + 10 * MINUTE);
  await other.watch.poll();
  assert.deepEqual(told(other.events), [
    'START 151 gold.orders.stream_load',
    'COMPLETE 151 gold.orders.stream_load',
  ]);
  await one.watch.poll();
  assert.equal(one.events.length, 2);
});

const VIEW = {
  TABLE_NAME: 'daily',
  TASK_NAME: 'mv-101',
  MATERIALIZED_VIEW_DEFINITION:
    "CREATE MATERIALIZED VIEW `daily` (`dt`, `n`) COMMENT 'from nowhere' AS SELECT `gold`.`orders`.`dt`, count(*) FROM `gold`.`orders` LEFT OUTER JOIN `silver`.`shops` ON `a` = `b` GROUP BY 1",
};

test('refreshes of materialized views are runs from what they read to the view, and what they loaded is theirs', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events, time } = watching(cluster);
  const query = '7434cee5-32a3-11ee-b73a-8e20563011de';
  const refresh = {
    QUERY_ID: query,
    TASK_NAME: 'mv-101',
    CREATE_TIME: '2026-01-02 11:00:00',
    FINISH_TIME: null as string | null,
    STATE: 'RUNNING',
  };
  cluster.views.push(VIEW);
  cluster.taskRuns.push(refresh, {
    QUERY_ID: 'other',
    TASK_NAME: 'mv-101',
    CREATE_TIME: '2026-01-02 10:00:00',
    STATE: 'MERGED',
  });
  await watch.poll();
  assert.deepEqual(
    events.map(({ eventType, job }) => `${eventType} ${job.name}`),
    ['START gold.daily.refresh'],
  );
  assert.deepEqual(
    [events[0]?.inputs?.map(({ name }) => name), events[0]?.outputs?.map(({ name }) => name)],
    [['gold.orders', 'silver.shops'], ['gold.daily']],
  );
  const run = events[0]?.run.runId;
  events.length = 0;
  refresh.STATE = 'SUCCESS';
  refresh.FINISH_TIME = '2026-01-02 11:00:20';
  cluster.loads.push({
    id: 201,
    state: 'FINISHED',
    type: 'INSERT',
    table: 'daily',
    label: `insert_${query}`,
  });
  time.now += MINUTE;
  await watch.poll();
  const load = events.find(({ job }) => job.name === 'gold.daily.insert');
  assert.deepEqual(
    [load?.run.facets?.parent?.run.runId, load?.run.facets?.parent?.job.name],
    [run, 'gold.daily.refresh'],
  );
  const end = events.at(-1);
  assert.deepEqual(
    [end?.eventType, end?.run.runId, end?.eventTime],
    ['COMPLETE', run, '2026-01-02T11:00:20.000Z'],
  );
  events.length = 0;
  await watch.poll();
  assert.deepEqual(events, [], 'once');
});

test('a run of a task that was lost with a frontend is ended', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events } = watching(cluster);
  cluster.taskRuns.push({
    QUERY_ID: 'q7',
    TASK_NAME: 'long',
    CREATE_TIME: '2026-01-02 11:00:00',
    STATE: 'RUNNING',
  });
  await watch.poll();
  cluster.taskRuns.length = 0;
  await watch.poll();
  await watch.poll();
  assert.deepEqual(
    events.map(({ eventType, job }) => `${eventType} ${job.name}`),
    ['START gold.task.long', 'ABORT gold.task.long'],
  );
  assert.equal(events[0]?.run.runId, events[1]?.run.runId);
});

test('tasks of statements are runs too, failed ones with their error', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events } = watching(cluster);
  cluster.taskRuns.push({
    QUERY_ID: 'q1',
    TASK_NAME: 'nightly',
    CREATE_TIME: '2026-01-02 01:00:00',
    FINISH_TIME: '2026-01-02 01:01:00',
    STATE: 'FAILED',
    ERROR_MESSAGE: 'no memory',
    DEFINITION:
      "insert overwrite gold.orders with recent as (select * from stage.raw where x = 'from a.b') select * from recent, stage.more as m",
  });
  await watch.poll();
  const [start, end] = events;
  assert.deepEqual(
    [start?.job.name, end?.eventType, end?.run.facets?.errorMessage?.message],
    ['gold.task.nightly', 'FAIL', 'no memory'],
  );
  assert.deepEqual(
    [end?.inputs?.map(({ name }) => name), end?.outputs?.map(({ name }) => name)],
    [['stage.raw', 'stage.more'], ['gold.orders']],
  );
});

test('what a pipe loads is told once, from folders into its table', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events, time } = watching(cluster);
  const file = (name: string, at: string, size: number) => ({
    PIPE_ID: '7',
    PIPE_NAME: 'raw',
    FILE_NAME: name,
    FILE_SIZE: String(size),
    START_LOAD_TIME: `2026-01-02 ${at}:00`,
    FINISH_LOAD_TIME: `2026-01-02 ${at}:30`,
  });
  cluster.pipes.push({ PIPE_ID: '7', TABLE_NAME: 'gold.orders' });
  cluster.pipeFiles.push(
    file('s3://lake/raw/dt=1/a.parquet', '09:00', 100),
    file('s3://lake/raw/dt=1/b.parquet', '09:00', 50),
    file('hdfs://nn:8020/x/c.parquet', '09:00', 1),
  );
  await watch.poll();
  assert.equal(events.length, 1);
  assert.deepEqual(
    events[0]?.inputs?.map(({ namespace, name, inputFacets }) => [
      namespace,
      name,
      inputFacets?.inputStatistics?.fileCount,
      inputFacets?.inputStatistics?.size,
    ]),
    [
      ['hdfs://nn:8020', 'x', 1, 1],
      ['s3://lake', 'raw/dt=1', 2, 150],
    ],
  );
  assert.deepEqual(
    [events[0]?.job.name, events[0]?.outputs?.[0]?.name, events[0]?.eventTime],
    ['gold.pipe.raw', 'gold.orders', '2026-01-02T09:00:30.000Z'],
  );
  cluster.pipeFiles.push(file('s3://lake/raw/dt=2/d.parquet', '10:00', 5));
  time.now += MINUTE;
  await watch.poll();
  assert.equal(events.length, 2);
});

test('a routine load reads its topic, by the first broker, with how far it is', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events } = watching(cluster);
  cluster.routine.push({
    ID: '1',
    NAME: 'clicks',
    TABLE_NAME: 'orders',
    STATE: 'RUNNING',
    STATISTICS: '{}',
    DATA_SOURCE_PROPERTIES:
      '{"topic":"shop.clicks","currentKafkaPartitions":"0,1","brokerList":"kafka-1:9093,kafka-2:9093"}',
    PROGRESS: '{"0":"41","1":"7"}',
  });
  cluster.loads.push({ id: 210, state: 'FINISHED', type: 'ROUTINE_LOAD', job: 'clicks' });
  await watch.poll();
  assert.deepEqual(
    events.map(({ inputs }) => [inputs?.[0]?.namespace, inputs?.[0]?.name]),
    [
      ['kafka://kafka-1:9093', 'shop.clicks'],
      ['kafka://kafka-1:9093', 'shop.clicks'],
    ],
  );
  assert.match(JSON.stringify(events[0]?.inputs?.[0]?.facets), /41/);
});

test('loads whose table nobody names explain changes of any table', async () => {
  const cluster = new RecordedCluster('old');
  const { watch, findings, time } = watching(cluster);
  cluster.partitions.push({ table: 'orders', name: 'p1', id: 1, version: 2 });
  await watch.poll();
  for (let looks = 0; looks < 3; looks += 1) {
    time.now += MINUTE;
    if (looks === 0) {
      cluster.partitions.splice(0, 1, { table: 'orders', name: 'p1', id: 1, version: 3 });
      cluster.loads.push({ id: 220, state: 'FINISHED', type: 'INSERT' });
    }
    await watch.poll();
  }
  assert.deepEqual(findings, []);
});

test('after an hour the state is as small as the loads of an hour, and nothing is told again', async () => {
  const cluster = new RecordedCluster('unified');
  const store = textStore();
  const { watch, events, time } = watching(cluster, store);
  for (let id = 1; id <= 20_000; id += 1) cluster.loads.push({ id, state: 'FINISHED' });
  await watch.poll();
  assert.equal(events.length, 40_000);
  events.length = 0;
  const before = store.text?.length ?? 0;
  time.now += 61 * MINUTE;
  cluster.loads.push({ id: 20_001, state: 'FINISHED' });
  await watch.poll();
  await watch.poll();
  assert.deepEqual(told(events).length, 2);
  assert.ok((store.text?.length ?? 0) < before / 100, `${before} characters became ${store.text?.length}`);
});

test('clocks that differ or go back lose and double nothing', async () => {
  const cluster = new RecordedCluster('unified');
  const { watch, events, time } = watching(cluster);
  cluster.loads.push({
    id: 230,
    state: 'FINISHED',
    created: '2026-01-02 12:04:00',
    finished: '2026-01-02 12:04:10',
  });
  await watch.poll();
  assert.deepEqual(
    events.map(({ eventTime }) => eventTime),
    ['2026-01-02T12:04:00.000Z', '2026-01-02T12:04:10.000Z'],
    'four minutes ahead is no other zone',
  );
  time.now -= 10 * 60 * MINUTE;
  cluster.loads.push({
    id: 231,
    state: 'FINISHED',
    created: '2026-01-02 01:59:00',
    finished: '2026-01-02 01:59:30',
  });
  await watch.poll();
  assert.equal(events.length, 4);
  time.now += 11 * 60 * MINUTE;
  cluster.loads.push({ id: 232, state: 'FINISHED' });
  await watch.poll();
  await watch.poll();
  assert.equal(events.length, 6);
});
