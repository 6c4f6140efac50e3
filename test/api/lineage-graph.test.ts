import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerLineage } from '#api/lineage.ts';
import { registerLineageImpact } from '#api/lineage-impact.ts';
import type { LineageAnswer, LineageImpactAnswer, LineagePathAnswer } from '#api/schema/lineage.ts';
import { Ingest } from '#ingest/ingest.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet } from '#test/support/sample-events.ts';

const NAMESPACE = 'postgres://db:5432';

interface Made {
  /** `a,b > c`: one run that reads and writes. */
  readonly run: string;
  readonly job?: string;
  readonly minute?: number;
  /** Of the outputs: column → `dataset.column`, … */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

interface Graph {
  readonly make: (...runs: readonly Made[]) => Promise<void>;
  readonly get: <T>(path: string) => Promise<T>;
  readonly text: (path: string) => Promise<{ readonly type: string; readonly body: string }>;
  readonly status: (path: string) => Promise<number>;
}

async function graph(t: TestContext): Promise<Graph> {
  const database = await testDatabase(t);
  const app = Fastify();
  answerProblems(app);
  registerLineage(app, { database });
  registerLineageImpact(app, { database });
  t.after(() => app.close());
  const ingest = new Ingest({ database, now: () => new Date('2026-02-01T00:00:00Z') });
  let number = 0;
  const ask = async (path: string) => app.inject(`/api/v2/lineage${path}`);
  return {
    async make(...runs) {
      for (const { run, job, minute, columns } of runs) {
        number += 1;
        const [inputs = [], outputs = []] = run
          .split('>')
          .map((side) => side.split(',').map((name) => name.trim()));
        const fields = Object.entries(columns ?? {}).map(([column, from]) => [
          column,
          {
            inputFields: from.map((place) => ({
              namespace: NAMESPACE,
              name: place.split('.')[0],
              field: place.split('.')[1],
            })),
          },
        ]);
        const facets =
          columns === undefined ? {} : { columnLineage: facet({ fields: Object.fromEntries(fields) }) };
        const event = {
          eventTime: new Date(Date.UTC(2026, 0, 1, 0, minute ?? number)).toISOString(),
          eventType: 'COMPLETE',
          producer: 'https://example.com/p',
          run: { runId: `018cc251-f400-717f-9d98-${String(number).padStart(12, '0')}` },
          job: { namespace: 'n', name: job ?? `job_${number}` },
          inputs: inputs.filter(Boolean).map((name) => ({ namespace: NAMESPACE, name })),
          outputs: outputs.filter(Boolean).map((name) => ({ namespace: NAMESPACE, name, facets })),
        };
        assert.equal((await ingest.receive(Buffer.from(JSON.stringify(event)), 'http')).status, 'accepted');
      }
    },
    async get<T>(path: string) {
      const response = await ask(path);
      assert.equal(response.statusCode, 200, response.body);
      return response.json<T>();
    },
    async text(path) {
      const response = await ask(path);
      assert.equal(response.statusCode, 200, response.body);
      return { type: String(response.headers['content-type']), body: response.body };
    },
    status: async (path) => (await ask(path)).statusCode,
  };
}

const nodes = (answer: Pick<LineageAnswer, 'datasets'>): string[] =>
  answer.datasets
    .map(({ name, depth, hidden }) => `${name} ${depth} +${hidden.upstream}/${hidden.downstream}`)
    .sort();

test('one step each way, with the number of neighbours that are not shown', async (t) => {
  const { make, get } = await graph(t);
  await make(
    { run: 'far > raw' },
    { run: 'raw, other > mid' },
    { run: 'mid > a, b' },
    { run: 'a > end' },
    { run: 'x > a' },
  );
  assert.deepEqual(nodes(await get<LineageAnswer>('?dataset=mid&depth=1')), [
    'a 1 +1/1',
    'b 1 +0/0',
    'mid 0 +0/0',
    'other -1 +0/0',
    'raw -1 +1/0',
  ]);
  const whole = await get<LineageAnswer>('?dataset=mid&direction=downstream');
  assert.deepEqual(nodes(whole), ['a 1 +1/0', 'b 1 +0/0', 'end 2 +0/0', 'mid 0 +2/0']);
  assert.equal(whole.truncated, false);
});

test('a limit is told, and what it leaves out is counted', async (t) => {
  const { make, get } = await graph(t);
  await make({ run: `hub > ${Array.from({ length: 12 }, (_, index) => `leaf_${index}`).join(',')}` });
  const answer = await get<LineageAnswer>('?dataset=hub&direction=downstream&limit=5');
  assert.equal(answer.truncated, true);
  assert.equal(answer.datasets.length, 5);
  assert.equal(answer.datasets.find(({ name }) => name === 'hub')?.hidden.downstream, 8);
});

test('a circle is walked once', async (t) => {
  const { make, get } = await graph(t);
  await make({ run: 'a > b' }, { run: 'b > c' }, { run: 'c > a' });
  assert.deepEqual(nodes(await get<LineageAnswer>('?dataset=a')), ['a 0 +0/0', 'b 1 +0/0', 'c -1 +0/0']);
});

test('one column, a step at a time, with hidden columns', async (t) => {
  const { make, get } = await graph(t);
  await make(
    { run: 'raw > mid', columns: { x: ['raw.a', 'raw.b'], y: ['raw.a'] } },
    { run: 'mid > end', columns: { z: ['mid.x'], w: ['mid.x'] } },
    { run: 'end > last', columns: { v: ['end.z'] } },
  );
  const shown = (answer: LineageAnswer): string[] => {
    const name = (id: string): string | undefined => answer.datasets.find((node) => node.id === id)?.name;
    return answer.columns
      .map(
        ({ dataset, column, depth, hidden }) =>
          `${name(dataset)}.${column} ${depth} +${hidden.upstream}/${hidden.downstream}`,
      )
      .sort();
  };
  assert.deepEqual(shown(await get<LineageAnswer>('?dataset=mid&column=x&depth=1')), [
    'end.w 1 +0/0',
    'end.z 1 +0/1',
    'mid.x 0 +0/0',
    'raw.a -1 +0/1',
    'raw.b -1 +0/0',
  ]);
  const { rows } = await get<LineageImpactAnswer>('/impact?dataset=raw&column=a');
  assert.deepEqual(
    rows.map(({ name, column, depth }) => `${depth} ${name}.${column}`),
    ['1 mid.x', '1 mid.y', '2 end.w', '2 end.z', '3 last.v'],
  );
});

test('a shortest path between two datasets, whichever way data goes', async (t) => {
  const { make, get } = await graph(t);
  await make(
    { run: 'a > b', job: 'j1' },
    { run: 'b > c', job: 'j2' },
    { run: 'c > d', job: 'j3' },
    { run: 'b > d', job: 'short' },
    { run: 'q > r' },
  );
  const path = await get<LineagePathAnswer>('/path?from=a&to=d');
  assert.deepEqual(
    [
      path.found,
      path.reversed,
      path.datasets.map(({ name }) => name),
      path.edges.map(({ job }) => String(job)).toSorted((a, b) => (a < b ? -1 : 1)),
    ],
    [true, false, ['a', 'b', 'd'], ['j1', 'short']],
  );
  assert.equal(path.datasets[1]?.hidden.downstream, 1);
  const back = await get<LineagePathAnswer>('/path?from=d&to=a');
  assert.deepEqual([back.reversed, back.datasets.map(({ name }) => name)], [true, ['a', 'b', 'd']]);
  const none = await get<LineagePathAnswer>('/path?from=a&to=r');
  assert.deepEqual([none.found, none.datasets, none.truncated], [false, [], false]);
  assert.equal((await get<LineagePathAnswer>('/path?from=a&to=a')).datasets.length, 1);
});

test('lineage as it was: what the last run of a job until then read and wrote', async (t) => {
  const { make, get, status } = await graph(t);
  await make(
    { run: 'old > gold', job: 'make', minute: 1 },
    { run: 'new > gold', job: 'make', minute: 10 },
    { run: 'gold > report', job: 'tell', minute: 20 },
  );
  const names = async (at: string): Promise<string[]> =>
    nodes(await get<LineageAnswer>(`?dataset=gold&at=${encodeURIComponent(at)}`));
  assert.deepEqual(await names('2026-01-01T00:00:30Z'), ['gold 0 +0/0']);
  assert.deepEqual(await names('2026-01-01T00:01:00Z'), ['gold 0 +0/0', 'old -1 +0/0']);
  assert.deepEqual(await names('2026-01-01T00:15:00Z'), ['gold 0 +0/0', 'new -1 +0/0']);
  assert.deepEqual(await names('2026-01-01T01:00:00Z'), ['gold 0 +0/0', 'new -1 +0/0', 'report 1 +0/0']);
  assert.equal(await status('?dataset=gold&at=yesterday'), 400);
  assert.equal(await status('?dataset=gold&column=x&at=2026-01-01'), 400);
});

test('the impact list is a table, and a file in which nothing runs', async (t) => {
  const { make, get, text } = await graph(t);
  const hostile = '=cmd()|"x"';
  await make({ run: 'src > mid', job: 'one' }, { run: `mid > ${hostile}`, job: '@SUM(1)' });
  const { rows, truncated } = await get<LineageImpactAnswer>('/impact?dataset=src');
  assert.deepEqual(
    rows.map(({ depth, name, via, jobs }) => [depth, name, via, jobs]),
    [
      [1, 'mid', 'src', ['one']],
      [2, hostile, 'mid', ['@SUM(1)']],
    ],
  );
  assert.equal(truncated, false);
  const { type, body } = await text('/impact?dataset=src&format=csv');
  assert.match(type, /^text\/csv/);
  const [head, , second = ''] = body.split('\r\n');
  assert.match(head ?? '', /^depth,namespace,name,/);
  assert.ok(second.startsWith(`2,${NAMESPACE},"'=cmd()|""x""",,mid,'@SUM(1),`), second);
  const cut = await text('/impact?dataset=src&format=csv&limit=1');
  assert.match(cut.body, /cut after 1 rows/);
});
