import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerRuns } from '#api/runs.ts';
import type { RunDetail } from '#api/schema/model.ts';
import { Ingest } from '#ingest/ingest.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, sampleEvent, type SampleOptions } from '#test/support/sample-events.ts';

// jobType.emissionPattern COMPLETE_SNAPSHOT: each event tells all that the run reads and writes.

const RUN = '018cc251-f400-717f-9d98-000000000001';
const NAMESPACE = 'kafka://broker:9092';

/** What the run shows: datasets with their facts, by role. */
interface Shown {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const input = (name: string, more: object = {}): object => ({ namespace: NAMESPACE, name, ...more });
const output = (
  name: string,
  facts: { rows?: number; files?: number; version?: string; own?: number } = {},
): object => ({
  namespace: NAMESPACE,
  name,
  facets: facts.version === undefined ? {} : { version: facet({ datasetVersion: facts.version }) },
  outputFacets: {
    ...((facts.rows !== undefined || facts.files !== undefined) && {
      outputStatistics: facet({
        ...(facts.rows !== undefined && { rowCount: facts.rows }),
        ...(facts.files !== undefined && { fileCount: facts.files }),
      }),
    }),
    ...(facts.own !== undefined && { own: facet({ n: facts.own }) }),
  },
});

/** An event a number of minutes after midnight, of a mode or of none. */
function event(
  minute: number,
  mode: 'COMPLETE_SNAPSHOT' | 'ACCUMULATIVE' | null,
  lists: Pick<SampleOptions, 'inputs' | 'outputs'>,
  type = 'RUNNING',
): Buffer {
  const time = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  const sent = JSON.parse(sampleEvent({ runId: RUN, type, time, ...lists }).toString()) as { job: object };
  const emissionPattern = { eventTrigger: 'EVENT_BASED', eventContentMode: mode };
  const jobType = facet({ processingType: 'STREAMING', integration: 'FLINK', emissionPattern });
  const job = { ...sent.job, ...(mode !== null && { facets: { jobType } }) };
  return Buffer.from(JSON.stringify({ ...sent, job }));
}

/** The run after these events, each in a batch of its own. */
async function shownAfter(t: TestContext, events: readonly Buffer[]): Promise<Shown> {
  const database = await testDatabase(t);
  const app = Fastify();
  answerProblems(app);
  registerRuns(app, { database, now: () => new Date('2026-01-01T12:00:00Z') });
  t.after(() => app.close());
  const ingest = new Ingest({ database, now: () => new Date('2026-01-01T12:00:00Z') });
  for (const bytes of events) {
    const outcome = await ingest.receive(bytes, 'http');
    assert.deepEqual({ ...outcome, id: '' }, { status: 'accepted', id: '', duplicate: false, warnings: 0 });
  }
  const response = await app.inject(`/api/v2/runs/${RUN}`);
  assert.equal(response.statusCode, 200, response.body);
  const { inputs, outputs, outputFacets } = response.json<RunDetail>();
  const facetsOf = (name: string): string[] =>
    outputFacets
      .filter((stated) => stated.name === name)
      .flatMap(({ facets }) => ('own' in facets ? [`own ${JSON.stringify(facets['own'])}`] : []))
      .map((text) => text.replace(/\{.*"n":(\d+).*\}/, '$1'));
  return {
    inputs: inputs.map(({ name }) => name),
    outputs: outputs.map(({ name, version, statistics }) =>
      [
        name,
        ...(version === null ? [] : [`version ${version}`]),
        ...statistics.map(({ metric, value }) => `${metric} ${value}`),
        ...facetsOf(name),
      ].join(', '),
    ),
  };
}

/** The same in every order of the events. */
async function always(t: TestContext, events: readonly Buffer[], expected: Shown): Promise<void> {
  for (const order of permutations(events)) assert.deepEqual(await shownAfter(t, order), expected);
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}

const SNAPSHOT = 'COMPLETE_SNAPSHOT';

describe('events that are complete by themselves', () => {
  test('the last one replaces what the earlier ones read and wrote, with all that they said of it', async (t) => {
    const events = [
      event(
        1,
        SNAPSHOT,
        { inputs: [input('a'), input('b')], outputs: [output('x', { rows: 1, own: 1 })] },
        'START',
      ),
      event(2, SNAPSHOT, {
        inputs: [input('b')],
        outputs: [output('x', { rows: 2, files: 2, version: '2', own: 2 }), output('y', { rows: 2 })],
      }),
      event(3, SNAPSHOT, { inputs: [input('b'), input('c')], outputs: [output('x', { rows: 3 })] }),
    ];
    await always(t, events, { inputs: ['b', 'c'], outputs: ['x, row_count 3'] });
  });

  test('one that names no dataset replaces nothing: it tells that the run has ended', async (t) => {
    const events = [
      event(1, SNAPSHOT, { inputs: [input('a')], outputs: [output('x', { rows: 1 })] }),
      event(2, SNAPSHOT, { inputs: [input('b')], outputs: [output('x', { rows: 2 })] }),
      event(3, SNAPSHOT, { inputs: [], outputs: [] }, 'COMPLETE'),
    ];
    await always(t, events, { inputs: ['b'], outputs: ['x, row_count 2'] });
  });

  test('one list alone replaces both: the other says that there is none', async (t) => {
    const events = [
      event(1, SNAPSHOT, { inputs: [input('a')], outputs: [output('x')] }),
      event(2, SNAPSHOT, { inputs: [input('b')] }),
    ];
    await always(t, events, { inputs: ['b'], outputs: [] });
  });

  test('what later events add that are not complete is added', async (t) => {
    const events = [
      event(1, SNAPSHOT, { inputs: [input('a')], outputs: [output('x', { rows: 1, version: '1' })] }),
      event(2, SNAPSHOT, { outputs: [output('x', { version: '2' })] }),
      event(3, null, { outputs: [output('x', { rows: 3 }), output('y', { rows: 3 })] }),
    ];
    await always(t, events, { inputs: [], outputs: ['x, version 2, row_count 3', 'y, row_count 3'] });
  });

  test('partitions of one dataset are told apart', async (t) => {
    const day = (dt: string): object => ({
      namespace: NAMESPACE,
      name: 'x',
      outputFacets: {
        subset: facet({
          outputCondition: { type: 'partition', partitions: [{ identifier: dt, dimensions: { dt } }] },
        }),
        outputStatistics: facet({ rowCount: Number(dt.slice(-2)) }),
      },
    });
    const events = [
      event(1, SNAPSHOT, { outputs: [day('2026-01-01'), day('2026-01-02')] }),
      event(2, SNAPSHOT, { outputs: [day('2026-01-02'), day('2026-01-03')] }),
    ];
    await always(t, events, { inputs: [], outputs: ['x, row_count 2', 'x, row_count 3'] });
  });

  test('others add up, as before', async (t) => {
    const lists = [{ inputs: [input('a')], outputs: [output('x', { rows: 1 })] }, { inputs: [input('b')] }];
    for (const mode of ['ACCUMULATIVE', null] as const) {
      const events = lists.map((list, index) => event(index, mode, list));
      await always(t, events, { inputs: ['a', 'b'], outputs: ['x, row_count 1'] });
    }
  });
});
