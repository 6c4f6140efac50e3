import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '#adapters/starrocks/session.ts';
import { swapTables } from '#adapters/starrocks/statements.ts';
import { playSchedule } from '#test/explore/gate/explore.ts';
import type { Publisher } from '#test/explore/gate/publishers.ts';
import { PUBLISHERS } from '#test/explore/gate/together.ts';
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
    publish: (session, request, mayBegin) =>
      replace.publish(without(/^INSERT OVERWRITE/, session), request, mayBegin),
  };
  assert.match(await firstViolation(careless, 200), /was replaced and not kept/);
});

test('the explorer finds out when a late swap can undo a publication', async () => {
  const swap = named('swap');
  const blind: Publisher = {
    ...swap,
    publish: async (session, { candidate }) => {
      const table = candidate.ref.split('.')[1] ?? '';
      const send = (): Promise<unknown> =>
        session.query(swapTables({ database: 'gold', table: 'orders' }, table));
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
    conclude: (session, request) => overwrite.conclude(without(/assay_fence/, session), request),
  };
  assert.match(await firstViolation(hasty, 5000), /took effect|nobody found good|went back|counts as/);
});

test('the explorer finds out when a candidate is published that others still write to', async () => {
  const replace = named('replace');
  const trusting: Publisher = {
    ...replace,
    // The temporary partition of whoever came first is taken for one's own.
    take: async (session, request) => replace.take(session, { ...request, token: 'the same', needed: [] }),
    versionOf: async () => 'unknown:1',
    contentOf: () => 'good-unseen',
    publish: async (session, request, mayBegin) => {
      const version = (await replace.versionOf(session, request.candidate.ref)) ?? '';
      return replace.publish(session, { ...request, candidate: { ...request.candidate, version } }, mayBegin);
    },
  };
  assert.match(await firstViolation(trusting, 200), /nobody found good/);
});

test('the explorer finds out when a rollback is sent again without a thought', async () => {
  const swap = named('swap');
  const blind: Publisher = {
    ...swap,
    rollback: async (session, { undoes }) => {
      const tables = await session.query(
        "SELECT TABLE_NAME, TABLE_ID FROM information_schema.tables_config WHERE TABLE_SCHEMA = 'gold'",
      );
      const aside = tables.find(({ TABLE_NAME }) => TABLE_NAME?.includes('__assay_'))?.['TABLE_NAME'];
      if (aside === undefined || aside === null || undoes === undefined)
        return { status: 'failure', reason: 'Nothing is kept.' };
      const send = (): Promise<unknown> =>
        session.query(swapTables({ database: 'gold', table: 'orders' }, aside));
      await send().catch(send).catch(send);
      return { status: 'published', alreadyDone: false, previous: null };
    },
  };
  assert.match(await firstViolation(blind, 2000), /went back|counts as|nobody found good/);
});

test('the explorer finds out when several partitions are published one after the other', async () => {
  const together = named('replace together');
  const torn: Publisher = {
    ...together,
    publish: (session, request, mayBegin) => {
      const one: Session = {
        query: async (sql) => {
          const [, formal = '', temporary = ''] =
            /REPLACE PARTITION \((.*?)\) WITH TEMPORARY PARTITION \((.*?)\)/.exec(sql) ?? [];
          if (formal === '') return session.query(sql);
          const names = temporary.split(', ');
          for (const [at, name] of formal.split(', ').entries())
            await session.query(sql.replace(formal, name).replace(temporary, names[at] ?? ''));
          return [];
        },
      };
      return together.publish(one, request, mayBegin);
    },
  };
  assert.match(await firstViolation(torn, 200), /torn/);
});
