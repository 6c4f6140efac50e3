import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { pino } from 'pino';
import { startHousekeeping } from '#collector/housekeeping.ts';
import { publishEvaluation } from '#gate/publish.ts';
import type { GateServices } from '#gate/services.ts';
import { openPublications, type PublicationRow } from '#store/publications.ts';
import { sql } from '#store/sql.ts';
import { testGate, type TestGate } from '#test/gate/gate.ts';
import { testDatabase } from '#test/support/database.ts';

const LATER = 120_000;

/** Leaves a publication open, as a process that was killed does. */
async function crash(gate: TestGate): Promise<void> {
  const row = await gate.evaluate('2001-01-01', 3);
  const broken = { ...gate.house.warehouse, publish: () => Promise.reject(new Error('killed')) };
  const services = { ...gate.services, warehouses: new Map([['warehouse', broken]]) };
  const order = { expectedVersion: row.candidate_version ?? '' };
  await assert.rejects(publishEvaluation(services, row.id, order, new Date()), /killed/);
}

const open = (gate: TestGate): Promise<PublicationRow[]> =>
  gate.services.database.rows<PublicationRow>(openPublications());

test('what a crash left open is settled while Assay runs, also after an error, and not after the stop', async (t) => {
  const gate = await testGate(t);
  await crash(gate);
  const [left] = await open(gate);
  assert(left);

  const lines: { msg: string; err?: { message: string }; failed?: string[] }[] = [];
  const settled = Promise.withResolvers<void>();
  const log = pino(
    { level: 'warn' },
    {
      write(text: string) {
        const line = JSON.parse(text) as (typeof lines)[number];
        lines.push(line);
        if (line.failed) settled.resolve();
      },
    },
  );
  let looks = 0;
  const { database } = gate.services;
  const services: GateServices = {
    ...gate.services,
    database: {
      ...database,
      // The repair begins with lost evaluations; its first look finds the store away.
      execute: (statement) => {
        if (!/update evaluation\b/.test(statement.text)) return database.execute(statement);
        looks += 1;
        return looks === 1 ? Promise.reject(new Error('store away')) : database.execute(statement);
      },
    },
  };
  const housekeeping = startHousekeeping({
    gate: services,
    days: 30,
    now: () => new Date(Date.now() + LATER),
    log,
    repairEvery: 5,
  });
  t.after(() => housekeeping.stop());
  await settled.promise;
  await housekeeping.stop();
  assert.deepEqual(await open(gate), []);
  assert.deepEqual(
    lines.filter(({ err }) => err).map(({ err, msg }) => [err?.message, msg]),
    [['store away', 'open publications could not be looked at; trying again']],
  );
  assert.deepEqual(
    lines.flatMap(({ failed }) => failed ?? []),
    [left.id],
  );

  const before = looks;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(looks, before, 'stopped is stopped');
});

test('old statistics are deleted, more than one statement takes at once too; without a retention none', async (t) => {
  const database = await testDatabase(t);
  const gate: GateServices = { database, warehouses: new Map(), newId: randomUUID };
  await database.execute(sql`
    insert into partition_statistics (dataset_id, segment, partition, at, version, stated_at, profiled, layout_id, numbers)
    select '00000000-0000-4000-8000-000000000001', '', 'n=' || n, case when n > 1 then now - '401 days'::interval else now end,
           gen_random_uuid(), now - '401 days'::interval, false, gen_random_uuid(), ''
      from generate_series(1, 5002) as n, (select timestamptz '2026-01-01' as now) clock`);
  const left = async (): Promise<string[]> =>
    (await database.rows<{ partition: string }>(sql`select partition from partition_statistics`)).map(
      (row) => row.partition,
    );
  const tend = async (more: { statisticsDays?: number }): Promise<void> => {
    const now = (): Date => new Date('2026-01-01T00:00:00Z');
    // The first hour's work begins at once, and stop waits for it.
    await startHousekeeping({ gate, days: 30, now, log: pino({ level: 'silent' }), ...more }).stop();
  };
  await tend({});
  assert.equal((await left()).length, 5002);
  await tend({ statisticsDays: 400 });
  assert.deepEqual(await left(), ['n=1']);
});
