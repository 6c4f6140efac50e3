import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import { bears, mysqlHouse, publishNow, ROUTES, stage, versionOf } from './warehouse.ts';

const DAY = 'flight_date=2001-01-01';
const TARGET = 'gold.daily_routes';
const SERVED = "select concat(route, ':', flights) from gold.daily_routes order by 1";
const TABLES =
  "select concat(table_schema, '.', table_name) from information_schema.tables where table_schema in ('gold', 'staging') and table_name <> 'assay_publications' order by 1";

describe('publishing in MariaDB', { skip: MARIADB_MISSING }, () => {
  let server: MariadbServer;
  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());

  test('a candidate becomes the partition, which is made, and its token is in the journal', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    const ref = await stage(house, '2001-01-01');
    const outcome = await publishNow(house.warehouse, ref, 'token-1');
    assert.deepEqual(outcome, { status: 'published', alreadyDone: false, previous: null });
    assert.deepEqual(await house.values(SERVED), ['R1:10', 'R2:20', 'R3:30']);
    assert.ok(await bears(house.warehouse, TARGET, DAY, 'token-1'));
    assert.equal(await bears(house.warehouse, TARGET, DAY, 'token-2'), false);
    assert.deepEqual(await house.values(TABLES), ['gold.daily_routes'], 'nothing is left beside it');
    const partitions =
      "select concat(partition_name, ' ', partition_description) from information_schema.partitions where table_schema = 'gold' and table_name = 'daily_routes' order by partition_ordinal_position";
    assert.deepEqual(await house.values(partitions), [
      "before_all '2000-01-01'",
      "p20010101_before '2001-01-01'",
      "p20010101 '2001-01-02'",
    ]);
  });

  test('a changed candidate is refused, nothing changes, and it lies where it lay', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    await publishNow(house.warehouse, await stage(house, '2001-01-01'), 'first');
    const ref = await stage(house, '2001-01-01', 5, 'second');
    const version = await versionOf(house.warehouse, ref);
    await house.run(`update ${ref} set flights = 11 where route = 'R1'`);
    const outcome = await house.warehouse.publish({
      token: 'second',
      target: TARGET,
      partition: DAY,
      candidate: { kind: 'table', ref, version },
    });
    assert.deepEqual(outcome, {
      status: 'version_moved',
      actual: await versionOf(house.warehouse, ref),
    });
    assert.deepEqual(await house.values(SERVED), ['R1:10', 'R2:20', 'R3:30']);
    assert.deepEqual(await house.values(TABLES), ['gold.daily_routes', 'staging.second']);
    assert.ok(await bears(house.warehouse, TARGET, DAY, 'first'));
    const again = await publishNow(house.warehouse, ref, 'second');
    assert.equal(again.status, 'published', 'the same token, evaluated anew');
    assert.equal((await house.values(SERVED)).length, 5);
  });

  test('the same token again does nothing, also when the staging table is gone', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    const ref = await stage(house, '2001-01-01');
    const version = await versionOf(house.warehouse, ref);
    const request = {
      token: 'one',
      target: TARGET,
      partition: DAY,
      candidate: { kind: 'table', ref, version },
    };
    await house.warehouse.publish(request);
    assert.deepEqual(await house.warehouse.publish({ ...request, target: 'daily_routes' }), {
      status: 'published',
      alreadyDone: true,
      previous: null,
    });
    const other = await house.warehouse.publish({ ...request, token: 'two' });
    assert.deepEqual(other, { status: 'version_moved', actual: null });
  });

  test('the previous partition is kept, once, and rollback puts it back', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    await house.run(
      "alter table gold.daily_routes add partition (partition day_before values less than ('2001-01-01'), partition by_hand values less than ('2001-01-02'))",
    );
    await house.run("insert into gold.daily_routes values ('2001-01-01', 'HAND', 1)");
    const kept = 'gold.daily_routes_by_hand_prev';
    for (const [token, rows] of [
      ['one', 1],
      ['two', 2],
      ['three', 3],
    ] as const) {
      const outcome = await publishNow(house.warehouse, await stage(house, '2001-01-01', rows), token);
      assert.deepEqual(outcome, { status: 'published', alreadyDone: false, previous: kept });
    }
    assert.deepEqual(
      await house.values(`select count(*) from ${kept}`),
      ['2'],
      'the one before last is gone',
    );
    const request = { token: 'back', target: TARGET, partition: DAY };
    const back = await house.warehouse.rollback(request);
    const aside = 'gold.daily_routes_by_hand_rolledback';
    assert.deepEqual(back, { status: 'published', alreadyDone: false, previous: aside });
    assert.deepEqual(await house.values(SERVED), ['R1:10', 'R2:20']);
    const again = await house.warehouse.rollback(request);
    assert.equal(again.status === 'published' && again.alreadyDone, true);
    assert.deepEqual(await house.values(SERVED), ['R1:10', 'R2:20']);
    assert.deepEqual(await house.values(`select count(*) from ${aside}`), ['3']);
    const further = await house.warehouse.rollback({ ...request, token: 'back-2' });
    assert.equal(further.status, 'failure');
    assert.equal(
      (await publishNow(house.warehouse, await stage(house, '2001-01-01', 4), 'four')).status,
      'published',
    );
    assert.deepEqual(await house.values(`select count(*) from ${kept}`), ['2']);
  });

  test('kept data that was changed is not put back', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    await publishNow(house.warehouse, await stage(house, '2001-01-01', 1), 'one');
    await publishNow(house.warehouse, await stage(house, '2001-01-01', 2), 'two');
    await house.run('update gold.daily_routes_p20010101_prev set flights = 0');
    const request = { token: 'back', target: TARGET, partition: DAY };
    assert.equal((await house.warehouse.rollback(request)).status, 'version_moved');
    assert.deepEqual(await house.values(SERVED), ['R1:10', 'R2:20']);
    await house.run('update gold.daily_routes_p20010101_prev set flights = 10');
    assert.equal((await house.warehouse.rollback(request)).status, 'published', 'it still lies there');
  });

  test('a table that Assay did not keep is never dropped', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    await publishNow(house.warehouse, await stage(house, '2001-01-01', 1), 'one');
    await house.run('create table gold.daily_routes_p20010101_prev as select 1 as precious');
    const outcome = await publishNow(house.warehouse, await stage(house, '2001-01-01', 2), 'two');
    assert.equal(outcome.status, 'published');
    assert.deepEqual(await house.values('select precious from gold.daily_routes_p20010101_prev'), ['1']);
    const kept = outcome.status === 'published' ? outcome.previous : null;
    assert.match(String(kept), /^gold\.daily_routes_p20010101_prev_[0-9a-f]{8}$/);
    assert.deepEqual(await house.values(`select count(*) from ${kept}`), ['1']);
    assert.equal(
      (await house.warehouse.rollback({ token: 'back', target: TARGET, partition: DAY })).status,
      'published',
    );
    assert.deepEqual(await house.values(SERVED), ['R1:10']);
  });

  test('rows of another day do not slip into a partition, and the candidate lies where it lay', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    const ref = await stage(house, '2001-01-01');
    await house.run(`insert into ${ref} values ('2001-01-02', 'STRAY', 1)`);
    const outcome = await publishNow(house.warehouse, ref, 'one');
    assert.equal(outcome.status, 'failure');
    assert.match(outcome.status === 'failure' ? outcome.reason : '', /rows that are not in the partition/);
    assert.deepEqual(await house.values(SERVED), []);
    assert.deepEqual(await house.values(TABLES), ['gold.daily_routes', ref]);
  });

  test('partitions by list, by numbers, by to_days and below MAXVALUE', async (t) => {
    const house = await mysqlHouse(t, server);
    const columns = '(flight_date date not null, route varchar(20) not null, flights int not null)';
    const make = async (how: string): Promise<void> => {
      await house.run(`drop table if exists gold.daily_routes`);
      await house.run(`create table gold.daily_routes ${columns} ${how}`);
    };
    const parts =
      "select concat(partition_name, ' ', partition_description) from information_schema.partitions where table_schema = 'gold' and table_name = 'daily_routes' order by partition_ordinal_position";
    const publishDay = async (key: string, token: string): Promise<string> => {
      await house.run('drop table if exists staging.daily_routes_20010101');
      return (await publishNow(house.warehouse, await stage(house, '2001-01-01'), token, key)).status;
    };
    await make("partition by list columns (flight_date) (partition old values in ('2000-01-01'))");
    assert.equal(await publishDay(DAY, 'list'), 'published');
    await make("partition by list columns (route) (partition other values in ('X', 'Y'))");
    assert.equal(await publishDay('route=X', 'two'), 'failure', 'it holds more than the key says');
    await make('partition by range (flights) (partition low values less than (10))');
    assert.equal(await publishDay('flights=10', 'number'), 'failure', 'other rows');
    await house.run("delete from staging.daily_routes_20010101 where route <> 'R1'");
    const number = await publishNow(
      house.warehouse,
      'staging.daily_routes_20010101',
      'number-2',
      'flights=10',
    );
    assert.equal(number.status, 'published');
    assert.deepEqual(await house.values(parts), ['low 10', 'p10 11']);
    await make(
      "partition by range (to_days(flight_date)) (partition old values less than (to_days('2000-01-01')), partition rest values less than maxvalue)",
    );
    assert.equal(await publishDay('flight_date=2001-01', 'month'), 'published');
    assert.deepEqual(await house.values(parts), [
      'old 730485',
      'p200101_before 730851',
      'p200101 730882',
      'rest MAXVALUE',
    ]);
    assert.equal(await publishDay(DAY, 'day of a month'), 'failure', 'a month is not replaced by a day');
    assert.deepEqual(await house.values(SERVED), ['R1:10', 'R2:20', 'R3:30']);
    await house.run("insert into gold.daily_routes values ('2002-01-01', 'LATE', 1)");
    assert.equal(
      await publishDay('flight_date=2001-02', 'february'),
      'failure',
      'the last partition has rows',
    );
  });

  test('an unpartitioned target is renamed; its comment and its views stay with the name', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(
      "create table gold.airports (code varchar(3) primary key, city varchar(20)) comment = 'all of them'; insert into gold.airports values ('A', 'old'); create view gold.cities as select city from gold.airports",
    );
    await house.run(
      "create table staging.airports like gold.airports; alter table staging.airports comment = ''; insert into staging.airports values ('A', 'new')",
    );
    const outcome = await publishNow(house.warehouse, 'staging.airports', 'one', '', 'gold.airports');
    assert.deepEqual(outcome, { status: 'published', alreadyDone: false, previous: 'gold.airports_prev' });
    assert.deepEqual(await house.values('select city from gold.cities'), ['new']);
    const comment =
      "select table_comment from information_schema.tables where table_schema = 'gold' and table_name = 'airports'";
    assert.deepEqual(await house.values(comment), ['all of them']);
    const back = { token: 'back', target: 'gold.airports', partition: '' };
    assert.equal((await house.warehouse.rollback(back)).status, 'published');
    assert.deepEqual(await house.values('select city from gold.cities'), ['old']);
    assert.deepEqual(await house.values(comment), ['all of them']);
    assert.equal((await house.warehouse.rollback(back)).status, 'published', 'a rename is never made twice');
    assert.deepEqual(await house.values('select city from gold.cities'), ['old']);
  });

  test('a rename that would leave an index, a trigger or a key behind is refused', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run('create table gold.airports (code varchar(3) primary key, city varchar(20))');
    await house.run('create table staging.bare (code varchar(3) not null, city varchar(20))');
    const bare = await publishNow(house.warehouse, 'staging.bare', 'one', '', 'gold.airports');
    assert.match(bare.status === 'failure' ? bare.reason : '', /unique index on code/);
    await house.run(
      'create table gold.flights (code varchar(3), foreign key (code) references gold.airports (code)); create table staging.airports like gold.airports',
    );
    const held = await publishNow(house.warehouse, 'staging.airports', 'two', '', 'gold.airports');
    assert.match(held.status === 'failure' ? held.reason : '', /foreign key .* of gold\.flights/);
  });
});
