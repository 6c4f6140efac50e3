import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { startHousekeeping } from '#collector/housekeeping.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import type { GateServices } from '#gate/services.ts';
import { ensureDayPartitions } from '#store/raw-partitions.ts';
import { dropOversized, rawLogSize } from '#store/raw-retention.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

const NOW = new Date('2026-03-10T15:00:00Z');
const MEGABYTE = 1024 * 1024;

/** A megabyte of segments on each of four days, the last of them today, with an event each. */
async function fourDays(t: Parameters<typeof testDatabase>[0]): Promise<TestDatabase> {
  const database = await testDatabase(t);
  await ensureDayPartitions(database, { now: NOW });
  await database.execute(sql`
    with segment as (
      insert into assay.raw_segment (received_at, codec, events, body)
      select day, 0, 1, decode(repeat('00', ${MEGABYTE}), 'hex')
        from generate_series('2026-03-07T12:00:00Z'::timestamptz, '2026-03-10T12:00:00Z', '1 day') day
      returning id, received_at
    )
    insert into assay.raw_event (id, event_time, received_at, segment, position, length)
    select gen_random_uuid(), received_at, received_at, id, 0, 1 from segment`);
  return database;
}

const days = async (database: TestDatabase): Promise<string[]> =>
  (
    await database.rows<{ day: string }>(sql`
      select to_char(received_at at time zone 'UTC', 'MM-DD') as day from assay.raw_segment order by 1`)
  ).map(({ day }) => day);

test('the oldest days go until the raw log is small enough', async (t) => {
  const database = await fourDays(t);
  const { bytes, oldest } = await rawLogSize(database);
  assert.ok(bytes > 4 * MEGABYTE && bytes < 6 * MEGABYTE, `${bytes} bytes`);
  assert.deepEqual(oldest, new Date('2026-03-07T12:00:00Z'));
  assert.equal(await dropOversized(database, { now: NOW, keepBytes: bytes }), null);
  const outcome = await dropOversized(database, { now: NOW, keepBytes: bytes - 1.5 * MEGABYTE });
  assert.deepEqual(outcome?.dropped, [
    'raw_event_20260307',
    'raw_event_20260308',
    'raw_segment_20260307',
    'raw_segment_20260308',
  ]);
  assert.deepEqual(await days(database), ['03-09', '03-10']);
  assert.deepEqual(await database.rows(sql`select count(*)::integer as events from raw_event`), [
    { events: 2 },
  ]);
  assert.ok((await rawLogSize(database)).bytes < 3 * MEGABYTE);
});

test('today is never dropped, however small the limit', async (t) => {
  const database = await fourDays(t);
  await dropOversized(database, { now: NOW, keepBytes: 1 });
  assert.deepEqual(await days(database), ['03-10']);
  await dropOversized(database, { now: NOW, keepBytes: 1 });
  assert.deepEqual(await days(database), ['03-10']);
  await assert.rejects(dropOversized(database, { now: NOW, keepBytes: 0 }), RangeError);
});

test('housekeeping drops by size and says so in the metrics', async (t) => {
  const database = await fourDays(t);
  const { metrics, registry } = createTelemetry({ level: 'silent', pretty: false });
  const lines: string[] = [];
  const told = Promise.withResolvers<void>();
  const write = (text: string): void => {
    lines.push(text);
    told.resolve();
  };
  const log = pino({ level: 'warn' }, { write });
  const gate = { database } as unknown as GateServices;
  const housekeeping = startHousekeeping({ gate, days: 30, bytes: 1000, now: () => NOW, log, metrics });
  await told.promise;
  await housekeeping.stop();
  assert.match(lines.join(''), /today alone take more than retention\.events_gigabytes/);
  const text = await registry.metrics();
  assert.match(text, /assay_raw_log_dropped_partitions_total\{cause="size"\} 6/);
  const [, bytes] = /assay_raw_log_bytes (\d+)/.exec(text) ?? [];
  assert.ok(Number(bytes) > MEGABYTE && Number(bytes) < 2 * MEGABYTE, bytes);
  assert.match(
    text,
    new RegExp(`assay_raw_log_oldest_timestamp_seconds ${Date.UTC(2026, 2, 10, 12) / 1000}`),
  );
});
