import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repairPublications } from '#gate/ledger.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { publishTogether } from '#gate/publish-together.ts';
import type { PublishOutcome, Warehouse } from '#model/ports.ts';
import { openPublications, publicationOfEvaluation, type PublicationRow } from '#store/publications.ts';
import type { EvaluationRow } from '#store/evaluations.ts';
import { problemOf, served, testGate, type TestGate } from './gate.ts';

const LATER = 120_000;
const orderOf = ({ id, candidate_version }: EvaluationRow): { id: string; expectedVersion: string } => ({
  id,
  expectedVersion: candidate_version ?? '',
});

async function together(gate: TestGate, rows: readonly EvaluationRow[]): Promise<string[]> {
  const done = await publishTogether(gate.services, rows.map(orderOf), null, new Date());
  return done.map(({ partition, state }) => `${partition} ${state}`);
}

async function openRows(gate: TestGate): Promise<number> {
  return (await gate.services.database.rows(openPublications())).length;
}

test('partitions of one dataset become gold at once, and asked again are what they are', async (t) => {
  const gate = await testGate(t);
  const rows = [await gate.evaluate('2001-01-02', 3), await gate.evaluate('2001-01-01', 2)];
  const states = ['flight_date=2001-01-01 published', 'flight_date=2001-01-02 published'];
  assert.deepEqual(await together(gate, rows), states);
  assert.deepEqual(await served(gate.house), ['2001-01-01 2', '2001-01-02 3']);
  assert.deepEqual(await together(gate, rows), states);
});

test('readers see all of the partitions or none', async (t) => {
  const gate = await testGate(t);
  for (const rows of [2, 3]) {
    const both = [await gate.evaluate('2001-01-01', rows), await gate.evaluate('2001-01-02', rows)];
    const reader = await gate.house.connect();
    const ended = new AbortController();
    const seen = new Set<string>();
    const read = (async () => {
      while (!ended.signal.aborted) {
        const { rows: found } = await reader.query<{ n: string }>(
          "select coalesce(string_agg(n::text, ' ' order by flight_date), 'none') as n from (select flight_date, count(*) as n from gold.daily_routes group by 1) d",
        );
        for (const { n } of found) seen.add(n);
      }
    })();
    await together(gate, both);
    ended.abort();
    await read;
    for (const one of seen) assert.match(one, /^(none|2 2|3 3)$/);
  }
});

test('one that moved, is held or is out of place keeps all from being published', async (t) => {
  const gate = await testGate(t);
  const good = await gate.evaluate('2001-01-01', 2);
  const moved = await gate.evaluate('2001-01-02', 2);
  const held = await gate.evaluate('2001-01-03', 9);
  await gate.house.run('update staging.daily_routes_20010102 set flights = 11');
  assert.equal(await problemOf(together(gate, [good, moved])), 'version_moved');
  assert.equal(await problemOf(together(gate, [good, held])), 'blocked');
  assert.equal(await openRows(gate), 0, 'no row of the ledger is left open');
  const twice = await gate.evaluate('2001-01-01', 3, { table: 'other' });
  assert.equal(await problemOf(together(gate, [good, twice])), 'conflict', 'two of one partition');
  assert.deepEqual(await served(gate.house), []);
  const again = await gate.evaluate('2001-01-02', 3, { table: 'again' });
  await publishEvaluation(gate.services, twice.id, orderOf(twice), new Date());
  assert.equal(await problemOf(together(gate, [twice, again])), 'conflict', 'one of them is published');
  assert.deepEqual(await served(gate.house), ['2001-01-01 3']);
});

test('a warehouse that cannot do it says so', async (t) => {
  const gate = await testGate(t);
  const rows = [await gate.evaluate('2001-01-01', 2), await gate.evaluate('2001-01-02', 2)];
  const simple = Object.fromEntries(
    Object.entries(gate.house.warehouse).filter(([name]) => name !== 'publishTogether'),
  ) as unknown as Warehouse;
  const services = { ...gate.services, warehouses: new Map([['warehouse', simple]]) };
  assert.equal(
    await problemOf(publishTogether(services, rows.map(orderOf), null, new Date())),
    'publication_refused',
  );
  assert.deepEqual(await served(gate.house), []);
});

for (const done of [true, false])
  test(`an answer that was lost ${done ? 'after' : 'before'} the commit is concluded the same for all`, async (t) => {
    const gate = await testGate(t);
    const rows = [await gate.evaluate('2001-01-01', 2), await gate.evaluate('2001-01-02', 2)];
    const lost: PublishOutcome = { status: 'retryable', reason: 'The connection is lost.' };
    const real = gate.house.warehouse;
    let reachable = false;
    const warehouse: Warehouse = {
      ...real,
      async publishTogether(requests) {
        if (done) await real.publishTogether?.(requests);
        return lost;
      },
      // The collector that asked cannot reach it any more.
      conclude: async (request) => (reachable ? real.conclude(request) : { status: 'retryable', reason: '' }),
    };
    const services = { ...gate.services, warehouses: new Map([['warehouse', warehouse]]) };
    assert.equal(
      await problemOf(publishTogether(services, rows.map(orderOf), null, new Date())),
      'warehouse_unavailable',
    );
    assert.equal(await openRows(gate), 2);
    reachable = true;
    await repairPublications(services, new Date(Date.now() + LATER));
    const states: (string | undefined)[] = [];
    for (const { id } of rows) {
      const [row] = await gate.services.database.rows<PublicationRow>(publicationOfEvaluation(id));
      states.push(row?.state);
    }
    assert.deepEqual(states, done ? ['published', 'published'] : ['failed', 'failed']);
    assert.equal((await served(gate.house)).length, done ? 2 : 0);
  });
