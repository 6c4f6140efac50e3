import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Objectives } from '#collector/objectives/objectives.ts';
import { openDatabase } from '#store/database.ts';
import { startEmbedded } from '#store/embedded/start-embedded.ts';
import { migrate } from '#store/migrate.ts';
import { sql } from '#store/sql.ts';
import { scratchDisk } from '#test/support/test-server.ts';

// What looking after many promises costs: at rest, when all fall due at once, and when all are late.
const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, count: { type: 'string', default: '10000' } },
});
const count = Number(values.count);
const DAYS = 20;
const HOUR = 3_600_000;
const start = Date.UTC(2026, 4, 1);
const dataDir = mkdtempSync(join(scratchDisk(), 'assay-objectives-'));
const server = await startEmbedded({ dataDir });
await server.createDatabase('objectives');
await migrate(server.url('objectives'));
const database = openDatabase({ url: server.url('objectives') });
const clock = { now: new Date(start) };

try {
  await seed();
  const objectives = new Objectives({ database, now: () => clock.now });
  const told: Record<string, { looked: number; seconds: number }> = {};
  const phase = async (name: string, hours: number): Promise<void> => {
    clock.now = new Date(start + hours * HOUR);
    const begin = performance.now();
    const looked = await objectives.look();
    told[name] = { looked, seconds: Math.round(performance.now() - begin) / 1000 };
  };
  const last = DAYS * 24;
  await phase('first', last + 3);
  await database.execute(sql`vacuum (analyze) objective, objective_period`);
  await phase('at rest', last + 4);
  await phase('all due at once', last + 24 + 7);
  await phase('all late, a minute on', last + 24 + 7.02);
  await phase('all late, an hour on', last + 24 + 8);
  if (values.json) process.stdout.write(`${JSON.stringify({ objectives: count, phases: told }, null, 2)}\n`);
  else
    for (const [name, { looked, seconds }] of Object.entries(told))
      process.stdout.write(`${name}: ${looked} looked at in ${seconds} s\n`);
} finally {
  await database.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** Chains of five tables by day, each with its job, its contract and twenty days of runs. */
async function seed(): Promise<void> {
  const id = (kind: string) => sql`md5(${kind} || n)::uuid`;
  const numbers = sql`generate_series(1, ${count}) n`;
  await database.execute(sql`insert into namespace (id, name) values (md5('namespace')::uuid, 'bench')`);
  await database.execute(
    sql`insert into dataset (id, namespace_id, name) select ${id('dataset')}, md5('namespace')::uuid, 'table_' || n from ${numbers}`,
  );
  await database.execute(
    sql`insert into job (id, namespace_id, name) select ${id('job')}, md5('namespace')::uuid, 'job_' || n from ${numbers}`,
  );
  await database.execute(sql`
    insert into job_dataset (job_id, dataset_id, role) select ${id('job')}, ${id('dataset')}, 1 from ${numbers}
    union all
    select ${id('job')}, md5('dataset' || (n - 1))::uuid, 0 from ${numbers} where n % 5 <> 1`);
  await database.execute(sql`
    insert into run (id, job_id, job_stated, state, attempts, conflicting, start_missing, started_at, ended_at, last_event_at,
                     event_count, first_key, last_key)
    select md5('run' || n || '/' || d)::uuid, ${id('job')}, true, 'COMPLETED', 1, false, false, ended - interval '20 minutes', ended, ended, 2,
           lpad(to_hex(d * 100000 + n), 32, '0')::uuid, lpad(to_hex(d * 100000 + n), 32, '0')::uuid
      from ${numbers} cross join generate_series(1, ${DAYS}) d
     cross join lateral (select ${new Date(start)}::timestamptz + make_interval(days => d, mins => 60 + (n % 5) * 20)) t(ended)`);
  await database.execute(sql`
    insert into run_dataset (run_id, dataset_id, role, stated_partition, partition, inferred)
    select md5('run' || n || '/' || d)::uuid, ${id('dataset')}, 1, k.key, k.key, false
      from ${numbers} cross join generate_series(1, ${DAYS}) d
     cross join lateral (select 'dt=' || to_char(${new Date(start)}::timestamptz + make_interval(days => d - 1), 'YYYY-MM-DD')) k(key)`);
  await database.execute(sql`
    insert into contract (dataset_id, namespace, name, version, precedence, hash, owner, file_name, text, pushed_at)
    select ${id('dataset')}, 'bench', 'table_' || n, '1.0.0', '{1,0,0,1}', md5('contract' || n), 'team', 'table.yaml',
           E'dataset: table_' || n || E'\nowner: team\npartition: {column: dt, grain: day}\ndeadline: "06:30 UTC"\n', ${new Date(start)}
      from ${numbers}`);
  await database.execute(sql`vacuum (analyze) run, run_dataset, job_dataset, dataset, contract, job`);
}
