import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { repairPublications } from '#gate/ledger.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { rollbackPartition } from '#gate/rollback.ts';
import { currentPublication, openPublications, type PublicationRow } from '#store/publications.ts';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import type { Moment } from '#test/support/step-relay.ts';
import { steppedGate, type Place, type Shape, type SteppedGate } from './stepped-gate.ts';

// Whatever the message at which the gate ends, or loses its connections: nothing unchecked is published, nothing
// twice, what was served is kept, and the ledger says what happened.

/** Every so many messages; with STEPS=1 in the environment connections are lost and processes end at each of them. */
const STEPS = process.env['STEPS'];
const CUT_EVERY = Number(STEPS ?? 6);
const KILL_EVERY = Number(STEPS ?? 14);
const LATE_EVERY = Number(STEPS ?? 12);
const CRASH_EVERY = Number(STEPS ?? 15);
const LATER = 120_000;
const LIMIT = { timeout: 600_000 };

const MOMENTS: readonly Moment[] = ['before', 'during', 'after'];

/** All messages from one on, by strides; by one: all moments of each. */
function* moments(first: number, steps: number, every: number): Generator<[number, Moment]> {
  for (let step = 1 + (first % every), at = first; step <= steps; step += every, at += 1)
    if (every === 1) for (const moment of MOMENTS) yield [step, moment];
    else yield [step, MOMENTS[at % MOMENTS.length] ?? 'after'];
}

type Work = 'publish' | 'rollback';
const ENGINES = ['PostgreSQL', 'MariaDB'] as const;
const SHAPES: readonly Shape[] = ['partition', 'table'];
const WORKS: readonly Work[] = ['publish', 'rollback'];

/** What the gate does with a place, as one promise. */
function perform(gate: SteppedGate, work: Work, { row, partition }: Place): Promise<PublicationRow> {
  return work === 'publish'
    ? publishEvaluation(gate.stepped, row.id, { expectedVersion: row.candidate_version ?? '' }, new Date())
    : rollbackPartition(gate.stepped, { datasetId: gate.dataset, partition }, new Date());
}

function performElsewhere(gate: SteppedGate, work: Work, { row, partition }: Place): ChildProcess {
  const script = join(import.meta.dirname, 'publishing-process.ts');
  const what = work === 'publish' ? [row.id, row.candidate_version ?? ''] : [gate.dataset, partition];
  return spawn(process.execPath, [script, ...gate.steppedUrls, work, ...what], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** A place where that can be done: for a rollback with two publications. */
async function placeFor(gate: SteppedGate, work: Work): Promise<Place> {
  const place = await gate.candidate();
  if (work === 'rollback') assert.equal(await gate.publish(place.row), 'published');
  return place;
}

/** Repairs until nothing is open: sessions of processes that ended may live on in the server for a moment. */
async function repair(gate: SteppedGate): Promise<void> {
  const { services } = gate;
  for (let tries = 0; tries < 200; tries += 1) {
    await repairPublications(services, new Date(Date.now() + LATER));
    if ((await services.database.rows(openPublications())).length === 0) return;
    await sleep(50);
  }
  assert.fail('a publication stays open');
}

/** The properties. */
async function judge(gate: SteppedGate, work: Work, place: Place, at: string): Promise<void> {
  const [current] = await gate.services.database.rows<PublicationRow>(
    currentPublication(gate.dataset, place.partition),
  );
  const took = work === 'publish' ? current?.evaluation_id === place.row.id : current?.kind === 'rollback';
  const [before, wanted] = work === 'publish' ? [2, 3] : [3, 2];
  assert.equal(await gate.served(place), took ? wanted : before, `${at}: gold is what the ledger says`);
  const kept = `${place.base}_prev`;
  const aside = `${place.base}_rolledback`;
  if (work === 'publish')
    assert.equal(await gate.count(took ? kept : place.ref), took ? 2 : 3, `${at}: the other is kept`);
  else assert.equal(await gate.count(took ? aside : kept), took ? 3 : 2, `${at}: the other is kept`);
  assert.deepEqual(await gate.leftovers(), [], `${at}: nothing is left over`);
  // Asked for again: done once, and kept is what was served before, not the same once more.
  if (work === 'publish') {
    assert.equal(await gate.publish(place.row), 'published', at);
    assert.equal(await gate.count(kept), 2, `${at}: published once`);
  } else if (!took) {
    const again = await rollbackPartition(
      gate.services,
      { datasetId: gate.dataset, partition: place.partition },
      new Date(),
    );
    assert.equal(again.state, 'published', at);
    assert.equal(await gate.count(aside), 3, `${at}: rolled back once`);
  }
  assert.equal(await gate.served(place), wanted, `${at}: in the end`);
}

describe('a gate that is stopped anywhere', () => {
  let mariadb: MariadbServer | null = null;
  before(async () => {
    if (MARIADB_MISSING === false) mariadb = await startMariadb();
  });
  after(() => mariadb?.stop());

  for (const engine of ENGINES)
    for (const shape of SHAPES)
      for (const work of WORKS) {
        const skip = engine === 'MariaDB' ? MARIADB_MISSING : false;
        // Each begins elsewhere, so that together they stop at all kinds of messages.
        const offset = 2 * SHAPES.indexOf(shape) + WORKS.indexOf(work);
        const title = `${work} of a ${shape} in ${engine}`;

        test(`${title}: connections are lost`, { ...LIMIT, skip }, async (t) => {
          const gate = await steppedGate(t, engine === 'MariaDB' ? mariadb : null, shape);
          const first = await placeFor(gate, work);
          gate.relay.reset();
          assert.equal((await perform(gate, work, first)).state, 'published');
          const { steps } = gate.relay;
          assert.ok(steps > 10, `${steps} messages`);
          for (const [step, moment] of moments(offset, steps, CUT_EVERY)) {
            const place = await placeFor(gate, work);
            gate.relay.reset();
            const stopped = gate.relay.stopAt(step, moment);
            const working = perform(gate, work, place).then(
              () => undefined,
              () => undefined,
            );
            // New connections of the pools make other numbers of messages than the first time.
            await Promise.race([stopped, working]);
            await gate.relay.cut();
            await working;
            await repair(gate);
            await judge(gate, work, place, `cut ${moment} ${step} of ${steps}`);
          }
        });

        test(`${title}: a message comes late`, { ...LIMIT, skip }, async (t) => {
          const gate = await steppedGate(t, engine === 'MariaDB' ? mariadb : null, shape, 'warehouse');
          const first = await placeFor(gate, work);
          gate.relay.reset();
          assert.equal((await perform(gate, work, first)).state, 'published');
          const { steps } = gate.relay;
          for (let step = 1 + (offset % LATE_EVERY); step <= steps; step += LATE_EVERY) {
            const place = await placeFor(gate, work);
            gate.relay.reset();
            const stopped = gate.relay.stopAt(step, 'late');
            const working = perform(gate, work, place).then(
              () => undefined,
              () => undefined,
            );
            await Promise.race([stopped, working]);
            await working;
            // Somebody looks before it arrives: what is concluded then must stay true.
            const at = `${step} of ${steps} came late`;
            await repairPublications(gate.services, new Date(Date.now() + LATER));
            await gate.relay.deliver();
            await gate.relay.cut();
            await repair(gate);
            await judge(gate, work, place, at);
          }
        });

        test(`${title}: the process is killed`, { ...LIMIT, skip }, async (t) => {
          const gate = await steppedGate(t, engine === 'MariaDB' ? mariadb : null, shape);
          const first = await placeFor(gate, work);
          gate.relay.reset();
          const [code] = (await once(performElsewhere(gate, work, first), 'exit')) as [number | null];
          assert.equal(code, 0);
          const { steps } = gate.relay;
          for (const [step, moment] of moments(offset, steps, KILL_EVERY)) {
            const place = await placeFor(gate, work);
            gate.relay.reset();
            const stopped = gate.relay.stopAt(step, moment);
            const child = performElsewhere(gate, work, place);
            const gone = once(child, 'exit');
            await Promise.race([stopped, gone]);
            child.kill('SIGKILL');
            await gone;
            await gate.relay.cut();
            await repair(gate);
            await judge(gate, work, place, `killed ${moment} ${step} of ${steps}`);
          }
        });
      }

  for (const shape of SHAPES)
    for (const work of WORKS)
      test(
        `${work} of a ${shape}: MariaDB itself is killed`,
        { ...LIMIT, skip: MARIADB_MISSING },
        async (t) => {
          const server = await startMariadb({ durable: true });
          t.after(() => server.stop());
          const gate = await steppedGate(t, server, shape);
          const first = await placeFor(gate, work);
          gate.relay.reset();
          assert.equal((await perform(gate, work, first)).state, 'published');
          const { steps } = gate.relay;
          const offset = 2 * SHAPES.indexOf(shape) + WORKS.indexOf(work);
          for (const [step, moment] of moments(offset, steps, CRASH_EVERY)) {
            const place = await placeFor(gate, work);
            gate.relay.reset();
            const stopped = gate.relay.stopAt(step, moment);
            const working = perform(gate, work, place).then(
              () => undefined,
              () => undefined,
            );
            await Promise.race([stopped, working]);
            await server.crash();
            await gate.relay.cut();
            await working;
            await repair(gate);
            await judge(gate, work, place, `crashed ${moment} ${step} of ${steps}`);
          }
        },
      );
});
