import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CODECS, unpack } from '#ingest/codec.ts';
import { DictionaryKeeper, makeDictionary } from '#ingest/dictionary.ts';
import { Ingest } from '#ingest/ingest.ts';
import { RawLogReader, readRawBody } from '#ingest/raw-log.ts';
import { replay } from '#ingest/replay.ts';
import { cut, packSegment } from '#ingest/segment.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { dumpModel } from '#test/support/model-dump.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const event = (n: number): Buffer =>
  sampleEvent({
    runId: `018cc251-f400-717f-9d98-${String(n).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: new Date(1_767_225_600_000 + n).toISOString(),
    outputs: [
      outputWithRows(`a_rather_long_name_of_a_table_${n % 5}`, n, { schema: ['first', 'second', 'third'] }),
    ],
  });
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
const dictionary = { id: 7, body: makeDictionary(range(0, 40).map(event)) };

test('a dictionary halves a single event, and it comes back byte for byte', () => {
  const without = packSegment([event(100)]);
  const packed = packSegment([event(100)], dictionary);
  assert.equal(packed.codec, CODECS.dictionary);
  assert.ok(packed.body.length < without.body.length / 2, `${packed.body.length} of ${without.body.length}`);
  const bytes = unpack(packed.codec, packed.body, new Map([[7, dictionary.body]]));
  assert.ok(Buffer.from(cut(bytes, packed.spans[0] ?? { position: -1, length: 0 })).equals(event(100)));
});

test('large batches and a few bytes go without', () => {
  assert.equal(packSegment(range(0, 9).map(event), dictionary).codec, CODECS.zstd);
  assert.equal(packSegment(range(0, 8).map(event), dictionary).codec, CODECS.dictionary);
  assert.equal(packSegment([Buffer.from('{}')], dictionary).codec, CODECS.plain);
});

test('a segment whose dictionary is missing or another one is an error, not other bytes', () => {
  const { codec, body } = packSegment([event(100)], dictionary);
  assert.throws(() => unpack(codec, body), /dictionary 7 of the raw log is missing/);
});

test('events that say nothing new are not in a dictionary twice', () => {
  const same = range(0, 50).map(() => event(1));
  assert.ok(makeDictionary(same).length < event(1).length * 2);
  assert.equal(makeDictionary([]).length, 0);
});

const at = (day: number): Date => new Date(Date.UTC(2026, 1, day));

async function send(
  database: TestDatabase,
  keeper: DictionaryKeeper,
  numbers: readonly number[],
  now: Date,
): Promise<string> {
  const ingest = new Ingest({ database, now: () => now, dictionary: (time) => keeper.current(time) });
  let last = '';
  for (const n of numbers) last = (await ingest.receive(event(n), 'http')).id;
  return last;
}

/** Of what is left in the segments beside references. */
const codecs = async (database: TestDatabase): Promise<number[]> =>
  (
    await database.rows<{ codec: number }>(sql`
      select case codec when ${CODECS.references} then get_byte(body, 4) else codec end as codec
        from raw_segment order by id`)
  ).map(({ codec }) => codec);

test('segments of several dictionaries and of none are read side by side, and replay knows them all', async (t) => {
  const database = await testDatabase(t);
  const keeper = new DictionaryKeeper();
  await keeper.tend(database, at(1));
  assert.equal(keeper.current(at(1)), null, 'of nothing there is none');
  const ids = [await send(database, keeper, range(0, 40), at(1))];
  await keeper.tend(database, at(1));
  const first = keeper.current(at(1));
  ids.push(await send(database, keeper, [50], at(1)));
  await keeper.tend(database, at(2));
  assert.notEqual(keeper.current(at(2))?.id, first?.id, 'a day later there is another');
  ids.push(await send(database, keeper, [60], at(2)));
  assert.deepEqual((await codecs(database)).slice(-3), [CODECS.zstd, CODECS.dictionary, CODECS.dictionary]);

  for (const [index, n] of [39, 50, 60].entries()) {
    const body = await readRawBody(database, ids[index] ?? '');
    assert.equal(Buffer.from(body ?? '').toString(), event(n).toString());
  }
  const before = await dumpModel(database);
  assert.deepEqual(await replay(database), { events: 42, expired: 0, failed: [] });
  assert.equal(await dumpModel(database), before);
});

test('a dictionary is not written with once its keeper did not look for hours', async (t) => {
  const database = await testDatabase(t);
  const keeper = new DictionaryKeeper();
  await send(database, keeper, range(0, 40), at(1));
  await keeper.tend(database, at(1));
  assert.notEqual(keeper.current(at(1)), null);
  assert.equal(keeper.current(at(2)), null);
});

test('a dictionary goes when every segment of its time is gone, and the newest stays', async (t) => {
  const database = await testDatabase(t);
  const keeper = new DictionaryKeeper();
  const kept = async (): Promise<number> => (await database.rows(sql`select 1 from raw_dictionary`)).length;
  await send(database, keeper, range(0, 40), at(1));
  await keeper.tend(database, at(1));
  await send(database, keeper, [50], at(1));
  await keeper.tend(database, at(3));
  await send(database, keeper, [60], at(5));
  assert.equal(await kept(), 2);
  await keeper.tend(database, at(3));
  assert.equal(await kept(), 2, 'a segment of the first one is still there');
  await database.execute(sql`delete from raw_segment where received_at < ${at(5)}`);
  await keeper.tend(database, at(3));
  assert.equal(await kept(), 1);
});

test('a page ends where its events are too many bytes, and no event is left out', async (t) => {
  const database = await testDatabase(t);
  await send(database, new DictionaryKeeper(), range(0, 10), at(1));
  const log = new RawLogReader(event(0).length * 3);
  const pages: number[] = [];
  for (let after = 0; after < 10;) {
    const page = await log.read(database, after, 10);
    pages.push(page.events.length);
    after = page.upTo;
  }
  assert.equal(
    pages.reduce((sum, events) => sum + events, 0),
    10,
  );
  assert.ok(pages.length >= 3 && pages.length <= 5, `${pages.length} pages`);
  assert.equal((await new RawLogReader(1).read(database, 0, 10)).events.length, 1);
});
