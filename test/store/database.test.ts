import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#store/database.ts';
import { ddl, identifier, identifierList, literal } from '#store/ddl.ts';
import { sql } from '#store/sql.ts';
import { emptyDatabase, testDatabase } from '#test/support/database.ts';

test('values arrive as the store promises', async (t) => {
  const database = await testDatabase(t);
  const [row] = await database.rows(sql`
    select 9007199254740991::bigint as big, 1.5::numeric as decimal, date '2026-03-01' as day, '{1,NULL,3}'::bigint[] as list,
           '{}'::numeric[] as none, timestamptz '2026-03-01 00:00:00+02' as instant`);
  assert.deepEqual(row, {
    big: 9_007_199_254_740_991,
    decimal: 1.5,
    day: '2026-03-01',
    list: [1, null, 3],
    none: [],
    instant: new Date('2026-02-28T22:00:00Z'),
  });
});

test('a transaction is kept whole or not at all', async (t) => {
  const database = await testDatabase(t);
  await database.execute(sql`create table public.kept (x integer)`);
  await database.transaction((connection) => connection.execute(sql`insert into public.kept values (1)`));
  const failing = database.transaction(async (connection) => {
    await connection.execute(sql`insert into public.kept values (2)`);
    throw new Error('no');
  });
  await assert.rejects(failing, /no/);
  assert.deepEqual(await database.rows(sql`select x from public.kept`), [{ x: 1 }]);
});

test('a transaction whose failed statement was passed over is not reported as kept', async (t) => {
  const database = await testDatabase(t);
  const work = database.transaction(async (connection) => {
    await connection.execute(sql`select 1 / 0`).catch(() => {});
  });
  await assert.rejects(work, /rolled back/);
});

test('a connection that is lost in a transaction fails it and nothing else', async (t) => {
  const url = await emptyDatabase(t);
  const losses: Error[] = [];
  const database = openDatabase({ url, connections: 2, onIdleError: (error) => losses.push(error) });
  t.after(() => database.close());
  const work = database.transaction(async (connection) => {
    const [own] = await connection.rows<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await database.execute(sql`select pg_terminate_backend(${own?.pid})`);
    while (losses.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await connection.execute(sql`select 1`);
  });
  // The loss itself, not that its client is of no use any more: it says that the store, not the statement, failed.
  await assert.rejects(work, { code: '57P01' });
  assert.deepEqual(await database.rows(sql`select 1 as x`), [{ x: 1 }]);
});

test('a plan by keys that was made for an empty table looks a large one up by its index too', async (t) => {
  const url = await emptyDatabase(t);
  const database = openDatabase({ url, connections: 1, plansByKeys: true });
  t.after(() => database.close());
  await database.execute(sql`create table thing (id integer primary key, name text)`);
  const change = (id: number): Promise<number> =>
    database.execute(
      sql`update thing set name = given.name from unnest(${[id]}::integer[], ${['x']}::text[]) as given(id, name) where thing.id = given.id`.named(
        'change_thing',
      ),
    );
  await change(1); // planned here
  await database.execute(sql`insert into thing select n, 'y' from generate_series(1, 5000) n`);
  assert.equal(await change(4000), 1);
  const [plan] = await database.rows<{ generic_plans: number }>(
    sql`select generic_plans from pg_prepared_statements where name = 'change_thing'`,
  );
  assert.equal(plan?.generic_plans, 2);
  const rows = await database.rows<{ 'QUERY PLAN': string }>(
    sql`explain execute change_thing('{4000}', '{x}')`,
  );
  const lines = rows.map((row) => row['QUERY PLAN']).join('\n');
  assert.match(lines, /Index Scan using thing_pkey/);
});

test('options in the URL are kept, and do not cost us our search path', async (t) => {
  const url = new URL(await emptyDatabase(t));
  url.searchParams.set('options', '-c statement_timeout=1234');
  const database = openDatabase({ url: url.href });
  t.after(() => database.close());
  const [row] = await database.rows(
    sql`select current_setting('statement_timeout') as timeout, current_setting('search_path') as path`,
  );
  assert.deepEqual(row, { timeout: '1234ms', path: 'assay_model,assay,public' });
});

test('nested fragments are renumbered', () => {
  const inner = sql`a = ${1} and b = ${2}`;
  const outer = sql`select ${0} where ${inner} and c = ${3}`;
  assert.equal(outer.text, 'select $1 where a = $2 and b = $3 and c = $4');
  assert.deepEqual(outer.values, [0, 1, 2, 3]);
});

test('identifiers and literals cannot end before their end', async (t) => {
  const database = await testDatabase(t);
  const name = `a"; drop schema assay cascade; --`;
  const value = `it's \\' a \\ "text"`;
  await database.execute(
    ddl`create table public.${identifier(name)} (${identifier('x')} text default ${literal(value)}, y integer)`,
  );
  await database.execute(ddl`insert into public.${identifier(name)} (${identifierList(['y'])}) select 1`);
  assert.deepEqual(await database.rows(ddl`select x from public.${identifier(name)}`), [{ x: value }]);
  assert.throws(() => identifier(''), RangeError);
  assert.throws(() => identifier('a\0b'), RangeError);
});
