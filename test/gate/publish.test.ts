import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '#collector/problems.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { repairPublications } from '#gate/ledger.ts';
import { rollbackPartition } from '#gate/rollback.ts';
import type { GateServices } from '#gate/services.ts';
import type { PublishOutcome, Warehouse } from '#model/ports.ts';
import { evaluationById, type EvaluationRow } from '#store/evaluations.ts';
import { hallmarks, openPublications, type HallmarkRow, type PublicationRow } from '#store/publications.ts';
import { bears } from '#test/adapters/postgres/warehouse.ts';
import { problemOf, served, testGate, type TestGate } from './gate.ts';

const DAY = 'flight_date=2001-01-01';
const LATER = 120_000;

function publish(gate: TestGate, row: EvaluationRow, services = gate.services): Promise<PublicationRow> {
  return publishEvaluation(services, row.id, { expectedVersion: row.candidate_version ?? '' }, new Date());
}

/** The gate with a warehouse whose publications are changed by `change`. */
function withWarehouse(gate: TestGate, change: Partial<Warehouse>): GateServices {
  return { ...gate.services, warehouses: new Map([['warehouse', { ...gate.house.warehouse, ...change }]]) };
}

async function stateOf(gate: TestGate, row: EvaluationRow): Promise<string | undefined> {
  const [found] = await gate.services.database.rows<EvaluationRow>(evaluationById(row.id));
  return found?.state;
}

test('what was allowed is published once, however often it is asked for', async (t) => {
  const gate = await testGate(t);
  const row = await gate.evaluate('2001-01-01', 3);
  const first = await publish(gate, row);
  assert.deepEqual([first.state, first.previous], ['published', null]);
  assert.deepEqual(await publish(gate, row), first);
  assert.equal(await stateOf(gate, row), 'published');
  assert.deepEqual(await served(gate.house), ['2001-01-01 3']);
  assert.ok(await bears(gate.house.warehouse, 'gold.daily_routes', DAY, first.id));
});

test('a candidate that changed after it was checked is not published, nor under a wrong version', async (t) => {
  const gate = await testGate(t);
  const row = await gate.evaluate('2001-01-01', 3);
  assert.equal(
    await problemOf(publishEvaluation(gate.services, row.id, { expectedVersion: 'other' }, new Date())),
    'version_moved',
  );
  await gate.house.run(`insert into ${row.candidate_ref} values ('2001-01-01', 'LATE', 1)`);
  assert.equal(await problemOf(publish(gate, row)), 'version_moved');
  assert.deepEqual(await served(gate.house), []);
  assert.equal(await stateOf(gate, row), 'passed');
  await gate.house.run(`delete from ${row.candidate_ref} where route = 'LATE'`);
  assert.equal((await publish(gate, row)).state, 'published', 'it is again what was checked');
});

test('what the target refuses is told in its words, and can be published once the target takes it', async (t) => {
  const gate = await testGate(t);
  const row = await gate.evaluate('2001-01-01', 3);
  await gate.house.run('alter table gold.daily_routes add constraint many check (flights > 0)');
  await assert.rejects(publish(gate, row), (error) => {
    assert(error instanceof Problem);
    assert.deepEqual([error.kind, error.status], ['publication_refused', 409]);
    assert.match(error.message, /many/);
    return true;
  });
  assert.deepEqual(await served(gate.house), []);
  await gate.house.run('alter table gold.daily_routes drop constraint many');
  assert.equal((await publish(gate, row)).state, 'published');
});

test('of two publications at once one does it, and the other gets its answer or is asked to wait', async (t) => {
  const gate = await testGate(t);
  const row = await gate.evaluate('2001-01-01', 3);
  const outcomes = await Promise.allSettled([publish(gate, row), publish(gate, row), publish(gate, row)]);
  const done = outcomes.filter(({ status }) => status === 'fulfilled');
  assert.ok(done.length >= 1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      assert.equal(await problemOf(Promise.reject(outcome.reason as Error)), 'conflict');
  }
  assert.deepEqual(await served(gate.house), ['2001-01-01 3']);
  assert.deepEqual(
    await gate.house.values("select count(*) from pg_class where relname like '%prev'"),
    ['0'],
    'not exchanged with itself',
  );
});

test('the process ended after the warehouse had published: the repair finishes the ledger', async (t) => {
  const gate = await testGate(t);
  const row = await gate.evaluate('2001-01-01', 3);
  const crash = new Error('ended');
  const services = withWarehouse(gate, {
    async publish(request) {
      const outcome = await gate.house.warehouse.publish(request);
      assert.equal(outcome.status, 'published');
      throw crash;
    },
  });
  await assert.rejects(publish(gate, row, services), crash);
  const [left] = await gate.services.database.rows<PublicationRow>(openPublications());
  const report = await repairPublications(gate.services, new Date());
  assert.deepEqual(report, { finished: [left?.id], failed: [], left: [] });
  assert.equal(await stateOf(gate, row), 'published');
  assert.equal((await publish(gate, row)).state, 'published');
});

test('the process ended before the warehouse had published: the repair waits for its time, then says failed', async (t) => {
  const gate = await testGate(t);
  await publish(gate, await gate.evaluate('2001-01-01', 2));
  const row = await gate.evaluate('2001-01-01', 3);
  const services = withWarehouse(gate, { publish: () => Promise.reject(new Error('ended')) });
  await assert.rejects(publish(gate, row, services), /ended/);
  const [left] = await gate.services.database.rows<PublicationRow>(openPublications());
  assert.deepEqual(await repairPublications(gate.services, new Date()), {
    finished: [],
    failed: [],
    left: [left?.id],
  });
  assert.equal(await problemOf(publish(gate, row)), 'conflict', 'the other may still be at it');
  const later = new Date(Date.now() + LATER);
  assert.deepEqual(await repairPublications(gate.services, later), {
    finished: [],
    failed: [left?.id],
    left: [],
  });
  assert.deepEqual(await served(gate.house), ['2001-01-01 2']);
  assert.equal((await publish(gate, row)).state, 'published', 'a failed publication can be tried again');
  assert.deepEqual(await served(gate.house), ['2001-01-01 3']);
});

test('an answer that was lost is read from the target; no answer at all leaves the row for the repair', async (t) => {
  const gate = await testGate(t);
  const row = await gate.evaluate('2001-01-01', 3);
  const lost: PublishOutcome = { status: 'retryable', reason: 'The connection was lost.' };
  const silent = withWarehouse(gate, {
    publish: () => Promise.resolve(lost),
    conclude: () => Promise.resolve({ status: 'retryable', reason: 'down' }),
  });
  assert.equal(await problemOf(publish(gate, row, silent)), 'warehouse_unavailable');
  assert.equal((await repairPublications(gate.services, new Date(Date.now() + LATER))).failed.length, 1);
  const answerLost = withWarehouse(gate, {
    publish: async (request) => {
      await gate.house.warehouse.publish(request);
      return lost;
    },
  });
  assert.equal((await publish(gate, row, answerLost)).state, 'published');
});

test('a rollback serves the previous data again, once', async (t) => {
  const gate = await testGate(t);
  const first = await gate.evaluate('2001-01-01', 2);
  await publish(gate, first);
  const order = { datasetId: gate.dataset, partition: DAY };
  assert.equal(
    await problemOf(rollbackPartition(gate.services, order, new Date())),
    'conflict',
    'nothing is kept yet',
  );
  const second = await gate.evaluate('2001-01-01', 3);
  assert.equal((await publish(gate, second)).previous, 'gold.daily_routes_p20010101_prev');
  const back = await rollbackPartition(gate.services, order, new Date());
  assert.deepEqual([back.kind, back.state], ['rollback', 'published']);
  assert.deepEqual(await served(gate.house), ['2001-01-01 2']);
  const [mark] = await gate.services.database.rows<HallmarkRow>(
    hallmarks({ state: null, datasetId: null, limit: 10, after: null }),
  );
  assert.deepEqual([mark?.evaluation_id, mark?.state], [second.id, 'rolled_back']);
  assert.equal(await problemOf(rollbackPartition(gate.services, order, new Date())), 'conflict');
  assert.equal(
    await problemOf(publish(gate, second)),
    'conflict',
    'what was rolled back does not come again by a retry',
  );
  await publish(gate, await gate.evaluate('2001-01-01', 4));
  assert.deepEqual(await served(gate.house), ['2001-01-01 4']);
  const nothing = rollbackPartition(
    gate.services,
    { ...order, partition: 'flight_date=2001-01-02' },
    new Date(),
  );
  assert.equal(await problemOf(nothing), 'publication_not_found');
});

test('the list says what is held, ready and published', async (t) => {
  const gate = await testGate(t);
  await publish(gate, await gate.evaluate('2001-01-01', 1));
  await gate.evaluate('2001-01-02', 9);
  await gate.evaluate('2001-01-03', 2);
  const list = async (state: HallmarkRow['state'] | null): Promise<string[]> => {
    const rows = await gate.services.database.rows<HallmarkRow>(
      hallmarks({ state, datasetId: null, limit: 10, after: null }),
    );
    return rows.map((row) => `${row.partition.slice(-2)} ${row.state}`);
  };
  assert.deepEqual(await list(null), ['03 ready', '02 held', '01 published']);
  assert.deepEqual(await list('held'), ['02 held']);
});
