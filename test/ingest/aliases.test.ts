import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { Ingest } from '#ingest/ingest.ts';
import { FactSet, KnownFacts } from '#ingest/known-facts.ts';
import { projectAliases, type Claims } from '#ingest/project-aliases.ts';
import { replay } from '#ingest/replay.ts';
import { CLAIM_KINDS, type AliasName } from '#model/alias.ts';
import { parseEventTime } from '#model/event-time.ts';
import { contentId, datasetId } from '#model/ids.ts';
import { hostListResolver } from '#model/namespace-resolvers.ts';
import { NO_RULES, type NamingRules } from '#model/naming.ts';
import { orderKey } from '#model/order-key.ts';
import { Monitor } from '#monitor/monitor.ts';
import { withheldClaims, type WithheldRow } from '#store/aliases.ts';
import { addDatasets, addNamespaces } from '#store/catalog.ts';
import type { Database } from '#store/database.ts';
import { walkLineage } from '#api/lineage-walk.ts';
import { columnSteps, edgesInto, type StepRow } from '#store/lineage-steps.ts';
import { seriesOf, type SeriesRow } from '#store/measurements.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { dumpModel } from '#test/support/model-dump.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';
import { aliasEvents } from './alias-events.ts';

const NOW = new Date('2026-02-01T00:00:00Z');
const runId = (n: number): string => `018cc251-f400-717f-9d98-${String(n).padStart(12, '0')}`;
const day = (n: number): string => `2026-01-${String(n).padStart(2, '0')}`;

interface Written {
  readonly run: number;
  readonly rows: number;
  readonly day: number;
  readonly namespace: string;
  readonly name: string;
  /** type → [namespace, name] */
  readonly symlink?: readonly [type: string, namespace: string, name: string];
  readonly inputs?: readonly object[];
  readonly columnLineage?: object;
  readonly lineage?: object;
  readonly locations?: readonly string[];
}

/** A run that wrote one day's partition. */
function writing({
  run,
  rows,
  day: number,
  namespace,
  name,
  symlink,
  inputs,
  columnLineage,
  lineage,
  locations,
}: Written): Buffer {
  const condition = locations
    ? { type: 'location', locations }
    : { type: 'partition', partitions: [{ identifier: 'p', dimensions: { dt: day(number) } }] };
  return sampleEvent({
    runId: runId(run),
    type: 'COMPLETE',
    time: `${day(number)}T12:00:00Z`,
    job: `writer of ${name}`,
    ...(inputs && { inputs }),
    outputs: [
      {
        namespace,
        name,
        facets: {
          ...(symlink && {
            symlinks: facet({ identifiers: [{ type: symlink[0], namespace: symlink[1], name: symlink[2] }] }),
          }),
          ...(columnLineage && { columnLineage: facet(columnLineage) }),
          ...(lineage && { lineage: facet(lineage) }),
        },
        outputFacets: {
          outputStatistics: facet({ rowCount: rows }),
          ...(!/dt=/.test(name) && { subset: facet({ outputCondition: condition }) }),
        },
      },
    ],
  });
}

async function deliver(
  database: Database,
  events: readonly Buffer[],
  naming: NamingRules = NO_RULES,
): Promise<void> {
  const ingest = new Ingest({ database, now: () => NOW, naming });
  for (const event of events) assert.equal((await ingest.receive(event, 'http')).status, 'accepted');
}

const groupsOf = (database: Database): Promise<object[]> =>
  database.rows(sql`
    select g.dataset_id = g.canonical_id as first, d.name
      from dataset_group g join dataset d on d.id = g.dataset_id
     order by g.canonical_id, 1 desc, 2`);

/** Rows by partition, as the series of a dataset shows them. */
async function rowsBy(database: Database, id: string): Promise<Record<string, number | undefined>> {
  const rows = await database.rows<SeriesRow>(seriesOf([id], ['row_count'], 100));
  return Object.fromEntries(rows.map(({ partition, facts }) => [partition, facts['row_count']?.value]));
}

const HIVE = 'hive://meta:9083';
const TABLE = datasetId(HIVE, 'db.orders');
const PATH = datasetId('s3://lake', 'warehouse/orders');

/** Two days of history under either name before anything says that they are one. */
const APART = [
  writing({ run: 1, rows: 100, day: 1, namespace: HIVE, name: 'db.orders' }),
  writing({
    run: 2,
    rows: 110,
    day: 2,
    namespace: HIVE,
    name: 'db.orders',
    inputs: [{ namespace: HIVE, name: 'db.raw' }],
  }),
  writing({ run: 3, rows: 120, day: 3, namespace: 's3a://lake', name: '/warehouse/orders/dt=2026-01-03' }),
  writing({ run: 4, rows: 130, day: 4, namespace: 's3://lake', name: 'warehouse/orders/dt=2026-01-04' }),
];
const HIVE_SAYS = writing({
  run: 5,
  rows: 140,
  day: 5,
  namespace: HIVE,
  name: 'db.orders',
  symlink: ['LOCATION', 's3a://lake', '/warehouse/orders'],
});
const SPARK_SAYS = writing({
  run: 6,
  rows: 150,
  day: 6,
  namespace: 's3://lake',
  name: 'warehouse/orders',
  symlink: ['TABLE', HIVE, 'db.orders'],
});
/** Reads the table and makes a report of it. */
const READER = sampleEvent({
  runId: runId(7),
  type: 'COMPLETE',
  time: '2026-01-07T00:00:00Z',
  job: 'report',
  inputs: [{ namespace: 's3://lake', name: 'warehouse/orders' }],
  outputs: [
    {
      namespace: 'postgres://db:5432',
      name: 'report',
      facets: {
        columnLineage: facet({
          fields: { total: { inputFields: [{ namespace: HIVE, name: 'db.orders', field: 'amount' }] } },
        }),
      },
    },
  ],
});

describe('partitions never are datasets of their own', () => {
  test('an untrimmed path with s3a, and a trimmed one with locations, also in column and explicit lineage', async (t) => {
    const database = await testDatabase(t);
    const input = { namespace: 's3n://b/', name: '/t/dt=2026-01-01', field: 'x' };
    await deliver(database, [
      writing({ run: 1, rows: 1, day: 1, namespace: 's3a://b', name: 't/dt=2026-01-01' }),
      writing({
        run: 2,
        rows: 2,
        day: 2,
        namespace: 's3://b',
        name: 't',
        locations: ['s3://b/t/dt=2026-01-02'],
      }),
      writing({
        run: 3,
        rows: 3,
        day: 3,
        namespace: 's3://b',
        name: 'u',
        columnLineage: { fields: { y: { inputFields: [input] } } },
        lineage: { inputs: [{ namespace: 's3a://b', name: 't/2026/01/03', type: 'DATASET' }] },
      }),
    ]);
    const names = await database.rows(sql`select name from dataset order by name`);
    assert.deepEqual(names, [{ name: 't' }, { name: 'u' }]);
    assert.deepEqual(await rowsBy(database, datasetId('s3://b', 't')), {
      'dt=2026-01-01': 1,
      'dt=2026-01-02': 2,
    });
    const edges = await database.rows(sql`select input_dataset_id as id from column_edge`);
    assert.deepEqual(edges, [{ id: datasetId('s3://b', 't') }]);
    const explicit = await database.rows(sql`select origin_id as id from lineage_edge`);
    assert.deepEqual(explicit, [{ id: datasetId('s3://b', 't') }]);
  });
});

describe('a StarRocks table', () => {
  const events = [
    writing({ run: 1, rows: 1, day: 1, namespace: 'mysql://fe:9030', name: 'db.t' }),
    writing({ run: 2, rows: 2, day: 2, namespace: 'starrocks://fe:9030', name: 'db.t' }),
    writing({ run: 3, rows: 3, day: 3, namespace: 'mysql://fe2:9030', name: 'db.t' }),
  ];

  test('is one whether JDBC or a loader names it', async (t) => {
    const database = await testDatabase(t);
    await deliver(database, events);
    assert.deepEqual(await rowsBy(database, datasetId('mysql://fe:9030', 'db.t')), {
      'dt=2026-01-01': 1,
      'dt=2026-01-02': 2,
    });
  });

  test('is one on all frontends of a list, for earlier events after a replay', async (t) => {
    const database = await testDatabase(t);
    await deliver(database, events);
    const naming = { ...NO_RULES, resolvers: [hostListResolver('sales', ['fe', 'fe2'], null)] };
    await replay(database, { naming });
    const id = datasetId('mysql://sales:9030', 'db.t');
    assert.deepEqual(await rowsBy(database, id), {
      'dt=2026-01-01': 1,
      'dt=2026-01-02': 2,
      'dt=2026-01-03': 3,
    });
    assert.deepEqual(await database.rows(sql`select count(*)::int as datasets from dataset`), [
      { datasets: 1 },
    ]);
    // The collector with the same rules goes on there.
    await deliver(
      database,
      [writing({ run: 4, rows: 4, day: 4, namespace: 'starrocks://fe2:9030', name: 'db.t' })],
      naming,
    );
    assert.equal((await rowsBy(database, id))['dt=2026-01-04'], 4);
  });
});

describe('two names that turn out to be one dataset', () => {
  const orders: [string, readonly Buffer[], number][] = [
    ['Hive says so', [...APART, HIVE_SAYS], 5],
    ['Spark says so', [...APART, SPARK_SAYS], 5],
    ['Hive, then Spark', [...APART, HIVE_SAYS, SPARK_SAYS], 6],
    ['Spark, then Hive', [...APART, SPARK_SAYS, HIVE_SAYS], 6],
    ['it is said before there is a history', [SPARK_SAYS, HIVE_SAYS, ...APART.toReversed()], 6],
  ];
  for (const [what, events, partitions] of orders) {
    test(`have one history: ${what}`, async (t) => {
      const database = await testDatabase(t);
      await deliver(database, [...events, READER]);
      const both = await rowsBy(database, TABLE);
      assert.deepEqual(await rowsBy(database, PATH), both);
      assert.equal(Object.keys(both).length, partitions);
      assert.deepEqual([both['dt=2026-01-01'], both['dt=2026-01-04']], [100, 130]);
      assert.deepEqual(await groupsOf(database), [
        { first: true, name: 'db.orders' },
        { first: false, name: 'warehouse/orders' },
      ]);
      await assertLineage(database);
    });
  }

  test('give byte-equal tables whoever comes first', async (t) => {
    const dumps = await Promise.all(
      [
        [...APART, HIVE_SAYS, SPARK_SAYS, READER],
        [READER, SPARK_SAYS, HIVE_SAYS, ...APART.toReversed()],
      ].map(async (events) => {
        const database = await testDatabase(t);
        await deliver(database, events);
        return dumpModel(database);
      }),
    );
    assert.equal(dumps[0], dumps[1]);
  });

  test('are judged as one from then on', async (t) => {
    const database = await testDatabase(t);
    const monitor = new Monitor({ database, now: () => NOW, excludedOf: async () => new Map() });
    const verdicts = sql`select distinct dataset_id as id, baseline -> 0 ->> 'partition' as oldest from verdict where detector = 'sigma' and partition = 'dt=2026-01-04'`;
    await deliver(database, APART);
    await monitor.settle();
    assert.deepEqual(await database.rows(verdicts), [{ id: PATH, oldest: 'dt=2026-01-03' }]);
    await deliver(database, [HIVE_SAYS]);
    await monitor.settle();
    assert.deepEqual(await database.rows(verdicts), [{ id: TABLE, oldest: 'dt=2026-01-01' }]);
    assert.deepEqual(await database.rows(sql`select count(*)::int as left from evaluation_due`), [
      { left: 0 },
    ]);
  });

  async function assertLineage(database: Database): Promise<void> {
    const raw = datasetId(HIVE, 'db.raw');
    const report = datasetId('postgres://db:5432', 'report');
    for (const start of [raw, TABLE, PATH]) {
      const canonical = start === PATH ? TABLE : start;
      const { reached } = await walkLineage(database, canonical, 'downstream', {
        depth: 9,
        limit: 10,
        at: null,
      });
      assert.deepEqual(
        new Set(reached.keys()),
        new Set(start === raw ? [raw, TABLE, report] : [TABLE, report]),
      );
    }
    const edges = await database.rows<StepRow>(
      edgesInto([raw, TABLE, report], [raw, TABLE, report], null, 10),
    );
    assert.deepEqual(
      new Set(edges.map((edge) => `${edge.node_id} ${edge.next_id}`)),
      new Set([`${raw} ${TABLE}`, `${TABLE} ${report}`]),
    );
    const columns = await database.rows(
      columnSteps([{ datasetId: PATH, column: 'amount' }], 'downstream', 10),
    );
    assert.equal(columns.length, 1);
  }
});

describe('what is not joined', () => {
  test('tables that share a location, in any order, also when they were joined before', async (t) => {
    const other = writing({
      run: 8,
      rows: 1,
      day: 8,
      namespace: HIVE,
      name: 'db.users',
      symlink: ['LOCATION', 's3://lake', 'warehouse/orders'],
    });
    const database = await testDatabase(t);
    await deliver(database, [...APART, HIVE_SAYS]);
    assert.equal((await groupsOf(database)).length, 2);
    await deliver(database, [other]);
    assert.deepEqual(await groupsOf(database), []);
    assert.deepEqual(Object.keys(await rowsBy(database, PATH)), ['dt=2026-01-04', 'dt=2026-01-03']);
    const reversed = await testDatabase(t);
    await deliver(reversed, [other, HIVE_SAYS, ...APART]);
    assert.equal(await dumpModel(reversed), await dumpModel(database));
  });

  test('a whole bucket, which is told as a warning', async (t) => {
    const database = await testDatabase(t);
    await deliver(database, [
      writing({
        run: 1,
        rows: 1,
        day: 1,
        namespace: HIVE,
        name: 'db.a',
        symlink: ['LOCATION', 's3://lake', '/'],
      }),
    ]);
    assert.deepEqual(await database.rows(sql`select name from dataset`), [{ name: 'db.a' }]);
    const [warning] = await database.rows<{ facet: string; reason: string }>(
      sql`select facet, reason from facet_warning`,
    );
    assert.equal(warning?.facet, 'symlinks');
    assert.match(warning?.reason ?? '', /whole bucket/);
  });
});

test('of all that events claim, what is sound joins and the rest does not', async (t) => {
  const database = await testDatabase(t);
  await deliver(database, aliasEvents());
  const groups = await database.rows<{ names: string[] }>(sql`
    select array_agg(d.name order by g.dataset_id <> g.canonical_id, d.name) as names
      from dataset_group g join dataset d on d.id = g.dataset_id group by g.canonical_id order by 1`);
  assert.deepEqual(
    groups.map(({ names }) => names),
    [
      ['db.g', 'db.e', 'db.f'],
      ['table/db/a', 'a', 'db.a'],
    ],
  );
  const withheld = await database.rows<WithheldRow>(withheldClaims(10, null));
  assert.deepEqual(
    withheld
      .map(({ from_name: from, to_name: to, withheld: reason }) => `${from.name} ${to.name} ${reason}`)
      .sort(),
    [
      'db.b shared shared_location',
      'db.t db.t_old reused_name',
      'db.t_new db.t reused_name',
      'shared db.c shared_location',
    ],
  );
});

const NAMES: readonly AliasName[] = [
  ...['db.a', 'db.b', 'db.c'].map((name) => [HIVE, name] as const),
  ...['a', 'b'].map((name) => ['s3://lake', name] as const),
].map(([namespace, name]) => ({ id: datasetId(namespace, name), namespace, name }));

const anyClaim = fc
  .tuple(
    fc.constantFrom(...CLAIM_KINDS),
    fc.constantFrom(...NAMES),
    fc.constantFrom(...NAMES),
    fc.nat(5),
    fc.constantFrom('spark', 'hive'),
  )
  .filter(([, from, to]) => from.id !== to.id)
  .map(([kind, from, to, hours, producer]): Claims => {
    const time = parseEventTime(new Date(Date.UTC(2026, 0, 1, hours * 12)).toISOString());
    assert(time);
    return {
      key: orderKey(time, 'COMPLETE', contentId(`${hours}`)),
      producer,
      aliases: [{ kind, from, to }],
      standing: null,
    };
  });

async function withNames(t: TestContext): Promise<Database> {
  const database = await testDatabase(t);
  await database.execute(
    addNamespaces(NAMES.map(({ namespace }) => ({ id: datasetId('ns', namespace), name: namespace }))),
  );
  await database.execute(
    addDatasets(
      NAMES.map(({ id, namespace, name }) => ({ id, namespaceId: datasetId('ns', namespace), name })),
    ),
  );
  return database;
}

async function claimAll(database: Database, claims: readonly Claims[], batch: number): Promise<void> {
  const known = new KnownFacts();
  for (let at = 0; at < claims.length; at += batch) {
    const some = claims.slice(at, at + batch);
    const fresh = new FactSet();
    await database.transaction((connection) => projectAliases(connection, some, known, fresh, NOW));
    known.addAll(fresh);
  }
}

test('a claim that is known asks nothing of the store', async (t) => {
  const database = await withNames(t);
  const [from, to] = NAMES as [AliasName, AliasName];
  const claims: Claims[] = [
    { key: 'k', producer: 'p', aliases: [{ kind: 'table', from, to }], standing: null },
  ];
  const known = new KnownFacts();
  const fresh = new FactSet();
  await projectAliases(database, claims, known, fresh, NOW);
  assert.equal(fresh.size, 1);
  known.addAll(fresh);
  const refuse = (): never => assert.fail('a statement was sent');
  const again = new FactSet();
  await projectAliases({ rows: refuse, execute: refuse }, claims, known, again, NOW);
  assert.equal(again.size, 0);
});

test('any order, batches and number of collectors give the same aliases and groups', async (t) => {
  const [one, two] = [await withNames(t), await withNames(t)];
  const empty = (database: Database): Promise<unknown> =>
    Promise.all(
      ['dataset_alias', 'dataset_group'].map((table) =>
        database.execute({ text: `delete from ${table}`, values: [] }),
      ),
    );
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyClaim, { minLength: 1, maxLength: 12 }).chain((claims) =>
        fc.record({
          claims: fc.constant(claims),
          shuffled: fc.shuffledSubarray(claims, { minLength: claims.length }),
          again: fc.subarray(claims),
          batches: fc.tuple(
            fc.integer({ min: 1, max: 4 }),
            fc.integer({ min: 1, max: 4 }),
            fc.integer({ min: 1, max: 12 }),
          ),
        }),
      ),
      async ({ claims, shuffled, again, batches: [a, b, c] }) => {
        await Promise.all([empty(one), empty(two)]);
        await claimAll(one, claims, c);
        await Promise.all([claimAll(two, shuffled, a), claimAll(two, again, b)]);
        assert.equal(await dumpModel(two), await dumpModel(one));
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
});
