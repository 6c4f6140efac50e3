import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { mysqlMeasuring, type MeasuringWarehouse } from '#adapters/mysql/measuring.ts';
import type { Fact } from '#model/fact.ts';
import type { PlannedStatement } from '#model/measure-plan.ts';
import type { MeasuredCandidate } from '#model/ports.ts';
import { parsePartitionKey } from '#model/partition.ts';
import type { Predicate } from '#model/predicate.ts';
import { planQueries, type PlanRequest } from '#rules/sql/plan.ts';
import { sampleStatement } from '#rules/sql/samples.ts';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import { equals, fact, SPAN, tableRef } from '#test/rules/sql/facts.ts';
import { testWarehouse } from './postgres/warehouse.ts';

// What every warehouse that measures must do, on each of them.

/** A warehouse with databases or schemas `staging` and `gold`. */
interface House {
  readonly warehouse: MeasuringWarehouse;
  run(text: string): Promise<void>;
  /** A statement that waits until `release` is called, and how one knows that it waits. */
  hold(): Promise<{ readonly sql: string; waits(): Promise<boolean>; release(): Promise<void> }>;
  /** Makes staging.odd, of two rows with types that are written, padded or compared in their own ways. */
  readonly odd: string;
  /** An expression that takes minutes. */
  readonly slow: string;
  /** The same tables for somebody who may read nothing. */
  stranger(): Promise<MeasuringWarehouse>;
  readonly dialect: 'postgres' | 'mysql';
}

let mariadb: MariadbServer | undefined;
before(async () => {
  if (MARIADB_MISSING === false) mariadb = await startMariadb();
});
after(() => mariadb?.stop());

async function postgresHouse(t: TestContext): Promise<House> {
  const house = await testWarehouse(t);
  return {
    dialect: 'postgres',
    slow: '(select 1 from (select pg_sleep(300)) as s)',
    odd: `
      create type staging.kind as enum ('b', 'a');
      create table staging.odd (fixed char(5), loose varchar(5), kind staging.kind, small real, big bigint,
        exact numeric, instant timestamptz, flag boolean, raw json);
      insert into staging.odd values
        ('ab', 'ab', 'b', 0.5, 9007199254740991, 0.1, '2026-01-31 11:00:00+01', true, '{}'),
        ('ab ', 'ab ', 'a', 0.25, 9007199254740992, 0.2, '2026-01-31 10:00:00+01', false, null)`,
    warehouse: house.warehouse,
    run: (text) => house.run(text),
    async hold() {
      const holder = await house.connect();
      await holder.query('select pg_advisory_lock(77)');
      return {
        sql: '(select 1 from (select pg_advisory_xact_lock_shared(77)) as l)',
        waits: async () => {
          const waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted";
          return (await house.values(waiting))[0] !== '0';
        },
        release: async () => void (await holder.query('select pg_advisory_unlock(77)')),
      };
    },
    async stranger() {
      const role = await house.role("login password 'stranger'");
      const url = new URL(house.url);
      url.username = role;
      url.password = 'stranger';
      const { postgresWarehouse } = await import('#adapters/postgres/warehouse.ts');
      const warehouse = postgresWarehouse({ name: 'stranger', url: url.href });
      t.after(() => warehouse.close());
      await house.run(`grant usage on schema staging to ${role}`);
      return warehouse;
    },
  };
}

async function mariadbHouse(t: TestContext): Promise<House> {
  assert.ok(mariadb);
  for (const name of ['staging', 'gold']) {
    const fresh = await createConnection({ uri: await mariadb.database('mysql') });
    await fresh.query(`drop database if exists ${name}`);
    await fresh.query(`create database ${name}`);
    await fresh.end();
  }
  const url = await mariadb.database('staging');
  const admin = await createConnection({ uri: url, charset: 'utf8mb4' });
  const warehouse = mysqlMeasuring({ name: 'mariadb', url });
  t.after(async () => {
    await warehouse.close();
    await admin.end();
  });
  return {
    dialect: 'mysql',
    slow: 'sleep(300)',
    odd: `
      create table staging.odd (fixed char(5), loose varchar(5), kind enum('b', 'a'), small float, big bigint unsigned,
        exact decimal(10,3), instant datetime(3), flag boolean, raw blob);
      insert into staging.odd values
        ('ab', 'ab', 'b', 0.5, 9007199254740991, 0.1, '2026-01-31 10:00:00', true, 'x'),
        ('ab ', 'ab ', 'a', 0.25, 9007199254740992, 0.2, '2026-01-31 09:00:00', false, null)`,
    warehouse,
    run: async (text) => {
      for (const statement of text.split(';')) if (statement.trim() !== '') await admin.query(statement);
    },
    async hold() {
      const holder = await createConnection({ uri: url });
      await holder.query("select get_lock('assay', 1)");
      t.after(() => holder.end());
      return {
        sql: "get_lock('assay', 30)",
        waits: async () => {
          const [rows] = await holder.query(
            "select 1 from information_schema.processlist where state = 'User lock'",
          );
          return Array.isArray(rows) && rows.length > 0;
        },
        release: async () => void (await holder.query("select release_lock('assay')")),
      };
    },
    async stranger() {
      await admin.query("create or replace user stranger@'127.0.0.1'");
      await admin.query("grant select on gold.* to stranger@'127.0.0.1'");
      const other = mysqlMeasuring({ name: 'stranger', url: url.replace('root@', 'stranger@') });
      t.after(() => other.close());
      return other;
    },
  };
}

const ORDERS = `(id integer, user_id integer, country varchar(10), amount decimal(10,2), dt date)`;

async function fill(house: House): Promise<void> {
  await house.run(`
    create table staging.orders ${ORDERS};
    create table gold.orders ${ORDERS};
    create table gold.users (id integer);
    insert into staging.orders values (1, 1, 'DE', 10, '2026-01-31'), (2, 2, 'de', 20, '2026-01-31'), (3, null, null, 5.5, '2026-01-31');
    insert into gold.orders values (1, 1, 'DE', 1, '2026-01-30'), (9, 1, 'FR', 1, '2026-01-31'), (8, 1, 'FR', 1, '2026-01-29');
    insert into gold.users values (1), (7)`);
}

async function requestOf(
  house: House,
  facts: Record<string, Fact>,
  candidate: string | null = 'staging.orders',
): Promise<PlanRequest> {
  const described = async (ref: string) => {
    const outcome = await house.warehouse.describe(ref);
    assert.equal(outcome.status, 'success');
    return outcome.status === 'success' ? outcome.value : null;
  };
  const table = await described(candidate ?? 'staging.odd');
  assert.ok(table);
  return {
    facts: new Map(Object.entries(facts)),
    known: new Map(),
    trustAtLeast: 0,
    candidate: {
      table,
      partition: parsePartitionKey('dt=2026-01-31') ?? [],
      whole: true,
      target: await described('gold.orders'),
      previous: [parsePartitionKey('dt=2026-01-30') ?? []],
    },
    tables: new Map([['gold.users', await described('gold.users')]]),
    dialect: house.dialect,
    now: new Date('2026-02-01T00:00:00Z'),
    seconds: 20,
    groups: 2,
  };
}

async function measured(
  warehouse: MeasuringWarehouse,
  statements: readonly PlannedStatement[],
): Promise<MeasuredCandidate> {
  const outcome = await warehouse.measure({ ref: 'staging.orders', statements, timeLimitMs: 20_000 });
  if (outcome.status !== 'success') throw new Error(outcome.reason);
  return outcome.value;
}

/** A statement of the test's own. */
function raw(key: string, sql: string, tail = '', change: Partial<PlannedStatement> = {}): PlannedStatement {
  return {
    about: key,
    head: 'select',
    items: [{ key, sql }],
    tail,
    candidate: false,
    groups: null,
    custom: false,
    ...change,
  };
}

for (const [name, open, skip] of [
  ['PostgreSQL', postgresHouse, false],
  ['MariaDB', mariadbHouse, process.env['CI'] === undefined && MARIADB_MISSING],
] as const) {
  describe(`measuring on ${name}`, { skip }, () => {
    test('answers facts of all scopes, other tables, groups and queries', async (t) => {
      const house = await open(t);
      await fill(house);
      const users = { table: tableRef('gold', 'users'), columns: ['id'], compared: [], tolerance: null };
      const table = { type: 'table' } as const;
      const request = await requestOf(house, {
        rows: fact({ metric: 'row_count' }),
        de: fact({ metric: 'true_count', predicate: equals('country', 'DE') }),
        sum: fact({ metric: 'sum', columns: ['amount'] }),
        median: fact({ metric: 'quantile', columns: ['amount'], quantile: 0.5 }),
        'rows of table': fact({ metric: 'row_count', scope: table }),
        'duplicates of table': fact({ metric: 'duplicate_count', columns: ['id'], scope: table }),
        'rows of last 2': fact({ metric: 'row_count', scope: { type: 'last', partitions: 2 } }),
        orphans: fact({ metric: 'orphan_count', columns: ['user_id'], other: users }),
        'orphans of table': fact({
          metric: 'orphan_count',
          columns: ['user_id'],
          other: users,
          scope: table,
        }),
        users: fact({ metric: 'row_count', table: tableRef('gold', 'users') }),
        query: fact({
          metric: 'custom_sql',
          query: 'select sum(amount) / 2 from {dataset} where {partition}',
        }),
        nothing: fact({ metric: 'custom_sql', query: 'select max(amount) from {dataset} where 1 = 0' }),
        none: fact({ metric: 'max', columns: ['id'], where: equals('country', 'XX') }),
        'rows per dt': fact({ metric: 'row_count', per: 'dt' }),
        'rows per country': fact({ metric: 'row_count', per: 'country' }),
      });
      const { facts, groups, failed, version } = await measured(
        house.warehouse,
        planQueries(request).statements,
      );
      assert.deepEqual(Object.fromEntries(facts), {
        rows: 3,
        de: 1,
        sum: 35.5,
        median: 10,
        'rows of table': 5,
        'duplicates of table': 1,
        'rows of last 2': 4,
        orphans: 1,
        'orphans of table': 1,
        users: 2,
        query: 17.75,
      });
      assert.deepEqual([...(groups.get('rows per dt') ?? [])], [['2026-01-31', 3]]);
      // DE, de and null are three values, and two are allowed.
      assert.match(failed.get('rows per country') ?? '', /more than 2 different values/);
      assert.equal(failed.size, 1);
      assert.match(version, /\.?3\./);
    });

    test('tells of each fact that fails why, with the columns there are, and measures the others', async (t) => {
      const house = await open(t);
      await fill(house);
      const from = 'from staging.orders as c';
      const { facts, failed, version } = await measured(house.warehouse, [
        raw('broken candidate', 'max(nothing)', from, { candidate: true }),
        raw('good', 'count(*)', from),
        raw('no table', 'count(*)', 'from staging.absent'),
        raw('no function', 'no_such_function(1)', from),
        raw('rows', 'q', 'from (select id from staging.orders) as q limit 2', { custom: true }),
        raw('columns', 'q', 'from (select min(id) a, max(id) b from staging.orders) as q limit 2', {
          custom: true,
        }),
        raw('text', 'q', 'from (select min(country) a from staging.orders) as q limit 2', { custom: true }),
      ]);
      assert.deepEqual(Object.fromEntries(facts), { good: 3 });
      assert.notEqual(version, '');
      assert.match(
        failed.get('broken candidate') ?? '',
        /nothing.*The columns of .*orders are id, user_id, country, amount, dt\./s,
      );
      assert.match(failed.get('no table') ?? '', /absent.*Check the name of the table/s);
      assert.match(failed.get('no function') ?? '', /no_such_function.*Check the name of the function/is);
      assert.match(failed.get('rows') ?? '', /more than one row/);
      assert.match(failed.get('columns') ?? '', /more than one column/);
      assert.match(failed.get('text') ?? '', /no number/);
    });

    test('sees one snapshot in all statements of a plan', async (t) => {
      const house = await open(t);
      await fill(house);
      const held = await house.hold();
      const count = raw('before', 'count(*)', 'from staging.orders as c', { candidate: true });
      const again = raw('after', 'count(*)', 'from gold.orders');
      const pending = measured(house.warehouse, [count, raw('wait', held.sql), again]);
      while (!(await held.waits())) await sleep(10);
      await house.run("insert into gold.orders values (99, 1, 'DE', 1, '2026-01-31')");
      await held.release();
      const { facts } = await pending;
      assert.deepEqual([facts.get('before'), facts.get('after')], [3, 3]);
    });

    test('writes nothing, whatever it is told', async (t) => {
      const house = await open(t);
      await fill(house);
      const outcome = await house.warehouse.sample({
        text: 'delete from staging.orders',
        columns: 1,
        limit: 1,
      });
      assert.equal(outcome.status, 'failure');
      assert.match(outcome.status === 'failure' ? outcome.reason : '', /read.only/i);
      assert.equal(
        (await measured(house.warehouse, [raw('rows', 'count(*)', 'from staging.orders')])).facts.get('rows'),
        3,
      );
    });

    test('gives up a statement after its time, and says so', async (t) => {
      const house = await open(t);
      await fill(house);
      const outcome = await house.warehouse.measure({
        ref: 'staging.orders',
        statements: [raw('slow', house.slow), raw('rows', 'count(*)', 'from staging.orders')],
        timeLimitMs: 200,
      });
      assert.equal(outcome.status, 'success');
      if (outcome.status !== 'success') return;
      assert.match(outcome.value.failed.get('slow') ?? '', /longer than the time limit/);
      assert.equal(outcome.value.facts.get('rows'), 3);
    });

    test('names the right that is missing', async (t) => {
      const house = await open(t);
      await fill(house);
      const stranger = await house.stranger();
      const outcome = await stranger.measure({ ref: 'staging.orders', statements: [] });
      assert.equal(outcome.status, 'failure');
      assert.match(outcome.status === 'failure' ? outcome.reason : '', /denied|no table/);
    });

    test('describes tables, and what is none', async (t) => {
      const house = await open(t);
      await fill(house);
      const described = await house.warehouse.describe('staging.orders');
      assert.equal(described.status, 'success');
      const columns = described.status === 'success' ? described.value?.columns.map((one) => one.name) : [];
      assert.deepEqual(columns, ['id', 'user_id', 'country', 'amount', 'dt']);
      assert.deepEqual(await house.warehouse.describe('staging.absent'), { status: 'success', value: null });
      assert.equal((await house.warehouse.describe('a.b.c.d')).status, 'failure');
      await house.run('create view staging.v as select * from staging.orders');
      const view = await house.warehouse.measure({ ref: 'staging.v', statements: [] });
      assert.match(view.status === 'failure' ? view.reason : '', /not an ordinary table/);
    });

    test('reads keys of rows that violate a check', async (t) => {
      const house = await open(t);
      await fill(house);
      const table = { type: 'table' } as const;
      const users = { table: tableRef('gold', 'users'), columns: ['id'], compared: [], tolerance: null };
      const asked: [Fact, string[], (string | null)[][]][] = [
        [fact({ metric: 'false_count', predicate: equals('country', 'DE') }), ['id'], [['2']]],
        [fact({ metric: 'null_count', columns: ['user_id'] }), ['id', 'dt'], [['3', '2026-01-31']]],
        [
          fact({ metric: 'duplicate_count', columns: ['id'], scope: table }),
          ['dt', 'id'],
          [
            ['2026-01-30', '1'],
            ['2026-01-31', '1'],
          ],
        ],
        // Of the candidate alone: the row that it repeats is published already.
        [
          fact({ metric: 'repeat_count', columns: ['id'], scope: table }),
          ['dt', 'id'],
          [['2026-01-31', '1']],
        ],
        [fact({ metric: 'orphan_count', columns: ['user_id'], other: users }), [], [['2']]],
        [
          fact({ metric: 'orphan_count', columns: ['user_id'], other: users }),
          ['id', 'country'],
          [['2', 'de']],
        ],
      ];
      const request = await requestOf(house, {});
      for (const [one, key, rows] of asked) {
        const statement = sampleStatement(one, key, request);
        assert.ok(statement);
        const { text, columns, limit } = statement;
        const outcome = await house.warehouse.sample({ text, columns: columns.length, limit });
        assert.deepEqual(outcome, { status: 'success', value: rows }, `${one.metric}: ${text}`);
      }
    });

    test('measures the types of tables as they really are', async (t) => {
      const house = await open(t);
      await house.run(house.odd);
      const table = await house.warehouse.describe('staging.odd');
      assert.ok(table.status === 'success' && table.value);
      const is = (name: string, value: string | number | boolean): Fact =>
        fact({ metric: 'true_count', predicate: equals(name, value) });
      const day = { type: 'timestamp', value: '2026-01-31T10:00:00Z', span: SPAN } as const;
      const facts: [string, Fact, number][] = [
        // Padding is no part of a value, a space that was written is.
        ['char', is('fixed', 'ab'), 2],
        ['varchar', is('loose', 'ab'), 1],
        ['lengths of varchar', fact({ metric: 'sum_length', columns: ['loose'] }), 5],
        ['enum', is('kind', 'b'), 1],
        ['order of enum', fact({ metric: 'distinct_count', columns: ['kind'] }), 2],
        ['float', is('small', 0.5), 1],
        ['sum of float', fact({ metric: 'sum', columns: ['small'] }), 0.75],
        ['big', is('big', Number.MAX_SAFE_INTEGER), 1],
        ['big and its neighbour', fact({ metric: 'distinct_count', columns: ['big'] }), 2],
        ['decimal', is('exact', 0.1), 1],
        [
          'instant',
          fact({ metric: 'true_count', predicate: { ...equals('instant', 0), right: day } as Predicate }),
          1,
        ],
        ['latest', fact({ metric: 'max', columns: ['instant'] }), Date.parse('2026-01-31T10:00:00Z') / 1000],
        ['boolean', is('flag', true), 1],
        ['nulls of what cannot be compared', fact({ metric: 'null_count', columns: ['raw'] }), 1],
      ];
      const plan = planQueries({
        ...(await requestOf(house, Object.fromEntries(facts.map(([key, one]) => [key, one])), null)),
        candidate: { table: table.value, partition: [], whole: true, target: null, previous: [] },
      });
      assert.deepEqual([...plan.refused], []);
      const outcome = await house.warehouse.measure({ ref: 'staging.odd', statements: plan.statements });
      assert.ok(outcome.status === 'success');
      assert.deepEqual([...outcome.value.failed], []);
      for (const [key, , expected] of facts) assert.equal(outcome.value.facts.get(key), expected, key);
      const compared = planQueries({
        ...(await requestOf(house, { raw: fact({ metric: 'distinct_count', columns: ['raw'] }) }, null)),
        candidate: { table: table.value, partition: [], whole: true, target: null, previous: [] },
      });
      assert.match(compared.refused.get('raw') ?? '', /cannot be told apart/);
    });

    test('has a version that depends on the rows and not on their order', async (t) => {
      const house = await open(t);
      await fill(house);
      const version = async (): Promise<string> => (await measured(house.warehouse, [])).version;
      const first = await version();
      await house.run(`
        create table staging.keep as select * from staging.orders;
        delete from staging.orders;
        insert into staging.orders select * from staging.keep order by id desc`);
      assert.equal(await version(), first);
      await house.run("update staging.orders set country = 'FR' where id = 1");
      assert.notEqual(await version(), first);
    });
  });
}
