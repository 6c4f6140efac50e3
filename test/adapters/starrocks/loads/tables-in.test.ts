import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tablesIn, targetIn } from '#adapters/starrocks/loads/tables-in.ts';

const read = (sql: string): string[] =>
  tablesIn(sql, 'shop').map(({ database, table }) => `${database}.${table}`);

test('tables are what stands after FROM and JOIN, and in lists after FROM', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['select * from a', ['shop.a']],
    [
      'select * from x.a join `y`.`b` using (k), c as d where e in (select k from f)',
      ['x.a', 'y.b', 'shop.c', 'shop.f'],
    ],
    ['select a, b from t1, t2 where c = 1 order by d, e', ['shop.t1', 'shop.t2']],
    ['with w as (select * from a), v as (select 1) select * from w, v join b on 1 = 1', ['shop.a', 'shop.b']],
    ['select \'from x\', "join y" from a -- from b\n /* join c */', ['shop.a']],
    ['select extract(day from d) from files("path" = "s3://x")', []],
    ['select * from (a join b on a.k = b.k), c', ['shop.a', 'shop.b', 'shop.c']],
    ['select * from default_catalog.x.a, hive.db.t', ['x.a']],
    ['select * from (select * from a, b) q, c', ['shop.a', 'shop.b', 'shop.c']],
    ['select * from a union all select x, y from b', ['shop.a', 'shop.b']],
    ['select * from a partition (p1) a1, b', ['shop.a', 'shop.b']],
    ['', []],
  ];
  for (const [sql, tables] of cases) assert.deepEqual(read(sql).toSorted(), [...tables].toSorted(), sql);
});

test('what a statement writes', () => {
  const written = (sql: string): string | null => {
    const table = targetIn(sql, 'shop');
    return table && `${table.database}.${table.table}`;
  };
  assert.equal(written('insert into `gold`.`t` partition (p1) select 1'), 'gold.t');
  assert.equal(written('INSERT OVERWRITE t SELECT 1'), 'shop.t');
  assert.equal(written('create table if not exists a.b as select 1'), 'a.b');
  assert.equal(written('insert into files("path" = "s3://x") select 1'), null);
  assert.equal(written('select 1 from t'), null);
});
