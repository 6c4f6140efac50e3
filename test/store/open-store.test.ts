import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { migrationStatus } from '#store/migrate.ts';
import { openStore } from '#store/open-store.ts';
import { StoreError } from '#store/store-error.ts';
import { scratchFolder } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';

async function refusal(databaseUrl: string, dataDir: string): Promise<string> {
  try {
    await (await openStore({ databaseUrl, dataDir })).close();
  } catch (error) {
    assert.ok(error instanceof StoreError, `a sentence for a person, not ${String(error)}`);
    return error.message;
  }
  return 'not refused';
}

test('a database of the user’s own is used, and no embedded one is made', async (t) => {
  const dataDir = join(scratchFolder(t), 'data');
  const store = await openStore({ databaseUrl: await emptyDatabase(t), dataDir });
  t.after(() => store.close());
  assert.equal(store.embedded, null);
  assert.equal(existsSync(dataDir), false);
  assert.equal((await migrationStatus(store.database)).current, true);
});

test('a database that cannot be used is refused in one sentence, never with the password', async (t) => {
  const dataDir = scratchFolder(t);
  const right = new URL(await emptyDatabase(t));
  const wrong = (change: (url: URL) => void): string => {
    const url = new URL(right);
    change(url);
    return url.href;
  };
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as { port: number };
  closed.close();
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      `postgres://me:s3cret@127.0.0.1:${port}/db`,
      new RegExp(`127\\.0\\.0\\.1:${port} .*refuses connections`),
    ],
    ['postgres://me:s3cret@no-such-host.invalid/db', /no-such-host\.invalid:5432 .*cannot be found/],
    [wrong((url) => (url.password = 's3cret')), /does not let user assay in/],
    [wrong((url) => (url.pathname = '/absent')), /has no database absent/],
    ['mysql://me:s3cret@host/db', /DATABASE_URL is not a PostgreSQL URL/],
    ['s3cret', /DATABASE_URL is not a PostgreSQL URL/],
  ];
  for (const [url, expected] of cases) {
    const message = await refusal(url, dataDir);
    assert.match(message, expected);
    assert.doesNotMatch(message, /s3cret/);
  }
});
