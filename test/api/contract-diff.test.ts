import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerContractDiff } from '#api/contract-diff.ts';
import { registerContractRoutes } from '#api/contracts.ts';
import type { DiffAnswer } from '#api/schema/contract-diff.ts';
import type { GateServices } from '#gate/services.ts';
import { Ingest } from '#ingest/ingest.ts';
import { ODCS, SHORT } from '#test/rules/diff/support.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet } from '#test/support/sample-events.ts';

const NAMESPACE = 'postgres://db:5432';

interface Output {
  readonly name: string;
  readonly namespace?: string;
  /** Its column, and the column of an input that it is made of. */
  readonly columns?: readonly (readonly [own: string, from: string, column: string])[];
  readonly type?: string;
}

let runs = 0;

/** A job that ran: what it read and wrote, and which columns it said that it used. */
function ran(job: string, inputs: readonly string[], outputs: readonly Output[]): Buffer {
  runs += 1;
  return Buffer.from(
    JSON.stringify({
      eventTime: new Date(Date.UTC(2026, 0, 1, 0, runs)).toISOString(),
      producer: 'https://example.com/p',
      eventType: 'COMPLETE',
      run: { runId: `018cc251-f400-717f-9d98-${String(runs).padStart(12, '0')}` },
      job: { namespace: 'etl', name: job },
      inputs: inputs.map((name) => ({ namespace: NAMESPACE, name })),
      outputs: outputs.map(({ name, namespace = NAMESPACE, columns, type }) => ({
        namespace,
        name,
        facets: {
          ...(type !== undefined && { datasetType: facet({ datasetType: type }) }),
          ...(columns !== undefined && {
            columnLineage: facet({
              fields: Object.fromEntries(
                columns.map(([own, from, column]) => [
                  own,
                  { inputFields: [{ namespace: NAMESPACE, name: from, field: column }] },
                ]),
              ),
            }),
          }),
        },
      })),
    }),
  );
}

interface Api {
  readonly send: (...events: readonly Buffer[]) => Promise<void>;
  readonly push: (text: string) => Promise<void>;
  readonly diff: (body: object, status?: number) => Promise<DiffAnswer>;
}

async function api(t: TestContext): Promise<Api> {
  const database = await testDatabase(t);
  const services: GateServices = { database, warehouses: new Map(), newId: randomUUID };
  const app = Fastify();
  answerProblems(app);
  registerContractRoutes(app, services);
  registerContractDiff(app, services);
  t.after(() => app.close());
  const ingest = new Ingest({ database, now: () => new Date('2026-02-01T00:00:00Z') });
  const post = async (url: string, payload: object, statuses: readonly number[]): Promise<unknown> => {
    const response = await app.inject({ method: 'POST', url: `/api/v2/contracts${url}`, payload });
    assert.ok(statuses.includes(response.statusCode), response.body);
    return response.json();
  };
  return {
    async send(...events) {
      for (const event of events) assert.equal((await ingest.receive(event, 'http')).status, 'accepted');
    },
    async push(text) {
      await post('', { text }, [200, 201]);
    },
    diff: async (body, status = 200) => (await post('/diff', body, [status])) as DiffAnswer,
  };
}

const NARROWED = SHORT.replace('decimal(12,2)', 'decimal(10,2)');

function readers(answer: DiffAnswer, path: string): readonly string[] {
  const { jobs = [], datasets = [] } = answer.changes.find((change) => change.path === path)?.consumers ?? {};
  return [
    ...jobs.map(({ name, certain }) => `${name}${certain ? '' : '?'}`),
    ...datasets
      .filter(({ kind }) => kind === 'dashboard')
      .map(({ name, certain }) => `[${name}]${certain ? '' : '?'}`),
  ].toSorted();
}

const AMOUNT = '/datasets/orders/columns/amount/type';

test('a change tells who reads the column: transitively by column lineage, and by the dataset where columns are unknown', async (t) => {
  const { send, diff } = await api(t);
  await send(
    ran('daily', ['orders'], [{ name: 'revenue', columns: [['total', 'orders', 'amount']] }]),
    ran(
      'chart',
      ['revenue'],
      [{ name: 'sales', namespace: 'superset://bi', columns: [['y', 'revenue', 'total']] }],
    ),
    ran('page', ['revenue'], [{ name: 'board', type: 'DASHBOARD', columns: [['y', 'revenue', 'total']] }]),
    ran('count', ['orders'], [{ name: 'counts', columns: [['n', 'orders', 'order_id']] }]),
    ran('count on', ['counts'], [{ name: 'counts2', columns: [['n', 'counts', 'n']] }]),
    ran('copy', ['orders'], [{ name: 'copied' }]),
    ran('copy on', ['copied'], [{ name: 'copied2' }]),
    ran('export', ['orders'], []),
    ran('elsewhere', ['users'], [{ name: 'people' }]),
  );
  const amount = await diff({ before: SHORT, after: NARROWED });
  assert.deepEqual(
    readers(amount, AMOUNT),
    ['[board]', '[sales]', 'chart', 'copy on?', 'copy?', 'daily', 'export?', 'page'].toSorted(),
  );
  const key = await diff({
    before: SHORT,
    after: SHORT.replace('type: string\n    primary', 'type: bigint\n    primary'),
  });
  assert.deepEqual(
    readers(key, '/datasets/orders/columns/order_id/type'),
    ['copy on?', 'copy?', 'count', 'count on', 'export?'].toSorted(),
  );
  // What concerns the dataset as a whole concerns all that read it.
  const sla = await diff({ before: SHORT, after: SHORT.replace('sla: 4 hours', 'sla: 9 hours') });
  const all = readers(sla, '/datasets/orders/objectives/freshness')
    .map((name) => name.replace('?', ''))
    .toSorted();
  assert.deepEqual(
    all,
    [
      '[board]',
      '[sales]',
      'chart',
      'copy',
      'copy on',
      'count',
      'count on',
      'daily',
      'export',
      'page',
    ].toSorted(),
  );
});

test('a circle of jobs ends, and what nobody has heard of has no readers', async (t) => {
  const { send, diff } = await api(t);
  assert.deepEqual(readers(await diff({ before: SHORT, after: NARROWED }), AMOUNT), []);
  await send(
    ran('there', ['orders'], [{ name: 'other', columns: [['x', 'orders', 'amount']] }]),
    ran('back', ['other'], [{ name: 'orders', columns: [['amount', 'other', 'x']] }]),
  );
  assert.deepEqual(readers(await diff({ before: SHORT, after: NARROWED }), AMOUNT), ['back', 'there']);
});

test('the stored contract is the old one unless another is given, in a version if one is named', async (t) => {
  const { push, diff } = await api(t);
  const fresh = await diff({ after: NARROWED });
  assert.deepEqual([fresh.changes, fresh.refusals], [[], []]);
  await push(SHORT);
  const later = SHORT.replace('"2.1.0"', '"2.2.0"').replace('sla: 4 hours', 'sla: 3 hours');
  await push(later);
  const answer = await diff({
    after: NARROWED.replace('"2.1.0"', '"2.3.0"'),
    fileName: 'contracts/orders.yaml',
  });
  assert.equal(answer.file, 'contracts/orders.yaml');
  assert.deepEqual(answer.version, {
    before: '2.2.0',
    after: '2.3.0',
    required: 'major',
    declared: 'minor',
    isEnough: false,
  });
  assert.deepEqual(answer.changes.map(({ rule }) => rule).toSorted(), ['B10', 'B2']);
  const older = await diff({ after: NARROWED, beforeVersion: '2.1.0' });
  assert.deepEqual(
    older.changes.map(({ rule }) => rule),
    ['B2'],
  );
  await diff({ after: NARROWED, beforeVersion: '9.9.9' }, 404);
});

test('accepted breaks come with the request', async (t) => {
  const { diff } = await api(t);
  const accepted = `- {rule: B2, path: ${AMOUNT}, reason: agreed, author: ann, expires: 2999-01-01}`;
  const answer = await diff({ before: SHORT, after: NARROWED, accepted });
  assert.deepEqual([answer.refusals, answer.changes[0]?.accepted?.author], [[], 'ann']);
});

test('faults of each of the files are answered with their places', async (t) => {
  const { diff } = await api(t);
  const bad = (await diff({ before: 'dataset: [', after: SHORT }, 422)) as unknown as { detail: string };
  assert.match(bad.detail, /^contract\.yaml:1:\d+: /);
  await diff({ before: SHORT, after: 'owner: x' }, 422);
  const wrong = (await diff({ before: SHORT, after: SHORT, accepted: '- {rule: B1}' }, 422)) as unknown as {
    detail: string;
  };
  assert.match(wrong.detail, /^accepted-breaks\.yaml:1:3: /);
  await diff({ before: SHORT, after: SHORT, wrong: 1 }, 400);
});

test('an ODCS file of several datasets is compared, each dataset with its own readers', async (t) => {
  const { send, diff } = await api(t);
  await send(
    ran(
      'by server',
      ['shop.public.orders_v1'],
      [{ name: 'a', columns: [['x', 'shop.public.orders_v1', 'customer']] }],
    ),
    ran('other', ['customers'], [{ name: 'b', columns: [['x', 'customers', 'id']] }]),
  );
  const before = ODCS.replace('host: db1', 'host: db');
  const after = before.replace(
    '        physicalType: varchar(32)\n        required: true',
    '        physicalType: varchar(16)\n        required: true',
  );
  const answer = await diff({ before, after });
  assert.equal(answer.changes.length, 1);
  assert.deepEqual(readers(answer, '/datasets/orders/columns/customer/type'), ['by server']);
});
