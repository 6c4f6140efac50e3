import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { startHousekeeping } from '#collector/housekeeping.ts';
import { publishEvaluation } from '#gate/publish.ts';
import type { GateServices } from '#gate/services.ts';
import { openPublications, type PublicationRow } from '#store/publications.ts';
import { testGate, type TestGate } from '#test/gate/gate.ts';

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
