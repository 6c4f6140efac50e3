import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { RunEvent } from 'openlineage-client';
import type { FindingList } from '#api/schema/findings.ts';
import { findingEvent } from '#adapters/starrocks/loads/load-events.ts';
import { Incidents } from '#collector/incidents/incidents.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';

const NAMES = { cluster: 'prod', namespace: 'starrocks://fe-1:9030' };
const MINUTE = 60_000;

test('a change that no load explains is a finding and an incident, once, and over after a day', async (t) => {
  const database = await testDatabase(t);
  const time = { now: new Date() };
  const now = (): Date => time.now;
  const ingest = new Ingest({ database, now });
  const incidents = new Incidents({ database, now });
  const tell = (event: RunEvent): Promise<unknown> =>
    ingest.receive(Buffer.from(JSON.stringify(event)), 'http');
  const finding = {
    kind: 'unattributed_change',
    database: 'gold',
    table: 'orders',
    signature: 'p1:1.3;',
    message: 'gold.orders changed, and no load of it was seen: a DELETE.',
  } as const;
  const at = time.now.getTime() - MINUTE;
  await tell(findingEvent(NAMES, finding, at));
  await tell(findingEvent(NAMES, { ...finding, kind: 'missed_tasks', signature: 'clicks/9' }, at));

  const app = await buildServer({
    config: { bodyBytes: 1_000_000 },
    database,
    ingest,
    gate: { database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  t.after(() => app.close());
  const { loads } = (await app.inject({ url: '/api/v2/findings' })).json<FindingList>();
  assert.deepEqual(loads.map(({ dataset, kind, message }) => `${dataset} ${kind} ${message}`).sort(), [
    `gold.orders missed_tasks ${finding.message}`,
    `gold.orders unattributed_change ${finding.message}`,
  ]);

  const read = (): Promise<{ state: string; standing: number; evidence: number }[]> =>
    database.rows(sql`select state, standing, evidence from incident`);
  await incidents.pass();
  assert.deepEqual(await read(), [{ state: 'open', standing: 2, evidence: 2 }]);
  await tell(findingEvent(NAMES, finding, at));
  await incidents.pass();
  assert.deepEqual(await read(), [{ state: 'open', standing: 2, evidence: 2 }]);
  time.now = new Date(time.now.getTime() + 25 * 60 * MINUTE);
  await incidents.pass();
  assert.deepEqual(
    (await read()).map(({ standing }) => standing),
    [0],
  );
});
