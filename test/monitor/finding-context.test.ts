import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { FindingList } from '#api/schema/findings.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, derivedId } from '#model/ids.ts';
import { readContexts } from '#monitor/finding-context.ts';
import { Monitor } from '#monitor/monitor.ts';
import { identityOf } from '#monitor/subjects.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';
import { day, dayKey, ordinaryRows } from './judged-days.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const NAMESPACE = 'postgres://db:5432';
const TABLES = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `gold.${name}`);

test('beside a finding stands what other tables did that day, and what is another since the last good one', async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => NOW });
  const monitor = new Monitor({ database, now: () => NOW, excludedOf: async () => new Map() });
  for (let n = 0; n < 25; n += 1) {
    const last = n === 24;
    for (const table of [...TABLES, 'silver.x']) {
      // On the last day five of six have half their rows; the one beside them has not, and is no sibling.
      const rows = Math.round(
        ordinaryRows(n) * (last && table !== 'gold.f' && table !== 'silver.x' ? 0.5 : 1),
      );
      const event: Record<string, unknown> = JSON.parse(
        sampleEvent({
          runId: derivedId('run', table, String(n)),
          type: 'COMPLETE',
          time: `${day(n + 1)}T01:00:00Z`,
          job: table,
          outputs: [
            outputWithRows(table, rows, {
              partition: { dt: day(n) },
              schema: last ? ['id', 'note'] : ['id'],
            }),
          ],
        }).toString(),
      );
      const code = facet({ type: 'git', url: 'https://example.com/r', version: last ? 'v2' : 'v1' });
      event['job'] = { namespace: 'tests', name: table, facets: { sourceCodeLocation: code } };
      await ingest.receive(Buffer.from(JSON.stringify(event)), 'http');
    }
  }
  await monitor.settle();
  const about = (name: string) => ({ datasetId: datasetId(NAMESPACE, name), partition: dayKey(24) });
  const contexts = await readContexts(database, [about('gold.a'), about('gold.a'), about('silver.x')]);
  const contextOf = (name: string) => contexts.get(identityOf(about(name).datasetId, dayKey(24)));
  const { siblings, changes, lastGood } = contextOf('gold.a') ?? {};
  assert.match(siblings ?? '', /^5 of 6 tables are down 50 % today$/);
  assert.deepEqual(changes, ['other columns', 'code v2 instead of v1']);
  assert.equal(lastGood, dayKey(23));
  assert.equal(contextOf('silver.x')?.siblings, null, 'it stands alone');

  const app = await buildServer({
    config: { bodyBytes: 1_000_000 },
    database,
    ingest,
    gate: { database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  t.after(() => app.close());
  const { findings } = (await app.inject({ url: '/api/v2/findings' })).json<FindingList>();
  const shown = findings.find(({ dataset, metric }) => dataset === 'gold.a' && metric === 'row_count');
  assert.deepEqual(shown?.context, { ...contextOf('gold.a'), pages: shown?.context?.pages });
  assert.equal(typeof shown?.context?.pages, 'boolean');
});
