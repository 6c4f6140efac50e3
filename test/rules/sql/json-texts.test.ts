import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { statementText, type TableDescription } from '#model/measure-plan.ts';
import type { Predicate } from '#model/predicate.ts';
import { parseRowPredicate } from '#rules/expression/parse.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import { DUCKDB_MISSING, duckdbEngine, load, mariadbEngine, postgresEngine, type Engine } from './engines.ts';
import { fact } from './facts.ts';
import { plainPlan } from '#test/rules/sql/plain-plan.ts';

// What engines make of JSON that no generator should write: numbers that no double holds, halves of characters,
// what only some take for JSON. None of it may fail a query.

const HARD = [
  '',
  ' ',
  'nan',
  'NaN',
  '-Infinity',
  '[1,]',
  '{"a":1,}',
  '{"a" 1}',
  "{'a':1}",
  '{"a":1}x',
  '[01]',
  '"\\ud800"',
  '{"a":"\\ud800"}',
  '{"a":"\\u0000"}',
  '{"\\u0000":1}',
  '{"a":1e400}',
  '{"a":-1e400}',
  '{"a":1e-400}',
  '{"a":99999999999999999999999999}',
  '{"a":18446744073709551616}',
  '{"a":0.1e1}',
  '{"a":1,"a":"x"}',
  '{"a":[[[[[[1]]]]]]}',
  `${'['.repeat(90)}1${']'.repeat(90)}`,
  '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"}',
  'null',
  'true',
  '"a"',
  '\ufeff{"a":1}',
  '{"a":tru}',
];

function predicate(text: string): Predicate {
  const parsed = parseRowPredicate(text);
  assert.ok(parsed.status === 'ok', text);
  return parsed.predicate;
}

async function counts(
  engine: Engine,
  table: TableDescription,
  texts: readonly string[],
): Promise<readonly (readonly [yes: number, no: number])[]> {
  const asked = texts.flatMap((text) =>
    (['true_count', 'false_count'] as const).map((metric) => fact({ metric, predicate: predicate(text) })),
  );
  const facts = new Map(asked.map((one, at) => [String(at), one] as const));
  const plan = plainPlan(facts, table, engine.dialect);
  assert.deepEqual([...plan.refused], []);
  const [statement, ...others] = plan.statements;
  assert.ok(statement !== undefined && others.length === 0);
  const [row = []] = await engine.run(statementText(statement));
  return texts.map((_, at) => [Number(row[2 * at]), Number(row[2 * at + 1])]);
}

const SCHEMAS = [
  `'{"type":"object","required":["a"]}'`,
  `'{"properties":{"a":{"type":"number","minimum":-1e9,"maximum":1e9}}}'`,
  `'{"properties":{"a":{"type":"integer","enum":[1,2,3]}}}'`,
  `'{"properties":{"a":{"type":["string","array"],"minLength":1,"pattern":"^[^x]+$","items":{"items":{"type":"array"}}}}}'`,
  "'true'",
  "'false'",
];

async function survives(engine: Engine): Promise<void> {
  const columns = [{ name: 'j', kind: 'text' as const }];
  const table = await load(engine, { columns, rows: [...HARD.map((text) => [text]), [null]] }, 'hard');
  const schemas = await counts(
    engine,
    table,
    SCHEMAS.map((schema) => `j matches json_schema ${schema}`),
  );
  // Whatever is there fulfils it or does not; of a null nothing is known.
  for (const [at, [yes, no]] of schemas.entries()) assert.equal(yes + no, HARD.length, SCHEMAS[at]);
  assert.deepEqual(schemas.at(-1), [0, HARD.length]);
  const values = await counts(engine, table, [
    "json_value(j, '$.a') is not null",
    "json_number(j, '$.a') is not null",
    "json_number(j, '$.a') < 0 or json_number(j, '$.a') > 2",
    "json_value(j, '$.a[0][0]') = 'x'",
    "length(json_value(j, '$')) > 100",
  ]);
  for (const [yes, no] of values) assert.ok(yes >= 0 && no >= 0 && yes + no <= HARD.length + 1);
}

/** A column of the engine's own type for JSON is looked into as a text is. */
async function looksInto(engine: Engine, type: string, from: string): Promise<void> {
  const docs = ['{"a": {"b": "x"}, "n": 2.5}', '{"a": {"b": "y"}, "n": 4}', '[]'];
  await engine.run(`create table typed (j ${type})`);
  await engine.run(`insert into typed values ${docs.map((doc) => `('${doc}')`).join(', ')}, (null)`);
  const table = { name: 'typed', from, columns: [{ name: 'j', type }] };
  assert.deepEqual(
    await counts(engine, table, [
      "json_value(j, '$.a.b') = 'x'",
      "json_number(j, '$.n') > 3",
      `j matches json_schema '{"type":"object","properties":{"n":{"type":"integer"}}}'`,
    ]),
    [
      [1, 1],
      [1, 1],
      [1, 2],
    ],
  );
}

let mariadb: MariadbServer | undefined;
before(async () => {
  if (MARIADB_MISSING === false) mariadb = await startMariadb();
});
after(() => mariadb?.stop());

describe('no text fails a query that looks for JSON in it', () => {
  test('on PostgreSQL, and in its own types', async (t) => {
    const engine = await postgresEngine(await emptyDatabase(t));
    t.after(() => engine.close());
    await survives(engine);
    await looksInto(engine, 'jsonb', 'typed');
    await engine.run('drop table typed');
    await looksInto(engine, 'json', 'typed');
  });

  test('on MariaDB', { skip: process.env['CI'] === undefined && MARIADB_MISSING }, async (t) => {
    assert.ok(mariadb);
    const engine = await mariadbEngine(await mariadb.database('json'));
    t.after(() => engine.close());
    await survives(engine);
    await looksInto(engine, 'json', 'typed');
  });

  test('on DuckDB, and in its own type', { skip: DUCKDB_MISSING }, async (t) => {
    const engine = await duckdbEngine();
    t.after(() => engine.close());
    await survives(engine);
    await looksInto(engine, 'json', 'typed');
  });
});
