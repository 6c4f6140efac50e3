import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerDatasetParts } from '#api/dataset-parts.ts';
import { registerJobs } from '#api/jobs.ts';
import { registerLineage } from '#api/lineage.ts';
import { registerRuns } from '#api/runs.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, derivedId, jobId } from '#model/ids.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { noShared, SHARED } from '#test/support/shared-data.ts';

const FRAGMENTS = join(SHARED, 'openlineage/spec/tests');
const TIME = '2026-01-01T00:00:00.000Z';

type Place = 'run' | 'job' | 'dataset' | 'input' | 'output' | 'jobEvent' | 'datasetEvent';

/** What the store says after one fragment has been ingested at its place. */
interface Told {
  /** Facets of the run; facets of the inputs or outputs, of the one dataset there is. */
  readonly run: () => Promise<Record<string, unknown>>;
  readonly facets: (path: 'inputFacets' | 'outputFacets') => Promise<Record<string, unknown>>;
  /** A kept facet of the job or of the dataset. */
  readonly job: (facet: string) => Promise<unknown>;
  readonly dataset: (facet: string) => Promise<unknown>;
  readonly rows: (statement: ReturnType<typeof sql>) => Promise<object[]>;
  readonly get: (path: string) => Promise<unknown>;
  readonly id: { readonly run: string; readonly job: string; readonly dataset: string };
}

type Check = (told: Told) => Promise<void>;
/** The members of a facet that the fragment itself states, without those of every facet. */
const members = (facet: unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facet as object).filter(([name]) => !name.startsWith('_')));

const keptOfJob =
  (facet: string, expected: object): Check =>
  async ({ job }) =>
    assert.deepEqual(members(await job(facet)), expected);
const keptOfDataset =
  (facet: string, expected: object): Check =>
  async ({ dataset }) =>
    assert.deepEqual(members(await dataset(facet)), expected);
const shownOfRun =
  (facet: string, expected: object): Check =>
  async ({ run }) =>
    assert.deepEqual(members((await run())[facet]), expected);

const partitions = async ({ rows, id }: Told): Promise<string[]> =>
  (
    (await rows(
      sql`select stated_partition as partition from run_dataset where dataset_id = ${id.dataset}::uuid order by 1`,
    )) as { partition: string }[]
  ).map(({ partition }) => partition);

const statistics = async ({ rows, id }: Told): Promise<unknown> =>
  (
    (await rows(sql`select statistics from run_dataset where dataset_id = ${id.dataset}::uuid`)) as {
      statistics: unknown;
    }[]
  )[0]?.statistics;

const QUALITY = {
  row_count: [10, 'quality_metrics'],
  file_count: [5, 'quality_metrics'],
  'count(amount)': [10, 'quality_metrics'],
  'max(amount)': [1500, 'quality_metrics'],
  'min(amount)': [100, 'quality_metrics'],
  'sum(amount)': [6600, 'quality_metrics'],
  'null_count(counterparty_id)': [0, 'quality_metrics'],
  'distinct_count(user_id)': [3, 'quality_metrics'],
  'null_count(user_id)': [0, 'quality_metrics'],
};
const quality: Check = async (told) => assert.deepEqual(await statistics(told), QUALITY);

/** Explicit edges as `target.field <- kind name.field (transformation)`, with targets that have none. */
async function explicit({ rows }: Told): Promise<string[]> {
  const found = (await rows(sql`
    select case s.target_kind when 0 then td.name else tj.name end || case e.target_field when '' then '' else '.' || e.target_field end
             || coalesce(' <- ' || case e.origin_kind when 0 then 'dataset ' || od.name else 'job ' || oj.name end
               || case e.origin_field when '' then '' else '.' || e.origin_field end
               || coalesce(' ' || (e.transformations->0->>'subtype'), '') || coalesce(' of ' || e.origin_run_id, ''), ' <- nothing') as edge
      from lineage_statement s
      left join lineage_edge e on e.content_id = s.content_id
      left join dataset td on td.id = s.target_id left join job tj on tj.id = s.target_id
      left join dataset od on od.id = e.origin_id left join job oj on oj.id = e.origin_id
     order by 1`)) as { edge: string }[];
  return found.map(({ edge }) => edge);
}
const explains =
  (...edges: readonly string[]): Check =>
  async (told) =>
    assert.deepEqual(await explicit(told), edges);

const columnEdges = async ({ rows, id }: Told): Promise<object[]> =>
  rows(sql`
    select e.output_column as output, d.name as input, e.input_column as field, e.transformations->0->>'subtype' as how
      from column_edge e join dataset d on d.id = e.input_dataset_id
     where e.output_dataset_id = ${id.dataset}::uuid order by 1, 2, 3`);

/** By file: where the fragment stands in an event, and what must be known after. */
const EXPECTED: Readonly<Record<string, readonly [Place, Check]>> = {
  'BaseSubsetDatasetFacet/1.json': [
    'input',
    async (told) => {
      assert.deepEqual(await partitions(told), ['']); // a comparison names no partition
      assert.equal(
        ((await told.facets('inputFacets'))['subset'] as { inputCondition: { type: string } }).inputCondition
          .type,
        'compare',
      );
    },
  ],
  'BaseSubsetDatasetFacet/2.json': ['input', async (told) => assert.deepEqual(await partitions(told), [''])],
  'BaseSubsetDatasetFacet/3.json': ['input', async (told) => assert.deepEqual(await partitions(told), [''])],
  'BaseSubsetDatasetFacet/4.json': [
    'input',
    async (told) =>
      assert.deepEqual(await partitions(told), [
        'business_date=2024-10-15/country=DE',
        'business_date=2024-10-15/country=PL',
      ]),
  ],
  'ColumnLineageDatasetFacet/1.json': [
    'dataset',
    async (told) => {
      const edges = await columnEdges(told);
      assert.equal(edges.length, 12);
      assert.deepEqual(edges[0], { output: 'AMOUNT_OFF', input: 'CUSTOMERS', field: 'ID', how: 'JOIN' });
    },
  ],
  'ColumnLineageDatasetFacet/2.json': [
    'dataset',
    async (told) => {
      const edges = (await columnEdges(told)) as { output: string; field: string; how: string }[];
      assert.deepEqual(
        edges.map(({ output, field, how }) => `${output} <- ${field} ${how}`),
        [
          ' <- age FILTER',
          ' <- first_name SORT',
          ' <- last_name SORT',
          'ageNextYear <- age TRANSFORMATION',
          'firstName <- first_name IDENTITY',
          'id <- id IDENTITY',
          'lastName <- last_name IDENTITY',
        ],
      );
    },
  ],
  'DataQualityAssertionsDatasetFacet/1.json': [
    'input',
    async ({ get, id }) => {
      const { assertions } = (await get(`/api/v2/datasets/${id.dataset}/assertions`)) as {
        assertions: { assertion: string; column: string; success: boolean; severity: string }[];
      };
      assert.equal(assertions.length, 10);
      assert(assertions.every(({ success, severity }) => success && severity === 'error'));
      assert.deepEqual([assertions[0]?.assertion, assertions[0]?.column], ['accepted_values', 'status']);
    },
  ],
  'DataQualityMetricsDatasetFacet/1.json': ['dataset', quality],
  'DataQualityMetricsInputDatasetFacet/1.json': ['input', quality],
  'DatasetTypeDatasetFacet/1.json': [
    'dataset',
    keptOfDataset('datasetType', { datasetType: 'VIEW', subType: 'MATERIALIZED' }),
  ],
  'DatasetVersionDatasetFacet/1.json': [
    'dataset',
    async ({ get, id }) => {
      const { versions } = (await get(`/api/v2/datasets/${id.dataset}/versions`)) as {
        versions: { version: string; stated: boolean }[];
      };
      assert.deepEqual(
        versions.map(({ version, stated }) => [version, stated]),
        [['2', true]],
      );
    },
  ],
  'DatasourceDatasetFacet/1.json': [
    'dataset',
    keptOfDataset('dataSource', { name: 'datasource_one', uri: 'https://some.location.com/datsource/one' }),
  ],
  'DocumentationDatasetFacet/1.json': [
    'datasetEvent',
    keptOfDataset('documentation', { description: 'Some dataset description', contentType: 'text/markdown' }),
  ],
  'DocumentationJobFacet/1.json': [
    'jobEvent',
    keptOfJob('documentation', {
      description: 'Determines the popular day of week orders are placed.',
      contentType: 'text/markdown',
    }),
  ],
  'EnvironmentVariablesRunFacet/1.json': [
    'run',
    async ({ run }) => {
      const { environmentVariables } = (await run())['environmentVariables'] as {
        environmentVariables: { name: string }[];
      };
      assert.deepEqual(
        environmentVariables.map(({ name }) => name),
        ['JAVA_HOME', 'PATH'],
      );
    },
  ],
  'ErrorMessageRunFacet/1.json': [
    'run',
    async ({ get, id, run }) => {
      const { errors } = (await get(`/api/v2/runs/${id.run}`)) as { errors: object[] };
      assert.deepEqual(errors, [{ message: 'failed', task: null }]);
      assert.equal(((await run())['errorMessage'] as { stackTrace: string }).stackTrace, '<stack_trace>');
    },
  ],
  'ExternalQueryRunFacet/1.json': [
    'run',
    shownOfRun('externalQuery', {
      externalQueryId: 'bigquery_1690280798993890_f4ade238a8121576708e1892f69e67fe',
      source: 'bigquery',
    }),
  ],
  'ExtractionErrorRunFacet/1.json': [
    'run',
    async ({ get, id }) => {
      const { errors } = (await get(`/api/v2/runs/${id.run}`)) as {
        errors: { message: string; task: string }[];
      };
      assert.equal(errors[0]?.task, 'DROP POLICY IF EXISTS name ON table_name');
      assert.match(errors[0]?.message ?? '', /^Expected TABLE, VIEW/);
    },
  ],
  'HierarchyDatasetFacet/1.json': [
    'dataset',
    keptOfDataset('hierarchy', {
      hierarchy: [
        { type: 'DATABASE', name: 'my_db' },
        { type: 'SCHEMA', name: 'my_schema' },
        { type: 'TABLE', name: 'my_table' },
      ],
    }),
  ],
  'JobTypeJobFacet/1.json': ['job', ofType('SPARK', 'QUERY', 'BATCH', false)],
  'JobTypeJobFacet/2.json': ['job', ofType('KAFKA_STREAMS', 'STREAM_PROCESSOR', 'STREAMING', true)],
  'JobTypeJobFacet/3.json': ['job', ofType('SPARK', 'ETL', 'BATCH', false)],
  'LifecycleStateChangeDatasetFacet/1.json': [
    'dataset',
    async ({ get, id, rows }) => {
      const { lifecycle } = (await get(`/api/v2/datasets/${id.dataset}/facets`)) as { lifecycle: object };
      const previous = { namespace: 'file', name: '/tmp/alter_test/alter_table_test' };
      assert.deepEqual(lifecycle, { change: 'RENAME', statedAt: TIME, previous });
      assert.deepEqual(await rows(sql`select from_id, to_id, kind from dataset_alias`), [
        { from_id: datasetId(previous.namespace, previous.name), to_id: id.dataset, kind: 'rename' },
      ]);
    },
  ],
  'LineageFacet/dataset-to-dataset.json': [
    'dataset',
    explains(
      'dataset <- dataset public.customers',
      'dataset.customer_id <- dataset public.customers.id IDENTITY',
    ),
  ],
  'LineageFacet/dataset-to-job.json': [
    'job',
    explains('daily.load <- dataset public.staging_orders.order_id FILTER'),
  ],
  'LineageFacet/generator.json': ['jobEvent', explains('public.extracted_data.total <- job job AGGREGATION')],
  'LineageFacet/implicit-job.json': ['job', explains('job <- dataset public.transactions FILTER')],
  'LineageFacet/job-to-dataset.json': [
    'jobEvent',
    explains('public.daily_summary <- job daily.extract of b7dce052-51a6-4d66-98b9-5fd8b78a79c7'),
  ],
  'LineageFacet/job-to-job.json': [
    'job',
    explains('daily.load <- job daily.transform of b7dce052-51a6-4d66-98b9-5fd8b78a79c7'),
  ],
  'LineageFacet/mixed-sources.json': [
    'job',
    explains(
      'public.enriched_orders <- dataset public.orders',
      'public.enriched_orders <- job daily.enrichment',
      'public.enriched_orders.customer_segment <- dataset public.orders.customer_id',
      'public.enriched_orders.customer_segment <- job daily.enrichment TRANSFORMATION',
    ),
  ],
  'NominalTimeRunFacet/1.json': [
    'run',
    async ({ get, id }) => {
      const { run } = (await get(`/api/v2/runs/${id.run}`)) as {
        run: { nominalStart: string; nominalEnd: string };
      };
      assert.deepEqual(
        [run.nominalStart, run.nominalEnd],
        ['2020-01-01T04:00:00.001Z', '2020-01-02T04:00:00.001Z'],
      );
    },
  ],
  'OutputStatisticsOutputDatasetFacet/1.json': [
    'output',
    async (told) =>
      assert.deepEqual(await statistics(told), {
        row_count: 2000,
        size_bytes: 2097152,
        file_count: 5,
      }),
  ],
  'OwnershipDatasetFacet/1.json': ['dataset', keptOfDataset('ownership', { owners: [{ name: 'owner' }] })],
  'OwnershipJobFacet/1.json': ['job', keptOfJob('ownership', { owners: [{ name: 'owner' }] })],
  'ParentRunFacet/1.json': ['run', parentIs('f99310b4-3c3c-1a1a-2b2b-c1b95c24ff11', 'dbt-job-name', null)],
  'ParentRunFacet/2.json': [
    'run',
    parentIs(
      'f99310b4-3c3c-1a1a-2b2b-c1b95c24ff11',
      'my_dag.my_task',
      'a0000000-3c3c-1a1a-2b2b-c1b95c24ff11',
    ),
  ],
  'ProcessingEngineRunFacet/1.json': [
    'run',
    async ({ get, id }) => {
      const { run } = (await get(`/api/v2/runs/${id.run}`)) as { run: { engine: string } };
      assert.equal(run.engine, 'Airflow 2.5.0');
    },
  ],
  'SQLJobFacet/1.json': [
    'job',
    async ({ job }) => assert.match(((await job('sql')) as { query: string }).query, /^\s*with orders as \(/),
  ],
  'SchemaDatasetFacet/1.json': [
    'dataset',
    async ({ get, id }) => {
      const { columns } = (await get(`/api/v2/datasets/${id.dataset}/columns`)) as {
        columns: { name: string }[];
      };
      assert.deepEqual(
        columns.map(({ name }) => name),
        [
          'user_id',
          'counterparty_id',
          'currency',
          'amount',
          'phones',
          'phones._element',
          'addresses',
          'addresses.type',
          'addresses.country',
          'addresses.zip',
          'addresses.state',
          'addresses.street',
          'custom_properties',
          'custom_properties.key',
          'custom_properties.value',
          'custom_properties.value._0',
          'custom_properties.value._1',
        ],
      );
    },
  ],
  'SourceCodeJobFacet/1.json': [
    'job',
    keptOfJob('sourceCode', { language: 'bash', sourceCode: 'ls -halt && exit 0' }),
  ],
  'SourceCodeLocationJobFacet/1.json': [
    'job',
    keptOfJob('sourceCodeLocation', { type: 'git', url: 'http://example.com' }),
  ],
  'StorageDatasetFacet/1.json': [
    'dataset',
    keptOfDataset('storage', { storageLayer: 'delta', fileFormat: 'parquet' }),
  ],
  'SymlinksDatasetFacet/1.json': [
    'dataset',
    async ({ rows, id }) =>
      assert.deepEqual(await rows(sql`select from_id, to_id, kind from dataset_alias`), [
        {
          from_id: id.dataset,
          to_id: datasetId('/tmp/alter_test', 'default.alter_table_test_new'),
          kind: 'table',
        },
      ]),
  ],
  'TagsDatasetFacet/1.json': [
    'dataset',
    keptOfDataset('tags', {
      tags: [
        { key: 'test_tag', value: 'test_value', field: 'email', source: 'test_source' },
        { key: 'test_tag2', value: 'test_value2' },
      ],
    }),
  ],
  'TagsJobFacet/1.json': ['job', keptOfJob('tags', TAGS())],
  'TagsRunFacet/1.json': ['run', shownOfRun('tags', TAGS())],
};

function TAGS(): object {
  return {
    tags: [
      { key: 'test_tag', value: 'test_value', source: 'test_source' },
      { key: 'test_tag2', value: 'test_value2' },
    ],
  };
}

function ofType(integration: string, jobType: string, processingType: string, unending: boolean): Check {
  return async ({ get, id, rows }) => {
    const { run } = (await get(`/api/v2/runs/${id.run}`)) as { run: Record<string, string> };
    assert.deepEqual(
      [run['integration'], run['jobType'], run['processingType']],
      [integration, jobType, processingType],
    );
    assert.deepEqual(await rows(sql`select unending from run where id = ${id.run}::uuid`), [{ unending }]);
  };
}

function parentIs(runId: string, job: string, root: string | null): Check {
  return async ({ get, id }) => {
    const { run, parent } = (await get(`/api/v2/runs/${id.run}`)) as {
      run: { rootRunId: string | null };
      parent: { id: string; job: string; reported: boolean };
    };
    assert.deepEqual([parent.id, parent.job, parent.reported, run.rootRunId], [runId, job, false, root]);
  };
}

/** An event that bears the fragment at its place. */
function eventWith(file: string, place: Place, facets: object): { bytes: Buffer; runId: string } {
  const runId = derivedId('run of', file);
  const dataset = { namespace: 'n', name: 'dataset' };
  const base = {
    eventTime: TIME,
    producer: 'https://example.com/spec',
    schemaURL: 'https://example.com/s.json',
  };
  const run = { eventType: 'COMPLETE', run: { runId } };
  const job = { namespace: 'n', name: 'job' };
  const bodies: Readonly<Record<Place, object>> = {
    run: { ...run, run: { runId, facets }, job },
    job: { ...run, job: { ...job, facets } },
    dataset: { ...run, job, outputs: [{ ...dataset, facets }] },
    input: { ...run, job, inputs: [{ ...dataset, inputFacets: facets }] },
    output: { ...run, job, outputs: [{ ...dataset, outputFacets: facets }] },
    jobEvent: { job: { ...job, facets } },
    datasetEvent: { dataset: { ...dataset, facets } },
  };
  return { bytes: Buffer.from(JSON.stringify({ ...base, ...bodies[place] })), runId };
}

function toldOf(t: TestContext, database: TestDatabase, runId: string): Told {
  const app = Fastify();
  answerProblems(app);
  registerRuns(app, { database, now: () => new Date(TIME) });
  registerJobs(app, { database, now: () => new Date(TIME) });
  registerDatasetParts(app, { database });
  registerLineage(app, { database });
  t.after(() => app.close());
  const id = { run: runId, job: jobId('n', 'job'), dataset: datasetId('n', 'dataset') };
  const get = async (path: string): Promise<unknown> => {
    const response = await app.inject(path);
    assert.equal(response.statusCode, 200, response.body);
    return response.json<unknown>();
  };
  const kept = async (path: string, facet: string): Promise<unknown> => {
    const { facets } = (await get(path)) as { facets: { name: string; facet: unknown }[] };
    return facets.find(({ name }) => name === facet)?.facet;
  };
  return {
    id,
    get,
    rows: (statement) => database.rows(statement),
    run: async () => ((await get(`/api/v2/runs/${runId}`)) as { facets: Record<string, unknown> }).facets,
    facets: async (path) =>
      ((await get(`/api/v2/runs/${runId}`)) as Record<typeof path, { facets: Record<string, unknown> }[]>)[
        path
      ][0]?.facets ?? {},
    job: (facet) => kept(`/api/v2/jobs/${id.job}`, facet),
    dataset: (facet) => kept(`/api/v2/datasets/${id.dataset}/facets`, facet),
  };
}

test(
  'every fragment of the spec’s own tests is ingested and says what it means',
  { skip: noShared() },
  async (t) => {
    const files = (readdirSync(FRAGMENTS, { recursive: true }) as string[])
      .filter((file) => file.includes('/') && file.endsWith('.json'))
      .sort();
    assert.deepEqual(files, Object.keys(EXPECTED).sort());
    for (const file of files) {
      await t.test(file, async (one) => {
        const [place, check] = EXPECTED[file] ?? [];
        assert(place && check);
        const facets = JSON.parse(readFileSync(join(FRAGMENTS, file), 'utf8')) as object;
        const { bytes, runId } = eventWith(file, place, facets);
        const database = await testDatabase(one);
        const ingest = new Ingest({ database, now: () => new Date(TIME) });
        const outcome = await ingest.receive(bytes, 'http');
        assert.deepEqual(
          { ...outcome, id: null },
          { status: 'accepted', id: null, duplicate: false, warnings: 0 },
        );
        await check(toldOf(one, database, runId));
      });
    }
  },
);

test('the spec’s full example: a run event that bears a dataset as well', { skip: noShared() }, async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => new Date(TIME) });
  const outcome = await ingest.receive(readFileSync(join(FRAGMENTS, 'example_full_event.json')), 'http');
  assert.equal(outcome.status, 'accepted');
  const [runs] = await database.rows<{ runs: number }>(
    sql`select count(*) as runs from run where job_stated`,
  );
  assert.equal(runs?.runs, 1);
});
