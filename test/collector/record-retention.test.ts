import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { actOnIncident } from '#collector/incidents/act.ts';
import { deleteOldRecords } from '#collector/record-retention.ts';
import { publishEvaluation } from '#gate/publish.ts';
import type { Database } from '#store/database.ts';
import { sql, type Statement } from '#store/sql.ts';
import { testGate } from '#test/gate/gate.ts';
import { DAYS, estate, goodDays, rowsOf, type Estate } from '#test/incidents/estate.ts';
import { testDatabase } from '#test/support/database.ts';

const SILENT = { info: (): void => {} };
const DAY = 86_400_000;

async function tend(database: Database, days: number, now: Date): Promise<void> {
  await deleteOldRecords(database, { incidents: days, evaluations: days }, now, SILENT);
}

async function count(database: Database, statement: Statement): Promise<number> {
  const [row] = await database.rows<{ count: number }>(statement);
  return row?.count ?? -1;
}

const inTables = async (database: Database): Promise<readonly number[]> => [
  await count(database, sql`select count(*)::integer as count from incident`),
  await count(database, sql`select count(*)::integer as count from evidence`),
  await count(database, sql`select count(*)::integer as count from incident_event`),
];

async function badDay(of: Estate, n: number, rows: number): Promise<void> {
  await of.write(n, 'bronze', rows, { minute: 60 });
  await of.write(n, 'silver', rows, { minute: 90, inputs: ['bronze'] });
  await of.write(n, 'gold', rows, { minute: 120, inputs: ['silver'] });
  await of.write(n, 'other', rowsOf(n), { minute: 125 });
}

describe('records that are over', () => {
  test('incidents go with their evidence and timelines once they were over for long; open ones never', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await badDay(of, DAYS, 50);
    await of.settle();
    const { database, clock } = of;
    const before = await inTables(database);
    assert.equal(before[0], 1);
    const later = new Date(clock.now.getTime() + 500 * DAY);
    await tend(database, 400, later);
    assert.deepEqual(await inTables(database), before, 'it is open');
    for (const n of [DAYS + 1, DAYS + 2]) await badDay(of, n, rowsOf(n));
    await of.settle();
    assert.equal(
      await count(database, sql`select count(*)::integer as count from incident where state = 'resolved'`),
      1,
    );
    const kept = await inTables(database);
    await tend(database, 400, new Date(clock.now.getTime() + 399 * DAY));
    assert.deepEqual(await inTables(database), kept, 'not for so long');
    await tend(database, 400, new Date(clock.now.getTime() + 401 * DAY));
    assert.deepEqual(await inTables(database), [0, 0, 0]);
    await of.settle();
    assert.deepEqual(await inTables(database), [0, 0, 0], 'what is gone is not noted anew');
  });

  test('what a person closed though it is still late stays, and does not come back as news', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    of.clock.now = new Date(of.clock.now.getTime() + 3 * DAY);
    await of.settle();
    const { database, clock } = of;
    const rows = await database.rows<{ id: string }>(sql`select id from incident where state = 'open'`);
    assert.ok(rows.length > 0, 'tables are late');
    for (const { id } of rows)
      await actOnIncident(
        database,
        id,
        { type: 'resolve', how: 'fixed', reason: 'retired' },
        'ada',
        clock.now,
      );
    const kept = await inTables(database);
    clock.now = new Date(clock.now.getTime() + 500 * DAY);
    await tend(database, 400, clock.now);
    assert.deepEqual(await inTables(database), kept);
  });

  test('more than one statement takes at once', async (t) => {
    const database = await testDatabase(t);
    await database.execute(sql`
      insert into incident (id, fingerprint, state, root_id, root_how, kind, severity, tier, head_id, opened_at, last_at, page_at,
        evidence, standing, datasets, impacted, impacted_count, owners, changes, resolved_at, resolution, version, updated_at)
      select md5(n::text)::uuid, gen_random_uuid(), 'resolved', gen_random_uuid(), 'observed', 'volume', 'warning', 3,
             gen_random_uuid(), old, old, old, 10, 0, 1, '[]', 0, '{}', '[]', old, 'evidence', 1, old
        from generate_series(1, 1200) n, (select timestamptz '2024-01-01' as old) clock`);
    await database.execute(sql`
      insert into evidence (id, source, dataset_id, partition, kind, severity, at, summary, subject, hard, noted_at, incident_id, cleared_at)
      select gen_random_uuid(), 'verdict', gen_random_uuid(), '', 'volume', 'warning', old, '', '', false, old, md5(n::text)::uuid, old
        from generate_series(1, 1200) n, generate_series(1, 10), (select timestamptz '2024-01-01' as old) clock`);
    await tend(database, 400, new Date('2026-01-01T00:00:00Z'));
    assert.deepEqual(await inTables(database), [0, 0, 0]);
  });

  test('evaluations go unless they were published or waived, or the last one of a partition holds it', async (t) => {
    const gate = await testGate(t);
    const { database } = gate.services;
    const published = await gate.evaluate('2001-01-01', 3);
    const order = { expectedVersion: published.candidate_version ?? '' };
    await publishEvaluation(gate.services, published.id, order, new Date());
    const first = await gate.evaluate('2001-01-02', 0);
    await gate.house.run('drop table staging.daily_routes_20010102');
    const held = await gate.evaluate('2001-01-02', 0);
    assert.equal(held.decision, 'block');
    const now = new Date(Date.now() + 500 * DAY);
    const left = async (): Promise<string[]> =>
      (await database.rows<{ id: string }>(sql`select id from evaluation`)).map(({ id }) => id).toSorted();
    await tend(database, 600, now);
    assert.ok((await left()).includes(first.id));
    await tend(database, 400, now);
    assert.deepEqual(await left(), [published.id, held.id].toSorted());
    assert.equal(
      await count(
        database,
        sql`select count(*)::integer as count from check_result where evaluation_id = ${first.id}::uuid`,
      ),
      0,
    );
  });
});
