import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerLineage } from '#api/lineage.ts';
import type { LineageAnswer } from '#api/schema/lineage.ts';
import { Ingest } from '#ingest/ingest.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet } from '#test/support/sample-events.ts';

const NAMESPACE = 'postgres://db:5432';
const named = (name: string): { namespace: string; name: string } => ({ namespace: NAMESPACE, name });
const source = (name: string, more: object = {}): object => ({ ...named(name), type: 'DATASET', ...more });

interface Sent {
  readonly job?: string;
  readonly run?: number;
  readonly minute: number;
  readonly jobFacets?: object;
  readonly inputs?: readonly string[];
  readonly outputs?: Readonly<Record<string, object>>;
  /** A DatasetEvent. */
  readonly dataset?: object;
}

function event({ job, run, minute, jobFacets, inputs = [], outputs = {}, dataset }: Sent): Buffer {
  return Buffer.from(
    JSON.stringify({
      eventTime: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
      producer: 'https://example.com/p',
      ...(run !== undefined && {
        eventType: 'COMPLETE',
        run: { runId: `018cc251-f400-717f-9d98-${String(run).padStart(12, '0')}` },
      }),
      ...(job !== undefined && { job: { namespace: 'n', name: job, facets: jobFacets ?? {} } }),
      ...(dataset !== undefined && { dataset }),
      ...(job !== undefined && {
        inputs: inputs.map(named),
        outputs: Object.entries(outputs).map(([name, facets]) => ({ ...named(name), facets })),
      }),
    }),
  );
}

const explains = (target: string, inputs: readonly object[], more: object = {}): object => ({
  lineage: facet({ entries: [{ ...named(target), type: 'DATASET', inputs, ...more }] }),
});
const columnsOf = (from: string): object => ({
  columnLineage: facet({ fields: { y: { inputFields: [{ ...named(from), field: 'x' }] } } }),
});

interface Graph {
  readonly send: (...events: readonly Sent[]) => Promise<void>;
  /** `a -> b (job, source)` around one dataset. */
  readonly edges: (of: string) => Promise<string[]>;
  readonly columns: (of: string, column: string) => Promise<string[]>;
}

async function graph(t: TestContext): Promise<Graph> {
  const database = await testDatabase(t);
  const app = Fastify();
  answerProblems(app);
  registerLineage(app, { database });
  t.after(() => app.close());
  const ingest = new Ingest({ database, now: () => new Date('2026-02-01T00:00:00Z') });
  const read = async (query: string): Promise<LineageAnswer> => {
    const response = await app.inject(`/api/v2/lineage?namespace=${encodeURIComponent(NAMESPACE)}&${query}`);
    assert.equal(response.statusCode, 200, response.body);
    return response.json<LineageAnswer>();
  };
  const namesIn = (answer: LineageAnswer) => (id: string) =>
    answer.datasets.find((dataset) => dataset.id === id)?.name;
  return {
    async send(...events) {
      for (const sent of events) assert.equal((await ingest.receive(event(sent), 'http')).status, 'accepted');
    },
    async edges(of) {
      const answer = await read(`dataset=${of}`);
      const name = namesIn(answer);
      return answer.edges
        .map((edge) => `${name(edge.input)} -> ${name(edge.output)} (${edge.job}, ${edge.source})`)
        .sort();
    },
    async columns(of, column) {
      const answer = await read(`dataset=${of}&column=${column}`);
      const name = namesIn(answer);
      return answer.columnEdges
        .map(
          (edge) =>
            `${name(edge.input)}.${edge.inputColumn} -> ${name(edge.output)}.${edge.outputColumn} (${edge.source})`,
        )
        .sort();
    },
  };
}

describe('edges between datasets', () => {
  test('explicit before column lineage before the product of inputs and outputs', async (t) => {
    const { send, edges } = await graph(t);
    const inputs = ['a', 'b', 'c'];
    await send({ job: 'j', run: 1, minute: 1, inputs, outputs: { o: {}, p: {} } });
    assert.deepEqual(
      await edges('o'),
      ['a', 'b', 'c'].map((name) => `${name} -> o (j, cartesian)`),
    );
    await send({ job: 'j', run: 2, minute: 2, inputs, outputs: { o: columnsOf('b'), p: {} } });
    assert.deepEqual(await edges('o'), ['b -> o (j, column)']);
    await send({
      job: 'j',
      run: 3,
      minute: 3,
      inputs,
      outputs: { o: columnsOf('b') },
      jobFacets: explains('o', [source('c')]),
    });
    assert.deepEqual(await edges('o'), ['c -> o (j, explicit)']);
    assert.deepEqual(
      await edges('p'),
      ['a', 'b', 'c'].map((name) => `${name} -> p (j, cartesian)`),
    );
    // Another job's word about the same dataset stands for itself.
    await send({ job: 'k', run: 4, minute: 4, inputs: ['a'], outputs: { o: {} } });
    assert((await edges('o')).includes('a -> o (k, cartesian)'));
  });

  test('no inputs is a statement: the target has no source', async (t) => {
    const { send, edges } = await graph(t);
    await send({
      job: 'j',
      run: 1,
      minute: 1,
      inputs: ['a'],
      outputs: { o: {} },
      jobFacets: explains('o', []),
    });
    assert.deepEqual(await edges('o'), []);
    assert.deepEqual(await edges('a'), []);
  });

  test('within a run statements add up; a later run or static event replaces them', async (t) => {
    const { send, edges } = await graph(t);
    const says = (minute: number, inputs: readonly string[], run?: number): Sent => ({
      job: 'j',
      minute,
      ...(run !== undefined && { run }),
      jobFacets: explains(
        'o',
        inputs.map((name) => source(name)),
      ),
    });
    await send(says(1, ['a'], 1), says(2, ['b'], 1));
    assert.deepEqual(await edges('o'), ['a -> o (j, explicit)', 'b -> o (j, explicit)']);
    await send(says(4, ['c']));
    assert.deepEqual(await edges('o'), ['c -> o (j, explicit)']);
    await send(says(3, ['d'], 2));
    assert.deepEqual(await edges('o'), ['c -> o (j, explicit)']);
    await send(says(5, ['e'], 3));
    assert.deepEqual(await edges('o'), ['e -> o (j, explicit)']);
  });

  test('a DatasetEvent names no job, and replaces only what DatasetEvents said', async (t) => {
    const { send, edges } = await graph(t);
    const says = (minute: number, inputs: readonly object[]): Sent => ({
      minute,
      dataset: { ...named('o'), facets: { lineage: facet({ inputs }) } },
    });
    await send(
      { job: 'j', run: 1, minute: 1, inputs: ['a'], outputs: { o: {} } },
      says(2, [source('b')]),
      says(3, [source('c')]),
    );
    assert.deepEqual(await edges('o'), ['a -> o (j, cartesian)', 'c -> o (null, explicit)']);
  });

  test('over several steps, in both directions', async (t) => {
    const { send, edges } = await graph(t);
    await send(
      {
        job: 'one',
        run: 1,
        minute: 1,
        inputs: ['a', 'x'],
        outputs: { b: {} },
        jobFacets: explains('b', [source('a')]),
      },
      { job: 'two', run: 2, minute: 2, inputs: ['b'], outputs: { c: columnsOf('b') } },
      { job: 'three', run: 3, minute: 3, inputs: ['c'], outputs: { d: {} } },
    );
    const all = ['a -> b (one, explicit)', 'b -> c (two, column)', 'c -> d (three, cartesian)'];
    assert.deepEqual(await edges('d'), all);
    assert.deepEqual(await edges('a'), all);
    assert.deepEqual(await edges('x'), []);
  });
});

describe('edges between columns', () => {
  test('explicit ones stand in for column lineage where they speak of columns', async (t) => {
    const { send, columns } = await graph(t);
    await send({
      job: 'j',
      run: 1,
      minute: 1,
      inputs: ['a'],
      outputs: { o: columnsOf('a') },
      jobFacets: explains('o', [source('a')]),
    });
    assert.deepEqual(await columns('o', 'y'), ['a.x -> o.y (column)']);
    const fields = {
      y: {
        inputs: [
          source('a', {
            field: 'z',
            transformations: [{ type: 'DIRECT', subtype: 'IDENTITY', masking: true }],
          }),
        ],
      },
    };
    await send({
      job: 'j',
      run: 2,
      minute: 2,
      inputs: ['a'],
      outputs: { o: columnsOf('a') },
      jobFacets: explains('o', [source('a')], { fields }),
    });
    assert.deepEqual(await columns('o', 'y'), ['a.z -> o.y (explicit)']);
    assert.deepEqual(await columns('a', 'z'), ['a.z -> o.y (explicit)']);
    assert.deepEqual(await columns('a', 'x'), []);
  });
});
