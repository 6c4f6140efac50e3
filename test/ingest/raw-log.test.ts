import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ingest } from '#ingest/ingest.ts';
import { RawLogReader, readRawBody } from '#ingest/raw-log.ts';
import { replay } from '#ingest/replay.ts';
import type { Database } from '#store/database.ts';
import { stopIngest } from '#store/ingest-lock.ts';
import { countRawEvents } from '#store/raw-events.ts';
import { dropExpired, ensureDayPartitions } from '#store/raw-partitions.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

const event = (n: number, day = '2026-01-01'): Buffer =>
  sampleEvent({
    runId: `018cc251-f400-717f-9d98-${String(n).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: `${day}T00:00:00.${String(n).padStart(3, '0')}Z`,
  });
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** Sends the events at once, so that they share a batch; returns their ids. */
async function send(
  database: Database,
  bodies: readonly Buffer[],
  now = '2026-02-01T00:00:00Z',
): Promise<string[]> {
  const ingest = new Ingest({ database, now: () => new Date(now) });
  const outcomes = await Promise.all(bodies.map((body) => ingest.receive(body, 'http')));
  assert.ok(outcomes.every(({ status }) => status === 'accepted'));
  return outcomes.map(({ id }) => id);
}

async function segments(database: Database): Promise<{ events: number; rows: number }[]> {
  return database.rows(sql`
    select s.events, (select count(*)::integer from raw_event e where e.segment = s.id and e.received_at = s.received_at) as rows
      from raw_segment s order by s.id`);
}

async function count(database: Database): Promise<number> {
  const [row] = await database.rows<{ events: number }>(countRawEvents());
  return row?.events ?? -1;
}

test('a batch is one segment, from which each event is read back byte for byte', async (t) => {
  const database = await testDatabase(t);
  const bodies = range(0, 20).map((n) => event(n));
  const ids = await send(database, bodies);
  assert.deepEqual(await segments(database), [{ events: 20, rows: 20 }]);
  for (const [index, id] of ids.entries()) {
    const body = await readRawBody(database, id);
    assert.ok(body !== null && body !== 'expired');
    assert.equal(Buffer.from(body).toString(), bodies[index]?.toString());
  }
  assert.equal(await readRawBody(database, '00000000-0000-4000-8000-000000000001'), null);
});

test('a batch of duplicates leaves no segment, one with a new event counts that alone', async (t) => {
  const database = await testDatabase(t);
  const bodies = range(0, 5).map((n) => event(n));
  await send(database, bodies);
  await send(database, bodies);
  assert.deepEqual(await segments(database), [{ events: 5, rows: 5 }]);
  const [, id] = await send(database, [event(0), event(7), event(7), event(1)]);
  assert.deepEqual(await segments(database), [
    { events: 5, rows: 5 },
    { events: 1, rows: 1 },
  ]);
  const body = await readRawBody(database, id ?? '');
  assert.ok(body !== null && body !== 'expired');
  assert.equal(Buffer.from(body).toString(), event(7).toString());
});

test('pages that share a segment give each event once, in order', async (t) => {
  const database = await testDatabase(t);
  await send(
    database,
    range(0, 10).map((n) => event(n)),
  );
  await send(
    database,
    range(10, 17).map((n) => event(n)),
  );
  const expected = await database.rows<{ id: string }>(sql`select id from raw_event order by sequence`);
  const reads: string[] = [];
  const watched = {
    ...database,
    rows: async <T extends object>(statement: Parameters<Database['rows']>[0]): Promise<T[]> => {
      const rows = await database.rows<T>(statement);
      if (statement.text.includes('from raw_segment')) reads.push(...rows.map(() => 'segment'));
      return rows;
    },
  };
  const log = new RawLogReader();
  const read: string[] = [];
  for (let after = 0; after < 18; after += 3) {
    const page = await log.read(watched, after, after + 3);
    assert.equal(page.expired, 0);
    for (const { id, body } of page.events) {
      assert.match(Buffer.from(body()).toString(), /^\{.*\}$/s);
      read.push(id);
    }
  }
  assert.deepEqual(
    read,
    expected.map(({ id }) => id),
  );
  assert.equal(reads.length, 2);
});

test('storing waits for whoever stopped ingest, and draws its sequence number only then', async (t) => {
  const database = await testDatabase(t);
  await send(database, [event(0)]);
  let sending: Promise<string[]> | undefined;
  let stored = false;
  const drawn = async (): Promise<unknown> =>
    (
      await database.rows(sql`select e.last_value as events, s.last_value as segments
      from assay.raw_event_sequence e, assay.raw_segment_sequence s`)
    )[0];
  const waiting = sql`select count(*)::integer as n from pg_locks
    where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
  await database.transaction(async (connection) => {
    await connection.rows(stopIngest());
    const before = await drawn();
    sending = send(database, [event(1), event(2)]).then((ids) => {
      stored = true;
      return ids;
    });
    const settled = async (): Promise<boolean> =>
      stored || (await database.rows<{ n: number }>(waiting))[0]?.n === 1;
    while (!(await settled())) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(await drawn(), before);
    assert.equal(await count(database), 1);
    assert.equal(stored, false);
  });
  await sending;
  assert.equal(await count(database), 3);
});

test('a batch that is halved for a fault of its data keeps every other event readable', async (t) => {
  const database = await testDatabase(t);
  const bodies = range(0, 8).map((n) => event(n));
  // Refuses one event's row as Postgres refuses bad data.
  await database.execute(sql`
    create function public.refuse() returns trigger language plpgsql as
    'begin if new.event_time = ''2026-01-01T00:00:00.005Z'' then raise exception using errcode = ''22000''; end if; return new; end'`);
  await database.execute(
    sql`create trigger refuse before insert on assay.raw_event for each row execute function public.refuse()`,
  );
  const ingest = new Ingest({ database, now: () => new Date('2026-02-01T00:00:00Z') });
  const outcomes = await Promise.all(bodies.map((body) => ingest.receive(body, 'http')));
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    range(0, 8).map((n) => (n === 5 ? 'quarantined' : 'accepted')),
  );
  assert.deepEqual(
    (await segments(database)).map(({ events, rows }) => [events, rows]),
    [
      [4, 4],
      [1, 1],
      [2, 2],
    ],
  );
  for (const [index, { id }] of outcomes.entries()) {
    const body = await readRawBody(database, id);
    if (index === 5) assert.equal(body, null);
    else assert.equal(Buffer.from(body ?? '').toString(), bodies[index]?.toString());
  }
});

test('an event whose segment has expired is said to be so, and replay counts it', async (t) => {
  const database = await testDatabase(t);
  // The second keeps the partition of their day; of the first, whose segment is a month older, the row alone stays.
  const [old] = await send(database, [event(1)], '2026-02-01T00:00:00Z');
  const [recent] = await send(database, [event(2)], '2026-03-01T00:00:00Z');
  await ensureDayPartitions(database, { now: new Date('2026-01-01T00:00:00Z'), behind: 0, ahead: 0 });
  const outcome = await dropExpired(database, { now: new Date('2026-03-02T00:00:00Z'), keepDays: 20 });
  assert.deepEqual(outcome, { dropped: ['raw_segment_20260101'], postponed: [], deleted: 1 });
  assert.equal(await readRawBody(database, old ?? ''), 'expired');
  assert.notEqual(await readRawBody(database, recent ?? ''), 'expired');
  const page = await new RawLogReader().read(database, 0, 10);
  assert.deepEqual([page.events.map(({ id }) => id), page.expired], [[recent], 1]);
  await assert.rejects(replay(database), /knows 1 events that a replay would forget/);
  assert.deepEqual(await replay(database, { forgetExpired: true }), { events: 1, expired: 1, failed: [] });
});
