import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import type { ResolveAnswer } from '#api/schema/incidents.ts';
import { openAlerts } from '#collector/open-alerting.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { sql } from '#store/sql.ts';
import { DAYS, day, estate, goodDays, idOf, rowsOf, type Estate } from './estate.ts';

type Resolve = (id: string, how: string) => Promise<ResolveAnswer>;

/** An estate with the API in front of it, on the server's own clock. */
async function served(t: TestContext): Promise<{ of: Estate; resolve: Resolve }> {
  const of = await estate(t);
  const app = await buildServer({
    config: { bodyBytes: 1_000_000 },
    database: of.database,
    ingest: of.ingest,
    gate: { database: of.database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  await app.ready();
  t.after(() => app.close());
  return {
    of,
    async resolve(id, how) {
      const answer = await app.inject({
        method: 'POST',
        url: `/api/v2/incidents/${id}/resolve`,
        payload: { how, reason: 'so it is', author: 'ada' },
      });
      assert.equal(answer.statusCode, 200, answer.body);
      of.clock.now = new Date();
      return answer.json<ResolveAnswer>();
    },
  };
}

const openIncident = async (of: Estate): Promise<string> => {
  const [row] = await of.database.rows<{ id: string }>(
    sql`select id from incident where state = 'open' and kind = 'volume'`,
  );
  assert.ok(row, 'there is one');
  return row.id;
};

const baselineOf = async (of: Estate, n: number): Promise<string[]> => {
  const [row] = await of.database.rows<{ partitions: string[] }>(sql`
    select array(select point->>'partition' from jsonb_array_elements(baseline) point) as partitions
      from verdict
     where dataset_id = ${idOf('bronze')} and partition = ${`dt=${day(n)}`} and metric = 'row_count' and detector like '%sigma%'`);
  return row?.partitions ?? [];
};

const findings = (of: Estate): Promise<{ partition: string }[]> =>
  of.database.rows(sql`
    select distinct partition from verdict
     where finding and metric = 'row_count' and dataset_id = ${idOf('bronze')} order by partition`);

describe('what people say of an incident reaches the detectors', () => {
  test('expected: its points are in no baseline any more, and it is kept once', async (t) => {
    const { of, resolve } = await served(t);
    await goodDays(of);
    await of.write(DAYS, 'bronze', 50);
    await of.settle();
    const id = await openIncident(of);
    const { marks } = await resolve(id, 'expected');
    assert.deepEqual(
      marks.map(({ partition }) => partition),
      [`dt=${day(DAYS)}`],
    );
    assert.deepEqual((await resolve(id, 'expected')).marks, [], 'said again');
    await of.write(DAYS + 1, 'bronze', rowsOf(DAYS + 1));
    await of.settle();
    assert.deepEqual(await findings(of), []);
    const baseline = await baselineOf(of, DAYS + 1);
    assert.ok(baseline.length >= 20, String(baseline.length));
    assert.ok(!baseline.includes(`dt=${day(DAYS)}`), 'the point is not compared with');
    assert.ok(baseline.includes(`dt=${day(DAYS - 1)}`));
  });

  test('new normal: what is judged afterwards is compared with what came since', async (t) => {
    const { of, resolve } = await served(t);
    await goodDays(of);
    for (let n = DAYS; n < DAYS + 4; n += 1) await of.write(n, 'bronze', 3 * rowsOf(n));
    await of.settle();
    assert.ok((await findings(of)).length > 0);
    const { marks } = await resolve(await openIncident(of), 'new_normal');
    assert.deepEqual(
      marks.map(({ partition }) => partition),
      [`dt=${day(DAYS)}`],
      'from the first on',
    );
    for (let n = DAYS + 4; n < DAYS + 16; n += 1) await of.write(n, 'bronze', 3 * rowsOf(n));
    await of.settle();
    assert.deepEqual(await findings(of), []);
    const baseline = await baselineOf(of, DAYS + 15);
    assert.ok(baseline.length > 0);
    assert.ok(
      baseline.every((partition) => partition >= `dt=${day(DAYS)}`),
      baseline.join(' '),
    );
  });

  test('a button of a message says it as the API does', async (t) => {
    const { of } = await served(t);
    await goodDays(of);
    await of.write(DAYS, 'bronze', 50);
    await of.settle();
    const id = await openIncident(of);
    const { actions } = openAlerts({
      config: { alerting: null, port: 4100 },
      database: of.database,
      now: () => of.clock.now,
      telemetry: createTelemetry({ level: 'silent', pretty: false }),
    });
    assert.equal((await actions.resolve(id, 'slack:ada', 'expected', of.clock.now)).status, 'success');
    const marks = await of.database.rows(sql`select partition, kind, author from mark`);
    assert.deepEqual(marks, [{ partition: `dt=${day(DAYS)}`, kind: 'expected', author: 'slack:ada' }]);
    await of.settle();
    assert.deepEqual(await findings(of), []);
    assert.equal(
      (await actions.resolve(randomUUID(), 'slack:ada', 'expected', of.clock.now)).status,
      'failure',
    );
  });
});
