import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { AliasList, WhyAnswer } from '#api/schema/aliases.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import { replay } from '#ingest/replay.ts';
import { datasetId } from '#model/ids.ts';
import { hostListResolver } from '#model/namespace-resolvers.ts';
import { NO_RULES } from '#model/naming.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { dumpModel } from '#test/support/model-dump.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';

const HIVE = 'hive://meta:9083';
const LAKE = 's3://lake';
const TABLE = datasetId(HIVE, 'db.orders');
const PATH = datasetId(LAKE, 'orders');
const now = (): Date => new Date('2026-02-01T00:00:00Z');
const naming = { ...NO_RULES, resolvers: [hostListResolver('meta', ['meta-1', 'meta-2'], 'hive')] };

/** A run that writes one partition with so many rows. */
function written(
  run: number,
  namespace: string,
  name: string,
  rows: number,
  symlinks: readonly object[] = [],
): Buffer {
  return sampleEvent({
    runId: `018cc251-f400-717f-9d98-${String(run).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: `2026-01-${String(run).padStart(2, '0')}T00:00:00Z`,
    job: `writer of ${name}`,
    inputs: [{ namespace: HIVE, name: 'db.raw' }],
    outputs: [
      {
        namespace,
        name,
        facets: symlinks.length > 0 ? { symlinks: facet({ identifiers: symlinks }) } : {},
        outputFacets: {
          outputStatistics: facet({ rowCount: rows }),
          subset: facet({
            outputCondition: {
              type: 'partition',
              partitions: [{ identifier: 'p', dimensions: { dt: `2026-01-0${run}` } }],
            },
          }),
        },
      },
    ],
  });
}

const symlink = { type: 'TABLE', namespace: HIVE, name: 'db.orders' };

interface Fixture {
  readonly app: FastifyInstance;
  readonly database: TestDatabase;
  readonly get: <T>(path: string, expected?: number) => Promise<T>;
  readonly post: (
    path: string,
    body: object,
    expected?: number,
  ) => Promise<WhyAnswer & { detail: string; title: string }>;
  readonly deliver: (...events: readonly Buffer[]) => Promise<void>;
}

async function fixture(t: TestContext): Promise<Fixture> {
  const database = await testDatabase(t);
  const telemetry = createTelemetry({ level: 'silent', pretty: false });
  const ingest = new Ingest({ database, now, naming });
  const gate = { database, warehouses: new Map(), newId: randomUUID, naming };
  const app = await buildServer({
    config: { bodyBytes: 1_000_000, naming },
    database,
    ingest,
    gate,
    telemetry,
  });
  t.after(() => app.close());
  const get = async <T>(url: string, expected = 200): Promise<T> => {
    const response = await app.inject({ url });
    assert.equal(response.statusCode, expected, response.body);
    return response.json<T>();
  };
  return {
    app,
    database,
    get,
    async post(path, body, expected = 200) {
      const response = await app.inject({ method: 'POST', url: `/api/v2/aliases/${path}`, payload: body });
      assert.equal(response.statusCode, expected, response.body);
      return response.json();
    },
    async deliver(...events) {
      for (const event of events) await ingest.receive(event, 'http');
    },
  };
}

const names = ({ dataset, aliases }: Pick<WhyAnswer, 'dataset' | 'aliases'>): string[] => [
  dataset.name,
  ...aliases.map(({ name }) => name),
];
const said = { reason: 'looked at both', author: 'ada' };

describe('aliases over HTTP', () => {
  test('every page of a dataset is about all of its names', async (t) => {
    const { get, deliver } = await fixture(t);
    await deliver(
      written(1, HIVE, 'db.orders', 10),
      written(2, LAKE, 'orders', 20, [symlink]),
      written(3, 'hive://meta-2:9083', 'db.orders', 30),
    );

    const list = await get<{
      items: { id: string; name: string; partitions: number; lastRowCount: number }[];
    }>('/api/v2/datasets');
    assert.deepEqual(
      list.items.map(({ id, name, partitions, lastRowCount }) => [id, name, partitions, lastRowCount]),
      [
        [TABLE, 'db.orders', 3, 30],
        [datasetId(HIVE, 'db.raw'), 'db.raw', 0, null],
      ],
    );
    // Found by its other name, and by neither when the parts of two names are mixed.
    const found = async (query: string): Promise<string[]> =>
      (await get<{ items: { name: string }[] }>(`/api/v2/datasets?${query}`)).items.map(({ name }) => name);
    assert.deepEqual(await found('q=lake'), ['db.orders']);
    assert.deepEqual(await found(`name=orders&namespace=${LAKE}`), ['db.orders']);
    assert.deepEqual(await found(`name=orders&namespace=${HIVE}`), []);
    assert.equal(
      (await get<{ counts: { datasets: number; partitions: number } }>('/api/v2/overview')).counts.datasets,
      2,
    );

    for (const id of [TABLE, PATH]) {
      const detail = await get<{
        id: string;
        aliases: { name: string }[];
        partitions: { partition: string }[];
      }>(`/api/v2/datasets/${id}`);
      assert.deepEqual([detail.id, detail.aliases.map(({ name }) => name)], [TABLE, ['orders']]);
      assert.deepEqual(
        detail.partitions.map(({ partition }) => partition),
        ['dt=2026-01-03', 'dt=2026-01-02', 'dt=2026-01-01'],
      );
      const series = await get<{ points: { value: number }[] }>(`/api/v2/datasets/${id}/series`);
      assert.deepEqual(
        series.points.map(({ value }) => value),
        [10, 20, 30],
      );
    }
    for (const asked of [
      TABLE,
      PATH,
      'db.orders',
      'orders',
      'orders&namespace=s3a://lake/',
      'db.orders&namespace=hive://meta-1:9083',
    ]) {
      const lineage = await get<{ dataset: { id: string }; edges: object[] }>(
        `/api/v2/lineage?dataset=${asked}`,
      );
      assert.equal(lineage.dataset.id, TABLE);
      assert.equal(lineage.edges.length, 2, 'one for the job of each name');
    }
    assert.deepEqual((await get<AliasList>('/api/v2/aliases')).items.map(names), [['db.orders', 'orders']]);
  });

  test('why: the claims with their producers, and the chain between two names', async (t) => {
    const { get, deliver } = await fixture(t);
    const glue = { type: 'TABLE', namespace: 'arn:aws:glue:eu:1', name: 'table/db/orders' };
    await deliver(written(1, LAKE, 'orders', 10, [symlink, glue]), written(2, HIVE, 'db.users', 10));
    const why = await get<WhyAnswer>(
      `/api/v2/aliases/why?dataset=db.orders&with=${encodeURIComponent(glue.name)}`,
    );
    assert.deepEqual(new Set(names(why)), new Set(['table/db/orders', 'db.orders', 'orders']));
    assert.deepEqual(
      why.chain?.map(({ kind, from, to, by }) => [kind, from.name, to.name, ...by]),
      [
        ['table', 'orders', 'db.orders', 'https://example.com/tests'],
        ['table', 'orders', 'table/db/orders', 'https://example.com/tests'],
      ],
    );
    assert.equal((await get<WhyAnswer>('/api/v2/aliases/why?dataset=db.orders&with=db.users')).chain, null);
    assert.deepEqual((await get<WhyAnswer>('/api/v2/aliases/why?dataset=db.users')).claims, []);
  });

  test('split, then clear: what was apart comes back, and goes again', async (t) => {
    const { get, post, deliver } = await fixture(t);
    await deliver(written(1, HIVE, 'db.orders', 10), written(2, LAKE, 'orders', 20, [symlink]));
    const values = async (id: string): Promise<number[]> =>
      (await get<{ points: { value: number }[] }>(`/api/v2/datasets/${id}/series`)).points.map(
        ({ value }) => value,
      );
    assert.deepEqual(await values(PATH), [10, 20]);

    const split = await post('split', { dataset: 'orders', ...said });
    assert.deepEqual(names(split), ['orders']);
    assert.deepEqual(
      split.claims.map(({ withheld }) => withheld),
      ['denied'],
    );
    assert.deepEqual([await values(PATH), await values(TABLE)], [[20], [10]]);
    // The claim comes again and changes nothing.
    await deliver(written(3, LAKE, 'orders', 30, [symlink]));
    assert.deepEqual(await values(TABLE), [10]);

    const cleared = await post('clear', {
      dataset: 'orders',
      with: 'db.orders',
      reason: 'they are one after all',
      author: 'bob',
    });
    assert.deepEqual(names(cleared), ['db.orders', 'orders']);
    assert.deepEqual(await values(TABLE), [10, 20, 30]);
    assert.deepEqual(
      cleared.decisions.map(({ verdict, author, reason, stands }) => [verdict, author, reason, stands]),
      [
        ['clear', 'bob', 'they are one after all', true],
        ['deny', 'ada', 'looked at both', false],
      ],
    );
  });

  test('join: what nobody claims; and a replay keeps it', async (t) => {
    const { get, post, deliver, database } = await fixture(t);
    await deliver(written(1, HIVE, 'db.orders', 10), written(2, 'postgres://db:5432', 'copy', 20));
    const joined = await post('join', {
      dataset: 'copy',
      with: 'db.orders',
      withNamespace: 'hive://meta-1:9083',
      ...said,
    });
    assert.deepEqual(names(joined), ['db.orders', 'copy']);
    assert.deepEqual(
      joined.claims.map(({ kind, by }) => [kind, ...by]),
      [['operator', 'ada']],
    );
    const before = await dumpModel(database);
    await database.execute(sql`delete from evaluation_due`);
    await replay(database, { naming });
    assert.equal(await dumpModel(database), before);
    assert.deepEqual((await get<AliasList>('/api/v2/aliases')).items.map(names), [['db.orders', 'copy']]);
    assert.deepEqual(
      await database.rows(sql`select * from evaluation_due`),
      [],
      'nothing is judged anew for it',
    );
    await post('deny', { dataset: 'copy', with: 'db.orders', ...said });
    assert.deepEqual((await get<AliasList>('/api/v2/aliases')).items, []);
  });

  test('a ruling that cannot be is refused and not recorded', async (t) => {
    const { post, deliver, database } = await fixture(t);
    await deliver(written(1, LAKE, 'orders', 10, [symlink]), written(2, HIVE, 'db.users', 10));
    const cases: [string, object, number, RegExp][] = [
      ['split', { dataset: 'db.users', ...said }, 409, /no other name/],
      [
        'join',
        { dataset: 'orders', namespace: 's3a://lake', with: 'orders', ...said },
        400,
        /two spellings of one name/,
      ],
      ['join', { dataset: 'orders', with: 'nowhere', ...said }, 404, /No dataset is named .*nowhere/],
      ['join', { dataset: 'orders', with: 'db.users' }, 400, /reason/],
      ['deny', { dataset: 'orders', with: 'db.users', reason: 'r' }, 400, /author is missing/],
      ['deny', { dataset: 'orders', with: 'db.users', reason: 'r', autor: 'x' }, 400, /autor|additional/],
    ];
    for (const [path, body, status, detail] of cases)
      assert.match(JSON.stringify(await post(path, body, status)), detail);
    assert.deepEqual(await database.rows(sql`select * from alias_decision`), []);
    // Rulings outrank claims, but not one another by a way round.
    await post('deny', { dataset: 'db.users', with: 'orders', ...said });
    await post('join', { dataset: 'db.orders', with: 'orders', ...said });
    const refused = await post('join', { dataset: 'db.users', with: 'db.orders', ...said }, 409);
    assert.match(refused.detail, /contradicts other rulings/);
    assert.deepEqual(await database.rows(sql`select verdict from alias_decision order by id`), [
      { verdict: 'deny' },
      { verdict: 'join' },
    ]);
  });

  test('a contract for one name holds for all, and rules spell its name', async (t) => {
    const { app, get, deliver } = await fixture(t);
    await deliver(written(1, LAKE, 'orders', 10, [symlink]), written(2, HIVE, 'db.orders', 20));
    const text = `dataset: db.orders\nnamespace: hive://meta-2:9083\nversion: "1.0.0"\nowner: a@example.com\nquality:\n  - check: "row_count > 15"\n`;
    const pushed = await app.inject({ method: 'POST', url: '/api/v2/contracts', payload: { text } });
    assert.equal(pushed.statusCode, 201, pushed.body);
    assert.equal(pushed.json<{ datasetId: string }>().datasetId, TABLE);
    for (const asked of [
      TABLE,
      PATH,
      'orders',
      'db.orders',
      'orders?namespace=s3://lake',
      'db.orders?namespace=hive://meta-1:9083',
    ]) {
      const contract = await get<{ datasetId: string }>(`/api/v2/contracts/${asked}`);
      assert.equal(contract.datasetId, TABLE, asked);
      const [name = '', query = ''] = asked.split('?');
      for (const [day, status] of [
        ['1', 'fail'],
        ['2', 'pass'],
      ]) {
        const check = await get<{ status: string }>(
          `/api/v2/datasets/${name}/check?partition=dt=2026-01-0${day}&${query}`,
        );
        assert.equal(check.status, status, `${asked} ${day}`);
      }
    }
    const list = await get<{ items: { name: string; owner: string | null }[] }>('/api/v2/datasets');
    assert.equal(list.items.find(({ name }) => name === 'db.orders')?.owner, 'a@example.com');
  });
});
