import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PARTITION_SOURCES } from '#model/partition.ts';
import { Ingest } from '#ingest/ingest.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';

const RUN = '018cc251-f400-7000-8000-000000000001';
const condition = (outputCondition: object): object => ({ subset: facet({ outputCondition }) });
const own = (dt: string): object => ({ assay_partition: facet({ values: { dt } }) });

const OUTPUTS: readonly { readonly name: string; readonly says: string | null; readonly more?: object }[] = [
  {
    name: 'conditioned',
    says: 'condition',
    more: {
      outputFacets: condition({
        type: 'partition',
        partitions: [{ identifier: 'p', dimensions: { dt: '2026-01-01' } }],
      }),
      facets: own('2026-01-09'),
    },
  },
  {
    name: 'located',
    says: 'location',
    more: { outputFacets: condition({ type: 'location', locations: ['s3://b/located/dt=2026-01-01'] }) },
  },
  { name: 'named/dt=2026-01-01', says: 'name', more: { facets: own('2026-01-09') } },
  { name: 'own', says: 'facet', more: { facets: own('2026-01-01') } },
  { name: 'silent', says: 'nominal_time' },
];

const event = (type: string, outputs: readonly object[]): Buffer =>
  sampleEvent({
    runId: RUN,
    type,
    time: type === 'START' ? '2026-01-02T00:00:00Z' : '2026-01-02T00:01:00Z',
    runFacets: { nominalTime: facet({ nominalStartTime: '2026-01-01T00:00:00Z' }) },
    outputs,
  });

test('each partition is kept with who says it, the most trusted of several', async (t) => {
  const complete = event(
    'COMPLETE',
    OUTPUTS.map(({ name, more }) => ({ namespace: 's3://b', name, ...more })),
  );
  // The same partition of the dataset, told by our own facet alone.
  const start = event('START', [{ namespace: 's3://b', name: 'conditioned', facets: own('2026-01-01') }]);
  for (const order of [
    [start, complete],
    [complete, start],
  ]) {
    const database = await testDatabase(t);
    const ingest = new Ingest({ database, now: () => new Date('2026-02-01T00:00:00Z') });
    for (const bytes of order) assert.equal((await ingest.receive(bytes, 'http')).status, 'accepted');
    const rows = await database.rows<{ name: string; partition: string; partition_source: number }>(sql`
      select d.name, rd.partition, rd.partition_source
        from run_dataset rd join dataset d on d.id = rd.dataset_id where rd.run_id = ${RUN}`);
    const found = new Map(rows.map((row) => [row.name, row]));
    for (const { name, says } of OUTPUTS) {
      const row = found.get(name.split('/')[0] ?? '');
      assert.equal(PARTITION_SOURCES[row?.partition_source ?? -1], says, name);
      assert.equal(row?.partition, says === 'nominal_time' ? 'nominal=2026-01-01' : 'dt=2026-01-01');
    }
  }
});
