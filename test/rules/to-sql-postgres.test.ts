import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { factKey } from '#model/measurement.ts';
import { compileFacts } from '#rules/expression/to-sql.ts';
import { emptyDatabase } from '#test/support/database.ts';

const ODD = 'a "b"; -- c';

const EXPECTED = new Map<string, number | null>([
  ['row_count', 6],
  [factKey('null_count', ['k']), 1],
  [factKey('count', ['k']), 5],
  [factKey('distinct_count', ['k']), 3],
  // 1 1 2 3 3: two rows beyond the first of their value.
  [factKey('duplicate_count', ['k']), 2],
  // (1,a) (1,a) (2,a) (3,b) are compared; rows with a null in k or t are not.
  [factKey('duplicate_count', ['k', 't']), 1],
  [factKey('sum', [ODD]), 4.5],
  [factKey('min', [ODD]), -1.5],
  [factKey('max', [ODD]), 6],
  [factKey('sum', ['empty']), null],
  [factKey('min', ['empty']), null],
  [factKey('null_count', ['empty']), 6],
]);

test('every compiled fact gives on PostgreSQL the number that the word promises', async (t) => {
  const client = new Client({ connectionString: await emptyDatabase(t) });
  await client.connect();
  t.after(() => client.end());
  await client.query(`create table candidate (k int, t text, "a ""b""; -- c" numeric(10,2), empty bigint)`);
  await client.query(
    `insert into candidate values (1, 'a', -1.5, null), (1, 'a', 6, null), (2, 'a', 0, null), (3, 'b', null, null), (3, null, null, null), (null, 'b', null, null)`,
  );
  const compiled = [...compileFacts(EXPECTED.keys(), 'postgres')];
  const list = compiled.map(([, text], index) => `${text} as f${index}`).join(', ');
  const { rows } = await client.query<Record<string, string | number | null>>(
    `select ${list} from candidate`,
  );
  compiled.forEach(([key], index) => {
    const value = rows[0]?.[`f${index}`] ?? null;
    assert.equal(value === null ? null : Number(value), EXPECTED.get(key), key);
    if (/^(?:sum|min|max)/.test(key) && value !== null)
      assert.equal(typeof value, 'number', `${key} is a double`);
  });
  assert.equal(compiled.length, EXPECTED.size);
});

test('on a table without rows counts are 0 and aggregates are null', async (t) => {
  const client = new Client({ connectionString: await emptyDatabase(t) });
  await client.connect();
  t.after(() => client.end());
  await client.query('create table candidate (k int)');
  const keys = ['row_count', 'null_count(k)', 'distinct_count(k)', 'duplicate_count(k)', 'sum(k)', 'min(k)'];
  const list = [...compileFacts(keys, 'postgres').values()].join(', ');
  const { rows } = await client.query<unknown[]>({ text: `select ${list} from candidate`, rowMode: 'array' });
  assert.deepEqual(rows[0], ['0', '0', '0', '0', null, null]);
});
