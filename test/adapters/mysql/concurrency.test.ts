import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import { bears, mysqlHouse, publishNow, ROUTES, stage, versionOf, type MysqlHouse } from './warehouse.ts';

const DAY = 'flight_date=2001-01-01';
const target = 'gold.daily_routes';
const served = 'select count(*) from gold.daily_routes';

/** Waits until a session waits for a lock on a table. */
async function untilQueued(house: MysqlHouse, state = 'Waiting for table metadata lock'): Promise<void> {
  const waiting = `select id from information_schema.processlist where state = '${state}'`;
  while ((await house.values(waiting)).length === 0) await sleep(10);
}

describe('publishing at once in MariaDB', { skip: MARIADB_MISSING }, () => {
  let server: MariadbServer;
  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());

  test('of two publications at once of two candidates, one comes after the other and nothing is lost', async (t) => {
    const house = await mysqlHouse(t, server);
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
    const last = (
      await house.values("select token from gold.assay_publications where step = 'published'")
    )[0];
    const rows = last === 'one' ? ['2', '3'] : ['3', '2'];
    assert.deepEqual(await house.values(served), [rows[0]]);
    assert.deepEqual(await house.values('select count(*) from gold.daily_routes_p20010101_prev'), [rows[1]]);
    assert.ok(await bears(house.warehouse, target, DAY, 'one'), 'replaced is published too');
  });

  test('the same candidate published twice at once is published once', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    const ref = await stage(house, '2001-01-01');
    const version = await versionOf(house.warehouse, ref);
    const request = { token: 'one', target, partition: DAY, candidate: { kind: 'table', ref, version } };
    const outcomes = await Promise.all([house.warehouse.publish(request), house.warehouse.publish(request)]);
    const done = outcomes.map((outcome) => outcome.status === 'published' && outcome.alreadyDone);
    assert.deepEqual(new Set(done), new Set([false, true]));
  });

  test('a writer that is not finished makes the publication wait, and what it wrote is seen', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    const ref = await stage(house, '2001-01-01');
    const version = await versionOf(house.warehouse, ref);
    const writer = await house.connect();
    await writer.query('begin');
    await writer.query(`insert into ${ref} values ('2001-01-01', 'LATE', 1)`);
    const request = { token: 'one', target, partition: DAY, candidate: { kind: 'table', ref, version } };
    const waiting = await house.impatient.publish(request);
    assert.equal(waiting.status, 'retryable', 'the lock timeout ends the wait');
    const publishing = house.warehouse.publish(request);
    await untilQueued(house);
    await writer.query('commit');
    assert.equal((await publishing).status, 'version_moved');
    assert.deepEqual(await house.values(served), ['0']);
    assert.deepEqual(await house.values(`select count(*) from ${ref}`), ['4'], 'it lies where it lay');
  });

  test('a reader of gold that is not finished gives retryable, never a half publication', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    await publishNow(house.warehouse, await stage(house, '2001-01-01', 2), 'one');
    const ref = await stage(house, '2001-01-01', 3);
    const reader = await house.connect();
    await reader.query('begin');
    await reader.query(served);
    const outcome = await publishNow(house.impatient, ref, 'two');
    assert.equal(outcome.status, 'retryable', JSON.stringify(outcome));
    await reader.query('commit');
    assert.deepEqual(await house.values(served), ['2']);
    assert.deepEqual(await house.values(`select count(*) from ${ref}`), ['3'], 'it lies where it lay');
    assert.equal((await publishNow(house.warehouse, ref, 'two')).status, 'published');
  });

  test('whoever comes after its time gives up', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    const ref = await stage(house, '2001-01-01');
    const version = await versionOf(house.warehouse, ref);
    const candidate = { kind: 'table', ref, version };
    const late = { token: 'one', target, partition: DAY, candidate, notAfter: new Date(Date.now() - 60_000) };
    assert.equal((await house.warehouse.publish(late)).status, 'retryable');
    assert.deepEqual(await house.values(served), ['0']);
    const early = { ...late, notAfter: new Date(Date.now() + 60_000) };
    assert.equal((await house.warehouse.publish(early)).status, 'published');
  });

  test('nothing is concluded while a session of the publication lives', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    await publishNow(house.warehouse, await stage(house, '2001-01-01', 2), 'one');
    const ref = await stage(house, '2001-01-01', 3);
    const reader = await house.connect();
    await reader.query('begin');
    await reader.query(served);
    const publishing = publishNow(house.warehouse, ref, 'two');
    await untilQueued(house);
    const candidate = { kind: 'table', ref, version: '' };
    const asked = {
      kind: 'publish',
      token: 'two',
      target,
      partition: DAY,
      candidate,
      undoes: null,
      over: true,
    } as const;
    assert.equal((await house.impatient.conclude(asked)).status, 'retryable');
    await reader.query('commit');
    assert.equal((await publishing).status, 'published');
    assert.equal((await house.impatient.conclude(asked)).status, 'published');
  });

  test('a connection that is lost is retryable; the candidate is given back, and the warehouse goes on', async (t) => {
    const house = await mysqlHouse(t, server);
    await house.run(ROUTES);
    await publishNow(house.warehouse, await stage(house, '2001-01-01', 2), 'one');
    const ref = await stage(house, '2001-01-01', 3);
    const version = await versionOf(house.warehouse, ref);
    const reader = await house.connect();
    await reader.query('begin');
    await reader.query(served);
    const candidate = { kind: 'table', ref, version };
    const request = { token: 'two', target, partition: DAY, candidate };
    const publishing = house.warehouse.publish(request);
    await untilQueued(house);
    const [id] = await house.values(
      "select id from information_schema.processlist where state = 'Waiting for table metadata lock'",
    );
    await house.run(`kill ${id}`);
    const lost = await publishing;
    assert.equal(lost.status, 'retryable', JSON.stringify(lost));
    await reader.query('commit');
    const asked = { ...request, kind: 'publish', undoes: null, over: true } as const;
    assert.equal((await house.warehouse.conclude(asked)).status, 'never');
    assert.deepEqual(await house.values(`select count(*) from ${ref}`), ['3']);
    assert.deepEqual(await house.values(served), ['2']);
    assert.equal((await house.warehouse.publish(request)).status, 'published');
  });
});
