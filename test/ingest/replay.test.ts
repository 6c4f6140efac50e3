import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '#collector/problems.ts';
import { Ingest } from '#ingest/ingest.ts';
import { replay } from '#ingest/replay.ts';
import { claimReplay, createShadow, dropAbandonedShadow, modelGeneration } from '#store/shadow-model.ts';
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

test('a collector that runs on after a replay states again what only forgotten events had stated', async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => new Date('2026-01-31T00:00:00Z') });
  const send = async (runId: string, time: string): Promise<void> => {
    const event = sampleEvent({ runId, type: 'COMPLETE', time, outputs: [outputWithRows('t', 1)] });
    assert.equal((await ingest.receive(event, 'http')).status, 'accepted');
  };
  await send('old', '2026-01-01T00:00:00Z');
  await database.execute(sql`delete from raw_event`);
  await replay(database, { forgetExpired: true });
  assert.deepEqual(await database.rows(sql`select name from dataset`), []);
  await send('new', '2026-01-30T00:00:00Z');
  assert.deepEqual(await database.rows(sql`select name from dataset`), [{ name: 't' }]);
  assert.deepEqual(await database.rows(sql`select name from job`), [{ name: 'job' }]);
});

test('a replay that is interrupted leaves the model as it was and nothing beside it', async (t) => {
  const database = await testDatabase(t);
  const times = Array.from({ length: 1500 }, (_, n) => new Date(1_767_225_600_000 + n).toISOString());
  const ingest = new Ingest({ database, now: () => new Date('2026-01-31T00:00:00Z') });
  await Promise.all(
    times.map((time, n) => ingest.receive(sampleEvent({ runId: `r${n}`, type: 'START', time }), 'http')),
  );
  const before = await dumpModel(database);
  const interrupt = new AbortController();
  const interrupted = replay(database, {
    signal: interrupt.signal,
    onProgress: () => interrupt.abort(new Error('enough')),
  });
  await assert.rejects(interrupted, /enough/);
  assert.equal(await dumpModel(database), before);
  assert.deepEqual(await database.rows(shadows), []);
  assert.equal((await replay(database)).events, 1500);
  assert.equal(await dumpModel(database), before);
});

test('what a killed replay left is taken away, but not from one that is under way', async (t) => {
  const database = await testDatabase(t);
  await database.transaction(createShadow);
  await database.transaction(async (connection) => {
    await connection.rows(claimReplay());
    await dropAbandonedShadow(database);
    assert.equal((await database.rows(shadows)).length, 1);
  });
  await dropAbandonedShadow(database);
  assert.deepEqual(await database.rows(shadows), []);
});

test('a reader of the old model holds up neither the swap nor ingest', async (t) => {
  const database = await testDatabase(t);
  await receive(database, 'r', ['2026-01-01T00:00:00Z']);
  let replaying: Promise<unknown> | undefined;
  await database.transaction(async (reader) => {
    await reader.rows(sql`select 1 from run`);
    const [old] = await database.rows<{ oid: number }>(modelGeneration());
    replaying = replay(database);
    const swapped = async (): Promise<boolean> =>
      JSON.stringify(await database.rows(modelGeneration())) !== JSON.stringify([old]);
    while (!(await swapped())) await new Promise((resolve) => setTimeout(resolve, 5));
    await receive(database, 'r', ['2026-01-01T00:01:00Z']);
  });
  await replaying;
  assert.deepEqual(await database.rows(sql`select event_count from run`), [{ event_count: 2 }]);
  assert.deepEqual(
    await database.rows(sql`select 1 from pg_namespace where nspname like 'assay_model_%'`),
    [],
  );
});
