import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerDoctor, type DoctorServices } from '#api/doctor.ts';
import type { DoctorAnswer } from '#api/schema/doctor.ts';
import { pushContracts } from '#gate/contracts.ts';
import type { GateServices } from '#gate/services.ts';
import type { Enforcement, Outcome, Warehouse } from '#model/ports.ts';
import { testDatabase } from '#test/support/database.ts';

const CONTRACT = (target: string) => `
dataset: ${target}
namespace: postgres://db:5432
version: 1.0.0
owner: team@example.com
quality:
  - { check: "row_count > 1" }
gate: { publish_to: "dwh:gold.${target}" }
`;

interface Doctor {
  readonly ask: () => Promise<DoctorAnswer>;
  readonly app: FastifyInstance;
  readonly clock: { now: Date };
  readonly asked: () => number;
}

async function doctor(
  t: TestContext,
  enforcement: (target: string) => Promise<Outcome<Enforcement>>,
  more: Partial<DoctorServices> = {},
): Promise<Doctor> {
  const database = await testDatabase(t);
  let asked = 0;
  const warehouse = {
    enforcement: (target: string) => {
      asked += 1;
      return enforcement(target);
    },
  } as unknown as Warehouse;
  const gate = {
    database,
    warehouses: new Map([['dwh', warehouse]]),
    newId: () => crypto.randomUUID(),
  } as GateServices;
  for (const name of ['orders', 'clicks'])
    await pushContracts(gate, { text: CONTRACT(name), fileName: `${name}.yaml` }, new Date());
  const clock = { now: new Date('2026-01-02T03:04:05Z') };
  const app = Fastify();
  answerProblems(app);
  t.after(() => app.close());
  registerDoctor(app, {
    gate,
    installation: () => [{ subject: 'node', state: 'fine', finding: 'Node 24.', mend: null }],
    notReady: async () => null,
    now: () => clock.now,
    ...more,
  });
  const ask = async (): Promise<DoctorAnswer> => {
    const answer = await app.inject('/api/v2/doctor');
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json<DoctorAnswer>();
  };
  return { ask, app, clock, asked: () => asked };
}

const said = (value: Enforcement): Outcome<Enforcement> => ({ status: 'success', value });
const ENFORCED: Enforcement = { enforced: true, writers: [], superusers: ['root'], mend: null };

test('the doctor says of each gold table who may write it, and what mends it', async (t) => {
  const { ask } = await doctor(t, async (target) =>
    target === 'gold.orders'
      ? said(ENFORCED)
      : said({ enforced: false, writers: ['loader'], superusers: [], mend: 'REVOKE INSERT' }),
  );
  const { examinations, targets, examinedAt } = await ask();
  assert.deepEqual(
    examinations.map(({ subject, state, finding, mend }) => [subject, state, finding, mend]),
    [
      ['node', 'fine', 'Node 24.', null],
      ['server', 'fine', 'Assay is ready.', null],
      ['dwh:gold.clicks', 'warning', 'advisory: loader may write it past the gate.', 'REVOKE INSERT'],
      ['dwh:gold.orders', 'fine', 'enforced: only Assay may write it. No grant binds root.', null],
    ],
  );
  assert.deepEqual(
    targets.map(({ target, state }) => [target, state]),
    [
      ['dwh:gold.clicks', 'advisory'],
      ['dwh:gold.orders', 'enforced'],
    ],
  );
  assert.equal(examinedAt, '2026-01-02T03:04:05.000Z');
});

test('an answer holds for ten seconds, however many pages ask', async (t) => {
  const { ask, clock, asked } = await doctor(t, async () => said(ENFORCED));
  await Promise.all([ask(), ask(), ask()]);
  assert.equal(asked(), 2, 'two tables, each once');
  clock.now = new Date(clock.now.getTime() + 9_999);
  await ask();
  assert.equal(asked(), 2);
  clock.now = new Date(clock.now.getTime() + 1);
  await ask();
  assert.equal(asked(), 4);
});

test('a warehouse that says nothing, or fails, is unknown and holds nobody up', async (t) => {
  const { ask } = await doctor(
    t,
    (target) =>
      target === 'gold.orders'
        ? new Promise(() => undefined)
        : Promise.reject(new Error('connection refused')),
    { patience: 50 },
  );
  assert.deepEqual(
    (await ask()).targets.map(({ target, state, detail }) => [target, state, detail]),
    [
      ['dwh:gold.clicks', 'unknown', 'connection refused'],
      ['dwh:gold.orders', 'unknown', 'the warehouse did not say within 0.05 s.'],
    ],
  );
});

test('a store that is not ready is said, and no warehouse is asked', async (t) => {
  const { ask, asked } = await doctor(t, async () => said(ENFORCED), {
    notReady: async () => 'Migrations are missing.',
  });
  const { examinations, targets } = await ask();
  assert.deepEqual(
    examinations.map(({ subject, state }) => [subject, state]),
    [
      ['node', 'fine'],
      ['server', 'bad'],
    ],
  );
  assert.deepEqual([targets, asked()], [[], 0]);
});
