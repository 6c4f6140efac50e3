import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresWarehouse } from '#adapters/postgres/warehouse.ts';
import { publishNow, ROUTES, stage, testWarehouse, type TestWarehouse } from './warehouse.ts';
import type { Enforcement } from '#model/ports.ts';

async function report(house: TestWarehouse, warehouse = house.warehouse): Promise<Enforcement> {
  const outcome = await warehouse.enforcement('gold.daily_routes');
  if (outcome.status !== 'success') throw new Error(outcome.reason);
  return outcome.value;
}

test('a role with INSERT, also on one partition or as a member, is named, and the statement ends it', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  await house.run("create table gold.p1 partition of gold.daily_routes for values in ('2001-01-01')");
  assert.equal((await report(house)).enforced, true);
  const [loader, odd, group, member] = [
    await house.role(),
    await house.role(),
    await house.role('nologin'),
    await house.role(),
  ];
  await house.run(`
    grant insert on gold.daily_routes to ${loader};
    grant update (flights) on gold.p1 to ${odd};
    grant delete on gold.daily_routes to ${group}; grant ${group} to ${member};
    grant select on gold.daily_routes to public`);
  const found = await report(house);
  assert.equal(found.enforced, false);
  assert.deepEqual(found.writers, [loader, odd, group, member].sort());
  assert.doesNotMatch(
    found.mend ?? '',
    new RegExp(`FROM "${member}"`),
    'the grant of the group is the fault, not the membership',
  );
  await house.run(found.mend ?? '');
  assert.deepEqual(await report(house).then(({ enforced, writers, mend }) => ({ enforced, writers, mend })), {
    enforced: true,
    writers: [],
    mend: null,
  });
  await house.run('grant truncate on gold.daily_routes to public');
  const open = await report(house);
  assert.deepEqual(open.writers, ['PUBLIC']);
  await house.run(open.mend ?? '');
  assert.equal((await report(house)).enforced, true);
});

test('an owner other than the gate writes too; superusers are named apart', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const owner = await house.role();
  await house.run(`alter table gold.daily_routes owner to ${owner}`);
  const found = await report(house);
  assert.deepEqual([found.enforced, found.writers], [false, [owner]]);
  await house.run(found.mend ?? '');
  assert.equal((await report(house)).enforced, true);
  const superuser = await house.role('superuser');
  assert.ok((await report(house)).superusers.includes(superuser));
});

test('a role without superuser rights publishes, and the loader that owned the staging table is shut out', async (t) => {
  const house = await testWarehouse(t);
  const [gate, loader] = [await house.role("login password 'gate'"), await house.role('login')];
  await house.run(`
    ${ROUTES};
    alter schema gold owner to ${gate}; alter table gold.daily_routes owner to ${gate};
    grant usage, create on schema staging to ${loader}, ${gate}; grant usage on schema gold to ${loader};
    grant ${loader} to ${gate}`);
  const ref = await stage(house, '2001-01-01');
  await house.run(`alter table ${ref} owner to ${loader}; grant insert on ${ref} to public`);
  const url = new URL(house.url);
  url.username = gate;
  url.password = 'gate';
  const warehouse = postgresWarehouse({ name: 'warehouse', url: url.href });
  t.after(() => warehouse.close());
  const outcome = await publishNow(warehouse, ref, 'one');
  assert.equal(outcome.status, 'published', JSON.stringify(outcome));
  const writes = `select has_table_privilege('${loader}', 'gold.daily_routes_p20010101', 'insert')`;
  assert.deepEqual(await house.values(writes), ['false']);
  assert.deepEqual((await report(house, warehouse)).writers, []);
  const missing = await warehouse.enforcement('gold.nowhere');
  assert.equal(missing.status, 'failure');
});
