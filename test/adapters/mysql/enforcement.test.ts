import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mysqlWarehouse } from '#adapters/mysql/warehouse.ts';
import type { Enforcement, Warehouse } from '#model/ports.ts';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import { mysqlHouse, publishNow, ROUTES, stage } from './warehouse.ts';

async function report(warehouse: Warehouse): Promise<Enforcement> {
  const outcome = await warehouse.enforcement('gold.daily_routes');
  if (outcome.status !== 'success') throw new Error(outcome.reason);
  return outcome.value;
}

describe('who may write gold in MariaDB', { skip: MARIADB_MISSING }, () => {
  let server: MariadbServer;
  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());

  test('every way to write is named, and the statements end it', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(`${ROUTES};
      create user gate@'%' identified by 'gate';
      grant all on gold.* to gate@'%';
      grant select, alter, drop, create, insert on staging.* to gate@'%';
      grant select on mysql.* to gate@'%';
      create role gatekeepers; grant insert on gold.* to gatekeepers; grant gatekeepers to gate@'%'`);
    const url = new URL(house.url);
    url.username = 'gate';
    url.password = 'gate';
    const gate = mysqlWarehouse({ name: 'warehouse', url: url.href });
    t.after(() => gate.close());
    const first = await report(gate);
    assert.deepEqual([first.enforced, first.writers, first.mend], [true, [], null]);
    assert.ok(first.superusers.includes('root@localhost'), String(first.superusers));
    await house.run(`
      create user everywhere@'%'; grant insert, update on *.* to everywhere@'%';
      create user pattern@'%'; grant drop on \`go%\`.* to pattern@'%';
      create user a_column@localhost; grant select, update (flights) on gold.daily_routes to a_column@localhost;
      create user elsewhere@'%'; grant insert on staging.* to elsewhere@'%';
      create user reader@'%'; grant select on gold.* to reader@'%';
      create role loaders; grant delete on gold.* to loaders; create user loader@'%'; grant loaders to loader@'%';
      create role nobody; grant insert on gold.daily_routes to nobody;
      create user guest@'%'; grant gatekeepers to guest@'%'`);
    const found = await report(gate);
    assert.equal(found.enforced, false);
    assert.deepEqual(found.writers, [
      'a_column@localhost',
      'everywhere@%',
      'guest@%',
      'loader@%',
      'pattern@%',
      'role nobody',
    ]);
    await house.run(found.mend ?? '');
    const mended = await report(gate);
    assert.deepEqual([mended.enforced, mended.writers, mended.mend], [true, [], null]);
    const outcome = await publishNow(gate, await stage(house, '2001-01-01'), 'one');
    assert.equal(outcome.status, 'published', JSON.stringify(outcome));
  });

  test('an account that may not see the grants says so', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(`${ROUTES}; create user blind@'%' identified by 'x'; grant all on gold.* to blind@'%'`);
    const url = new URL(house.url);
    url.username = 'blind';
    url.password = 'x';
    const blind = mysqlWarehouse({ name: 'warehouse', url: url.href });
    t.after(() => blind.close());
    const outcome = await blind.enforcement('gold.daily_routes');
    assert.match(outcome.status === 'failure' ? outcome.reason : '', /SELECT on the database mysql/);
  });
});
