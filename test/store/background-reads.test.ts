import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#store/database.ts';
import { seriesOver } from '#store/measurements.ts';
import { datasetSearchFacts, jobSearchFacts } from '#store/search-facts.ts';
import { sql, type Statement } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';

// What goes on beside ingest all the time looks at a few datasets: what it costs may not grow with all that there is.

const RUNS = 40_000;
const DATASETS = 1000;
/** An id by its number. */
const id = (kind: string, n: string): string => `md5('${kind} ' || ${n})::uuid`;

async function fill(database: Database): Promise<string[]> {
  const statements = [
    `insert into namespace (id, name) values (${id('namespace', '0')}, 's3://lake')`,
    `insert into job (id, namespace_id, name)
     select ${id('job', 'n')}, ${id('namespace', '0')}, 'job ' || n from generate_series(1, ${DATASETS}) n`,
    `insert into dataset (id, namespace_id, name)
     select ${id('dataset', 'n')}, ${id('namespace', '0')}, 'table ' || n from generate_series(1, ${DATASETS}) n`,
    `insert into job_dataset (job_id, dataset_id, role)
     select ${id('job', 'n')}, ${id('dataset', 'n')}, 1 from generate_series(1, ${DATASETS}) n`,
    `insert into facet_set (id, facets)
     select ${id('set', 'n')}, jsonb_build_object('tags', ${id('facet', 'n')}) from generate_series(1, ${RUNS / 2}) n`,
    `insert into run (id, job_id, job_stated, state, attempts, conflicting, start_missing, last_event_at, event_count,
       first_key, last_key, unending, job_facet_set)
     select ${id('run', 'n')}, ${id('job', `1 + n % ${DATASETS}`)}, true, 'COMPLETED', 1, false, false,
            timestamptz '2026-01-01Z' + n * interval '1 second', 1,
            ${id('key', 'n')}, ${id('key', 'n')}, false, ${id('set', `1 + n % ${RUNS / 2}`)} from generate_series(1, ${RUNS}) n`,
    `insert into run_dataset (run_id, dataset_id, role, stated_partition, partition, inferred, key, facet_set, statistics)
     select ${id('run', 'n')}, ${id('dataset', `1 + n % ${DATASETS}`)}, 1, '', '', false, ${id('key', 'n')},
            ${id('set', `1 + n % ${RUNS / 2}`)}, jsonb_build_object('row_count', n) from generate_series(1, ${RUNS}) n`,
    'analyze',
  ];
  for (const text of statements) await database.execute({ text, values: [] });
  const rows = await database.rows<{ id: string }>(sql`select id from dataset order by name limit 16`);
  return rows.map((row) => row.id);
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** Tables that the statement reads from one end to the other. */
async function readWhole(database: Database, { text, values }: Statement): Promise<string[]> {
  const [row] = await database.rows<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>({
    text: `explain (format json) ${text}`,
    values,
  });
  const tables = new Set<string>();
  const visit = (plan: Plan): void => {
    if (plan['Node Type'] === 'Seq Scan') tables.add(plan['Relation Name'] ?? '');
    plan.Plans?.forEach(visit);
  };
  row?.['QUERY PLAN'].forEach(({ Plan: plan }) => visit(plan));
  return [...tables].sort();
}

test('what the monitor and search read of a few datasets does not go through all runs and sets of facets', async (t) => {
  const database = await testDatabase(t);
  const ids = await fill(database);
  const jobs = await database.rows<{ id: string }>(sql`select id from job order by name limit 16`);
  assert.deepEqual(await readWhole(database, sql`select * from run`), ['run'], 'it can be seen');
  const large = ['facet_set', 'run', 'run_dataset'];
  const spans = ids.map((datasetId) => ({ datasetId, pattern: '%', from: '', to: '', reach: 90 }));
  for (const [name, statement] of Object.entries({
    history: seriesOver(spans),
    'search of datasets': datasetSearchFacts(ids, 100),
    'search of jobs': jobSearchFacts(jobs.map((job) => job.id)),
  })) {
    const whole = await readWhole(database, statement);
    assert.deepEqual(
      whole.filter((table) => large.includes(table)),
      [],
      name,
    );
  }
  // And they find what they read by: the newest of each dataset's numbers, and its facets.
  const history = await database.rows<{ facts: { row_count: { value: number } } }>(seriesOver(spans));
  assert.equal(history.length, ids.length);
  assert.ok(history.every(({ facts }) => facts.row_count.value > RUNS - DATASETS));
  assert.equal((await database.rows(datasetSearchFacts(ids, 100))).length, ids.length);
});
