import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Ingest, type IngestOutcome } from '#ingest/ingest.ts';
import type { Database, Queryable } from '#store/database.ts';
import { countRawEvents } from '#store/raw-events.ts';
import { testDatabase } from '#test/support/database.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

const now = (): Date => new Date('2026-02-01T00:00:00Z');
const eventOf = (n: number): Buffer =>
  sampleEvent({
    runId: `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: '2026-01-31T12:00:00.000Z',
    job: `job ${n}`,
  });

interface Watched {
  readonly database: Database;
  readonly seen: string[];
  /** Resolves once the transaction of this number has appended its events. */
  readonly appended: (transaction: number) => Promise<void>;
}

/**
 * A database that tells what each transaction does.
 * @param beforeProject may throw in place of the store, when a transaction's first projection is sent.
 */
function watched(real: Database, beforeProject: (number: number, self: Watched) => Promise<void>): Watched {
  let transactions = 0;
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  const appending = (number: number): PromiseWithResolvers<void> => {
    const known = waiting.get(number) ?? Promise.withResolvers<void>();
    waiting.set(number, known);
    return known;
  };
  const seen: string[] = [];
  const wrap = (connection: Queryable, number: number): Queryable => ({
    execute: (statement) => connection.execute(statement),
    async rows<T extends object>(statement: Parameters<Queryable['rows']>[0]): Promise<T[]> {
      if (statement.name === 'insert_runs') {
        seen.push(`${number} projects`);
        await beforeProject(number, self);
      }
      const rows = await connection.rows<T>(statement);
      if (statement.name === 'append_raw_events') {
        seen.push(`${number} appended`);
        appending(number).resolve();
      }
      return rows;
    },
  });
  const database: Database = {
    ...real,
    async transaction<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
      transactions += 1;
      const number = transactions;
      try {
        const result = await real.transaction((connection) => work(wrap(connection, number)));
        seen.push(`${number} committed`);
        return result;
      } catch (error) {
        seen.push(`${number} rolled back`);
        throw error;
      }
    },
  };
  const self = { database, seen, appended: (number: number) => appending(number).promise };
  return self;
}

async function sendTwoBatches(
  t: TestContext,
  second: readonly Buffer[],
  beforeProject: (number: number, self: Watched) => Promise<void>,
): Promise<{ seen: string[]; outcomes: IngestOutcome[]; stored: number }> {
  const real = await testDatabase(t);
  let ingest: Ingest | undefined;
  const late: Promise<IngestOutcome>[] = [];
  const self = watched(real, async (number, watching) => {
    if (number === 1) for (const event of second) late.push(ingest!.receive(event, 'http'));
    await beforeProject(number, watching);
  });
  ingest = new Ingest({ database: self.database, now });
  const first = await Promise.all([1, 2].map((n) => ingest.receive(eventOf(n), 'http')));
  const outcomes = [...first, ...(await Promise.all(late))];
  const [count] = await real.rows<{ events: number }>(countRawEvents());
  return { seen: self.seen, outcomes, stored: count?.events ?? 0 };
}

test('a batch appends while the one before projects, and projects when that has committed', async (t) => {
  const { seen, outcomes, stored } = await sendTwoBatches(t, [eventOf(3)], async (number, self) => {
    if (number === 1) await self.appended(2);
  });
  assert.deepEqual(seen, [
    '1 appended',
    '1 projects',
    '2 appended',
    '1 committed',
    '2 projects',
    '2 committed',
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['accepted', 'accepted', 'accepted'],
  );
  assert.equal(stored, 3);
});

test('a batch that is made anew has the next, which has appended, make way', async (t) => {
  const { seen, stored } = await sendTwoBatches(t, [eventOf(3)], async (number, self) => {
    if (number !== 1) return;
    await self.appended(2);
    throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
  });
  const place = (what: string): number => seen.indexOf(what);
  assert.ok(place('2 appended') < place('1 rolled back'), seen.join());
  assert.ok(place('2 rolled back') >= 0, seen.join());
  // 3 is the first batch anew, 4 the second.
  assert.ok(place('3 committed') >= 0 && place('3 committed') < place('4 appended'), seen.join());
  assert.equal(seen.at(-1), '4 committed');
  assert.equal(stored, 3);
});

test('a batch with an event of the one before waits until that is over: an event counts once', async (t) => {
  const { seen, outcomes, stored } = await sendTwoBatches(t, [eventOf(2), eventOf(3)], async (number) => {
    // Time enough to append, were it allowed to.
    if (number === 1) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  assert.ok(seen.indexOf('1 committed') < seen.indexOf('2 appended'), seen.join());
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === 'accepted' && outcome.duplicate),
    [false, false, true, false],
  );
  assert.equal(stored, 3);
});
