import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { readEnvelope } from '#ingest/envelope.ts';
import { FACET_SCHEMAS, type FacetPlace } from '#ingest/facet-schemas/index.ts';
import type { EventDelta } from '#ingest/normalise/event-delta.ts';
import { Ingest } from '#ingest/ingest.ts';
import { normalise } from '#ingest/normalise/normalise.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet } from '#test/support/sample-events.ts';
import { noShared } from '#test/support/shared-data.ts';
import { fragments, MORE, mutate, type Json } from './facet-mutations.ts';

const RUN = '018cc251-f400-717f-9d98-c0f82845ea48';
const SPARK = 'https://github.com/OpenLineage/OpenLineage/tree/1.40.1/integration/spark';
const DBT = 'https://github.com/OpenLineage/OpenLineage/tree/1.40.1/integration/dbt';

interface Sent {
  readonly kind?: string;
  readonly producer?: string;
  readonly inputs?: readonly object[];
  readonly outputs?: readonly object[];
  readonly runFacets?: object;
  readonly jobFacets?: object;
}

function bytesOf({
  kind = 'COMPLETE',
  producer = 'https://example.com/p',
  runFacets = {},
  jobFacets = {},
  ...rest
}: Sent): Buffer {
  return Buffer.from(
    JSON.stringify({
      eventTime: '2026-01-01T00:00:00Z',
      eventType: kind,
      producer,
      run: { runId: RUN, facets: runFacets },
      job: { namespace: 'n', name: 'j', facets: jobFacets },
      ...rest,
    }),
  );
}

function delta(sent: Sent): EventDelta {
  const result = readEnvelope(bytesOf(sent));
  assert(result.event, JSON.stringify(result));
  return normalise(result.event);
}

const named = (name: string, parts: object): object => ({ namespace: 'pg://db', name, ...parts });
const written = (name: string, rowCount: number, size: number, more: object = {}): object =>
  named(name, { outputFacets: { outputStatistics: facet({ rowCount, size }), ...more } });
/** `fact value source` of each dataset that bears numbers. */
const numbersOf = (found: EventDelta): string[][] =>
  found.runDatasets.map(({ statistics }) =>
    Object.entries(statistics).map(([fact, { value, source }]) => `${fact} ${value} ${source}`),
  );

describe('numbers that lie', () => {
  test('Spark’s numbers on several outputs are about none of them; different ones are', () => {
    assert.deepEqual(
      numbersOf(delta({ producer: SPARK, outputs: [written('a', 5, 50), written('b', 5, 50)] })),
      [[], []],
    );
    assert.equal(
      numbersOf(delta({ producer: SPARK, outputs: [written('a', 5, 50), written('b', 6, 60)] }))[0]?.length,
      2,
    );
    assert.equal(
      numbersOf(delta({ producer: SPARK, outputs: [written('a', 5, 50), written('a', 5, 50)] }))[0]?.length,
      2,
    );
    // Others count for each dataset what they say of it.
    assert.equal(numbersOf(delta({ outputs: [written('a', 5, 50), written('b', 5, 50)] }))[0]?.length, 2);
  });

  test('Spark’s zeros before the end are unknown; at the end they are zero', () => {
    const zero = { producer: SPARK, outputs: [written('a', 0, 0)] };
    assert.deepEqual(numbersOf(delta({ ...zero, kind: 'RUNNING' })), [[]]);
    assert.deepEqual(numbersOf(delta({ ...zero, kind: 'START' })), [[]]);
    assert.equal(numbersOf(delta(zero))[0]?.[0], 'row_count 0 output_statistics');
    assert.equal(numbersOf(delta({ ...zero, kind: 'RUNNING', outputs: [written('a', 0, 7)] }))[0]?.length, 2);
  });

  test('a commit report outranks them; one of a deletion says nothing of rows written', () => {
    const commit = (operation: string): object => ({
      icebergCommitReport: facet({
        operation,
        commitMetrics: { addedRecords: 3, addedFilesSizeInBytes: 30, totalRecords: 99 },
      }),
    });
    assert.deepEqual(
      numbersOf(delta({ producer: SPARK, outputs: [written('a', 5, 50, commit('append'))] })),
      [['row_count 3 iceberg_commit', 'size_bytes 30 iceberg_commit']],
    );
    assert.deepEqual(
      numbersOf(delta({ producer: SPARK, outputs: [written('a', 5, 50, commit('delete'))] })),
      [['row_count 5 output_statistics', 'size_bytes 50 output_statistics']],
    );
  });

  test('dbt’s numbers are dbt’s; a scan report tells files, not rows', () => {
    assert.equal(
      numbersOf(delta({ producer: DBT, outputs: [written('a', 5, 50)] }))[0]?.[0],
      'row_count 5 dbt',
    );
    const scan = facet({ scanMetrics: { resultDataFiles: 4, totalFileSizeInBytes: 400 } });
    assert.deepEqual(
      numbersOf(delta({ inputs: [named('a', { inputFacets: { icebergScanReport: scan } })] })),
      [['size_bytes 400 input_statistics', 'file_count 4 input_statistics']],
    );
  });
});

describe('results of tests', () => {
  const results = (found: EventDelta): string[] =>
    found.assertions.flatMap(({ facet: name, results: list }) =>
      list.map(
        ({ assertion, column, success, severity }) =>
          `${name} ${assertion}(${column}) ${success} ${severity}`,
      ),
    );

  test('Great Expectations’ own keys', () => {
    const facets = {
      dataQuality: facet({ rowCount: 7, columnMetrics: { a: { nullCount: 1, distinctCount: 2 } } }),
      greatExpectations_assertions: facet({
        assertions: [{ expectationType: 'expect_column_values_to_not_be_null', success: false, column: 'a' }],
      }),
    };
    const found = delta({ inputs: [named('t', { inputFacets: facets })] });
    assert.deepEqual(numbersOf(found), [
      [
        'row_count 7 quality_metrics',
        'null_count(a) 1 quality_metrics',
        'distinct_count(a) 2 quality_metrics',
      ],
    ]);
    assert.deepEqual(results(found), [
      'greatExpectations_assertions expect_column_values_to_not_be_null(a) false error',
    ]);
  });

  test('what dbt writes in both places counts once; severities; the test facet', () => {
    const dataQualityAssertions = facet({
      assertions: [
        { assertion: 'unique', success: true, column: 'id' },
        { assertion: 'not_null', success: false, column: 'id', severity: 'WARN' },
      ],
    });
    const found = delta({
      inputs: [named('t', { facets: { dataQualityAssertions }, inputFacets: { dataQualityAssertions } })],
      runFacets: {
        test: facet({
          tests: [
            { name: 'x', status: 'skip' },
            { name: 'y', status: 'error', type: 'custom' },
          ],
        }),
      },
    });
    assert.deepEqual(results(found), [
      'dataQualityAssertions unique(id) true error',
      'dataQualityAssertions not_null(id) false warn',
      'test x(null) null error',
      'test custom(null) false error',
    ]);
  });
});

test('a facet that its schema refuses is told once, and read as far as it can be', () => {
  const found = delta({
    jobFacets: { jobType: { processingType: 'STREAMING', integration: 'FLINK' } },
    runFacets: { nominalTime: facet({ nominalStartTime: '2026-01-01 00:00:00' }) },
  });
  assert.deepEqual(
    found.warnings.map(({ pointer, reason }) => `${pointer} ${reason}`),
    [
      '/job/facets/jobType/_producer _producer is missing',
      '/run/facets/nominalTime/nominalStartTime nominalStartTime must match format "date-time"',
    ],
  );
  assert.equal(found.runs[0]?.facts.jobType?.value.integration, 'FLINK');
  assert.equal(found.runs[0]?.facts.nominalTime?.value.start, '2026-01-01T00:00:00.000Z');
});

describe('mutations of every facet, in every place', { skip: noShared() }, () => {
  const places = Object.keys(FACET_SCHEMAS) as FacetPlace[];
  const mutations = (): fc.Arbitrary<Sent> => {
    const examples = [
      ...fragments().map(({ name, facet: example }) => ({ name, example })),
      ...Object.entries(MORE).map(([key, example]) => ({ name: key.split(' ')[1] ?? '', example })),
    ];
    const change = fc.tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 7 }), fc.nat(1000));
    return fc
      .tuple(
        fc.constantFrom(...examples),
        fc.constantFrom(...places),
        fc.array(change, { minLength: 1, maxLength: 3 }),
      )
      .map(([{ name, example }, place, changes]) => {
        const mutated = changes.reduce<Json>((known, [path, nth]) => mutate(known, path, nth), example);
        return sentAt(place, { [name]: mutated });
      });
  };

  test('none makes an event unreadable, many are warned of', () => {
    let warned = 0;
    fc.assert(
      fc.property(mutations(), (sent) => void (warned += delta(sent).warnings.length)),
      { numRuns: 5000, seed: 2 },
    );
    assert(warned > 500, `${warned}`);
  });

  test('none is put aside by the store', async (t) => {
    const database = await testDatabase(t);
    const ingest = new Ingest({ database, now: () => new Date('2026-01-01T00:00:00Z') });
    const events = fc.sample(mutations(), { numRuns: 1500, seed: 3 }).map(bytesOf);
    const outcomes = await Promise.all(events.map((event) => ingest.receive(event, 'http')));
    assert.deepEqual(
      outcomes.flatMap((outcome, index) => (outcome.status === 'accepted' ? [] : [String(events[index])])),
      [],
    );
  });
});

function sentAt(place: FacetPlace, facets: Record<string, Json>): Sent {
  if (place === 'run') return { runFacets: facets };
  if (place === 'job') return { jobFacets: facets };
  if (place === 'dataset') return { outputs: [named('t', { facets })] };
  if (place === 'input') return { inputs: [named('t', { inputFacets: facets })] };
  return { outputs: [named('t', { outputFacets: facets })] };
}
