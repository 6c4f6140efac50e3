import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import type { ClientOptions, RunEvent, Transport } from '../src/index.ts';
import { naming, OpenLineageClient, processingEngineRunFacet, sqlJobFacet } from '../src/index.ts';
import { isolated, recordingLogger, recordingTransport } from './fixtures.ts';
import { noShared } from '../../../test/support/shared-data.ts';
import { eventViolations } from './spec.ts';

const PARENT_ID = '018cc251-f400-717f-9d98-c0f82845ea48';
const RUN_ID = '018cc505-2095-7b2f-b809-e11ba50e0be8';
const BRONZE = naming.s3({ bucket: 'lake', key: 'bronze/flights' });
const GOLD = naming.postgres({ host: 'db', database: 'shop', schema: 'gold', table: 'routes' });

function scene(t: Parameters<typeof isolated>[0], options: ClientOptions = {}) {
  const transport = recordingTransport();
  let seconds = 0;
  const client = new OpenLineageClient({
    ...isolated(t),
    transport,
    namespace: 'demo',
    producer: 'https://example.com/demo',
    clock: () => new Date(Date.UTC(2026, 0, 1, 0, 0, (seconds += 1))),
    uuid: () => RUN_ID,
    ...options,
  });
  return { client, events: transport.events };
}

suite('run scope', () => {
  test('emits START, then COMPLETE with all that was learnt, valid by the official schemas', async (t) => {
    const { client, events } = scene(t);
    const result = await client.run(
      {
        job: { name: 'gold.routes', facets: { sql: sqlJobFacet({ query: 'insert …' }) } },
        inputs: [BRONZE],
        nominalTime: { start: new Date('2026-01-01T00:00:00Z'), end: '2026-01-02T00:00:00Z' },
        parent: { run: { runId: PARENT_ID }, job: { namespace: 'airflow', name: 'flights' } },
      },
      async (run) => {
        run.input(BRONZE).statistics({ rowCount: 10, size: 100 }).partition({ dt: '2026-01-01' });
        run.input(BRONZE).qualityMetrics({ columnMetrics: { delay: { nullCount: 1 } } });
        run
          .output(GOLD)
          .schema([{ name: 'route', type: 'text' }])
          .statistics({ rowCount: 3, size: undefined, fileCount: 1 })
          .columnLineage({ route: [{ ...BRONZE, field: 'origin' }] }, [{ ...BRONZE, field: 'delay' }])
          .qualityMetrics({ rowCount: 3, columnMetrics: { route: { nullCount: 0, distinctCount: 3 } } })
          .assertions([{ assertion: 'not_null', success: true, column: 'route' }])
          .version('v7')
          .partition({ dt: '2026-01-01', region: 'eu' }, '2026-01-01-eu')
          .partition({ dt: '2026-01-01', region: 'us' });
        run.facet('processing_engine', processingEngineRunFacet({ version: '24', name: 'node' }));
        return 42;
      },
    );
    assert.equal(result, 42);
    assert.deepEqual(
      events.map(({ eventType, eventTime }) => [eventType, eventTime]),
      [
        ['START', '2026-01-01T00:00:01.000Z'],
        ['COMPLETE', '2026-01-01T00:00:02.000Z'],
      ],
    );
    await t.test('valid by the official schemas', { skip: noShared() }, () => {
      for (const event of events) assert.deepEqual(eventViolations(event), []);
    });

    const [start, complete] = events;
    assert.deepEqual([start?.inputs, start?.outputs], [[BRONZE], []]);
    assert.equal(complete?.run.runId, RUN_ID);
    assert.equal(complete.producer, 'https://example.com/demo');
    assert.equal(complete.job.namespace, 'demo');
    assert.equal(complete.job.facets?.sql?.query, 'insert …');
    assert.equal(complete.run.facets?.nominalTime?.nominalStartTime, '2026-01-01T00:00:00.000Z');
    assert.equal(complete.run.facets.nominalTime.nominalEndTime, '2026-01-02T00:00:00Z');
    assert.equal(complete.run.facets.parent?.run.runId, PARENT_ID);
    assert.equal(complete.run.facets.parent.root?.run.runId, PARENT_ID);
    assert.equal(complete.run.facets.processing_engine?.name, 'node');

    const input = complete.inputs?.[0];
    assert.equal(complete.inputs?.length, 1);
    assert.equal(input?.inputFacets?.inputStatistics?.rowCount, 10);
    assert.deepEqual(input.inputFacets.dataQualityMetrics?.columnMetrics, { delay: { nullCount: 1 } });
    assert.deepEqual(input.inputFacets.subset?.inputCondition, {
      type: 'partition',
      partitions: [{ dimensions: { dt: '2026-01-01' } }],
    });
    const output = complete.outputs?.[0];
    assert.deepEqual([output?.namespace, output?.name], [GOLD.namespace, GOLD.name]);
    assert.equal(output?.outputFacets?.outputStatistics?.rowCount, 3);
    assert.ok(!('size' in output.outputFacets.outputStatistics), 'what is not known is absent, not zero');
    assert.equal(output.outputFacets.outputStatistics['_producer'], 'https://example.com/demo');
    assert.deepEqual(output.outputFacets.subset?.outputCondition, {
      type: 'partition',
      partitions: [
        { identifier: '2026-01-01-eu', dimensions: { dt: '2026-01-01', region: 'eu' } },
        { dimensions: { dt: '2026-01-01', region: 'us' } },
      ],
    });
    assert.deepEqual(output.facets?.schema?.fields, [{ name: 'route', type: 'text' }]);
    assert.equal(output.facets.columnLineage?.fields['route']?.inputFields[0]?.field, 'origin');
    assert.equal(output.facets.columnLineage.dataset?.[0]?.field, 'delay');
    assert.equal(output.facets.dataQualityMetrics?.rowCount, 3);
    assert.equal(output.facets.dataQualityAssertions?.assertions[0]?.success, true);
    assert.equal(output.facets.version?.datasetVersion, 'v7');
  });

  test('emits FAIL with the error, what is known so far, and throws the very error on', async (t) => {
    const { client, events } = scene(t);
    const error = new Error('disk full', { cause: new Error('ENOSPC') });
    await assert.rejects(
      client.run({ job: { name: 'x' } }, async (run) => {
        run.output(GOLD).statistics({ rowCount: 1 });
        throw error;
      }),
      (thrown) => thrown === error,
    );
    assert.deepEqual(
      events.map(({ eventType }) => eventType),
      ['START', 'FAIL'],
    );
    const [, fail] = events;
    const facet = fail?.run.facets?.errorMessage;
    assert.equal(facet?.message, 'disk full');
    assert.equal(facet.programmingLanguage, 'JAVASCRIPT');
    assert.match(facet.stackTrace ?? '', /run-scope\.test\.ts[^]*Caused by: Error: ENOSPC/);
    assert.equal(fail?.outputs?.[0]?.outputFacets?.outputStatistics?.rowCount, 1);
    await t.test('valid by the official schemas', { skip: noShared() }, () =>
      assert.deepEqual(eventViolations(fail), []),
    );
  });

  test('takes anything thrown, also from a body that is not async', async (t) => {
    const { client, events } = scene(t);
    const body = () => {
      throw 'just text' as unknown as Error;
    };
    await assert.rejects(client.run({ job: { name: 'x' } }, body), (thrown) => thrown === 'just text');
    assert.equal(events[1]?.run.facets?.errorMessage?.message, 'just text');
    assert.equal(events[1]?.run.facets?.errorMessage?.stackTrace, undefined);
  });

  test('a scope as parent hands down the root', async (t) => {
    let next = 0;
    const { client, events } = scene(t, { uuid: () => `018cc505-2095-7b2f-b809-00000000000${(next += 1)}` });
    await client.run({ job: { name: 'dag' } }, (dag) =>
      client.run({ job: { name: 'task' }, parent: dag }, (task) =>
        client.run({ job: { name: 'query' }, parent: task }, () => undefined),
      ),
    );
    const starts = events.filter(({ eventType }) => eventType === 'START');
    const parents = starts.map(({ run }) => run.facets?.parent);
    assert.deepEqual(
      parents.map((parent) => [parent?.job.name, parent?.root?.job.name]),
      [
        [undefined, undefined],
        ['dag', 'dag'],
        ['task', 'dag'],
      ],
    );
    assert.equal(parents[2]?.root?.run.runId, starts[0]?.run.runId);
    await t.test('valid by the official schemas', { skip: noShared() }, () => {
      for (const event of events) assert.deepEqual(eventViolations(event), []);
    });
  });

  test('report sends RUNNING with what is known', async (t) => {
    const { client, events } = scene(t);
    await client.run({ job: { name: 'x' }, runId: PARENT_ID, outputs: [GOLD] }, async (run) => {
      run.output(GOLD).statistics({ rowCount: 1 });
      await run.report();
      run.output(GOLD).statistics({ rowCount: 2 });
    });
    assert.deepEqual(
      events.map(({ eventType, run, outputs }) => [
        eventType,
        run.runId,
        outputs?.[0]?.outputFacets?.outputStatistics?.rowCount,
      ]),
      [
        ['START', PARENT_ID, undefined],
        ['RUNNING', PARENT_ID, 1],
        ['COMPLETE', PARENT_ID, 2],
      ],
    );
  });

  const broken: Transport = {
    kind: 'broken',
    emit: async () => {
      throw new Error('no route');
    },
    close: async () => undefined,
  };

  test('a broken transport never harms the work', async (t) => {
    const logger = recordingLogger();
    const { client } = scene(t, { transport: broken, logger });
    assert.equal(await client.run({ job: { name: 'x' } }, () => 'done'), 'done');
    const error = new Error('mine');
    await assert.rejects(
      client.run({ job: { name: 'x' } }, () => Promise.reject(error)),
      (thrown) => thrown === error,
    );
    assert.equal(logger.warnings.length, 4);
  });

  test('strict: a lost START stops the run before it starts', async (t) => {
    const { client } = scene(t, { transport: broken, strict: true });
    let ran = false;
    const body = () => {
      ran = true;
    };
    await assert.rejects(client.run({ job: { name: 'x' } }, body), /no route/);
    assert.equal(ran, false);
  });

  test('strict: a lost FAIL does not hide the error of the work', async (t) => {
    const logger = recordingLogger();
    const onlyStart: Transport = {
      ...broken,
      emit: async (event) => {
        if ((event as RunEvent).eventType === 'FAIL') throw new Error('no route');
      },
    };
    const { client } = scene(t, { transport: onlyStart, strict: true, logger });
    await assert.rejects(
      client.run({ job: { name: 'x' } }, () => Promise.reject(new Error('mine'))),
      /mine/,
    );
    assert.match(logger.warnings[0] ?? '', /The FAIL event of run \S+ was lost: no route/);
  });

  test('work does not wait for a slow START, yet START arrives first', async (t) => {
    const arrived: string[] = [];
    let release: () => void = () => undefined;
    const slow: Transport = {
      kind: 'slow',
      emit: async (event) => {
        const { eventType = '' } = event as RunEvent;
        if (eventType === 'START') await new Promise<void>((resolve) => (release = resolve));
        arrived.push(eventType);
      },
      close: async () => undefined,
    };
    const { client } = scene(t, { transport: slow });
    await client.run({ job: { name: 'x' } }, async () => {
      assert.deepEqual(arrived, []);
      release();
    });
    assert.deepEqual(arrived, ['START', 'COMPLETE']);
  });
});
