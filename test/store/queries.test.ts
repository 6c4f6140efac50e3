import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { SEARCH_PATH } from '#store/database.ts';
import type { Statement } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { SAMPLES } from './statement-samples.ts';

/**
 * Every statement of the store meets the real schema here. How to follow: a query is an exported function
 * of collector/store that returns a Statement; its example arguments go into statement-samples.ts.
 * (DDL is built with the `ddl` tag, which takes no parameters, and tested by running it.)
 */
const ROOT = new URL('../../', import.meta.url);
const STORE = new URL('collector/store/', ROOT);
const files = readdirSync(STORE).filter((name) => name.endsWith('.ts') && name !== 'sql.ts');
const hasSql = (text: string): boolean => /\bsql`/.test(text);
const usesTag = (text: string): boolean => /^import \{[^}]*\bsql\b[^}]*\} from '\.\/sql\.ts'/m.test(text);

/** Makes the statements of one file's samples; fails when a builder has none. */
async function statementsOf(file: string): Promise<{ builder: string; statement: Statement }[]> {
  const module = (await import(new URL(file, STORE).href)) as Record<string, unknown>;
  const samples = SAMPLES[file] ?? {};
  return Object.entries(module).flatMap(([builder, value]) => {
    if (typeof value !== 'function') return [];
    const sample = samples[builder];
    if (sample === undefined) {
      // Functions that use several statements and give none themselves run in tests of their own.
      const isBuilder = hasSql(String(value)) && !String(value).startsWith('async ');
      assert.ok(
        !isBuilder,
        `${file}: ${builder} has no example arguments in test/store/statement-samples.ts`,
      );
      return [];
    }
    if ('runIn' in sample) {
      assert.ok(
        existsSync(new URL(sample.runIn, ROOT)),
        `${file}: ${builder} is said to run in ${sample.runIn}, which is not there`,
      );
      return [];
    }
    assert.ok(sample.length > 0, `${file}: ${builder} has an empty list of examples`);
    return sample.map((args) => ({
      builder,
      statement: (value as (...args: readonly unknown[]) => Statement)(...args),
    }));
  });
}

/** Says why the schema does not take a statement, or null. */
async function refusal(client: Client, { text, values }: Statement): Promise<string | null> {
  try {
    await client.query(`prepare candidate as ${text}`);
    const { rows } = await client.query<{ expected: number }>(
      `select cardinality(parameter_types) as expected from pg_prepared_statements where name = 'candidate'`,
    );
    await client.query('deallocate candidate');
    const expected = rows[0]?.expected;
    return expected === values.length ? null : `has ${values.length} values for ${expected} parameters`;
  } catch (error) {
    const { message, position } = error as Error & { position?: string };
    const around =
      position === undefined ? '' : text.slice(Math.max(0, Number(position) - 60), Number(position) + 20);
    return `${message} near «${around.trim()}»`;
  }
}

test('the schema takes every statement of the store', async (t) => {
  const { url } = await testDatabase(t);
  const client = new Client({ connectionString: url, options: `-c search_path=${SEARCH_PATH}` });
  await client.connect();
  t.after(() => client.end());
  for (const file of files) {
    await t.test(file, async () => {
      const refused: string[] = [];
      for (const { builder, statement } of await statementsOf(file)) {
        const reason = await refusal(client, statement);
        if (reason !== null) refused.push(`${builder}: ${reason}`);
      }
      assert.deepEqual(refused, []);
    });
  }
});

test('a file of the store that holds SQL has example arguments', () => {
  const without = files.filter(
    (file) =>
      usesTag(readFileSync(fileURLToPath(new URL(file, STORE)), 'utf8')) && SAMPLES[file] === undefined,
  );
  assert.deepEqual(without, []);
  assert.deepEqual(
    Object.keys(SAMPLES).filter((file) => !files.includes(file)),
    [],
  );
});

test('a statement that does not fit the schema is found', async (t) => {
  const { url } = await testDatabase(t);
  const client = new Client({ connectionString: url, options: `-c search_path=${SEARCH_PATH}` });
  await client.connect();
  t.after(() => client.end());
  assert.match((await refusal(client, { text: 'select no_such from run', values: [] })) ?? '', /no_such/);
  assert.match(
    (await refusal(client, { text: 'select $1::int + $2::int', values: [1] })) ?? '',
    /1 values for 2/,
  );
  assert.equal(await refusal(client, { text: 'select id from run where id = $1', values: ['x'] }), null);
});

test('no two statements share a name: pg would run the one for the other', async () => {
  const texts = new Map<string, string>();
  for (const file of files) {
    for (const { builder, statement } of await statementsOf(file)) {
      if (statement.name === undefined) continue;
      const known = texts.get(statement.name);
      assert.ok(
        known === undefined || known === statement.text,
        `${file}: ${builder} uses the name ${statement.name} with another text`,
      );
      texts.set(statement.name, statement.text);
    }
  }
  assert.ok(texts.size > 0);
});
