import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { datasetId } from '#model/ids.ts';
import { readEnvelope } from '#ingest/envelope.ts';
import type { EventDelta } from '#ingest/normalise/event-delta.ts';
import { normalise } from '#ingest/normalise/normalise.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';
import { recordedEvents } from '#test/support/recorded-events.ts';
import { noShared } from '#test/support/shared-data.ts';

const RUN = '018cc251-f400-717f-9d98-c0f82845ea48';
const time = '2026-01-01T00:00:00Z';

function deltaOf(bytes: Buffer): EventDelta {
  const result = readEnvelope(bytes);
  assert(result.event, JSON.stringify(result));
  return normalise(result.event);
}
const delta = (options: Partial<Parameters<typeof sampleEvent>[0]>): EventDelta =>
  deltaOf(sampleEvent({ runId: RUN, time, type: 'COMPLETE', ...options }));
const stats = (found: EventDelta, index = 0): Record<string, number> =>
  Object.fromEntries(
    Object.entries(found.runDatasets[index]?.statistics ?? {}).map(([key, { value }]) => [key, value]),
  );

describe('what an event adds', () => {
  test('recorded events are read without a fault that is not theirs', { skip: noShared() }, () => {
    const warnings = recordedEvents().flatMap(({ name, bytes }) =>
      deltaOf(bytes).warnings.map((warning) => `${name} ${warning.facet} ${warning.reason}`),
    );
    assert.deepEqual(
      warnings.filter((warning) => !warning.includes('eventTime names no zone')),
      [],
    );
  });

  test('statistics: absent is not zero, zero is zero', () => {
    assert.deepEqual(stats(delta({ outputs: [outputWithRows('t', 0)] })), { row_count: 0 });
    assert.deepEqual(stats(delta({ outputs: [{ namespace: 'n', name: 't' }] })), {});
  });

  test('why a Spark query failed is read from the facet of its own that it says so in', () => {
    const errorOf = (facets: object): unknown =>
      delta({ type: 'FAIL', runFacets: facets }).runs[0]?.facts.errorMessage?.value.message;
    const exception = facet({ message: 'Job aborted', stackTrace: 'at A' });
    assert.equal(errorOf({ 'spark.exception': exception }), 'Job aborted');
    assert.equal(errorOf({ 'spark.exception': exception, errorMessage: facet({ message: 'Said' }) }), 'Said');
    assert.equal(errorOf({ 'spark.exception': facet({}) }), undefined);
  });

  test('column metrics become facts of the column, quality metrics outrank output statistics', () => {
    const output = {
      namespace: 'n',
      name: 't',
      facets: {
        dataQualityMetrics: facet({
          rowCount: 9,
          columnMetrics: {
            a: { nullCount: 2, sum: 5, min: 0, max: 3, distinctCount: 4, count: 7 },
            'odd name': { nullCount: 1 },
          },
        }),
      },
      outputFacets: { outputStatistics: facet({ rowCount: 10, size: 100, fileCount: 1 }) },
    };
    assert.deepEqual(stats(delta({ outputs: [output] })), {
      row_count: 9,
      size_bytes: 100,
      file_count: 1,
      'null_count(a)': 2,
      'distinct_count(a)': 4,
      'count(a)': 7,
      'sum(a)': 5,
      'min(a)': 0,
      'max(a)': 3,
      'null_count("odd name")': 1,
    });
  });

  test('partitions: by subset condition, by location, by path', () => {
    const partitions = (output: object): string[] =>
      delta({ outputs: [output] }).runDatasets.map((document) => document.statedPartition);
    assert.deepEqual(partitions(outputWithRows('t', 1, { partition: { dt: '2026-01-01', region: 'eu' } })), [
      'dt=2026-01-01/region=eu',
    ]);
    assert.deepEqual(partitions({ namespace: 's3://b', name: 't/dt=2026-01-01' }), ['dt=2026-01-01']);
    const located = {
      namespace: 's3://b',
      name: 't',
      outputFacets: {
        subset: facet({
          outputCondition: { type: 'location', locations: ['s3://b/t/dt=1', 's3://b/t/dt=2'] },
        }),
      },
    };
    assert.deepEqual(partitions(located), ['dt=1', 'dt=2']);
    assert.deepEqual(partitions({ namespace: 'n', name: 't' }), ['']);
  });

  test('a partition directory and its table are one dataset, in column lineage too', () => {
    const found = delta({
      outputs: [
        {
          namespace: 's3a://b',
          name: 't/dt=2026-01-01',
          facets: {
            columnLineage: facet({
              fields: { x: { inputFields: [{ namespace: 's3://b', name: 'u/dt=2026-01-01', field: 'y' }] } },
            }),
          },
        },
      ],
    });
    assert.deepEqual(
      found.datasets.map((dataset) => dataset.id).sort(),
      [datasetId('s3://b', 't'), datasetId('s3://b', 'u')].sort(),
    );
    assert.equal(found.lineages[0]?.content.columns.get('x')?.[0]?.column, 'y');
  });

  test('numbers about several partitions at once are about none', () => {
    const output = {
      namespace: 'n',
      name: 't',
      outputFacets: {
        outputStatistics: facet({ rowCount: 5 }),
        subset: facet({
          outputCondition: {
            type: 'partition',
            partitions: [
              { identifier: 'a', dimensions: { dt: '1' } },
              { identifier: 'b', dimensions: { dt: '2' } },
            ],
          },
        }),
      },
    };
    const found = delta({ outputs: [output] });
    assert.deepEqual([stats(found, 0), stats(found, 1)], [{}, {}]);
  });

  test('parent and root become stubs under their own jobs', () => {
    const parent = facet({
      run: { runId: 'dag-run' },
      job: { namespace: 'airflow', name: 'dag' },
      root: {
        run: { runId: '018cc251-f400-717f-9d98-c0f82845ea49' },
        job: { namespace: 'airflow', name: 'root' },
      },
    });
    const { runs, jobs } = delta({ runFacets: { parent } });
    assert.deepEqual(
      runs.map((run) => [run.externalId, run.job.stated, run.eventCount]),
      [
        [null, true, 1],
        ['dag-run', false, 0],
        [null, false, 0],
      ],
    );
    assert.deepEqual(
      jobs.map((job) => job.name),
      ['job', 'dag', 'root'],
    );
  });

  test('a faulty facet is a warning with its place; the rest of the event counts', () => {
    const found = delta({
      runFacets: { nominalTime: facet({ nominalStartTime: 'soon' }), parent: 'x' },
      outputs: [
        {
          namespace: 'n',
          name: 't',
          facets: { schema: facet({ fields: [{ type: 'int' }] }) },
          outputFacets: { outputStatistics: facet({ rowCount: 3 }) },
        },
      ],
    });
    assert.deepEqual(
      found.warnings.map(({ facet: name, pointer }) => `${name} ${pointer}`),
      [
        'schema /outputs/0/facets/schema/fields/0/name',
        'nominalTime /run/facets/nominalTime/nominalStartTime',
        'parent /run/facets/parent',
      ],
    );
    assert.deepEqual(stats(found), { row_count: 3 });
  });

  test('a deleted facet is no statement', () => {
    const found = delta({
      outputs: [
        { namespace: 'n', name: 't', facets: { schema: { _deleted: true, fields: [{ name: 'a' }] } } },
      ],
    });
    assert.equal(found.schemas.length, 0);
  });

  test('names that differ only in where namespace ends are two datasets and two jobs', () => {
    const ids = (namespace: string, name: string): string[] =>
      delta({ outputs: [{ namespace, name }] }).datasets.map((dataset) => dataset.id);
    assert.deepEqual(ids('a\nb', 'c'), [datasetId('a\nb', 'c')]);
    assert.deepEqual(ids('a', 'b\nc'), [datasetId('a', 'b\nc')]);
    assert.notEqual(ids('a\nb', 'c')[0], ids('a', 'b\nc')[0]);
  });
});
