import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '#adapters/starrocks/session.ts';
import { swapTables } from '#adapters/starrocks/statements.ts';
import { playSchedule } from '#test/explore/gate/explore.ts';
import { PUBLISHERS, type Publisher } from '#test/explore/gate/publishers.ts';
import { seededRandom } from '#test/bench/statistics.ts';

/** Plays so many schedules; gives what did not hold. */
async function violationsOf(publisher: Publisher, schedules: number): Promise<string[]> {
  const found: string[] = [];
  for (let seed = 1; seed <= schedules; seed += 1) {
    const { violations } = await playSchedule(publisher, seededRandom(seed), new Set());
    found.push(...violations.map((text) => `seed ${seed}: ${text}`));
  }
  return found;
}

/** Plays until something does not hold. */
async function firstViolation(publisher: Publisher, schedules: number): Promise<string> {
  for (let seed = 1; seed <= schedules; seed += 1) {
    const { violations } = await playSchedule(publisher, seededRandom(seed), new Set());
    if (violations.length > 0) return violations.join('; ');
  }
  return 'none';
}

function named(name: string): Publisher {
  const publisher = PUBLISHERS.find((one) => one.name === name);
  assert.ok(publisher);
  return publisher;
}

/** A session that leaves out statements, as if the protocol did not have them. */
function without(pattern: RegExp, session: Session): Session {
  return { query: (sql) => (pattern.test(sql) ? Promise.resolve([]) : session.query(sql)) };
}

for (const publisher of PUBLISHERS)
  test(`${publisher.name}: crashes, lost answers, late statements and a second gate break no promise`, async () => {
    assert.deepEqual(await violationsOf(publisher, 400), []);
  });

test('the explorer finds out when the old data is not kept', async () => {
  const replace = named('replace');
  const careless: Publisher = {
    ...replace,
    publish: (session, order) => replace.publish(without(/^INSERT OVERWRITE/, session), order),
  };
  assert.match(await firstViolation(careless, 200), /was replaced and not kept/);
});

test('the explorer finds out when a late swap can undo a publication', async () => {
  const swap = named('swap');
  const blind: Publisher = {
    ...swap,
    publish: async (session, order) => {
      const send = (): Promise<unknown> =>
        session.query(swapTables(order.target, order.candidate.table.table));
      await send().catch(send).catch(send);
      return { status: 'published', alreadyDone: false, previous: null };
    },
  };
  assert.match(await firstViolation(blind, 1000), /gold went back/);
});

test('the explorer finds out when a conclusion does not stop what is still on its way', async () => {
  const overwrite = named('overwrite');
  const hasty: Publisher = {
    ...overwrite,
    conclude: (session, order) => overwrite.conclude(without(/assay_fence/, session), order),
  };
  assert.match(await firstViolation(hasty, 5000), /failed and was published/);
});
