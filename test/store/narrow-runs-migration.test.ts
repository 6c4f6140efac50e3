import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ingest } from '#ingest/ingest.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const MIGRATION = join(import.meta.dirname, '../../collector/store/migrations/0005_narrow_runs.sql');
const RUN = '018cc251-f400-7000-8000-000000000001';
const PARENT = '018cc251-f400-7000-8000-000000000002';
const RETRIED = '018cc251-f400-7000-8000-000000000003';

const parent = facet({ run: { runId: PARENT }, job: { namespace: 'tests', name: 'dag' } });
const engine = facet({ name: 'spark', version: '3.5.6' });
const EVENTS = [
  sampleEvent({
    runId: RUN,
    type: 'START',
    time: '2026-01-01T00:00:00Z',
    runFacets: {
      parent,
      processing_engine: engine,
      nominalTime: facet({ nominalStartTime: '2026-01-01T00:00:00Z' }),
    },
    outputs: [outputWithRows('t', 1, { schema: ['a', 'b'] })],
  }),
  sampleEvent({
    runId: RUN,
    type: 'COMPLETE',
    time: '2026-01-01T00:01:00Z',
    runFacets: { parent },
    outputs: [outputWithRows('t', 7)],
  }),
  sampleEvent({ runId: RETRIED, type: 'START', time: '2026-01-02T00:00:00Z', job: 'retried' }),
  sampleEvent({
    runId: RETRIED,
    type: 'FAIL',
    time: '2026-01-02T00:01:00Z',
    job: 'retried',
    runFacets: { errorMessage: facet({ message: 'no space left', programmingLanguage: 'JVM' }) },
  }),
  sampleEvent({ runId: RETRIED, type: 'START', time: '2026-01-02T00:02:00Z', job: 'retried' }),
];

/** Numbers were always stored with their source then. */
const WITH_SOURCES = sql`
  update run_dataset set statistics = (
    select jsonb_object_agg(s.key, jsonb_build_array(s.value->0, 'output_statistics')) from jsonb_each(statistics) s)`;

/** Turns today's rows back into those of before, by what the earlier schema says of its columns. */
const WIDEN = [
  `alter table assay_model.run add column facts jsonb`,
  `update assay_model.run r set
     transitions = coalesce(transitions, case when first_key = last_key then array[first_key] else array[first_key, last_key] end),
     job_key = coalesce(job_key, last_key),
     attempt_key = coalesce(attempt_key, '00000000-0000-0000-0000-000000000000'),
     facts = (select coalesce(jsonb_object_agg(f.name, jsonb_build_object('key', coalesce(r.fact_keys[f.place], r.last_key), 'value', f.value)), '{}')
       from (values
         (1, 'nominalTime', case when nominal_start is not null then jsonb_build_object('start', nominal_start, 'end', nominal_end) end),
         (2, 'parent', case when parent_run_id is not null then jsonb_build_object('runId', parent_run_id, 'rootRunId', root_run_id) end),
         (3, 'errorMessage', error),
         (4, 'processingEngine', (select value from assay_model.run_fact where id = engine_id)),
         (5, 'jobType', (select value from assay_model.run_fact where id = job_type_id)),
         (6, 'producer', (select value from assay_model.run_fact where id = producer_id))) f(place, name, value)
       where f.value is not null)`,
  `alter table assay_model.run drop column producer_id, drop column engine_id, drop column job_type_id, drop column error,
     drop column fact_keys, drop column unending, alter column facts set not null, alter column job_key set not null,
     alter column attempt_key set not null, alter column transitions set not null`,
  `drop table assay_model.run_fact`,
  `alter table assay_model.run_dataset add column schema_key uuid, add column lineage_key uuid, add column version_key uuid`,
  `update assay_model.run_dataset set
     schema_key = case when schema_id is not null then coalesce((older->>'schema')::uuid, key) end,
     statistics = (select jsonb_object_agg(s.key, jsonb_build_array(coalesce(older->>('fact ' || s.key), run_dataset.key::text), s.value->0, s.value->1))
                     from jsonb_each(statistics) s)`,
  `alter table assay_model.run_dataset drop column key, drop column older`,
];

async function contentOf(database: Database): Promise<unknown> {
  const tables: unknown[] = [];
  for (const table of ['run', 'run_fact', 'run_dataset'])
    tables.push(
      await database.rows({
        text: `select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`,
        values: [],
      }),
    );
  return tables;
}

test('narrowing the rows of runs keeps what they say', async (t) => {
  const database = await testDatabase(t);
  await fill(database);
  await database.execute(WITH_SOURCES);
  const narrow = await contentOf(database);

  for (const text of WIDEN) await database.execute({ text, values: [] });
  const [wide] = await database.rows<{ facts: Record<string, { key: string }> }>(
    sql`select facts from run where id = ${RUN}`,
  );
  assert.deepEqual(Object.keys(wide?.facts ?? {}).sort(), [
    'nominalTime',
    'parent',
    'processingEngine',
    'producer',
  ]);
  assert.notEqual(
    wide?.facts['processingEngine']?.key,
    wide?.facts['parent']?.key,
    'stated at different times',
  );

  const text = readFileSync(MIGRATION, 'utf8');
  await database.transaction((connection) => connection.execute({ text, values: [] }));
  assert.deepEqual(await contentOf(database), narrow);
});

async function fill(database: Database): Promise<void> {
  const ingest = new Ingest({ database, now: () => new Date('2026-02-01T00:00:00Z') });
  for (const event of EVENTS) assert.equal((await ingest.receive(event, 'http')).status, 'accepted');
}
