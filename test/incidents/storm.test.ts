import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Incidents } from '#collector/incidents/incidents.ts';
import { incidentAlerts } from '#collector/incidents/alert-events.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';

const TABLES = 2000;
const METRICS = 25;
const NOW = new Date('2026-02-01T06:00:00Z');

/** One source of which two thousand tables are made; half of its rows are missing, and every metric of each says so. */
const SEED = [
  sql`insert into namespace select md5('n')::uuid, 'warehouse'`,
  sql`insert into job select md5('job ' || n)::uuid, md5('n')::uuid, 'make ' || n from generate_series(0, ${TABLES}::integer) n`,
  sql`insert into dataset select md5('table ' || n)::uuid, md5('n')::uuid, 'table ' || n from generate_series(0, ${TABLES}::integer) n`,
  sql`insert into job_dataset select md5('job ' || n)::uuid, md5('table ' || case side when 0 then 0 else n end)::uuid, side
        from generate_series(1, ${TABLES}::integer) n, generate_series(0, 1) side`,
  sql`insert into run (id, job_id, job_stated, state, attempts, conflicting, start_missing, started_at, ended_at, last_event_at, event_count,
                       first_key, last_key)
      select md5('run ' || n)::uuid, md5('job ' || n)::uuid, true, 'COMPLETED', 1, false, false, at - interval '1 minute', at, at, 2,
             md5('first ' || n)::uuid, md5('last ' || n)::uuid
        from (select n, ${NOW}::timestamptz - interval '30 minutes' + case when n = 0 then interval '0' else interval '10 minutes' + n * interval '20 ms' end as at
                from generate_series(0, ${TABLES}::integer) n) made`,
  sql`insert into run_dataset (run_id, dataset_id, role, stated_partition, partition, inferred)
      select md5('run ' || n)::uuid, md5('table ' || n)::uuid, 1, 'dt=2026-01-31', 'dt=2026-01-31', false
        from generate_series(0, ${TABLES}::integer) n`,
  sql`insert into verdict (dataset_id, partition, metric, detector, status, value, direction, slot, baseline, message, decided_at, finding)
      select md5('table ' || n)::uuid, 'dt=2026-01-31', case m when 1 then 'row_count' else 'avg(c' || m || ')' end, 'adaptive', 'anomalous',
             500, 'down', 'all', '[]', 'row_count is 500, expected about 1000', ${NOW}::timestamptz - interval '1 minute', true
        from generate_series(0, ${TABLES}::integer) n, generate_series(1, ${METRICS}::integer) m
       where n > 0 or m = 1`,
];

test('fifty thousand findings of one cause are one incident and one alert, folded once', async (t) => {
  const database = await testDatabase(t);
  for (const statement of SEED) await database.execute(statement);
  const passes: { facts: number; incidents: number; seconds: number }[] = [];
  const incidents = new Incidents({ database, now: () => NOW, onPass: (pass) => passes.push(pass) });
  await incidents.pass();
  assert.equal(passes[0]?.facts, TABLES * METRICS + 1);
  const rows = await database.rows<{
    state: string;
    root: string;
    evidence: number;
    impacted_count: number;
  }>(sql`
    select i.state, d.name as root, i.evidence, i.impacted_count from incident i join dataset d on d.id = i.root_id
     where i.state <> 'merged' order by i.evidence desc`);
  assert.deepEqual(rows, [
    { state: 'open', root: 'table 0', evidence: TABLES * METRICS + 1, impacted_count: TABLES },
  ]);
  const { events } = await incidentAlerts({ database, now: () => NOW }).eventsSince(null, 100);
  assert.equal(events.length, 1);
  assert.equal(events[0]?.impacted.length, 25);
  await incidents.pass();
  assert.deepEqual([passes[1]?.facts, passes[1]?.incidents], [0, 0]);
});
