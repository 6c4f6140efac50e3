import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerDatasetParts } from '#api/dataset-parts.ts';
import { registerJobs } from '#api/jobs.ts';
import { registerOverviewRoutes } from '#api/overview.ts';
import { registerRuns } from '#api/runs.ts';
import type { DatasetFacets, JobDetail, RunDetail, RunItem } from '#api/schema/model.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, jobId } from '#model/ids.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';
import type { Static } from 'typebox';

const id = (n: number): string => `018cc251-f400-717f-9d98-${String(n).padStart(12, '0')}`;
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const NAMESPACE = 'postgres://db:5432';

interface Api {
  readonly get: <T>(path: string) => Promise<T>;
  /** Of a request that is refused. */
  readonly refused: (path: string) => Promise<{ status: number; detail: string }>;
  readonly send: (...events: readonly Buffer[]) => Promise<void>;
}

/** The routes over a store of the test's own, at noon unless told. */
async function api(t: TestContext, now = new Date('2026-01-01T12:00:00Z')): Promise<Api> {
  const database = await testDatabase(t);
  const app: FastifyInstance = Fastify();
  answerProblems(app);
  registerRuns(app, { database, now: () => now });
  registerJobs(app, { database, now: () => now });
  registerDatasetParts(app, { database });
  registerOverviewRoutes(app, { database });
  t.after(() => app.close());
  const ingest = new Ingest({ database, now: () => new Date('2026-01-01T00:30:00Z') });
  return {
    async get<T>(path: string) {
      const response = await app.inject(path);
      assert.equal(response.statusCode, 200, response.body);
      return response.json<T>();
    },
    async refused(path) {
      const response = await app.inject(path);
      return { status: response.statusCode, detail: response.json<{ detail: string }>().detail };
    },
    async send(...events) {
      for (const event of events) {
        const outcome = await ingest.receive(event, 'http');
        assert.equal(outcome.status, 'accepted', JSON.stringify(outcome));
      }
    },
  };
}

const parent = (run: number, job: string, root?: number): object =>
  facet({
    run: { runId: id(run) },
    job: { namespace: 'tests', name: job },
    ...(root !== undefined && {
      root: { run: { runId: id(root) }, job: { namespace: 'tests', name: 'root' } },
    }),
  });

describe('GET /api/v2/runs/{id}', () => {
  test('facets are what the run stated last, of each; unknown ones too', async (t) => {
    const { get, send } = await api(t);
    const input = { namespace: NAMESPACE, name: 'in', inputFacets: { own_scan: facet({ files: 3 }) } };
    await send(
      sampleEvent({
        runId: id(1),
        type: 'START',
        time: at(0),
        runFacets: {
          environmentVariables: facet({ environmentVariables: [{ name: 'A', value: '1' }] }),
          own: facet({ x: 1 }),
        },
        inputs: [input],
      }),
      sampleEvent({
        runId: id(1),
        type: 'COMPLETE',
        time: at(1),
        runFacets: { own: facet({ x: 2 }), environmentVariables: null },
        outputs: [outputWithRows('out', 5)],
      }),
    );
    const found = await get<RunDetail>(`/api/v2/runs/${id(1)}`);
    assert.deepEqual(Object.keys(found.facets).sort(), ['environmentVariables', 'own']);
    assert.equal((found.facets['own'] as { x: number }).x, 2);
    assert.deepEqual(
      found.inputFacets.map(({ name, facets }) => [name, Object.keys(facets)]),
      [['in', ['own_scan']]],
    );
    assert.deepEqual(found.outputs[0]?.statistics, [
      { metric: 'row_count', value: 5, source: 'output_statistics' },
    ]);
    assert.deepEqual([found.run.state, found.run.events, found.facetsExpired], ['COMPLETED', 2, false]);
    assert.equal(found.clockAheadSeconds, 0);
  });

  test('an application is as bad as its worst query; children and parents are listed', async (t) => {
    const { get, send } = await api(t);
    await send(
      sampleEvent({ runId: id(1), type: 'START', time: at(0), job: 'app' }),
      sampleEvent({ runId: id(1), type: 'COMPLETE', time: at(9), job: 'app' }),
      sampleEvent({
        runId: id(2),
        type: 'COMPLETE',
        time: at(2),
        job: 'a',
        runFacets: { parent: parent(1, 'app') },
      }),
      sampleEvent({
        runId: id(3),
        type: 'FAIL',
        time: at(3),
        job: 'b',
        runFacets: {
          parent: parent(1, 'app'),
          errorMessage: facet({ message: 'no space', programmingLanguage: 'JAVA' }),
        },
      }),
      // only its root is known: the parent in between was never heard of
      sampleEvent({
        runId: id(4),
        type: 'ABORT',
        time: at(3),
        job: 'c',
        runFacets: { parent: parent(77, 'ghost', 1) },
      }),
    );
    const app = await get<RunDetail>(`/api/v2/runs/${id(1)}`);
    assert.deepEqual(app.worst, { state: 'FAILED', runId: id(3), runs: 4, truncated: false });
    assert.deepEqual(
      app.children.map(({ job, state }) => `${job} ${state}`),
      ['b FAILED', 'a COMPLETED'],
    );
    const failed = await get<RunDetail>(`/api/v2/runs/${id(3)}`);
    assert.equal(failed.parent?.id, id(1));
    assert.deepEqual(failed.errors, [{ message: 'no space', task: null }]);
    const ghost = await get<RunDetail>(`/api/v2/runs/${id(77)}`);
    assert.deepEqual([ghost.run.reported, ghost.run.job, ghost.worst.state], [false, 'ghost', 'ABORTED']);
  });

  test('a misnamed parent: the run’s own job counts, not what its children call it', async (t) => {
    const { get, send } = await api(t);
    await send(
      sampleEvent({
        runId: id(2),
        type: 'COMPLETE',
        time: at(5),
        job: 'child',
        runFacets: { parent: parent(1, 'wrong') },
      }),
      sampleEvent({ runId: id(1), type: 'COMPLETE', time: at(0), job: 'right' }),
    );
    const { run } = await get<RunDetail>(`/api/v2/runs/${id(1)}`);
    assert.deepEqual([run.job, run.reported, run.state], ['right', true, 'COMPLETED']);
  });

  test('errors of extraction, results of tests, and a clock that is ahead', async (t) => {
    const { get, send } = await api(t);
    await send(
      sampleEvent({
        runId: id(1),
        type: 'COMPLETE',
        time: at(60),
        runFacets: {
          extractionError: facet({
            totalTasks: 1,
            failedTasks: 1,
            errors: [{ errorMessage: 'cannot parse', task: 'DROP x' }],
          }),
          test: facet({ tests: [{ name: 'singular', status: 'fail', severity: 'warn', actual: '3' }] }),
        },
      }),
    );
    const found = await get<RunDetail>(`/api/v2/runs/${id(1)}`);
    assert.deepEqual(found.errors, [{ message: 'cannot parse', task: 'DROP x' }]);
    assert.deepEqual(
      found.assertions.map(({ datasetId: about, assertion, success, severity, actual }) => [
        about,
        assertion,
        success,
        severity,
        actual,
      ]),
      [[null, 'singular', false, 'warn', '3']],
    );
    assert.equal(found.clockAheadSeconds, 1800);
  });

  test('a producer’s own run id, and one that nobody mentioned', async (t) => {
    const { get, send, refused } = await api(t);
    await send(sampleEvent({ runId: 'run_id', type: 'START', time: at(0) }));
    assert.equal((await get<RunDetail>('/api/v2/runs/run_id')).run.externalId, 'run_id');
    assert.deepEqual(await refused(`/api/v2/runs/${id(9)}`), {
      status: 404,
      detail: `No event has mentioned the run ${id(9)}.`,
    });
  });
});

describe('GET /api/v2/runs', () => {
  test('pages, newest first, filtered', async (t) => {
    const { get, send, refused } = await api(t);
    for (let n = 1; n <= 5; n += 1)
      await send(
        sampleEvent({
          runId: id(n),
          type: n === 3 ? 'FAIL' : 'COMPLETE',
          time: at(n),
          job: n % 2 === 0 ? 'even' : 'odd',
          outputs: [outputWithRows(n === 1 ? 'first' : 'other', 1)],
        }),
      );
    const walk = async (query: string): Promise<string[]> => {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: { runs: RunItem[]; next: string | null } = await get(
          `/api/v2/runs?limit=2${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
        seen.push(...page.runs.map((run) => run.id));
        cursor = page.next;
      }
      return seen;
    };
    assert.deepEqual(await walk(''), [5, 4, 3, 2, 1].map(id));
    assert.deepEqual(await walk(`&job=${jobId('tests', 'odd')}`), [5, 3, 1].map(id));
    assert.deepEqual(await walk('&state=FAILED'), [id(3)]);
    assert.deepEqual(await walk(`&dataset=${datasetId(NAMESPACE, 'first')}`), [id(1)]);
    assert.deepEqual(await walk(`&since=${at(2)}&until=${at(4)}`), [3, 2].map(id));
    assert.equal((await refused('/api/v2/runs?since=yesterday')).status, 400);
    assert.equal((await refused('/api/v2/runs?cursor=nonsense')).status, 400);
    assert.equal((await refused('/api/v2/runs?job=nonsense')).status, 400);
  });

  test('a run that is silent for longer than usual is lost; a late event takes it back', async (t) => {
    const now = new Date('2026-01-03T00:00:00Z');
    const { get, send } = await api(t, now);
    const open = (runId: number, hoursAgo: number, job: string, jobFacets?: object): Buffer => {
      const event = JSON.parse(
        sampleEvent({
          runId: id(runId),
          type: 'START',
          time: new Date(now.getTime() - hoursAgo * 3_600_000).toISOString(),
          job,
        }).toString(),
      ) as { job: { facets?: object } };
      if (jobFacets) event.job.facets = jobFacets;
      return Buffer.from(JSON.stringify(event));
    };
    const jobType = facet({ processingType: 'STREAMING', integration: 'FLINK' });
    await send(
      open(1, 7, 'short'),
      open(2, 5, 'short'),
      open(3, 7, 'stream', { jobType }),
      // usually ten hours: seven of silence are nothing
      sampleEvent({ runId: id(4), type: 'START', time: '2026-01-01T00:00:00Z', job: 'long' }),
      sampleEvent({ runId: id(4), type: 'COMPLETE', time: '2026-01-01T10:00:00Z', job: 'long' }),
      open(5, 7, 'long'),
      open(6, 31, 'long'),
    );
    const states = async (): Promise<string[]> =>
      (await get<{ runs: RunItem[] }>('/api/v2/runs')).runs
        .map((run) => `${Number(run.id.slice(-2))} ${run.state}`)
        .sort();
    assert.deepEqual(await states(), [
      '1 LOST',
      '2 STARTED',
      '3 STARTED',
      '4 COMPLETED',
      '5 STARTED',
      '6 LOST',
    ]);
    assert.deepEqual(
      (await get<{ runs: RunItem[] }>('/api/v2/runs?state=LOST')).runs.map((run) => run.id),
      [id(1), id(6)],
    );
    await send(sampleEvent({ runId: id(1), type: 'COMPLETE', time: '2026-01-02T23:00:00Z', job: 'short' }));
    assert((await states()).includes('1 COMPLETED'));
  });
});

describe('GET /api/v2/jobs', () => {
  test('facets of a job are what was stated last, by its runs or by JobEvents', async (t) => {
    const { get, send, refused } = await api(t);
    const job = (time: string, facets: object, run?: number): Buffer =>
      Buffer.from(
        JSON.stringify({
          eventTime: time,
          producer: 'https://example.com/p',
          schemaURL: 'https://example.com/s',
          ...(run !== undefined && { eventType: 'COMPLETE', run: { runId: id(run) } }),
          job: { namespace: 'tests', name: 'j', facets },
        }),
      );
    const owners = (name: string): object => facet({ owners: [{ name }] });
    await send(
      job(at(5), { ownership: owners('late'), own: facet({ x: 1 }) }),
      job(at(1), { ownership: owners('early'), documentation: facet({ description: 'what it does' }) }, 1),
      job(at(6), { own: { _deleted: true } }),
    );
    const found = await get<Static<typeof JobDetail>>(`/api/v2/jobs/${jobId('tests', 'j')}`);
    assert.deepEqual(
      found.facets.map(({ name, statedAt }) => `${name} ${statedAt}`),
      [`documentation ${at(1)}`, `ownership ${at(5)}`],
    );
    assert.deepEqual(found.facets[1]?.facet['owners'], [{ name: 'late' }]);
    assert.deepEqual(
      found.runs.map((run) => run.id),
      [id(1)],
    );
    const { jobs } = await get<{ jobs: { name: string; lastState: string }[] }>('/api/v2/jobs?q=J');
    assert.deepEqual(
      jobs.map(({ name, lastState }) => [name, lastState]),
      [['j', 'COMPLETED']],
    );
    assert.equal((await refused(`/api/v2/jobs/${id(1)}`)).status, 404);
    for (const odd of [
      'jobs?q=%00',
      'jobs/%00',
      'runs/%00',
      'datasets/%00/facets',
      'jobs?cursor=WyJcdTAwMDAiLCIiXQ',
    ])
      assert.equal((await refused(`/api/v2/${odd}`)).status, 400, odd);
  });
});

describe('parts of GET /api/v2/datasets/{id}', () => {
  const about = datasetId(NAMESPACE, 't');
  const path = (part: string): string => `/api/v2/datasets/${about}/${part}`;
  const output = (facets: object, more: object = {}): object => ({
    namespace: NAMESPACE,
    name: 't',
    facets,
    ...more,
  });

  test('facets, unknown ones too; a drop holds until the next write', async (t) => {
    const { get, send } = await api(t);
    await send(
      sampleEvent({
        runId: id(1),
        type: 'COMPLETE',
        time: at(1),
        outputs: [
          output({
            storage: facet({ storageLayer: 'iceberg' }),
            own_thing: facet({ deep: { list: [1, { a: null }] } }),
            lifecycleStateChange: facet({ lifecycleStateChange: 'CREATE' }),
          }),
        ],
      }),
      sampleEvent({
        runId: id(2),
        type: 'COMPLETE',
        time: at(2),
        outputs: [output({ lifecycleStateChange: facet({ lifecycleStateChange: 'DROP' }) })],
      }),
    );
    const found = await get<Static<typeof DatasetFacets>>(path('facets'));
    assert.deepEqual(
      found.facets.map(({ name }) => name),
      ['lifecycleStateChange', 'own_thing', 'storage'],
    );
    assert.deepEqual(found.facets[1]?.facet['deep'], { list: [1, { a: null }] });
    assert.deepEqual([found.dropped, found.lifecycle?.change], [true, 'DROP']);
    assert.equal((await get<{ dropped: boolean }>(`/api/v2/datasets/${about}`)).dropped, true);
    await send(sampleEvent({ runId: id(3), type: 'COMPLETE', time: at(3), outputs: [output({})] }));
    assert.equal((await get<{ dropped: boolean }>(path('facets'))).dropped, false);
  });

  test('versions: stated ones, else one for each completed run', async (t) => {
    const { get, send } = await api(t);
    await send(
      sampleEvent({
        runId: id(1),
        type: 'COMPLETE',
        time: at(1),
        outputs: [output({ version: facet({ datasetVersion: '7' }) })],
      }),
      sampleEvent({ runId: id(2), type: 'START', time: at(2), outputs: [output({})] }),
      sampleEvent({ runId: id(3), type: 'FAIL', time: at(3), outputs: [output({})] }),
      sampleEvent({
        runId: id(4),
        type: 'COMPLETE',
        time: at(4),
        outputs: [output({}, { outputFacets: { icebergCommitReport: facet({ snapshotId: 90071992 }) } })],
      }),
    );
    const event = sampleEvent({
      runId: id(5),
      type: 'COMPLETE',
      time: at(5),
      outputs: [output({}, { outputFacets: { icebergCommitReport: { snapshotId: 0 } } })],
    });
    await send(Buffer.from(event.toString().replace('"snapshotId":0', '"snapshotId":8271638172635443811')));
    await send(sampleEvent({ runId: id(6), type: 'COMPLETE', time: at(6), outputs: [output({})] }));
    const { versions } = await get<{ versions: { version: string; stated: boolean; runId: string }[] }>(
      path('versions'),
    );
    assert.deepEqual(
      versions.map(({ version, stated, runId }) => [version, stated, runId]),
      [
        [id(6), false, id(6)],
        ['8271638172635443811', true, id(5)],
        [String(90071992), true, id(4)],
        ['7', true, id(1)],
      ],
    );
    const first = await get<{ versions: unknown[]; next: string }>(`${path('versions')}?limit=3`);
    const rest = await get<{ versions: { version: string }[]; next: null }>(
      `${path('versions')}?limit=3&cursor=${first.next}`,
    );
    assert.deepEqual(
      [first.versions.length, rest.versions.map(({ version }) => version), rest.next],
      [3, ['7'], null],
    );
  });

  test('columns with nested fields and tags; a schema that was taken back is none', async (t) => {
    const { get, send } = await api(t);
    await send(
      sampleEvent({
        runId: id(1),
        type: 'COMPLETE',
        time: at(1),
        outputs: [
          output({
            schema: facet({
              fields: [
                { name: 'a', type: 'int' },
                { name: 's', type: 'struct', fields: [{ name: 'x', description: 'deep' }] },
              ],
            }),
            tags: facet({
              tags: [
                { key: 'pii', value: 'email', field: 'a' },
                { key: 'tier', value: '1' },
              ],
            }),
          }),
        ],
      }),
    );
    const { columns } = await get<{ columns: { name: string; type: string | null; tags: object[] }[] }>(
      path('columns'),
    );
    assert.deepEqual(
      columns.map(({ name, type, tags }) => [name, type, tags.length]),
      [
        ['a', 'int', 1],
        ['s', 'struct', 0],
        ['s.x', null, 0],
      ],
    );
    const page = await get<{ columns: unknown[]; next: string }>(`${path('columns')}?limit=2`);
    const rest = await get<{ columns: { name: string }[] }>(`${path('columns')}?limit=2&cursor=${page.next}`);
    assert.deepEqual(
      rest.columns.map(({ name }) => name),
      ['s.x'],
    );
    await send(
      sampleEvent({
        runId: id(2),
        type: 'COMPLETE',
        time: at(2),
        outputs: [output({ schema: { _deleted: true } })],
      }),
    );
    assert.deepEqual(await get(path('columns')), { schemaId: null, columns: [], next: null });
  });

  test('measurements by partition with their sources, and results of tests', async (t) => {
    const { get, send } = await api(t);
    const day = (n: number): object => ({ partition: { dt: `2026-01-0${n}` } });
    await send(
      ...[1, 2, 3].map((n) =>
        sampleEvent({
          runId: id(n),
          type: 'COMPLETE',
          time: at(n),
          outputs: [outputWithRows('t', n, day(n))],
        }),
      ),
      sampleEvent({
        runId: id(4),
        type: 'COMPLETE',
        time: at(4),
        inputs: [
          {
            namespace: NAMESPACE,
            name: 't',
            facets: {
              dataQualityAssertions: facet({
                assertions: [{ assertion: 'not_null', success: true, column: 'a' }],
              }),
            },
            inputFacets: {
              dataQualityAssertions: facet({
                assertions: [{ assertion: 'not_null', success: true, column: 'a' }],
              }),
            },
          },
        ],
      }),
    );
    const page = await get<{
      partitions: { partition: string; measurements: { metric: string; value: number }[] }[];
      next: string;
    }>(`${path('measurements')}?limit=2`);
    assert.deepEqual(
      page.partitions.map(({ partition, measurements }) => [partition, measurements[0]?.value]),
      [
        ['dt=2026-01-03', 3],
        ['dt=2026-01-02', 2],
      ],
    );
    const rest = await get<{ partitions: { partition: string }[]; next: null }>(
      `${path('measurements')}?limit=2&cursor=${page.next}`,
    );
    assert.deepEqual(
      [rest.partitions.map(({ partition }) => partition), rest.next],
      [['dt=2026-01-01'], null],
    );
    const { assertions } = await get<{
      assertions: { assertion: string; column: string; severity: string }[];
    }>(path('assertions'));
    assert.deepEqual(
      assertions.map(({ assertion, column, severity }) => [assertion, column, severity]),
      [['not_null', 'a', 'error']],
    );
  });
});
