import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bears, publishNow, ROUTES, stage, testWarehouse, versionOf } from './warehouse.ts';

const DAY = 'flight_date=2001-01-01';
const target = 'gold.daily_routes';
const served = 'select count(*) from gold.daily_routes';

test('of two publications at once of two candidates, one comes after the other and nothing is lost', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const first = await stage(house, '2001-01-01', 2, 'first');
  const second = await stage(house, '2001-01-01', 3, 'second');
  const outcomes = await Promise.all([
    publishNow(house.warehouse, first, 'one'),
    publishNow(house.warehouse, second, 'two'),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['published', 'published'],
  );
  const rows = (await bears(house.warehouse, target, DAY, 'one')) ? ['2', '3'] : ['3', '2'];
  assert.deepEqual(await house.values(served), [rows[0]]);
  assert.deepEqual(await house.values('select count(*) from gold.daily_routes_p20010101_prev'), [rows[1]]);
});

test('the same candidate published twice at once is published once', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  const version = await versionOf(house.warehouse, ref);
  const request = { token: 'one', target, partition: DAY, candidate: { kind: 'table', ref, version } };
  const outcomes = await Promise.all([house.warehouse.publish(request), house.warehouse.publish(request)]);
  const done = outcomes.map((outcome) => outcome.status === 'published' && outcome.alreadyDone);
  assert.deepEqual(new Set(done), new Set([false, true]));
});

test('a writer that is not finished makes the publication wait, and what it wrote is seen', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  const version = await versionOf(house.warehouse, ref);
  const writer = await house.connect();
  await writer.query(`begin; insert into ${ref} values ('2001-01-01', 'LATE', 1)`);
  const request = { token: 'one', target, partition: DAY, candidate: { kind: 'table', ref, version } };
  const waiting = await house.impatient.publish(request);
  assert.equal(waiting.status, 'retryable', 'the lock timeout ends the wait');
  const publishing = house.warehouse.publish(request);
  const queued = `select 1 from pg_locks where relation = '${ref}'::regclass and not granted`;
  while ((await house.values(queued)).length === 0);
  await writer.query('commit');
  assert.equal((await publishing).status, 'version_moved');
  assert.deepEqual(await house.values(served), ['0']);
});

test('a reader of gold that is not finished gives retryable, never a half publication', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  await publishNow(house.warehouse, await stage(house, '2001-01-01', 2), 'one');
  const ref = await stage(house, '2001-01-01', 3);
  const reader = await house.connect();
  await reader.query(`begin; ${served}`);
  const outcome = await publishNow(house.impatient, ref, 'two');
  assert.equal(outcome.status, 'retryable', JSON.stringify(outcome));
  await reader.query('commit');
  assert.deepEqual(await house.values(served), ['2']);
  assert.equal((await publishNow(house.warehouse, ref, 'two')).status, 'published');
});

test('whoever comes after its time gives up', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  const version = await versionOf(house.warehouse, ref);
  const candidate = { kind: 'table', ref, version };
  const notAfter = new Date(Date.now() - 60_000);
  const outcome = await house.warehouse.publish({
    token: 'one',
    target,
    partition: DAY,
    candidate,
    notAfter,
  });
  assert.equal(outcome.status, 'retryable');
  assert.deepEqual(await house.values(served), ['0']);
});

test('a connection that is lost is retryable, and the warehouse goes on', async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const ref = await stage(house, '2001-01-01');
  const blocker = await house.connect();
  await blocker.query(`begin; lock table ${ref}`);
  const measuring = house.warehouse.measure({ ref, statements: [] });
  let killed = 0;
  while (killed === 0) {
    const found = await house.values(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'assay-gate' and datname = current_database() and wait_event_type = 'Lock'",
    );
    killed = found.length;
  }
  const lost = await measuring;
  assert.equal(lost.status, 'retryable', JSON.stringify(lost));
  await blocker.query('rollback');
  assert.equal((await publishNow(house.warehouse, ref, 'one')).status, 'published');
});
