import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDatabase, type Database } from '#store/database.ts';
import { migrate, migrationStatus } from '#store/migrate.ts';
import { StoreError } from '#store/store-error.ts';
import { sql } from '#store/sql.ts';
import { scratchFolder } from '#test/support/assay-process.ts';
import { emptyDatabase, testDatabase } from '#test/support/database.ts';

interface Place {
  readonly url: string;
  readonly directory: string;
  readonly database: Database;
  readonly write: (name: string, text: string) => void;
}

async function place(t: TestContext): Promise<Place> {
  const url = await emptyDatabase(t);
  const directory = join(scratchFolder(t), 'migrations');
  mkdirSync(directory);
  const database = openDatabase({ url });
  t.after(() => database.close());
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  write('0001_first.sql', 'create table assay.a (x integer);');
  write('0002_second.sql', 'create table assay_model.b (x integer); insert into assay.a values (1);');
  return { url, directory, database, write };
}

const refusedWith = (pattern: RegExp) => (error: unknown) =>
  error instanceof StoreError && pattern.test(error.message);

test('files are applied in order and once, each told when it is done', async (t) => {
  const { url, directory, database } = await place(t);
  const steps: string[] = [];
  const outcome = await migrate(url, { directory, onStep: (name) => steps.push(name) });
  assert.deepEqual(outcome, { applied: ['0001_first', '0002_second'], version: '0002_second' });
  assert.deepEqual(steps, outcome.applied);
  assert.deepEqual(await migrate(database, { directory }), { applied: [], version: '0002_second' });
  assert.deepEqual(await database.rows(sql`select x from assay.a`), [{ x: 1 }]);
});

test('many starters at once all succeed and apply each file once', async (t) => {
  const { url, directory } = await place(t);
  const outcomes = await Promise.all([1, 2, 3, 4, 5, 6].map(() => migrate(url, { directory })));
  assert.deepEqual(outcomes.flatMap(({ applied }) => applied).sort(), ['0001_first', '0002_second']);
  assert.ok(outcomes.every(({ version }) => version === '0002_second'));
});

test('a file that fails leaves nothing of itself and keeps those before it', async (t) => {
  const { url, directory, database, write } = await place(t);
  write('0003_bad.sql', 'create table assay.c (x integer); select no_such_thing;');
  await assert.rejects(
    migrate(url, { directory }),
    refusedWith(/0003_bad\.sql could not be applied: .*no_such_thing/),
  );
  const status = await migrationStatus(database, { directory });
  assert.deepEqual(status, { current: false, version: '0002_second', pending: ['0003_bad'], problem: null });
  assert.deepEqual(await database.rows(sql`select to_regclass('assay.c') as c`), [{ c: null }]);
});

test('an applied file that was changed is refused by name, with the mend', async (t) => {
  const { url, directory, database, write } = await place(t);
  await migrate(url, { directory });
  write('0001_first.sql', 'create table assay.a (x bigint);');
  await assert.rejects(
    migrate(url, { directory }),
    refusedWith(/0001_first\.sql was changed .* new migration with the next number/),
  );
  const status = await migrationStatus(database, { directory });
  assert.equal(status.current, false);
  assert.match(status.problem ?? '', /0001_first\.sql was changed/);
});

test('other line ends are no change', async (t) => {
  const { url, directory, write } = await place(t);
  write('0003_lines.sql', 'select 1;\nselect 2;\n');
  await migrate(url, { directory });
  write('0003_lines.sql', 'select 1;\r\nselect 2;\r\n');
  assert.deepEqual((await migrate(url, { directory })).applied, []);
});

test('a database that is newer than the code is refused', async (t) => {
  const { url, directory } = await place(t);
  await migrate(url, { directory });
  rmSync(join(directory, '0002_second.sql'));
  await assert.rejects(
    migrate(url, { directory }),
    refusedWith(/newer than this Assay: it has migration 0002_second.*Start the newer Assay/),
  );
});

test('a file that is missing among those applied is refused', async (t) => {
  const { url, directory } = await place(t);
  await migrate(url, { directory });
  rmSync(join(directory, '0001_first.sql'));
  await assert.rejects(
    migrate(url, { directory }),
    refusedWith(/migration 0001_first, which this Assay lacks/),
  );
});

test('a new file with an old number is refused', async (t) => {
  const { url, directory, write } = await place(t);
  write('0004_fourth.sql', 'select 1');
  await migrate(url, { directory });
  write('0003_late.sql', 'select 1');
  await assert.rejects(
    migrate(url, { directory }),
    refusedWith(/0003_late\.sql comes before .* next free number/),
  );
});

test('two files of one number and a file of no number are refused', async (t) => {
  const { url, directory, write } = await place(t);
  write('0002_twin.sql', 'select 1');
  await assert.rejects(migrate(url, { directory }), refusedWith(/have the same number/));
  rmSync(join(directory, '0002_twin.sql'));
  write('third.sql', 'select 1');
  await assert.rejects(migrate(url, { directory }), refusedWith(/third\.sql is not named like a migration/));
});

test('a database that was never migrated is not current, and asking changes nothing', async (t) => {
  const { directory, database } = await place(t);
  const status = await migrationStatus(database, { directory });
  assert.deepEqual(status, {
    current: false,
    version: '',
    pending: ['0001_first', '0002_second'],
    problem: null,
  });
  assert.deepEqual(await database.rows(sql`select to_regnamespace('assay') as schema`), [{ schema: null }]);
});

test('the store’s own migrations leave the schema current', async (t) => {
  const status = await migrationStatus(await testDatabase(t));
  assert.equal(status.current, true);
  assert.match(status.version, /^\d{4}_/);
});

test('a server that is too old is refused before anything is made', async () => {
  const old: Database = {
    rows: async <T extends object>() => [{ number: 140_011, version: '14.11' }] as T[],
    execute: async ({ text }) => {
      assert.match(text, /advisory/, 'nothing but the lock is asked for');
      return 0;
    },
    transaction: (work) => work(old),
    close: async () => {},
  };
  await assert.rejects(migrate(old), refusedWith(/runs PostgreSQL 14\.11; Assay needs 15 or newer/));
});
