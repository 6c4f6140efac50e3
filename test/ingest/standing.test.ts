import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_RULES } from '#model/naming.ts';
import { readEnvelope } from '#ingest/envelope.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { EventDelta } from '#ingest/normalise/event-delta.ts';
import { identifyBy } from '#ingest/normalise/identify.ts';
import { normalise } from '#ingest/normalise/normalise.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { listeningDatabase } from '#test/support/listening-database.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';

type Sample = Parameters<typeof sampleEvent>[0];

let events = 0;
/** Each event with a run and a time of its own, as jobs send them. */
function eventOf(options: Partial<Sample>): Buffer {
  events += 1;
  return sampleEvent({
    runId: `018cc251-f400-7000-8000-${String(events).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: new Date(Date.UTC(2026, 0, 1) + events * 1000).toISOString(),
    jobFacets: { jobType: facet({ processingType: 'BATCH', integration: 'SPARK', jobType: 'JOB' }) },
    ...options,
  });
}

const table = (name: string, facets: object = {}): { namespace: string; name: string; facets: object } => ({
  namespace: 's3://lake',
  name,
  facets: { schema: facet({ fields: [{ name: 'a', type: 'int' }] }), ...facets },
});
const symlinks = facet({ identifiers: [{ namespace: 'hive://metastore:9083', name: 'x.y', type: 'TABLE' }] });

function deltaOf(options: Partial<Sample>, identify?: Parameters<typeof normalise>[1]): EventDelta {
  const { event } = readEnvelope(eventOf(options));
  assert(event);
  return normalise(event, identify);
}

/** After a few times: facets are remembered first, then what is made of them, then what is made of that. */
function settled(options: Partial<Sample>): NonNullable<EventDelta['standing']> {
  for (let time = 0; time < 3; time += 1) deltaOf(options);
  const { standing } = deltaOf(options);
  assert(standing);
  assert.equal(deltaOf(options).standing, standing);
  return standing;
}

describe('what an event says of its job and datasets', () => {
  test('is one object while a job says the same, and another for whatever it says differently', () => {
    const job = 'standing one';
    const before = settled({ job, inputs: [table('in')], outputs: [table('out')] });
    const others: Partial<Sample>[] = [
      { job, inputs: [table('in')], outputs: [table('other')] },
      { job, inputs: [], outputs: [table('in'), table('out')] },
      { job, inputs: [table('out')], outputs: [table('in')] },
      { job, inputs: [table('in')], outputs: [table('out', { symlinks })] },
      { job, inputs: [table('in')], outputs: [table('out')], producer: 'https://example.com/another' },
      {
        job,
        inputs: [table('in')],
        outputs: [table('out')],
        jobFacets: { sql: facet({ query: 'select 1' }) },
      },
      { job: 'standing two', inputs: [table('in')], outputs: [table('out')] },
    ];
    for (const other of others) assert.notEqual(settled(other), before, JSON.stringify(other));
  });

  test('differs by the rules that names are read by', () => {
    const options = { job: 'standing rules', outputs: [table('Out')] };
    const before = settled(options);
    const { standing } = deltaOf(options, identifyBy(NO_RULES));
    assert.notEqual(standing, before);
  });

  test('is none where each event counts: a rename, explicit lineage, a facet with a fault', () => {
    const renamed = facet({
      lifecycleStateChange: 'RENAME',
      previousIdentifier: { namespace: 's3://lake', name: 'old' },
    });
    const explicit = facet({ inputs: [{ namespace: 's3://lake', name: 'in', type: 'DATASET' }] });
    const faulty = facet({ identifiers: 'none' });
    const facets = { lifecycleStateChange: renamed, lineage: explicit, symlinks: faulty };
    for (const [name, value] of Object.entries(facets)) {
      const options = { job: `standing ${name}`, outputs: [table(`of ${name}`, { [name]: value })] };
      for (let time = 0; time < 4; time += 1) {
        const { standing, warnings } = deltaOf(options);
        assert.equal(standing, null, name);
        assert.equal(warnings.length > 0, name === 'symlinks', `${name} ${JSON.stringify(warnings)}`);
      }
    }
  });
});

test('what is stored is not written again, and what a failed transaction wrote is', async (t) => {
  const real = await testDatabase(t);
  const sent: string[] = [];
  const database = listeningDatabase(real, ({ name }) => sent.push(name ?? ''));
  let fails = false;
  const failing: Database = {
    ...database,
    transaction: (work) =>
      database.transaction(async (connection) => {
        const result = await work(connection);
        if (fails) throw new Error('the store is gone');
        return result;
      }),
  };
  const ingest = new Ingest({ database: failing, now: () => new Date('2026-02-01T00:00:00Z') });
  const say = (name: string): Promise<unknown> =>
    ingest.receive(
      eventOf({ job: `writes ${name}`, inputs: [table(`${name} in`)], outputs: [table(name, { symlinks })] }),
      'http',
    );
  for (const name of ['first', 'second']) {
    fails = true;
    for (let time = 0; time < 3; time += 1) await assert.rejects(say(name));
    fails = false;
    await say(name);
    await say(name);
    sent.length = 0;
    await say(name);
    assert.deepEqual(
      sent.filter((statement) => /^add_|alias/.test(statement)),
      [],
    );
    const stored = await real.rows<{ name: string }>(sql`
      select d.name from job_dataset jd join dataset d on d.id = jd.dataset_id
        join job j on j.id = jd.job_id where j.name = ${`writes ${name}`} order by d.name`);
    assert.deepEqual(
      stored.map((row) => row.name),
      [name, `${name} in`],
    );
  }
  const [schemas] = await real.rows<{ datasets: number }>(sql`
    select count(*)::integer as datasets from dataset_schema`);
  assert.equal(schemas?.datasets, 4);
  const aliases = await real.rows(sql`select * from dataset_alias`);
  assert.equal(aliases.length, 2);
});
