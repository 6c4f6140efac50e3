import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '#collector/problems.ts';
import { Ingest } from '#ingest/ingest.ts';
import { replay } from '#ingest/replay.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { dumpModel } from '#test/support/model-dump.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

async function receive(database: TestDatabase, runId: string, times: readonly string[]): Promise<void> {
  const ingest = new Ingest({ database, now: () => new Date('2026-01-31T00:00:00Z') });
  for (const time of times) {
    const event = sampleEvent({ runId, type: 'RUNNING', time, outputs: [outputWithRows('t', 1)] });
    assert.equal((await ingest.receive(event, 'http')).status, 'accepted');
  }
}

const shadows = sql`select 1 from pg_namespace where nspname = 'assay_model_next'`;

test('a replay that would forget events is refused, says how many, and changes nothing', async (t) => {
  const database = await testDatabase(t);
  await receive(database, 'old', ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']);
  await receive(database, 'new', ['2026-01-30T00:00:00Z']);
  await database.execute(sql`delete from raw_event where event_time < '2026-01-02'`);
  const before = await dumpModel(database);
  await assert.rejects(replay(database), (error) => {
    assert(error instanceof Problem);
    assert.deepEqual([error.kind, error.extra['forgotten']], ['conflict', 2]);
    assert.match(error.message, /knows 2 events .* retention has dropped them .* --forget-expired/);
    return true;
  });
  assert.equal(await dumpModel(database), before);
  assert.deepEqual(await database.rows(shadows), []);

  assert.equal((await replay(database, { forgetExpired: true })).events, 1);
  const runs = await database.rows(sql`select external_id from run`);
  assert.deepEqual(runs, [{ external_id: 'new' }]);
  assert.equal((await replay(database)).events, 1, 'nothing is left to forget');
});
