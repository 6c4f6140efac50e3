import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { ingestApp } from '#test/support/ingest-app.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const RUN = '018cc251-f400-717f-9d98-c0f82845ea48';
const time = '2026-01-01T00:00:00Z';
const event = (n = 0): Buffer =>
  sampleEvent({ runId: RUN, type: 'RUNNING', time: new Date(Date.parse(time) + n * 1000).toISOString() });
const stored = async (database: Database): Promise<number> =>
  (await database.rows<{ n: number }>(sql`select count(*)::integer as n from raw_event`))[0]?.n ?? -1;
const json = { 'content-type': 'application/json' };

describe('POST /api/v1/lineage', () => {
  test('answers 201 with a JSON body after the event is stored, and says when it was there already', async (t) => {
    const database = await testDatabase(t);
    const { app } = await ingestApp(t, database);
    const first = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage',
      headers: json,
      payload: event(),
    });
    assert.equal(first.statusCode, 201);
    assert.equal(await stored(database), 1);
    const { id, ...rest } = first.json<{ id: string }>();
    assert.deepEqual(rest, { status: 'accepted', duplicate: false, warnings: 0 });
    const again = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage',
      headers: json,
      payload: event(),
    });
    assert.deepEqual(
      [again.statusCode, again.json()],
      [201, { id, status: 'accepted', duplicate: true, warnings: 0 }],
    );
    // The same event with spaces between its tokens is the same event.
    const spaced = JSON.stringify(JSON.parse(event().toString()), null, 2);
    assert.equal(
      (await app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload: spaced })).json<{
        duplicate: boolean;
      }>().duplicate,
      true,
    );
    assert.equal(await stored(database), 1);
  });

  test('takes any content type and charset, and gzip', async (t) => {
    const { app } = await ingestApp(t, await testDatabase(t));
    for (const [index, headers] of [
      { 'content-type': 'application/json; charset=UTF-8' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/octet-stream' },
    ].entries()) {
      assert.equal(
        (await app.inject({ method: 'POST', url: '/api/v1/lineage', headers, payload: event(index) }))
          .statusCode,
        201,
      );
    }
    const zipped = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage',
      headers: { ...json, 'content-encoding': 'gzip' },
      payload: gzipSync(event(9)),
    });
    assert.equal(zipped.statusCode, 201);
    const broken = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage',
      headers: { ...json, 'content-encoding': 'gzip' },
      payload: event(10),
    });
    assert.equal(broken.statusCode, 400);
    const unknown = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage',
      headers: { ...json, 'content-encoding': 'br' },
      payload: event(10),
    });
    assert.equal(unknown.statusCode, 415);
  });

  test('a bomb and a body over the limit: 413', async (t) => {
    const { app } = await ingestApp(t, await testDatabase(t), { bodyBytes: 10_000 });
    const bomb = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage',
      headers: { ...json, 'content-encoding': 'gzip' },
      payload: gzipSync(Buffer.alloc(1_000_000, ' ')),
    });
    assert.equal(bomb.statusCode, 413);
    const large = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage',
      headers: json,
      payload: Buffer.alloc(20_000, ' '),
    });
    assert.equal(large.statusCode, 413);
    assert.equal(large.headers['content-type'], 'application/problem+json; charset=utf-8');
  });

  test('a bad envelope: 400 with pointers, kept in quarantine, replayable once mended', async (t) => {
    const database = await testDatabase(t);
    const { app, telemetry } = await ingestApp(t, database);
    const bad = '{"eventTime":"2026-01-01T00:00:00Z","producer":"https://p","job":{"namespace":"n"}}';
    const answer = await app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload: bad });
    assert.equal(answer.statusCode, 400);
    const problem = answer.json<{ type: string; errors: unknown; quarantineId: string }>();
    assert.equal(problem.type, 'urn:assay:problem:invalid_envelope');
    assert.deepEqual(problem.errors, [{ pointer: '/job/name', detail: 'This is missing.' }]);
    await app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload: bad });
    const list = await app.inject({ url: '/api/v2/quarantine' });
    const [entry] = list.json<{ events: { id: string; times: number; producer: string }[] }>().events;
    assert.deepEqual([entry?.id, entry?.times, entry?.producer], [problem.quarantineId, 2, 'https://p']);
    const shown = await app.inject({ url: `/api/v2/quarantine/${problem.quarantineId}` });
    assert.equal(shown.json<{ text: string }>().text, bad);
    assert.match(
      await telemetry.registry.metrics(),
      /assay_ingest_quarantined_total\{reason="invalid_envelope"\} 2/,
    );

    const still = await app.inject({
      method: 'POST',
      url: `/api/v2/quarantine/${problem.quarantineId}/replay`,
    });
    assert.equal(still.statusCode, 400);
    const mended = await app.inject({
      method: 'POST',
      url: `/api/v2/quarantine/${problem.quarantineId}/replay`,
      payload: { ...(JSON.parse(bad) as object), job: { namespace: 'n', name: 'j' } },
    });
    assert.equal(mended.statusCode, 200, mended.body);
    assert.equal(await stored(database), 1);
    assert.deepEqual((await app.inject({ url: '/api/v2/quarantine' })).json(), { events: [], next: null });
  });

  test('a mended event is taken as it is, not read and written again', async (t) => {
    const { app } = await ingestApp(t, await testDatabase(t));
    const bad = '{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n"}}';
    const answer = await app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload: bad });
    const { quarantineId } = answer.json<{ quarantineId: string }>();
    // A reader of JSON would round the number, keep one of the two names and refuse the last one.
    const mended =
      '{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"x","name":"j"},"n":9007199254740993,"__proto__":1}';
    const url = `/api/v2/quarantine/${quarantineId}/replay`;
    const replayed = await app.inject({ method: 'POST', url, headers: json, payload: mended });
    assert.equal(replayed.statusCode, 200, replayed.body);
    const again = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage',
      headers: json,
      payload: mended,
    });
    const { id } = replayed.json<{ id: string }>();
    assert.deepEqual(
      [again.json<{ id: string; duplicate: boolean }>().id, again.json<{ duplicate: boolean }>().duplicate],
      [id, true],
    );
  });

  test('bytes that are no JSON, no text or nothing at all are kept too', async (t) => {
    const database = await testDatabase(t);
    const { app } = await ingestApp(t, database);
    for (const payload of [
      Buffer.from('{"a":'),
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from('{"a":"\u0000"'),
      Buffer.from('[1]'),
    ]) {
      const answer = await app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload });
      assert.equal(answer.statusCode, 400, answer.body);
    }
    const [kept] = await database.rows<{ n: number }>(sql`select count(*)::integer as n from quarantine`);
    assert.equal(kept?.n, 4);
  });
});

describe('POST /api/v1/lineage/batch', () => {
  test('one result for all, failures by index, the good ones stored', async (t) => {
    const database = await testDatabase(t);
    const { app } = await ingestApp(t, database);
    const good = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage/batch',
      headers: json,
      payload: `[${event(1).toString()}, ${event(2).toString()}\n]`,
    });
    assert.deepEqual(
      [good.statusCode, good.json()],
      [
        200,
        {
          status: 'success',
          summary: { received: 2, successful: 2, failed: 0, retriable: 0, non_retriable: 0 },
        },
      ],
    );
    const mixed = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage/batch',
      headers: json,
      payload: `[${event(1).toString()},{"eventTime":"never"},${event(3).toString()}]`,
    });
    assert.equal(mixed.statusCode, 200);
    const {
      status,
      summary,
      failed_events: failed,
    } = mixed.json<{
      status: string;
      summary: unknown;
      failed_events: { index: number; reason: string; retriable: boolean }[];
    }>();
    assert.deepEqual(
      [status, summary],
      ['partial_success', { received: 3, successful: 2, failed: 1, retriable: 0, non_retriable: 1 }],
    );
    assert.deepEqual([failed.length, failed[0]?.index, failed[0]?.retriable], [1, 1, false]);
    assert.equal(await stored(database), 3);
    assert.equal(
      (await app.inject({ method: 'POST', url: '/api/v1/lineage/batch', headers: json, payload: '[]' }))
        .statusCode,
      200,
    );
    assert.equal(
      (await app.inject({ method: 'POST', url: '/api/v1/lineage/batch', headers: json, payload: event() }))
        .statusCode,
      400,
    );
  });
});

describe('trouble', () => {
  test('a full queue answers 503 with Retry-After, and nothing of the request is stored', async (t) => {
    const database = await testDatabase(t);
    const { app } = await ingestApp(t, database, { queueBytes: 2000 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload: event(n) }),
      ),
    );
    const refused = answers.filter((answer) => answer.statusCode === 503);
    assert(refused.length > 0);
    for (const answer of refused) assert.equal(answer.headers['retry-after'], '1');
    const accepted = answers.filter((answer) => answer.statusCode === 201).length;
    assert.equal(accepted + refused.length, 40);
    assert.equal(await stored(database), accepted);
    // When there is room again, the same events are taken.
    for (let n = 0; n < 40; n += 1)
      assert.equal(
        (await app.inject({ method: 'POST', url: '/api/v1/lineage', headers: json, payload: event(n) }))
          .statusCode,
        201,
      );
    assert.equal(await stored(database), 40);
  });

  test('a store that is gone answers 503, never an acknowledgement', async (t) => {
    const database = await testDatabase(t);
    const gone: Database = {
      ...database,
      transaction: () =>
        Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
    };
    const { app } = await ingestApp(t, gone);
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/lineage',
      headers: json,
      payload: event(),
    });
    assert.equal(answer.statusCode, 503);
    assert.equal(answer.json<{ type: string }>().type, 'urn:assay:problem:store_unavailable');
    assert.doesNotMatch(answer.body, /ECONNREFUSED/);
  });

  test('one event that the model cannot hold does not take its batch with it', async (t) => {
    const database = await testDatabase(t);
    // Anything that makes the database refuse one row will do: here a table that dislikes one name.
    await database.execute(
      sql`alter table assay_model.dataset add constraint dislike check (name <> 'poison')`,
    );
    const { app } = await ingestApp(t, database);
    const poison = sampleEvent({ runId: RUN, type: 'START', time, outputs: [outputWithRows('poison', 1)] });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        app.inject({
          method: 'POST',
          url: '/api/v1/lineage',
          headers: json,
          payload: n === 7 ? poison : event(n),
        }),
      ),
    );
    assert.deepEqual(
      answers.map((answer) => answer.statusCode),
      Array.from({ length: 20 }, () => 201),
    );
    assert.deepEqual(
      answers.filter((answer) => answer.json<{ status: string }>().status === 'quarantined').length,
      1,
    );
    assert.equal(await stored(database), 19);
    const [kept] = await database.rows<{ reason: string; n: number }>(
      sql`select reason, octet_length(body) as n from quarantine`,
    );
    assert.equal(kept?.reason, 'projection_failed');
    // Once the cause is gone, the kept event is replayed as it was.
    await database.execute(sql`alter table assay_model.dataset drop constraint dislike`);
    const id = answers[7]?.json<{ id: string }>().id;
    assert.equal(
      (await app.inject({ method: 'POST', url: `/api/v2/quarantine/${id}/replay` })).statusCode,
      200,
    );
    assert.equal(await stored(database), 20);
  });
});
