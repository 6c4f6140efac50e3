import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { registerOverviewRoutes } from '#api/overview.ts';
import type { Overview } from '#api/schema/overview.ts';
import { derivedId } from '#model/ids.ts';
import { sql } from '#store/sql.ts';
import { day, DAYS, estate, goodDays, idOf, NAMESPACE } from '#test/incidents/estate.ts';

test('an incident names what is held because of it, on datasets below its root too', async (t) => {
  const of = await estate(t);
  await goodDays(of);
  await of.write(DAYS, 'bronze', 50, { minute: 60 });
  await of.settle();
  const app = Fastify();
  registerOverviewRoutes(app, { database: of.database });
  t.after(() => app.close());
  const incidents = async () =>
    (await app.inject({ url: '/api/v2/overview' }))
      .json<Overview>()
      .incidents.map(({ root, held, heldCount }) => ({
        root: root.dataset,
        held: held.map(({ dataset, partition }) => `${dataset} ${partition}`),
        heldCount,
      }));
  assert.deepEqual(await incidents(), [{ root: 'bronze', held: [], heldCount: 0 }]);
  for (let n = DAYS - 6; n <= DAYS; n += 1) {
    const about = { dataset_id: idOf('gold'), namespace: NAMESPACE, name: 'gold', partition: `dt=${day(n)}` };
    const row = {
      ...about,
      id: derivedId('evaluation', String(n)),
      warehouse: 'dwh',
      target: 'gold',
      contract_version: '1.0.0',
      contract_hash: 'h',
      empty_partition: 'block',
      on_error: 'block',
      candidate_kind: 'staging',
      candidate_ref: 'staging.gold',
      candidate_version: 'v',
      state: 'failed',
      decision: 'block',
      reasons: [],
      requested_at: of.clock.now,
      decided_at: new Date(of.clock.now.getTime() + n),
    };
    await of.database.execute(sql`
      insert into evaluation select * from jsonb_populate_record(null::evaluation, ${JSON.stringify(row)})`);
  }
  const [incident] = await incidents();
  assert.deepEqual([incident?.heldCount, incident?.held.length], [7, 5]);
  assert.equal(incident?.held[0], `gold dt=${day(DAYS)}`);
});
