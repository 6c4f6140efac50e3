import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ingest } from '#ingest/ingest.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { listeningDatabase } from '#test/support/listening-database.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';

const runOf = (n: number): string => `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`;
const PARENT = runOf(999);

/** A child's word on its parent, at an hour of the day. */
const childOf = (n: number, hour: number, parentJob: string): Buffer =>
  sampleEvent({
    runId: runOf(n),
    type: 'COMPLETE',
    time: `2026-01-31T${String(hour).padStart(2, '0')}:00:00.000Z`,
    job: `child ${n}`,
    runFacets: { parent: facet({ run: { runId: PARENT }, job: { namespace: 'n', name: parentJob } }) },
  });

/** How many runs each batch asked the store for: the length that a binary array begins with. */
function countingLocks(real: Database): { readonly database: Database; readonly asked: number[] } {
  const asked: number[] = [];
  const database = listeningDatabase(real, (statement) => {
    if (statement.name === 'lock_runs') asked.push((statement.values[0] as Buffer).readInt32BE(12));
  });
  return { database, asked };
}

test('a parent that is named again is not read again, unless what is said of it counts', async (t) => {
  const real = await testDatabase(t);
  const { database, asked } = countingLocks(real);
  const ingest = new Ingest({ database, now: () => new Date('2026-02-01T00:00:00Z') });
  const parent = async (): Promise<{ job: string; stated: boolean; events: number } | undefined> => {
    const [row] = await real.rows<{ job: string; stated: boolean; events: number }>(sql`
      select j.name as job, r.job_stated as stated, r.event_count as events
        from run r join job j on j.id = r.job_id where r.id = ${PARENT}::uuid`);
    return row;
  };
  const say = async (event: Buffer): Promise<typeof asked> => {
    await ingest.receive(event, 'http');
    return asked.splice(0);
  };

  assert.deepEqual(await say(childOf(1, 12, 'noon')), [2]);
  assert.deepEqual(await say(childOf(2, 13, 'later')), [1]);
  assert.deepEqual(await parent(), { job: 'noon', stated: false, events: 0 });
  // Of the children the earliest word counts, whenever it arrives.
  assert.deepEqual(await say(childOf(3, 11, 'earlier')), [2]);
  assert.deepEqual(await parent(), { job: 'earlier', stated: false, events: 0 });
  assert.deepEqual(await say(childOf(4, 12, 'noon')), [1]);

  const own = { runId: PARENT, type: 'START', time: '2026-01-31T14:00:00.000Z', job: 'own' } as const;
  assert.deepEqual(await say(sampleEvent(own)), [1]);
  assert.deepEqual(await say(childOf(5, 10, 'earliest')), [2]);
  assert.deepEqual(await parent(), { job: 'own', stated: true, events: 1 });
  // It has spoken itself: no child's word counts any more, however early.
  assert.deepEqual(await say(childOf(6, 9, 'before all')), [1]);
  assert.deepEqual(await parent(), { job: 'own', stated: true, events: 1 });
});
