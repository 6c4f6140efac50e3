import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#store/database.ts';
import { migrate } from '#store/migrate.ts';
import { hasTrigrams } from '#store/search-index.ts';
import { openSearch } from '#collector/open-search.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { emptyDatabase } from '#test/support/database.ts';

test('a role that may not create extensions migrates all the same, and is told what is missing', async (t) => {
  const url = await emptyDatabase(t);
  const role = `limited_${process.pid}`;
  const admin = openDatabase({ url, connections: 1 });
  const run = (text: string): Promise<number> => admin.execute({ text, values: [] });
  await run(`create role ${role} login password 'limited'`);
  await run(`create schema assay authorization ${role}`);
  await run(`create schema assay_model authorization ${role}`);
  const limited = new URL(url);
  limited.username = role;
  limited.password = 'limited';
  const database = openDatabase({ url: limited.href, connections: 2 });
  t.after(async () => {
    await database.close();
    await run(`drop owned by ${role} cascade`);
    await run(`drop role ${role}`);
    await admin.close();
  });
  await migrate(database);
  assert.deepEqual(await database.rows(hasTrigrams()), [{ present: false }]);
  const { log } = createTelemetry({ level: 'silent', pretty: false });
  const told: string[] = [];
  const warn = (message: unknown): void => void told.push(String(message));
  const index = await openSearch({
    database,
    now: () => new Date('2026-01-02T00:00:00Z'),
    busy: () => false,
    telemetry: { log: Object.assign(Object.create(log) as typeof log, { warn }) },
  });
  assert.match(told[0] ?? '', /^search finds words only as they begin.*create extension pg_trgm/);
  await index.settle();
  // What an administrator then runs, as we say it.
  const mend = /run "([^"]+)"/.exec(told[0] ?? '')?.[1] ?? '';
  await run(mend);
  assert.deepEqual(await database.rows(hasTrigrams()), [{ present: true }]);
});
