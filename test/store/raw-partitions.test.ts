import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropExpired, ensureDayPartitions, partitionName } from '#store/raw-partitions.ts';
import { sql, type Statement } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

const NOW = new Date('2026-03-10T15:00:00Z');
let number = 0;

function event(eventTime: string, receivedAt: string): Statement {
  number += 1;
  const id = `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
  return sql`insert into assay.raw_event (id, event_time, received_at, segment, position, length)
    values (${id}, ${eventTime}, ${receivedAt}, 1, 0, 1)`;
}

function segment(receivedAt: string): Statement {
  return sql`insert into assay.raw_segment (received_at, codec, events, body) values (${receivedAt}, 0, 1, 'x')`;
}

async function partitionOfSegments(database: TestDatabase): Promise<Record<string, number>> {
  const rows = await database.rows<{ name: string; segments: number }>(
    sql`select tableoid::regclass::text as name, count(*) as segments from assay.raw_segment group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, segments }) => [name, segments]));
}

async function partitionOfEvents(database: TestDatabase): Promise<Record<string, number>> {
  const rows = await database.rows<{ name: string; events: number }>(
    sql`select tableoid::regclass::text as name, count(*) as events from assay.raw_event group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, events }) => [name, events]));
}

test('partitions are made for the days around now, once', async (t) => {
  const database = await testDatabase(t);
  const first = await ensureDayPartitions(database, { now: NOW, behind: 1, ahead: 2 });
  assert.deepEqual(first.created, [
    'raw_event_20260309',
    'raw_event_20260310',
    'raw_event_20260311',
    'raw_event_20260312',
    'raw_segment_20260309',
    'raw_segment_20260310',
    'raw_segment_20260311',
    'raw_segment_20260312',
  ]);
  assert.deepEqual(await ensureDayPartitions(database, { now: NOW, behind: 1, ahead: 2 }), {
    created: [],
    moved: 0,
  });
});

test('events go to the partition of their day, from its first microsecond to its last', async (t) => {
  const database = await testDatabase(t);
  await ensureDayPartitions(database, { now: NOW });
  await database.execute(event('2026-03-10T00:00:00Z', '2026-03-10T00:00:00Z'));
  await database.execute(event('2026-03-10T23:59:59.999999Z', '2026-03-11T00:00:00Z'));
  await database.execute(event('2026-03-11T00:00:00Z', '2026-03-11T00:00:00Z'));
  await database.execute(event('2001-01-01T00:00:00Z', '2026-03-10T00:00:00Z'));
  assert.deepEqual(await partitionOfEvents(database), {
    raw_event_20260310: 2,
    raw_event_20260311: 1,
    raw_event_other: 1,
  });
});

test('events that came before their partition move into it', async (t) => {
  const database = await testDatabase(t);
  await database.execute(event('2026-03-10T12:00:00Z', '2026-03-10T12:00:00Z'));
  await database.execute(event('2026-03-12T12:00:00Z', '2026-03-10T12:00:00Z'));
  await database.execute(event('2026-04-01T12:00:00Z', '2026-03-10T12:00:00Z'));
  const before = await database.rows(sql`select * from assay.raw_event order by id`);
  assert.equal((await ensureDayPartitions(database, { now: NOW })).moved, 2);
  assert.deepEqual(await partitionOfEvents(database), {
    raw_event_20260310: 1,
    raw_event_20260312: 1,
    raw_event_other: 1,
  });
  assert.deepEqual(await database.rows(sql`select * from assay.raw_event order by id`), before);
});

test('two collectors at once make each partition once', async (t) => {
  const database = await testDatabase(t);
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => ensureDayPartitions(database, { now: NOW })));
  assert.equal(outcomes.flatMap(({ created }) => created).length, 14);
});

test('events that are stored while partitions are made all arrive', async (t) => {
  const database = await testDatabase(t);
  const writing = Array.from({ length: 60 }, (_, index) =>
    database.execute(event(`2026-03-${10 + (index % 4)}T12:00:00Z`, '2026-03-10T12:00:00Z')),
  );
  await Promise.all([...writing, ensureDayPartitions(database, { now: NOW })]);
  const byPartition = await partitionOfEvents(database);
  assert.equal(byPartition['raw_event_other'], undefined);
  assert.equal(
    Object.values(byPartition).reduce((sum, events) => sum + events, 0),
    60,
  );
});

test('retention drops a partition only when its day and its last arrival are both old', async (t) => {
  const database = await testDatabase(t);
  await ensureDayPartitions(database, { now: NOW });
  await database.execute(event('2026-03-08T12:00:00Z', '2026-03-08T12:00:01Z'));
  await database.execute(event('2026-03-09T12:00:00Z', '2026-04-05T00:00:00Z')); // arrived a month late
  await database.execute(event('2001-01-01T00:00:00Z', '2026-03-01T00:00:00Z'));
  await database.execute(event('2001-01-02T00:00:00Z', '2026-04-05T00:00:00Z'));
  const outcome = await dropExpired(database, { now: new Date('2026-04-09T12:00:00Z'), keepDays: 30 });
  assert.deepEqual(outcome, {
    dropped: [
      'raw_event_20260307',
      'raw_event_20260308',
      'raw_segment_20260307',
      'raw_segment_20260308',
      'raw_segment_20260309',
    ],
    postponed: [],
    deleted: 1,
  });
  assert.deepEqual(await partitionOfEvents(database), { raw_event_20260309: 1, raw_event_other: 1 });
});

test('segments lie by the day on which they arrived, move into their partition and go when the day is over', async (t) => {
  const database = await testDatabase(t);
  await database.execute(segment('2026-03-10T23:59:59.999Z'));
  assert.deepEqual(await partitionOfSegments(database), { raw_segment_other: 1 });
  assert.equal((await ensureDayPartitions(database, { now: NOW })).moved, 1);
  await database.execute(segment('2026-03-11T00:00:00Z'));
  await database.execute(segment('2026-03-01T00:00:00Z'));
  await database.execute(segment('2026-05-01T00:00:00Z'));
  const kept = { raw_segment_20260310: 1, raw_segment_20260311: 1 };
  assert.deepEqual(await partitionOfSegments(database), { ...kept, raw_segment_other: 2 });
  const dayNotOver = await dropExpired(database, { now: new Date('2026-04-09T23:59:59Z'), keepDays: 30 });
  assert.equal(dayNotOver.deleted, 1);
  assert.deepEqual(await partitionOfSegments(database), { ...kept, raw_segment_other: 1 });
  const over = await dropExpired(database, { now: new Date('2026-04-10T00:00:00Z'), keepDays: 30 });
  assert.ok(over.dropped.includes('raw_segment_20260310') && !over.dropped.includes('raw_segment_20260311'));
  assert.deepEqual(await partitionOfSegments(database), { raw_segment_20260311: 1, raw_segment_other: 1 });
});

test('a new partition stores bodies as its parent does: they are already compressed', async (t) => {
  const database = await testDatabase(t);
  await ensureDayPartitions(database, { now: NOW, behind: 0, ahead: 0 });
  const rows = await database.rows<{ storage: string }>(sql`
    select attstorage::text as storage from pg_attribute
     where attrelid = 'assay.raw_segment_20260310'::regclass and attname = 'body'`);
  assert.deepEqual(rows, [{ storage: 'e' }]);
});

test('a partition’s name is its day in UTC', () => {
  const events = { table: 'raw_event' } as const;
  assert.equal(partitionName(events, new Date('2026-03-10T23:59:59.999Z')), 'raw_event_20260310');
  assert.throws(() => partitionName(events, new Date('+012026-03-10T00:00:00Z')), RangeError);
});
