import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { registerOverviewRoutes } from '#api/overview.ts';
import type { Series } from '#api/schema/overview.ts';
import { sql } from '#store/sql.ts';
import { day, DAYS, estate, goodDays, idOf } from '#test/incidents/estate.ts';

test('a value says which incident it is evidence of, and how that stands', async (t) => {
  const of = await estate(t);
  await goodDays(of);
  await of.write(DAYS, 'bronze', 50, { minute: 60 });
  await of.write(DAYS, 'silver', 50, { minute: 90, inputs: ['bronze'] });
  await of.settle();
  const app = Fastify();
  registerOverviewRoutes(app, { database: of.database });
  t.after(() => app.close());
  const marked = async (name: string, metric = 'row_count') => {
    const answer = await app.inject({ url: `/api/v2/datasets/${idOf(name)}/series?metric=${metric}` });
    assert.equal(answer.statusCode, 200, answer.body);
    return answer
      .json<Series>()
      .points.flatMap(({ partition, incident }) => (incident === null ? [] : [{ partition, ...incident }]));
  };
  const [incident] = await of.database.rows<{ id: string }>(
    sql`select id from incident where state <> 'merged'`,
  );
  const bronze = await marked('bronze');
  assert.deepEqual(
    bronze.map(({ partition, id, state }) => [partition, id, state]),
    [[`dt=${day(DAYS)}`, incident?.id, 'open']],
  );
  assert.match(bronze[0]?.summary ?? '', /row_count is 50/);
  // What lies below it is evidence of the same one, though its root is another dataset.
  assert.deepEqual(
    (await marked('silver')).map(({ id }) => id),
    [incident?.id],
  );
  assert.deepEqual(await marked('gold'), []);
  assert.deepEqual(await marked('bronze', 'file_count'), []);
  await of.database.execute(sql`update incident set state = 'resolved', resolved_at = now()`);
  assert.deepEqual(
    (await marked('bronze')).map(({ state }) => state),
    ['resolved'],
  );
});
