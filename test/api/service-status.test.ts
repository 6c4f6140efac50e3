import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import type { ServiceStatus } from '#api/schema/service-status.ts';
import { registerServiceStatus } from '#api/service-status.ts';
import { shownSettings } from '#collector/shown-settings.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';

test('the status tells what waits and what was configured, and no password', async (t) => {
  const database = await testDatabase(t);
  const app = Fastify();
  answerProblems(app);
  t.after(() => app.close());
  registerServiceStatus(app, {
    database,
    settings: shownSettings({
      databaseUrl: 'postgres://u:secret@db/assay',
      warehouses: { dwh: { kind: 'mysql', url: 'mysql://u:secret@dwh:3306/gold' } },
      retentionDays: 30,
    }),
    queue: () => ({ events: 2, bytes: 300 }),
    now: () => new Date('2026-01-02T03:04:05Z'),
  });
  await database.execute(sql`
    insert into evaluation_due (dataset_id, partition, due_at) values (gen_random_uuid(), '', '2026-01-01')`);
  const answer = await app.inject('/api/v2/status');
  assert.equal(answer.statusCode, 200, answer.body);
  assert.doesNotMatch(answer.body, /secret/);
  const status = answer.json<ServiceStatus>();
  assert.deepEqual(status.warehouses, [{ name: 'dwh', kind: 'mysql', watched: false }]);
  assert.deepEqual([status.store.embedded, status.store.problem, status.retention.events], [false, null, 30]);
  assert.deepEqual(
    [status.intake.queuedEvents, status.intake.queuedBytes, status.waiting.monitor],
    [2, 300, 1],
  );
  assert.deepEqual([status.search.typoTolerant, status.search.mend], [true, null]);
});
