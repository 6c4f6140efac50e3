import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { KeyRing } from '#collector/keys/key-ring.ts';
import { keyHash } from '#collector/keys/key-text.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { ObjectiveItem } from '#api/schema/objectives.ts';
import { addProgress } from '#store/stream-progress.ts';
import { sql } from '#store/sql.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';
import { at, idOf, NAMESPACE, promised, type Promised } from './promised.ts';

/** A run that says what values a time column of its output has. */
async function stateLevels(
  of: Promised,
  table: string,
  ended: string,
  min: string,
  max: string,
): Promise<void> {
  const seconds = (moment: string): number => +at(moment) / 1000;
  const ingest = new Ingest({ database: of.database, now: () => of.clock.now });
  await ingest.receive(
    sampleEvent({
      runId: randomUUID(),
      type: 'COMPLETE',
      time: at(ended).toISOString(),
      job: `make ${table}`,
      outputs: [
        {
          namespace: NAMESPACE,
          name: table,
          outputFacets: {},
          facets: {
            dataQualityMetrics: facet({
              columnMetrics: { updated_at: { min: seconds(min), max: seconds(max) } },
            }),
          },
        },
      ],
    }),
    'http',
  );
}

const evidenceOf = (of: Promised) =>
  of.database.rows<{ subject: string; kind: string; cleared: boolean }>(
    sql`select subject, kind, cleared_at is not null as cleared from evidence order by at`,
  );

describe('promises about what is measured, in the running service', () => {
  test('a run that takes too long is missed while it hangs, and late once it ended', async (t) => {
    const of = await promised(t);
    await of.promise('orders', 'duration: 1 hour\npartition: { column: dt, grain: day }');
    const service = of.begin();
    await of.write('orders', '2026-05-01', '2026-05-02T01:00', { minutes: 30 });
    await of.write('orders', '2026-05-02', '2026-05-03T01:00', { minutes: 30, begunOnly: true });
    of.clock.now = at('2026-05-03T01:00');
    await service.look();
    assert.deepEqual(
      (await of.periods('orders')).map(({ state }) => state),
      ['met', 'waiting'],
    );
    // It began at 00:30, so that it is due at 01:30: nothing happens then.
    of.clock.now = at('2026-05-03T01:31');
    await service.look();
    await of.incidents.pass();
    assert.equal(await of.state('orders'), 'missed');
    assert.deepEqual(await evidenceOf(of), [{ subject: 'duration', kind: 'cost', cleared: false }]);
  });

  test('data that is not partitioned is as fresh as its newest row says', async (t) => {
    const of = await promised(t);
    await of.promise('events', 'sla: 4 hours\npartition: { column: dt, watermark: updated_at }');
    const service = of.begin();
    await stateLevels(of, 'events', '2026-05-02T08:00', '2026-04-01T00:00', '2026-05-02T07:00');
    of.clock.now = at('2026-05-02T10:59');
    await service.look();
    assert.equal(await of.state('events'), 'waiting');
    // A run came, and brought nothing newer.
    await stateLevels(of, 'events', '2026-05-02T10:30', '2026-04-01T00:00', '2026-05-02T07:00');
    of.clock.now = at('2026-05-02T11:01');
    await service.look();
    assert.equal(await of.state('events'), 'missed');
    await stateLevels(of, 'events', '2026-05-02T12:00', '2026-04-01T00:00', '2026-05-02T11:50');
    of.clock.now = at('2026-05-02T12:05');
    await of.database.execute(sql`update objective set next_at = ${of.clock.now}`);
    await service.look();
    const [first] = await of.periods('events');
    assert.deepEqual([first?.state, first?.late], ['late', 3600]);
  });

  test('the oldest row may not outlive its retention', async (t) => {
    const of = await promised(t);
    await of.promise('events', 'retention: 30 days\npartition: { column: dt, watermark: updated_at }');
    const service = of.begin();
    of.clock.now = at('2026-05-02T08:01');
    await stateLevels(of, 'events', '2026-05-02T08:00', '2026-04-02T09:00', '2026-05-02T07:00');
    await service.look();
    assert.equal(await of.state('events'), 'waiting');
    of.clock.now = at('2026-05-02T09:01');
    await service.look();
    assert.equal(await of.state('events'), 'missed');
    await of.incidents.pass();
    assert.deepEqual(
      (await evidenceOf(of)).map(({ subject }) => subject),
      ['retention'],
    );
  });

  test('a stream that falls behind is one alarm until it has caught up', async (t) => {
    const of = await promised(t);
    of.clock.now = at('2026-05-02T09:00');
    await of.promise('clicks', 'lag: 60 seconds');
    // Any event makes the dataset known.
    await of.write('clicks', '', '2026-05-02T08:59');
    const service = of.begin();
    const send = async (from: string, minutes: number, lag: number): Promise<void> => {
      const samples = Array.from({ length: minutes * 4 }, (_, n) => {
        const taken = new Date(+at(from) + n * 15_000);
        return { at: taken, processedTo: new Date(+taken - lag * 1000), sourceOffset: +taken };
      });
      await of.database.execute(addProgress(idOf('clicks'), samples));
    };
    const lookAt = async (moment: string): Promise<string> => {
      of.clock.now = at(moment);
      await of.database.execute(sql`update objective set next_at = ${of.clock.now}`);
      await service.look();
      await of.incidents.pass();
      return of.state('clicks');
    };
    await send('2026-05-02T09:05', 30, 5);
    assert.equal(await lookAt('2026-05-02T09:35'), 'met');
    await send('2026-05-02T09:35', 10, 200);
    assert.equal(await lookAt('2026-05-02T09:45'), 'missed');
    await send('2026-05-02T09:45', 40, 200);
    assert.equal(await lookAt('2026-05-02T10:25'), 'missed', 'in the next hour too');
    assert.deepEqual((await evidenceOf(of)).length, 1, 'and it is told once');
    await send('2026-05-02T10:25', 10, 5);
    assert.equal(await lookAt('2026-05-02T10:35'), 'met');
    assert.deepEqual(await evidenceOf(of), [{ subject: 'lag', kind: 'freshness', cleared: true }]);
    assert.deepEqual(
      (await of.periods('clicks')).map(({ period, state }) => [period, state]),
      [
        ['2026-05-02T09', 'late'],
        ['2026-05-02T10', 'late'],
      ],
    );
    assert.equal(await lookAt('2026-05-02T10:50'), 'cannot_tell', 'it tells nothing any more');
  });
});

test('samples come over HTTP with the scope of ingest, and budgets are measured by their target', async (t) => {
  const of = await promised(t);
  await of.promise('views', 'lag: 60 seconds\ntier: 1');
  await of.write('views', '', '2026-05-01T00:00');
  const app = await buildServer({
    config: {
      bodyBytes: 1_000_000,
      keys: new KeyRing([
        {
          name: 'stream',
          hash: keyHash('a-key-of-the-stream-that-is-long'),
          scopes: ['ingest'],
          namespaces: null,
        },
        {
          name: 'reader',
          hash: keyHash('a-key-of-a-reader-that-is-long'),
          scopes: ['read'],
          namespaces: null,
        },
      ]),
      objectiveTargets: { 1: 0.99, 2: 0.95, 3: 0.9 },
    },
    database: of.database,
    ingest: new Ingest({ database: of.database, now: () => of.clock.now }),
    gate: { database: of.database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  t.after(() => app.close());
  const post = (key: string, payload: object) =>
    app.inject({
      method: 'POST',
      url: `/api/v2/datasets/views/progress?namespace=${encodeURIComponent(NAMESPACE)}`,
      headers: { authorization: `Bearer ${key}` },
      payload,
    });
  const samples = [
    { at: '2026-05-01T00:00:00Z', processedTo: '2026-04-30T23:59:50Z', sourceOffset: 7 },
    { at: '2026-05-01T00:00:15Z', processedTo: null },
  ];
  const answer = await post('a-key-of-the-stream-that-is-long', { samples });
  assert.equal(answer.statusCode, 200, answer.body);
  assert.deepEqual(answer.json(), { datasetId: idOf('views'), kept: 2 });
  assert.equal(
    (await post('a-key-of-the-stream-that-is-long', { samples })).json<{ kept: number }>().kept,
    0,
    'again',
  );
  assert.equal((await post('a-key-of-a-reader-that-is-long', { samples })).statusCode, 403);
  const wrong = await post('a-key-of-the-stream-that-is-long', {
    samples: [{ at: 'noon', processedTo: null }],
  });
  assert.equal(wrong.statusCode, 400);
  assert.match(wrong.body, /samples\/0\/at/);
  await of.begin().look();
  const listed = await app.inject({
    url: '/api/v2/objectives',
    headers: { authorization: 'Bearer a-key-of-a-reader-that-is-long' },
  });
  const { items } = listed.json<{ items: ObjectiveItem[] }>();
  assert.deepEqual(
    items.map(({ name, budget }) => [name, budget.target]),
    [['lag', 0.99]],
  );
});
