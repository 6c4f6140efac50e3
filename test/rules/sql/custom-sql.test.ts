import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { DialectName } from '#model/ports.ts';
import { guardCustomSql } from '#rules/sql/custom-sql.ts';
import { DIALECTS } from '#rules/sql/dialects.ts';
import { SqlRefusal } from '#rules/sql/refusal.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { DUCKDB_MISSING, duckdbEngine, postgresEngine } from './engines.ts';

const NAMES = { dataset: '"s"."t"', partition: '("dt" = 1)', column: '"c"' };
const DIALECT_NAMES = Object.keys(DIALECTS) as DialectName[];

const ALLOWED: readonly (readonly [query: string, filled: string])[] = [
  ['select count(*) from {dataset} where {partition}', 'select count(*) from "s"."t" where ("dt" = 1)'],
  ['SELECT max({column}) FROM {dataset};  ', 'SELECT max("c") FROM "s"."t"'],
  [
    "select 1 from {dataset} where a = 'x; drop table t; --'",
    `select 1 from "s"."t" where a = 'x; drop table t; --'`,
  ],
  ["select 1 from {dataset} where a = '{partition}'", `select 1 from "s"."t" where a = '{partition}'`],
  ["select 1 from {dataset} where a = 'it''s'", `select 1 from "s"."t" where a = 'it''s'`],
  ['with a as (select 1 as n) select n from a', 'with a as (select 1 as n) select n from a'],
  ['select 1 -- a remark\nfrom {dataset}', 'select 1  \nfrom "s"."t"'.replace('  \n', '  \n')],
  ['select /* a remark */ 1', 'select   1'],
  ["select replace(a, 'x', 'y') from {dataset}", `select replace(a, 'x', 'y') from "s"."t"`],
  ['select substring(a from 1 for 2) from {dataset}', 'select substring(a from 1 for 2) from "s"."t"'],
  ['select t.update, t."drop" from {dataset} t', 'select t.update, t."drop" from "s"."t" t'],
  [
    "select sum(case when b >= date '2026-01-01' then 1.5e3 else -2 end) / 2.0 from {dataset}",
    `select sum(case when b >= date '2026-01-01' then 1.5e3 else -2 end) / 2.0 from "s"."t"`,
  ],
];

const REFUSED: readonly (readonly [query: string, words: RegExp])[] = [
  ['', /does not begin with SELECT/],
  ['delete from {dataset}', /does not begin with SELECT/],
  ['(select 1)', /does not begin with SELECT/],
  ['explain select 1', /does not begin with SELECT/],
  ['select 1; select 2', /more than one statement/],
  ['select 1;;', /more than one statement/],
  ['select 1 as ";"; drop table t', /more than one statement/],
  ['with d as (delete from t returning *) select * from d', /word DELETE/],
  ['with d as (insert into t values (1) returning *) select * from d', /word INSERT/],
  ['with d as (update t set a = 1 returning *) select * from d', /word (?:UPDATE|SET)/],
  ['select * into evil from {dataset}', /word INTO/],
  ["select * from {dataset} into outfile '/tmp/x'", /word INTO/],
  ['select 1 from {dataset} for update', /locks rows|UPDATE/],
  ['select 1 from {dataset} FOR SHARE', /locks rows/],
  ['select 1 from {dataset} for no key update', /locks rows|UPDATE/],
  ['select 1 from {dataset} lock in share mode', /word LOCK/],
  ['select pg_sleep(10)', /calls pg_sleep/],
  ['select PG_SLEEP (10)', /calls pg_sleep/i],
  ['select "pg_sleep"(10)', /calls pg_sleep/],
  ['select pg_catalog.pg_sleep(10)', /calls pg_sleep/],
  ['select pg_catalog . "pg_sleep" (10)', /calls pg_sleep/],
  ['select pg_sleep/**/(10)', /calls pg_sleep/],
  ['select sleep(10)', /calls sleep/],
  ['select `sleep`(10)', /calls sleep/],
  ["select benchmark(1000000, md5('a'))", /calls benchmark/],
  ["select pg_read_file('/etc/passwd')", /calls pg_read_file/],
  ["select load_file('/etc/passwd')", /calls load_file/],
  ["select lo_import('/etc/passwd')", /calls lo_import/],
  ["select * from dblink('x', 'y') as t(a int)", /calls dblink/],
  ["select nextval('s')", /calls nextval/],
  ["select set_config('a', 'b', false)", /calls set_config/],
  ['select pg_terminate_backend(1)', /calls pg_terminate_backend/],
  ["select get_lock('a', 1)", /calls get_lock/],
  ["select * from read_csv('/etc/passwd')", /calls read_csv/],
  ["select * from url('x', 'CSV', 'a String')", /calls url/],
  ["select * from file('x')", /calls file/],
  ["select query_to_xml('delete from t', true, true, '')", /calls query_to_xml/],
  ['select @a := 1', /"@"/],
  ['select 1 /*! ; drop table t */', /comment/],
  ['select 1 /*!50000 union select 2 */', /comment/],
  ['select 1 /*M! union select 2 */', /comment/],
  ['select /*+ SET_VAR(query_timeout=1) */ 1', /comment/],
  ['select 1 /* a /* b */ c */', /comment|"\*"/],
  ['select 1 /* open', /comment/],
  ['select 1 --drop', /comment/],
  ['select 1 # remark', /"#"/],
  ["select 'open", /not closed/],
  ['select "open', /not closed/],
  ["select 'a\\' or 1=1 --'", /backslash before/],
  ["select E'a'", /prefix E/],
  ["select U&'a'", /& before a quote/],
  ['select U&"pg\\005fsleep"(10)', /& before a quote/],
  ['select "pg_sleep "(10)', /calls pg_sleep /],
  ["select x'41'", /prefix x/i],
  ['select 1)', /brackets/],
  ['select (1', /brackets/],
  ['select 1) union (select 2', /brackets/],
  ['select {table}', /begins no placeholder/],
  ['select {dataset', /begins no placeholder/],
  ['select 1 settings readonly = 0', /word SETTINGS/],
  ['select 1 format CSV', /word FORMAT/],
  ['select * from {dataset} procedure analyse()', /word/],
  ['select 1\0', /"\\u0000"/],
];

function refusal(
  query: string,
  dialect: DialectName,
  names: Parameters<typeof guardCustomSql>[2] = NAMES,
): string {
  try {
    guardCustomSql(query, dialect, names);
  } catch (error) {
    if (error instanceof SqlRefusal) return error.text;
    throw error;
  }
  return '';
}

describe("an author's query", () => {
  for (const [query, filled] of ALLOWED)
    test(`is filled in: ${query}`, () => {
      for (const dialect of DIALECT_NAMES)
        assert.equal(
          guardCustomSql(query, dialect, NAMES).replaceAll(/\s+/g, ' '),
          filled.replaceAll(/\s+/g, ' '),
          dialect,
        );
    });

  for (const [query, words] of REFUSED)
    test(`is refused: ${JSON.stringify(query)}`, () => {
      for (const dialect of DIALECT_NAMES) assert.match(refusal(query, dialect), words, dialect);
    });

  test('may quote with dollars where the engine does', () => {
    const query = 'select $a$; drop table t; $$ $a$';
    assert.equal(guardCustomSql(query, 'postgres', NAMES), query);
    assert.match(refusal(query, 'mysql'), /"\$"/);
    assert.match(refusal('select $a$ open', 'postgres'), /no closed text/);
  });

  test('names a column only where the check has one, and is not endless', () => {
    assert.match(refusal('select {column}', 'postgres', { ...NAMES, column: null }), /about no column/);
    assert.match(refusal(`select ${'1 + '.repeat(6000)}1`, 'postgres'), /longer than/);
  });

  test('that passes is one statement for PostgreSQL and DuckDB, and leaves the canary alone', async (t) => {
    const engines = [
      await postgresEngine(await emptyDatabase(t)),
      ...(DUCKDB_MISSING === false ? [await duckdbEngine()] : []),
    ];
    t.after(() => Promise.all(engines.map((engine) => engine.close())));
    for (const engine of engines) {
      await engine.run('create table canary (n integer)');
      await engine.run('insert into canary values (1)');
    }
    const pieces = [
      'select',
      'with a as (',
      ')',
      '(',
      '1',
      ' ',
      '\n',
      ';',
      "'",
      '"',
      "''",
      '\\',
      '--',
      '-- ',
      '/*',
      '*/',
      '$$',
      '$a$',
      'drop table canary',
      'delete from canary',
      'insert into canary values (2)',
      'union all',
      'from canary',
      '{dataset}',
      'where',
      'E',
      "'a'",
      ',',
    ];
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...pieces), { maxLength: 10 }),
        fc.boolean(),
        async (parts, spaced) => {
          const query = `select ${parts.join(spaced ? ' ' : '')}`;
          for (const engine of engines) {
            if (refusal(query, engine.dialect, { ...NAMES, dataset: 'canary' }) !== '') continue;
            passed += 1;
            const text = guardCustomSql(query, engine.dialect, { ...NAMES, dataset: 'canary' });
            // Not every text that passes is a query; what matters is that it does nothing else.
            await engine.run(`select * from (${text}\n) as q limit 2`).catch(() => undefined);
            const [[rows] = []] = await engine.run('select count(*) from canary');
            assert.equal(Number(rows), 1, query);
          }
        },
      ),
      { numRuns: 1500, endOnFailure: true },
    );
    assert.ok(passed > 100, `${passed} passed`);
  });
});
