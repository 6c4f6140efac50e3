import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { heldFacets } from '#api/run-answers.ts';
import { Ingest } from '#ingest/ingest.ts';
import { replay } from '#ingest/replay.ts';
import { readRunStatement } from '#ingest/stated-facets.ts';
import { datasetId, jobId } from '#model/ids.ts';
import { assertionsOfRuns, type AssertionViewRow } from '#store/assertions.ts';
import type { Database } from '#store/database.ts';
import { statedOfDataset, statedOfJob, type StatedSetRow } from '#store/facets.ts';
import { countRawEvents } from '#store/raw-events.ts';
import { sql, type Statement } from '#store/sql.ts';
import { aliasEvents } from './alias-events.ts';
import { facetEvents, NAMESPACE } from './facet-events.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { dumpModel } from '#test/support/model-dump.ts';
import { recordedEvents } from '#test/support/recorded-events.ts';
import { noShared } from '#test/support/shared-data.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const id = (n: number): string => `018cc251-f400-717f-9d98-${String(n).padStart(12, '0')}`;
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const nominalTime = facet({
  nominalStartTime: '2026-01-01T00:00:00Z',
  nominalEndTime: '2026-01-02T00:00:00Z',
});
const parent = (run: number, job: string): object =>
  facet({ run: { runId: id(run) }, job: { namespace: 'tests', name: job } });

/** What no recorded corpus holds: failures, retries, late and contradicting statements. */
const GENERATED: readonly Buffer[] = [
  // a failed Spark query: FAIL, then COMPLETE
  sampleEvent({ runId: id(1), type: 'START', time: at(0) }),
  sampleEvent({ runId: id(1), type: 'FAIL', time: at(5), outputs: [outputWithRows('a', 1)] }),
  sampleEvent({ runId: id(1), type: 'COMPLETE', time: at(5), outputs: [outputWithRows('a', 2)] }),
  // clear and retry on one runId, the second attempt without statistics
  sampleEvent({ runId: id(2), type: 'START', time: at(0), runFacets: { nominalTime } }),
  sampleEvent({ runId: id(2), type: 'FAIL', time: at(1), outputs: [outputWithRows('b', 10)] }),
  sampleEvent({ runId: id(2), type: 'START', time: at(2) }),
  sampleEvent({
    runId: id(2),
    type: 'COMPLETE',
    time: at(3),
    outputs: [{ namespace: 'postgres://db:5432', name: 'b' }],
  }),
  // statistics restated: RUNNING {0}, COMPLETE {9}; empty lists erase nothing
  sampleEvent({
    runId: id(3),
    type: 'RUNNING',
    time: at(1),
    outputs: [outputWithRows('c', 0, { schema: ['x'] })],
  }),
  sampleEvent({
    runId: id(3),
    type: 'RUNNING',
    time: at(2),
    outputs: [outputWithRows('c', 4, { schema: ['x', 'y'] })],
  }),
  sampleEvent({
    runId: id(3),
    type: 'COMPLETE',
    time: at(3),
    outputs: [outputWithRows('c', 9, { schema: ['x'] })],
  }),
  sampleEvent({ runId: id(3), type: 'COMPLETE', time: at(4), inputs: [], outputs: [] }),
  // the nominal time comes only with the last event, and is corrected
  sampleEvent({ runId: id(4), type: 'START', time: at(0), outputs: [outputWithRows('d', 1)] }),
  sampleEvent({ runId: id(4), type: 'RUNNING', time: at(1), runFacets: { nominalTime } }),
  sampleEvent({
    runId: id(4),
    type: 'COMPLETE',
    time: at(2),
    runFacets: { nominalTime: facet({ nominalStartTime: '2026-01-05T00:00:00Z' }) },
  }),
  // children that name their parent before, after and under another job than its own events
  sampleEvent({
    runId: id(5),
    type: 'COMPLETE',
    time: at(9),
    job: 'child',
    runFacets: { parent: parent(6, 'guessed name') },
  }),
  sampleEvent({
    runId: id(7),
    type: 'COMPLETE',
    time: at(9),
    job: 'child',
    runFacets: { parent: parent(6, 'other name') },
  }),
  sampleEvent({ runId: id(6), type: 'START', time: at(1), job: 'the parent' }),
  sampleEvent({
    runId: id(8),
    type: 'START',
    time: at(1),
    job: 'orphan',
    runFacets: { parent: parent(99, 'never seen') },
  }),
  // equal times; a run that names no type; a run id that is no UUID; a faulty facet
  sampleEvent({ runId: id(9), time: at(1) }),
  sampleEvent({ runId: 'run_id', type: 'START', time: at(1), job: 'x' }),
  sampleEvent({ runId: 'run_id', type: 'START', time: at(1), job: 'y' }),
  sampleEvent({
    runId: id(10),
    type: 'COMPLETE',
    time: '2026-01-01T00:00:01',
    runFacets: { nominalTime: facet({}) },
  }),
  sampleEvent({ runId: id(11), type: 'COMPLETE', time: at(1), runFacets: { nominalTime: facet({}) } }),
  // several partitions, twice
  sampleEvent({
    runId: id(12),
    type: 'COMPLETE',
    time: at(1),
    outputs: [
      outputWithRows('e', 5, { partition: { dt: '2026-01-01' } }),
      outputWithRows('e', 6, { partition: { dt: '2026-01-02' } }),
    ],
  }),
  sampleEvent({
    runId: id(13),
    type: 'COMPLETE',
    time: at(2),
    outputs: [outputWithRows('e', 7, { partition: { dt: '2026-01-01' } })],
  }),
  // a nominal time, a dataset without a partition, and then with one: nothing is to be inferred
  sampleEvent({ runId: id(14), type: 'START', time: at(0), runFacets: { nominalTime } }),
  sampleEvent({ runId: id(14), type: 'RUNNING', time: at(1), outputs: [outputWithRows('f', 1)] }),
  sampleEvent({
    runId: id(14),
    type: 'COMPLETE',
    time: at(2),
    outputs: [outputWithRows('f', 2, { partition: { dt: '2026-01-07' } })],
  }),
  ...facetEvents(),
  ...aliasEvents(),
  // static events
  Buffer.from(
    JSON.stringify({
      eventTime: at(1),
      producer: 'p',
      dataset: { namespace: 'n', name: 'static', facets: { schema: facet({ fields: [{ name: 'a' }] }) } },
    }),
  ),
  Buffer.from(
    JSON.stringify({
      eventTime: at(1),
      producer: 'p',
      job: { namespace: 'n', name: 'static job' },
      outputs: [{ namespace: 'n', name: 'static' }],
    }),
  ),
];

const skip = noShared();
let all: readonly Buffer[] | undefined;
/** Recorded and generated; where the recorded ones are not at hand, the generated ones alone. */
const events = (): readonly Buffer[] =>
  (all ??= [...(skip === false ? recordedEvents().map((event) => event.bytes) : []), ...GENERATED]);

interface Delivery {
  readonly event: number;
  /** Whether the next one waits until this one is stored: else they may share a batch. */
  readonly wait: boolean;
}

async function deliver(
  t: TestContext,
  deliveries: readonly Delivery[],
): Promise<{ database: TestDatabase; dump: string }> {
  const database = await testDatabase(t);
  await deliverTo(database, deliveries);
  return { database, dump: await dumpModel(database) };
}

async function deliverTo(database: Database, deliveries: readonly Delivery[]): Promise<void> {
  const ingest = new Ingest({ database, now: () => new Date('2026-02-01T00:00:00Z') });
  let group: Promise<unknown>[] = [];
  for (const { event, wait } of deliveries) {
    group.push(ingest.receive(events()[event] as Buffer, 'http'));
    if (!wait) continue;
    await Promise.all(group);
    group = [];
  }
  await Promise.all(group);
}

const inOrder = (): readonly Delivery[] => events().map((_, event) => ({ event, wait: true }));

/** Every event at least once, some again, in any order and any batches. */
const anyDelivery = (): fc.Arbitrary<readonly Delivery[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...events().keys()], { minLength: events().length }),
      fc.array(fc.nat(events().length - 1), { maxLength: 30 }),
      fc.infiniteStream(fc.nat(1_000_000)),
    )
    .map(([order, again, random]) => {
      const delivered = [...order];
      for (const event of again)
        delivered.splice((random.next().value ?? 0) % (delivered.length + 1), 0, event);
      return delivered.map((event) => ({ event, wait: (random.next().value ?? 0) % 3 === 0 }));
    });

describe('the stored state is a function of the set of events', () => {
  test('the recorded events are among those delivered', { skip }, () =>
    assert(events().length > GENERATED.length),
  );

  test('any permutation and duplication gives byte-equal state', async (t) => {
    const expected = await deliver(t, inOrder());
    assert.match(expected.dump, /"state": "FAILED"/);
    assert.match(expected.dump, /-- dataset_group: [1-9]/);
    await fc.assert(
      fc.asyncProperty(anyDelivery(), async (deliveries) => {
        const { dump } = await deliver(t, deliveries);
        assert.equal(dump, expected.dump);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  test('two collectors that share the events give the same state', async (t) => {
    const expected = await deliver(t, inOrder());
    await fc.assert(
      fc.asyncProperty(anyDelivery(), anyDelivery(), async (one, other) => {
        const database = await testDatabase(t);
        await Promise.all([deliverTo(database, one), deliverTo(database, other)]);
        assert.equal(await dumpModel(database), expected.dump);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  test('replay from the raw log gives byte-equal state and keeps the indexes', async (t) => {
    const { database, dump } = await deliver(t, inOrder());
    const indexes = sql`select indexdef from pg_indexes where schemaname = 'assay_model' order by 1`;
    const before = await database.rows(indexes);
    const report = await replay(database);
    // The corpora hold a few events twice.
    const [stored] = await database.rows<{ events: number }>(countRawEvents());
    assert.deepEqual(report, { events: stored?.events, expired: 0, failed: [] });
    assert.equal(await dumpModel(database), dump);
    assert.deepEqual(await database.rows(indexes), before);
    // And the collector goes on working on the new schema.
    await deliverTo(database, inOrder());
    assert.equal(await dumpModel(database), dump);
  });
});

describe('what the state says', () => {
  test('of each facet the last statement holds, whichever run and set it came in', async (t) => {
    const { database } = await deliver(t, inOrder());
    const now = async (statement: Statement): Promise<Record<string, unknown>> =>
      Object.fromEntries(
        (await heldFacets(database, await database.rows<StatedSetRow>(statement))).map(
          ({ name, facet: held }) => [
            name,
            held['description'] ?? held['owners'] ?? held['list'] ?? held['lifecycleStateChange'],
          ],
        ),
      );
    assert.deepEqual(await now(statedOfDataset(datasetId(NAMESPACE, 'described'))), {
      lifecycleStateChange: 'RENAME',
      ownership: [{ name: 'y' }],
    });
    assert.deepEqual(await now(statedOfJob(jobId('tests', 'of facets'))), {
      documentation: 'static',
      ownership: [{ name: 'y' }],
    });
    const statement = await readRunStatement(database, id(20));
    assert.deepEqual(
      Object.entries(statement?.run ?? {}).map(([name, held]) => [name, (held as { second: number }).second]),
      [
        ['own', 5],
        ['other', 4],
      ],
    );
  });

  test('test results and numbers are those of the last statement', async (t) => {
    const { database } = await deliver(t, inOrder());
    const rows = await database.rows<AssertionViewRow>(assertionsOfRuns([id(30), id(31)]));
    assert.deepEqual(
      rows.map(({ run_id: run, facet: name, results }) => [
        run,
        name,
        results.map(({ column, success }) => [column, success]),
      ]),
      [
        [id(30), 'test', [[null, false]]],
        [id(30), 'dataQualityAssertions', [['a', true], ['b', false]]],
        [id(31), 'dataQualityAssertions', []],
      ], // prettier-ignore
    );
    const numbers = await database.rows<{ run_id: string; name: string; statistics: object | null }>(sql`
      select rd.run_id, d.name, rd.statistics from run_dataset rd join dataset d on d.id = rd.dataset_id
       where rd.run_id = any(${[id(34), id(35)]}::uuid[]) order by 1, 2`);
    assert.deepEqual(
      numbers.map(({ name, statistics }) => [name, statistics]),
      [
        ['written 0', { row_count: 9, size_bytes: 90 }],
        ['written 0', null],
        ['written 1', { row_count: [6, 'iceberg_commit'] }],
      ],
    );
  });

  const runs = async (
    database: Database,
  ): Promise<
    Map<string, { state: string; attempts: number; job: string; stub: boolean; partition: string | null }>
  > => {
    const rows = await database.rows<{
      id: string;
      state: string;
      attempts: number;
      job: string;
      stub: boolean;
    }>(
      sql`select run.id, state, attempts, job.name as job, not job_stated as stub from run join job on job.id = run.job_id`,
    );
    return new Map(rows.map(({ id: run, ...row }) => [run, { ...row, partition: null }]));
  };

  test('failed queries, retries, stubs and inferred partitions', async (t) => {
    const { database } = await deliver(t, inOrder());
    const found = await runs(database);
    assert.equal(found.get(id(1))?.state, 'FAILED');
    assert.deepEqual([found.get(id(2))?.state, found.get(id(2))?.attempts], ['COMPLETED', 2]);
    assert.deepEqual(
      [found.get(id(6))?.job, found.get(id(6))?.stub, found.get(id(6))?.state],
      ['the parent', false, 'STARTED'],
    );
    assert.deepEqual(
      [found.get(id(99))?.job, found.get(id(99))?.stub, found.get(id(99))?.state],
      ['never seen', true, 'UNKNOWN'],
    );
    const [inferred] = await database.rows(
      sql`select partition, inferred from run_dataset where run_id = ${id(4)}`,
    );
    assert.deepEqual(inferred, { partition: 'nominal=2026-01-05', inferred: true });
    const stated = await database.rows(
      sql`select partition, inferred from run_dataset where run_id = ${id(14)} order by partition`,
    );
    assert.deepEqual(stated, [
      { partition: '', inferred: false },
      { partition: 'dt=2026-01-07', inferred: false },
    ]);
  });
});
