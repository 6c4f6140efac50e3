import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bears, publishNow, ROUTES, stage, testWarehouse, versionOf } from './warehouse.ts';

const DAY = 'flight_date=2001-01-01';
const served = "select route || ':' || flights from gold.daily_routes order by 1";

test('a candidate becomes the partition, and its token is on it', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  const outcome = await publishNow(house.warehouse, ref, 'token-1');
  assert.deepEqual(outcome, { status: 'published', alreadyDone: false, previous: null });
  assert.deepEqual(await house.values(served), ['R1:10', 'R2:20', 'R3:30']);
  assert.deepEqual(await house.values("select to_regclass('gold.daily_routes_p20010101') is not null"), [
    'true',
  ]);
  assert.ok(await bears(house.warehouse, 'gold.daily_routes', DAY, 'token-1'));
  const constraints = "select conname from pg_constraint where conname like 'assay%'";
  assert.deepEqual(await house.values(constraints), []);
});

test('facts and version are read together, and a missing number is absent', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  const items = [
    { key: 'row_count', sql: 'count(*)' },
    { key: 'sum(flights)', sql: 'sum("flights")' },
    { key: 'max(route)', sql: "max(case when route = 'none' then 1 end)" },
    { key: 'null_count(route)', sql: 'count(*) filter (where "route" is null)' },
  ];
  const statement = {
    about: ref,
    head: 'select',
    items,
    tail: `from only ${ref} as c`,
    candidate: true,
    groups: null,
    custom: false,
  };
  const measured = await house.warehouse.measure({ ref, statements: [statement] });
  assert.equal(measured.status, 'success');
  assert.deepEqual(
    [...(measured.status === 'success' ? measured.value.facts : [])],
    [
      ['row_count', 3],
      ['sum(flights)', 60],
      ['null_count(route)', 0],
    ],
  );
});

test('the version depends on the content, not on the order of rows', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  const version = await versionOf(house.warehouse, ref);
  await house.run(
    `create table staging.t as table ${ref}; truncate ${ref}; insert into ${ref} select * from staging.t order by route desc`,
  );
  assert.equal(await versionOf(house.warehouse, ref), version, 'the same rows in another order');
  await house.run(
    `update ${ref} set flights = flights + case route when 'R1' then 1 when 'R2' then -1 else 0 end`,
  );
  const changed = await versionOf(house.warehouse, ref);
  assert.notEqual(changed, version, 'the same count and sum, other rows');
  await house.run(
    `truncate ${ref}; insert into ${ref} select * from staging.t; insert into ${ref} select * from staging.t`,
  );
  assert.notEqual(await versionOf(house.warehouse, ref), version, 'every row twice');
  await house.run(`drop table ${ref}; alter table staging.t rename to daily_routes_20010101`);
  assert.notEqual(await versionOf(house.warehouse, ref), version, 'another table under the same name');
});

test('a changed candidate is refused and nothing changes', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  await publishNow(house.warehouse, await stage(house, '2001-01-01'), 'first');
  const ref = await stage(house, '2001-01-01', 5, 'second');
  const version = await versionOf(house.warehouse, ref);
  await house.run(`update ${ref} set flights = 11 where route = 'R1'`);
  const outcome = await house.warehouse.publish({
    token: 'second',
    target: 'gold.daily_routes',
    partition: DAY,
    candidate: { kind: 'table', ref, version },
  });
  assert.equal(outcome.status, 'version_moved');
  assert.equal(outcome.status === 'version_moved' && outcome.actual, await versionOf(house.warehouse, ref));
  assert.deepEqual(await house.values(served), ['R1:10', 'R2:20', 'R3:30']);
  assert.deepEqual(await house.values(`select count(*) from ${ref}`), ['5']);
  assert.ok(await bears(house.warehouse, 'gold.daily_routes', DAY, 'first'));
});

test('the same token again does nothing, also when the staging table is gone', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  const version = await versionOf(house.warehouse, ref);
  const request = {
    token: 'one',
    target: 'gold.daily_routes',
    partition: DAY,
    candidate: { kind: 'table', ref, version },
  };
  await house.warehouse.publish(request);
  assert.deepEqual(await house.warehouse.publish(request), {
    status: 'published',
    alreadyDone: true,
    previous: null,
  });
  const other = await house.warehouse.publish({ ...request, token: 'two' });
  assert.deepEqual(other, { status: 'version_moved', actual: null });
});

test('the previous partition is kept, once, and rollback puts it back', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  await house.run("create table gold.by_hand partition of gold.daily_routes for values in ('2001-01-01')");
  await house.run(
    "insert into gold.by_hand values ('2001-01-01', 'HAND', 1); comment on table gold.by_hand is 'made by hand'",
  );
  // The same staging name each time: its indexes must not collide with those of the last one.
  await house.run('create index on gold.daily_routes (route)');
  for (const [token, rows] of [
    ['one', 1],
    ['two', 2],
    ['three', 3],
  ] as const) {
    const outcome = await publishNow(house.warehouse, await stage(house, '2001-01-01', rows), token);
    assert.deepEqual(outcome, { status: 'published', alreadyDone: false, previous: 'gold.by_hand_prev' });
  }
  assert.deepEqual(
    await house.values('select count(*) from gold.by_hand_prev'),
    ['2'],
    'the one before last is gone',
  );
  const request = { token: 'back', target: 'gold.daily_routes', partition: DAY };
  const back = await house.warehouse.rollback(request);
  assert.deepEqual(back, { status: 'published', alreadyDone: false, previous: 'gold.by_hand_rolledback' });
  assert.deepEqual(await house.values(served), ['R1:10', 'R2:20']);
  const again = await house.warehouse.rollback(request);
  assert.equal(again.status === 'published' && again.alreadyDone, true);
  assert.deepEqual(await house.values(served), ['R1:10', 'R2:20']);
  const further = await house.warehouse.rollback({ ...request, token: 'back-2' });
  assert.equal(further.status, 'failure');
  const comment = await house.values("select obj_description('gold.by_hand'::regclass)");
  assert.equal(JSON.parse(comment[0] ?? '').comment, 'made by hand');
});

test('kept data that was changed is not put back', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  await publishNow(house.warehouse, await stage(house, '2001-01-01', 1), 'one');
  await publishNow(house.warehouse, await stage(house, '2001-01-01', 2), 'two');
  await house.run('update gold.daily_routes_p20010101_prev set flights = 0');
  const outcome = await house.warehouse.rollback({
    token: 'back',
    target: 'gold.daily_routes',
    partition: DAY,
  });
  assert.equal(outcome.status, 'version_moved');
  assert.deepEqual(await house.values(served), ['R1:10', 'R2:20']);
});

test('a table that Assay did not keep is never dropped to make room', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  await publishNow(house.warehouse, await stage(house, '2001-01-01', 1), 'one');
  await house.run('create table gold.daily_routes_p20010101_prev as select 1 as precious');
  const outcome = await publishNow(house.warehouse, await stage(house, '2001-01-01', 2), 'two');
  assert.equal(outcome.status, 'failure');
  assert.deepEqual(await house.values('select precious from gold.daily_routes_p20010101_prev'), ['1']);
  assert.deepEqual(await house.values(served), ['R1:10']);
});

test('RANGE partitions: the day is made, a month is never replaced by one of its days', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES.replace('by list', 'by range'));
  assert.equal(
    (await publishNow(house.warehouse, await stage(house, '2001-01-01'), 'one')).status,
    'published',
  );
  assert.deepEqual(
    await house.values(
      "select pg_get_expr(relpartbound, oid) from pg_class where relname = 'daily_routes_p20010101'",
    ),
    ["FOR VALUES FROM ('2001-01-01') TO ('2001-01-02')"],
  );
  const again = await publishNow(house.warehouse, await stage(house, '2001-01-01', 4), 'two');
  assert.equal(again.status === 'published' && again.previous, 'gold.daily_routes_p20010101_prev');
  await house.run(
    "create table gold.february partition of gold.daily_routes for values from ('2001-02-01') to ('2001-03-01')",
  );
  await house.run("insert into gold.february values ('2001-02-17', 'KEEP', 1)");
  const ref = await stage(house, '2001-02-01');
  const refused = await publishNow(house.warehouse, ref, 'three', 'flight_date=2001-02-01');
  assert.equal(refused.status, 'failure');
  assert.match(refused.status === 'failure' ? refused.reason : '', /overlap/);
  assert.deepEqual(
    await house.values("select route from gold.daily_routes where flight_date >= '2001-02-01'"),
    ['KEEP'],
  );
  assert.equal((await publishNow(house.warehouse, ref, 'month', 'flight_date=2001-02')).status, 'published');
});

test('rows of another day do not slip into a partition', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  await house.run(`insert into ${ref} values ('2001-01-02', 'STRAY', 1)`);
  const outcome = await publishNow(house.warehouse, ref, 'one');
  assert.equal(outcome.status, 'failure');
  assert.match(
    outcome.status === 'failure' ? outcome.reason : '',
    /rows that are not in flight_date=2001-01-01/,
  );
  assert.deepEqual(await house.values(served), []);
});

test('an unpartitioned target is swapped, with its owner and its readers', async (t) => {
  const house = await testWarehouse(t);
  await house.run(
    "create table gold.airports (code text primary key, city text); insert into gold.airports values ('A', 'old')",
  );
  const reader = await house.role();
  await house.run(`grant select on gold.airports to ${reader}`);
  await house.run(
    "create table staging.airports (like gold.airports including all); insert into staging.airports values ('A', 'new')",
  );
  await house.run(`grant insert on staging.airports to public`);
  const outcome = await publishNow(house.warehouse, 'staging.airports', 'one', '', 'gold.airports');
  assert.deepEqual(outcome, { status: 'published', alreadyDone: false, previous: 'gold.airports_prev' });
  assert.deepEqual(await house.values('select city from gold.airports'), ['new']);
  assert.deepEqual(await house.values(`select has_table_privilege('${reader}', 'gold.airports', 'select')`), [
    'true',
  ]);
  assert.deepEqual(await house.values(`select has_table_privilege('${reader}', 'gold.airports', 'insert')`), [
    'false',
  ]);
  assert.equal(
    (await house.warehouse.rollback({ token: 'back', target: 'gold.airports', partition: '' })).status,
    'published',
  );
  assert.deepEqual(await house.values('select city from gold.airports'), ['old']);
});

test('a swap that would leave a view or a key behind is refused', async (t) => {
  const house = await testWarehouse(t);
  await house.run('create table gold.airports (code text primary key, city text)');
  await house.run('create table staging.bare (code text, city text)');
  const bare = await publishNow(house.warehouse, 'staging.bare', 'one', '', 'gold.airports');
  assert.match(bare.status === 'failure' ? bare.reason : '', /PRIMARY KEY/);
  await house.run(
    'create view gold.cities as select city from gold.airports; create table staging.airports (like gold.airports including all)',
  );
  const viewed = await publishNow(house.warehouse, 'staging.airports', 'two', '', 'gold.airports');
  assert.match(viewed.status === 'failure' ? viewed.reason : '', /the view gold\.cities/);
});

test('odd identifiers and values are only ever names and values', async (t) => {
  const house = await testWarehouse(t);
  await house.run(`
    create schema "go""ld; drop";
    create table "go""ld; drop"."Ta.ble ''x''" ("re""gion" text not null, n int) partition by list ("re""gion");
    create table staging."can ""did' ate" ("re""gion" text not null, n int);
    insert into staging."can ""did' ate" values ('e''u\\; drop table x', 1)`);
  const target = `"go""ld; drop"."Ta.ble ''x''"`;
  const partition = `re"gion=e'u\\; drop table x`;
  const ref = `staging."can ""did' ate"`;
  for (const token of ['one', 'two']) {
    const outcome = await publishNow(house.warehouse, ref, token, partition, target);
    assert.equal(outcome.status, 'published', JSON.stringify(outcome));
    if (token === 'one')
      await house.run(
        `create table ${ref} as table ${target}; alter table ${ref} alter "re""gion" set not null`,
      );
  }
  assert.ok(await bears(house.warehouse, target, partition, 'two'));
  assert.deepEqual(await house.values(`select count(*) from ${target}`), ['1']);
});

test('what cannot be published is refused in words', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  const cases: [string, string, RegExp][] = [
    ['gold.nowhere', DAY, /does not exist/],
    ['gold.daily_routes', 'region=eu', /is partitioned by flight_date/],
    ['gold.daily_routes', '', /is partitioned by flight_date/],
    ['gold.daily_routes', 'flight_date=2001-01-01/region=eu', /is partitioned by flight_date/],
    ['gold.daily_routes', 'flight_date=someday', /no value of the column's type, date/],
    ['a.b.c', DAY, /not a table name/],
  ];
  for (const [target, partition, words] of cases) {
    const outcome = await publishNow(house.warehouse, ref, 'one', partition, target);
    assert.match(outcome.status === 'failure' ? outcome.reason : JSON.stringify(outcome), words);
  }
  const absent = await house.warehouse.measure({ ref: 'staging.absent', statements: [] });
  assert.match(absent.status === 'failure' ? absent.reason : '', /staging\.absent/);
  await house.run(`create view staging.v as table ${ref}`);
  const view = await house.warehouse.measure({ ref: 'staging.v', statements: [] });
  assert.match(view.status === 'failure' ? view.reason : JSON.stringify(view), /not an ordinary table/);
});
