import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, derivedId } from '#model/ids.ts';
import { derive } from '#model/statistics/derived-statistics.ts';
import { rollUpWindow } from '#model/statistics/roll-up.ts';
import { foldStatistics } from '#monitor/fold-statistics.ts';
import { judgeAnew } from '#store/aliases.ts';
import { addCandidateFacts } from '#store/candidate-measurements.ts';
import type { Database } from '#store/database.ts';
import { takeDue, type DuePartition, type TakenPartition } from '#store/due.ts';
import { beginEvaluation, type EvaluationRow } from '#store/evaluations.ts';
import { seriesUpTo, type SeriesRow } from '#store/measurements.ts';
import { segmentsOf, statisticsVersions } from '#store/partition-statistics.ts';
import { readStatistics, readWindows } from '#store/read-statistics.ts';
import { sql } from '#store/sql.ts';
import { StatisticsLayouts } from '#store/statistics-layouts.ts';
import { writeStatistics } from '#store/write-statistics.ts';
import { testDatabase } from '#test/support/database.ts';
import { profileOf } from '#test/support/profiles.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';

const ORDERS = datasetId('postgres://db:5432', 'orders');
const due = (...days: readonly string[]): DuePartition[] =>
  days.map((day) => ({ datasetId: ORDERS, partition: `dt=${day}` }));

const EVALUATION: EvaluationRow = {
  id: derivedId('evaluation', 'e'), dataset_id: ORDERS, namespace: 'postgres://db:5432', name: 'orders', partition: 'dt=2026-01-01',
  contract_version: '1.0.0', contract_hash: '00', warehouse: 'w', target: null, empty_partition: 'block', candidate_kind: 'table',
  candidate_ref: 'staging.orders', candidate_version: null, row_count: null, sql_hash: null, state: 'pending', decision: null,
  reasons: [], excluded: null, idempotency_key: null, requested_by: null, requested_at: new Date('2026-01-05T08:00:00Z'),
  decided_at: null,
}; // prettier-ignore

/** An event that states rows and metrics of the column `amount`. */
function written(
  run: string,
  hour: number,
  day: string,
  rows: number,
  amount: object,
  type = 'COMPLETE',
): Buffer {
  return sampleEvent({
    runId: derivedId('run', run),
    type,
    time: new Date(Date.UTC(2026, 0, 5, hour)).toISOString(),
    outputs: [
      {
        namespace: 'postgres://db:5432',
        name: 'orders',
        outputFacets: {
          outputStatistics: facet({ rowCount: rows, size: rows * 10 }),
          dataQualityMetrics: facet({ rowCount: rows, columnMetrics: { amount } }),
          subset: facet({
            outputCondition: {
              type: 'partition',
              partitions: [{ identifier: 'p', dimensions: { dt: day } }],
            },
          }),
        },
      },
    ],
  });
}

async function store(
  t: TestContext,
): Promise<{ database: Database; send: (...events: Buffer[]) => Promise<void> }> {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => new Date('2026-01-05T12:00:00Z') });
  return {
    database,
    async send(...events) {
      for (const event of events) assert.equal((await ingest.receive(event, 'http')).status, 'accepted');
    },
  };
}

const read = (database: Database) =>
  readStatistics(database, new StatisticsLayouts(), {
    datasetId: ORDERS,
    segment: '',
    from: null,
    until: null,
    limit: 100,
  });
const series = async (database: Database, key: string): Promise<number[]> => {
  const { windows } = await readWindows(database, new StatisticsLayouts(), [ORDERS], 30);
  return [...(windows.get(ORDERS)?.series(key) ?? [])];
};

test('what events state of partitions is folded and rolls up', async (t) => {
  const { database, send } = await store(t);
  await send(
    written('a', 1, '2026-01-01', 10, { nullCount: 2, sum: 40, min: 1, max: 9, distinctCount: 6, count: 8 }),
    written('b', 2, '2026-01-02', 30, { nullCount: 0, sum: 60, min: 0, max: 4, distinctCount: 5, count: 30 }),
  );
  await foldStatistics(database, due('2026-01-01', '2026-01-02'));
  const { partitions } = await read(database);
  assert.deepEqual(
    partitions.map(({ row }) => [row.partition, row.version, row.profiled]),
    [
      ['dt=2026-01-01', derivedId('run', 'a'), false],
      ['dt=2026-01-02', derivedId('run', 'b'), false],
    ],
  );
  const { statistics } = rollUpWindow(partitions);
  assert.deepEqual([statistics.rows, statistics.bytes], [40, 400]);
  const amount = statistics.columns.get('amount');
  assert.ok(amount);
  assert.deepEqual([amount.min, amount.max, amount.sum], [0, 9, 100]);
  const { nullRatio, mean, distinct } = derive(amount);
  assert.deepEqual([nullRatio, mean], [2 / 40, 100 / 38]);
  assert.deepEqual(distinct, { value: null, low: 6, high: 11, approximate: false });
});

test('a late re-run is a new version that replaces, and folding again changes nothing', async (t) => {
  const { database, send } = await store(t);
  await send(
    written('a', 1, '2026-01-01', 10, { nullCount: 2 }),
    written('b', 1, '2026-01-02', 7, { nullCount: 0 }),
  );
  await foldStatistics(database, due('2026-01-01', '2026-01-02'));
  await send(written('c', 3, '2026-01-01', 12, { nullCount: 0 }));
  await foldStatistics(database, due('2026-01-01'));
  await foldStatistics(database, due('2026-01-01', '2026-01-02'));
  assert.deepEqual(await series(database, 'row_count'), [12, 7]);
  assert.deepEqual(await series(database, 'null_count(amount)'), [0, 0]);
  const versions = await database.rows<{ version: string }>(statisticsVersions(ORDERS, '', 'dt=2026-01-01'));
  assert.deepEqual(
    versions.map(({ version }) => version),
    [derivedId('run', 'c'), derivedId('run', 'a')],
  );
});

test('what the gate measured counts as it does for the gate', async (t) => {
  const { database, send } = await store(t);
  await send(written('a', 1, '2026-01-01', 10, { nullCount: 2 }));
  await database.execute(beginEvaluation(EVALUATION));
  await database.execute(
    addCandidateFacts({
      evaluationId: EVALUATION.id,
      datasetId: ORDERS,
      partition: 'dt=2026-01-01',
      version: '1',
      facts: new Map([['row_count', 11]]),
      takenAt: new Date('2026-01-05T09:00:00Z'),
    }),
  );
  await foldStatistics(database, due('2026-01-01'));
  assert.deepEqual(await series(database, 'row_count'), [11]);
  // Of ten rows, not of these eleven.
  assert.deepEqual(await series(database, 'null_count(amount)'), [Number.NaN]);
  const [version] = await database.rows(statisticsVersions(ORDERS, '', 'dt=2026-01-01'));
  assert.deepEqual(version, {
    version: EVALUATION.id, stated_at: new Date('2026-01-05T09:00:00Z'), profiled: false,
  }); // prettier-ignore
});

test('of a run that failed nothing stays, a profile does', async (t) => {
  const { database, send } = await store(t);
  await send(written('a', 1, '2026-01-01', 10, {}), written('b', 1, '2026-01-02', 10, {}));
  await foldStatistics(database, due('2026-01-01', '2026-01-02'));
  const profile = {
    datasetId: ORDERS, partition: 'dt=2026-01-02', segment: '', version: derivedId('profile', 'p'),
    statedAt: new Date('2026-01-05T08:00:00Z'), ...profileOf({ amount: [1, 2, 3] }),
  }; // prettier-ignore
  await writeStatistics(database, [profile], { profiled: true });
  await send(written('a', 2, '2026-01-01', 10, {}, 'FAIL'), written('b', 2, '2026-01-02', 10, {}, 'FAIL'));
  await foldStatistics(database, due('2026-01-01', '2026-01-02'));
  const { partitions } = await read(database);
  assert.deepEqual(
    partitions.map(({ row, statistics }) => [row.partition, row.profiled, statistics.rows]),
    [['dt=2026-01-02', true, 3]],
  );
});

test('rows that were read already are not read again, and partitions beside the due ones are left alone', async (t) => {
  const { database, send } = await store(t);
  await send(written('a', 1, '2026-01-01', 10, {}), written('b', 1, '2026-01-02', 20, {}));
  const rows = await database.rows<SeriesRow>(seriesUpTo(due('2026-01-02'), 31));
  assert.equal(rows.length, 2);
  await database.execute(sql`delete from run_dataset`);
  await foldStatistics(database, due('2026-01-02'), rows);
  await foldStatistics(database, []);
  assert.deepEqual(await series(database, 'row_count'), [20]);
});

test('of names that were joined or split all is folded anew, profiles stay', async (t) => {
  const { database, send } = await store(t);
  await send(written('a', 1, '2026-01-01', 10, {}));
  await foldStatistics(database, due('2026-01-01'));
  const profile = {
    datasetId: ORDERS, partition: 'dt=2026-01-02', segment: '', version: derivedId('profile', 'p'),
    statedAt: new Date('2026-01-05T08:00:00Z'), ...profileOf({ amount: [1, 2, 3] }),
  }; // prettier-ignore
  await writeStatistics(database, [profile], { profiled: true });
  await database.execute(judgeAnew([ORDERS], new Date('2026-01-06T00:00:00Z')));
  assert.deepEqual(await series(database, 'row_count'), [3]);
  const now = new Date('2026-01-06T01:00:00Z');
  const taken = await database.rows<TakenPartition>(takeDue(10, now, now));
  assert.deepEqual(
    taken.map(({ partition }) => partition),
    ['dt=2026-01-01'],
  );
  await foldStatistics(database, taken);
  assert.deepEqual(await series(database, 'row_count'), [10, 3]);
});

test('a late event of the run and a later reader replace no profile, another run does', async (t) => {
  const { database, send } = await store(t);
  const counted = async (): Promise<unknown> => {
    await foldStatistics(database, due('2026-01-01'));
    return (await read(database)).partitions.map(({ row, statistics }) => [row.profiled, statistics.rows]);
  };
  await send(written('a', 1, '2026-01-01', 10, {}));
  assert.deepEqual(await counted(), [[false, 10]]);
  const profile = {
    datasetId: ORDERS, partition: 'dt=2026-01-01', segment: '', version: derivedId('profile', 'p'),
    statedAt: new Date('2026-01-05T02:00:00Z'), ...profileOf({ amount: [1, 2, 3] }),
  }; // prettier-ignore
  await writeStatistics(database, [profile], { profiled: true });
  assert.deepEqual(await counted(), [[true, 3]]);
  await send(
    sampleEvent({ runId: derivedId('run', 'a'), type: 'COMPLETE', time: '2026-01-05T03:00:00Z' }),
    sampleEvent({
      runId: derivedId('run', 'reader'),
      type: 'COMPLETE',
      time: '2026-01-05T04:00:00Z',
      inputs: [
        {
          namespace: 'postgres://db:5432',
          name: 'orders',
          inputFacets: {
            inputStatistics: facet({ rowCount: 4, fileCount: 2 }),
            subset: facet({
              inputCondition: {
                type: 'partition',
                partitions: [{ identifier: 'p', dimensions: { dt: '2026-01-01' } }],
              },
            }),
          },
        },
      ],
    }),
  );
  const [row] = await database.rows<SeriesRow>(seriesUpTo(due('2026-01-01'), 1));
  assert.deepEqual(
    [row?.facts['row_count']?.takenAt, row?.facts['file_count']?.source],
    // What a reader says of four of the ten rows is of other data.
    ['2026-01-05T03:00:00+00:00', undefined],
  );
  assert.deepEqual(await counted(), [[true, 3]]);
  await send(written('b', 5, '2026-01-01', 12, {}));
  assert.deepEqual(await counted(), [[false, 12]]);
});

test('what is said later of the same rows adds to a profile, what is said of others ends it with its segments', async (t) => {
  const { database, send } = await store(t);
  const about = { datasetId: ORDERS, partition: 'dt=2026-01-01', version: derivedId('evaluation', 'e') };
  const statedAt = new Date('2026-01-05T02:00:00Z');
  await writeStatistics(
    database,
    [
      { ...about, statedAt, segment: '', ...profileOf({ amount: [1, 2, 3] }) },
      { ...about, statedAt, segment: 'country=DE', ...profileOf({ amount: [1] }) },
    ],
    { profiled: true },
  );
  const segments = () => database.rows<{ segment: string }>(segmentsOf(ORDERS, 10));
  await send(written('writer', 3, '2026-01-01', 3, { nullCount: 0 }));
  await foldStatistics(database, due('2026-01-01'));
  await foldStatistics(database, due('2026-01-01'));
  const [one] = (await read(database)).partitions;
  assert.equal(one?.row.profiled, true);
  assert.equal(one.row.version, about.version);
  assert.equal(one.statistics.bytes, 30);
  assert.equal(one.statistics.columns.get('amount')?.quantileSketch?.count, 3);
  assert.equal((await segments()).length, 1);
  assert.equal((await database.rows(statisticsVersions(ORDERS, '', 'dt=2026-01-01'))).length, 1);
  await send(written('rewriter', 4, '2026-01-01', 5, { nullCount: 0 }));
  await foldStatistics(database, due('2026-01-01'));
  const [other] = (await read(database)).partitions;
  assert.deepEqual([other?.row.profiled, other?.statistics.rows], [false, 5]);
  assert.equal((await segments()).length, 0);
});
