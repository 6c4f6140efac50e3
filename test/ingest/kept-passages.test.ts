import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { CODECS } from '#ingest/codec.ts';
import { Ingest } from '#ingest/ingest.ts';
import { RawLogReader, readRawBody } from '#ingest/raw-log.ts';
import { replay } from '#ingest/replay.ts';
import type { Database } from '#store/database.ts';
import { dropPassages } from '#store/raw-passages.ts';
import { rawLogSize } from '#store/raw-retention.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { dumpModel } from '#test/support/model-dump.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';

const DAY = 86_400_000;
const at = (day: number): Date => new Date(Date.UTC(2026, 0, 1) + day * DAY);

let events = 0;
/** An event of a run of its own, unless told; jobs of one name always say the same. */
function eventOf(job: string, run?: number): Buffer {
  events += 1;
  const fields = Array.from({ length: 20 }, (_, n) => ({ name: `${job} column ${n}`, type: 'int' }));
  return sampleEvent({
    runId: `018cc251-f400-7000-8000-${String(run ?? events).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: new Date(Date.UTC(2026, 0, 1) + events).toISOString(),
    job,
    jobFacets: { documentation: facet({ description: `What ${job} is for. `.repeat(10) }) },
    inputs: [{ namespace: 's3://lake', name: `${job} in`, facets: {} }],
    outputs: [
      {
        namespace: 's3://lake',
        name: `${job} out`,
        facets: { schema: facet({ fields }) },
        outputFacets: { outputStatistics: facet({ rowCount: events }) },
      },
    ],
  });
}

/** Names that no other test has: what was remembered of jobs is so for the whole process. */
const jobs = (count: number): string[] => Array.from({ length: count }, () => `job ${randomUUID()}`);

interface Sent {
  readonly id: string;
  readonly body: Buffer;
}

async function sendOne(ingest: Ingest, body: Buffer): Promise<Sent> {
  const { status, id } = await ingest.receive(body, 'http');
  assert.equal(status, 'accepted');
  // What it offered is stored, so that a test knows what the next one finds.
  await ingest.drain();
  return { id, body };
}

async function send(ingest: Ingest, job: string, times: number): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let time = 0; time < times; time += 1) sent.push(await sendOne(ingest, eventOf(job)));
  return sent;
}

async function assertKept(database: Database, sent: readonly Sent[]): Promise<void> {
  for (const { id, body } of sent) {
    const stored = await readRawBody(database, id);
    assert.ok(stored !== null && stored !== 'expired');
    assert.equal(Buffer.from(stored).toString(), body.toString());
  }
}

/** Of each segment: does it refer to passages? */
async function refers(database: Database): Promise<boolean[]> {
  const rows = await database.rows<{ codec: number }>(sql`select codec from raw_segment order by id`);
  return rows.map(({ codec }) => codec === CODECS.references);
}

const passages = (database: Database): Promise<{ id: number; needed_until: Date }[]> =>
  database.rows(sql`select id, needed_until from raw_passage order by id`);

/** Runs of a job before what it says is kept: one to remember it, and another. */
const BEFORE = 2;

test('what a job says again and again is kept once, and every event comes back byte for byte', async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => at(40) });
  const names = jobs(5);
  const sent: Sent[] = [];
  for (const name of names) sent.push(...(await send(ingest, name, BEFORE)));
  assert.deepEqual(
    await refers(database),
    sent.map(() => false),
  );
  // Of each job its own facets and the output's; the input's are too short.
  assert.equal((await passages(database)).length, 10);

  const together = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => {
      const body = eventOf(names[n % 5] ?? '');
      return { id: (await ingest.receive(body, 'http')).id, body };
    }),
  );
  sent.push(...together);
  assert.ok((await refers(database)).slice(BEFORE * 5).every(Boolean));
  assert.equal((await passages(database)).length, 10);
  await assertKept(database, sent);

  const log = new RawLogReader(3000);
  const bodies = new Map<string, string>();
  for (let after = 0; after < sent.length;) {
    const page = await log.read(database, after, sent.length);
    for (const { id, body } of page.events) bodies.set(id, Buffer.from(body()).toString());
    after = page.upTo;
  }
  assert.deepEqual(bodies, new Map(sent.map(({ id, body }) => [id, body.toString()])));

  const before = await dumpModel(database);
  assert.deepEqual(await replay(database), { events: sent.length, expired: 0, failed: [] });
  assert.equal(await dumpModel(database), before);
});

test('what only one run says is not kept, however often it says it', async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => at(40) });
  for (const [n, name] of jobs(4).entries())
    for (let time = 0; time < 6; time += 1) await sendOne(ingest, eventOf(name, 900_000 + n));
  assert.deepEqual(await passages(database), []);
});

test('another collector refers to the same passages', async (t) => {
  const database = await testDatabase(t);
  const [job = ''] = jobs(1);
  const sent: Sent[] = [];
  // Two in one process: each knows only what it was told by the store itself.
  for (let collector = 0; collector < 2; collector += 1) {
    const ingest = new Ingest({ database, now: () => at(40) });
    sent.push(...(await send(ingest, job, BEFORE + 1)));
    assert.equal((await refers(database)).at(-1), true);
  }
  assert.equal((await passages(database)).length, 2);
  await assertKept(database, sent);
});

test('a passage that has gone is found out before an event is acknowledged that needs it', async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => at(40) });
  const [job = ''] = jobs(1);
  await send(ingest, job, BEFORE + 1);
  assert.equal((await refers(database)).at(-1), true);
  // As by a server that was restored to an earlier time: the segments that need it are not there either.
  await database.execute(sql`delete from raw_segment where codec = ${CODECS.references}`);
  await database.execute(sql`delete from raw_passage`);
  const whole = await send(ingest, job, 1);
  assert.equal((await refers(database)).at(-1), false);
  const again = await send(ingest, job, 1);
  assert.deepEqual((await refers(database)).at(-1), true, 'it was kept anew');
  await assertKept(database, [...whole, ...again]);
});

test('a number that was given to another passage meanwhile is found out too', async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => at(40) });
  const [job = '', other = ''] = jobs(2);
  await send(ingest, job, BEFORE + 1);
  // The store is restored to a time before, and goes on with another job.
  await database.execute(sql`truncate raw_segment, raw_event, raw_passage restart identity`);
  await send(new Ingest({ database, now: () => at(40) }), other, BEFORE);
  assert.deepEqual(
    (await passages(database)).map(({ id }) => id),
    [1, 2],
  );
  const sent = await send(ingest, job, 3);
  await assertKept(database, sent);
  assert.equal((await passages(database)).length, 4);
});

test('so is one that has changed its number with another', async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => at(40) });
  const [job = ''] = jobs(1);
  await send(ingest, job, BEFORE + 1);
  await database.execute(sql`truncate raw_segment, raw_event`);
  await database.execute(sql`
    with taken as (delete from raw_passage returning *)
    insert into raw_passage (id, hash, mark, needed_until, codec, body) overriding system value
    select (3 - id) + 1000, hash, mark, needed_until, codec, body from taken`);
  await database.execute(sql`
    with taken as (delete from raw_passage returning *)
    insert into raw_passage (id, hash, mark, needed_until, codec, body) overriding system value
    select id - 1000, hash, mark, needed_until, codec, body from taken`);
  await assertKept(database, await send(ingest, job, 3));
});

test('a store that keeps no passages loses nothing', async (t) => {
  const real = await testDatabase(t);
  let asked = 0;
  const database: Database = {
    ...real,
    rows: (statement) => {
      if (statement.name !== 'keep_passages') return real.rows(statement);
      asked += 1;
      return Promise.reject(new Error('no room'));
    },
  };
  const ingest = new Ingest({ database, now: () => at(40) });
  const sent = await send(ingest, jobs(1)[0] ?? '', BEFORE + 3);
  // Two passages, and another try with each of the last three events.
  assert.ok(asked >= 4, `asked ${asked} times`);
  assert.deepEqual(
    await refers(real),
    sent.map(() => false),
  );
  await assertKept(real, sent);
});

test('a passage lasts while it is used, and goes some time after the last segment that may need it', async (t) => {
  const database = await testDatabase(t);
  let now = at(0);
  const ingest = new Ingest({ database, now: () => now });
  const [job = ''] = jobs(1);
  await send(ingest, job, BEFORE + 1);
  const kept = await passages(database);
  assert.ok(kept.every((passage) => passage.needed_until.getTime() === at(60).getTime()));
  // Renewed in time, so that it is referred to without a gap.
  now = at(45);
  await send(ingest, job, 1);
  assert.deepEqual(
    await passages(database),
    kept.map(({ id }) => ({ id, needed_until: at(105) })),
  );
  now = at(100);
  await send(ingest, job, 1);
  assert.deepEqual((await refers(database)).slice(BEFORE), [true, true, true]);
  assert.equal((await passages(database))[0]?.needed_until.getTime(), at(160).getTime());
  // Nobody renewed it meanwhile: the event holds it itself, and asks for it again.
  now = at(161);
  const late = await send(ingest, job, 2);
  assert.deepEqual((await refers(database)).slice(-2), [false, true]);
  await assertKept(database, late);

  const left = async (): Promise<number> => (await passages(database)).length;
  now = at(300);
  await database.execute(dropPassages(now));
  assert.equal(await left(), 2, 'segments of their time are there');
  await database.execute(sql`delete from raw_segment where received_at < ${at(161)}`);
  await database.execute(dropPassages(now));
  assert.equal(await left(), 2, 'one of the last day is there');
  await database.execute(sql`delete from raw_segment`);
  await database.execute(dropPassages(at(221)));
  assert.equal(await left(), 2, 'another collector may be about to refer to them');
  await database.execute(dropPassages(now));
  assert.equal(await left(), 0);
});

test('what passages take counts as a part of the raw log', async (t) => {
  const database = await testDatabase(t);
  const before = await rawLogSize(database);
  await database.execute(sql`
    insert into raw_passage (hash, mark, needed_until, codec, body)
    select gen_random_uuid(), 0, ${at(1)}, 0, convert_to(repeat('x', 8000), 'UTF8') from generate_series(1, 100)`);
  const { bytes } = await rawLogSize(database);
  assert.ok(bytes - before.bytes > 800_000, `${bytes - before.bytes}`);
});
