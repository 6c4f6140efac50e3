import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { QueueFull } from '#ingest/batcher.ts';
import { Ingest } from '#ingest/ingest.ts';
import { streamIntake } from '#ingest/stream-intake.ts';
import type { Deliver } from '#model/event-stream.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

const now = (): Date => new Date('2026-02-01T00:00:00Z');
const eventOf = (n: number): Buffer =>
  Buffer.from(
    sampleEvent({
      runId: `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`,
      type: 'COMPLETE',
      time: '2026-01-31T12:00:00.000Z',
      job: `job ${n}`,
      outputs: [],
    }),
  );

interface Setup {
  readonly deliver: Deliver;
  readonly outcomes: string[];
  readonly reasons: string[];
}

function intake(database: TestDatabase, receive?: Ingest['receive']): Setup {
  const outcomes: string[] = [];
  const reasons: string[] = [];
  const onQuarantine = ({ reason }: { readonly reason: string }): void => void reasons.push(reason);
  const ingest = receive ? { receive } : new Ingest({ database, now, onQuarantine });
  const deliver = streamIntake({
    ingest,
    database,
    now,
    onEvent: ({ outcome }) => outcomes.push(outcome),
    onQuarantine,
  });
  return { deliver, outcomes, reasons };
}

async function stored(database: TestDatabase): Promise<{ events: number; quarantined: number }> {
  const [row] = await database.rows<{ events: number; quarantined: number }>(
    sql`select (select count(*)::integer from raw_event) as events, (select count(*)::integer from quarantine) as quarantined`,
  );
  assert.ok(row);
  return row;
}

const SETTLED = { status: 'settled' };

describe('messages of a stream', () => {
  test('an event is stored under the source kafka, and again it is a duplicate', async (t) => {
    const database = await testDatabase(t);
    const { deliver, outcomes } = intake(database);
    assert.deepEqual(await deliver(eventOf(1)), SETTLED);
    assert.deepEqual(await deliver(eventOf(1)), SETTLED);
    assert.deepEqual(outcomes, ['accepted', 'duplicate']);
    assert.deepEqual(await stored(database), { events: 1, quarantined: 0 });
  });

  test('what is wrapped oddly is the same event', async (t) => {
    const database = await testDatabase(t);
    const { deliver, outcomes } = intake(database);
    const event = eventOf(1);
    await deliver(event);
    for (const before of ['\uFEFF', ' \n', '\u0000\u0000\u0000\u0000\u0007'])
      assert.deepEqual(await deliver(Buffer.concat([Buffer.from(before), event])), SETTLED);
    assert.deepEqual(outcomes, ['accepted', 'duplicate', 'duplicate', 'duplicate']);
    assert.deepEqual(await stored(database), { events: 1, quarantined: 0 });
  });

  test('tombstones, empty values and empty arrays are passed over and counted', async (t) => {
    const database = await testDatabase(t);
    const { deliver, outcomes } = intake(database);
    for (const value of [null, '', ' \n', '\uFEFF', '[]'])
      assert.deepEqual(await deliver(value === null ? null : Buffer.from(value)), SETTLED);
    assert.deepEqual(
      outcomes,
      Array.from({ length: 5 }, () => 'skipped'),
    );
    assert.deepEqual(await stored(database), { events: 0, quarantined: 0 });
  });

  test('an array is its events, each on its own', async (t) => {
    const database = await testDatabase(t);
    const { deliver, outcomes } = intake(database);
    const events = Array.from({ length: 600 }, (_, n) => eventOf(n).toString());
    assert.deepEqual(await deliver(Buffer.from(`[${[...events, '{"no":"event"}'].join(',')}]`)), SETTLED);
    assert.equal(outcomes.filter((outcome) => outcome === 'accepted').length, 600);
    assert.deepEqual(await stored(database), { events: 600, quarantined: 1 });
  });

  test('poison goes to quarantine, whatever it is', async (t: TestContext) => {
    const database = await testDatabase(t);
    const { deliver, reasons } = intake(database);
    const poison = ['not json', '{"eventTime":"never"}', '[{"a":1},', '\u0000\u0001\u0002', '42', '"text"'];
    for (const text of poison) assert.deepEqual(await deliver(Buffer.from(text)), SETTLED);
    assert.deepEqual(await deliver(Buffer.from([0xff, 0xfe, 0xfd])), SETTLED);
    assert.equal(reasons.length, poison.length + 1);
    assert.deepEqual(await stored(database), { events: 0, quarantined: poison.length + 1 });
  });

  test('an event on which reading itself fails goes to quarantine as well', async (t) => {
    const database = await testDatabase(t);
    const { deliver, outcomes, reasons } = intake(database, async () => {
      throw new RangeError('Maximum call stack size exceeded');
    });
    assert.deepEqual(await deliver(eventOf(1)), SETTLED);
    assert.deepEqual(outcomes, ['quarantined']);
    assert.deepEqual(reasons, ['unreadable']);
    const [row] = await database.rows<{ source: string; reason: string; problems: unknown }>(
      sql`select source, reason, problems from quarantine`,
    );
    assert.deepEqual(row, {
      source: 'kafka',
      reason: 'unreadable',
      problems: [{ pointer: '', detail: 'Maximum call stack size exceeded' }],
    });
  });

  test('no room and no store are told apart, and nothing is put aside', async (t) => {
    const database = await testDatabase(t);
    const full = intake(database, async () => {
      throw new QueueFull();
    });
    assert.deepEqual(await full.deliver(eventOf(1)), { status: 'busy' });
    const away = intake(database, async () => {
      throw Object.assign(new Error('the database system is shutting down'), { code: '57P03' });
    });
    assert.deepEqual(await away.deliver(eventOf(1)), {
      status: 'unavailable',
      reason: 'The store does not take events: the database system is shutting down',
    });
    assert.deepEqual(away.outcomes, ['refused']);
    assert.deepEqual(await stored(database), { events: 0, quarantined: 0 });
  });
});
