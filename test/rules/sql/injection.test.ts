import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Fact } from '#model/fact.ts';
import type { Predicate } from '#model/predicate.ts';
import { statementText } from '#model/measure-plan.ts';
import type { FactKey } from '#model/measurement.ts';
import { planQueries } from '#rules/sql/plan.ts';
import { sampleStatement } from '#rules/sql/samples.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import { DUCKDB_MISSING, duckdbEngine, load, mariadbEngine, postgresEngine, type Engine } from './engines.ts';
import { column, fact, literal, SPAN, tableRef } from './facts.ts';
import { plainPlan } from '#test/rules/sql/plain-plan.ts';

// Whatever stands in a contract's texts and names, the query means the same and nothing else is run.

const HOSTILE = [
  "'; drop table canary; --",
  "\\'; drop table canary; --",
  "\\'; drop table canary; #",
  '"; drop table canary; --',
  '`; drop table canary; --',
  "' or '1'='1",
  "') or (1=1",
  "x'/*",
  '*/ drop table canary /*',
  '$$; drop table canary; $$',
  '$1',
  '?',
  ':name',
  '{dataset}',
  '\\',
  '\\\\',
  "\\'",
  "''",
  "'",
  '"',
  '`',
  "\n'; drop table canary;\n--",
  '\r\n',
  '\u0085\u2028',
  "\u00bf'; drop table canary; --",
  '\u{1F600}\\',
  'é\u0301',
  '\u02bc; drop table canary; --',
  '%',
  '_',
  '!',
  '\u001a',
  '\b\u007f',
];

/** What can be a name in all three: MariaDB knows no characters beyond the first plane in names. */
const NAMES = HOSTILE.filter((name) => name.trim() === name && /^[ -~\n]*$/.test(name));

let mariadb: MariadbServer | undefined;
before(async () => {
  if (MARIADB_MISSING === false) mariadb = await startMariadb();
});
after(() => mariadb?.stop());

const texts = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...HOSTILE) },
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0')),
  fc
    .array(fc.constantFrom("'", '"', '`', '\\', ';', '-', '/', '*', '$', ' ', '\n', 'E', 'x'), {
      minLength: 1,
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, (found) => `\\${found}`);
const quoted = (text: string): string =>
  text.replaceAll(/[\\^$.*+?()[\]{}|/"'`;-]/g, (found) => (/[\w"'`;]/.test(found) ? found : `\\${found}`));

/** Facts in which the text stands in every place that an author has, with the number that each must give. */
function factsOf(text: string, name: string): [Fact, number][] {
  const of = column(name);
  const value = literal(text);
  return [
    [
      fact({
        metric: 'true_count',
        predicate: { type: 'compare', operator: '=', left: of, right: value, span: SPAN },
      }),
      1,
    ],
    [
      fact({
        metric: 'true_count',
        predicate: { type: 'in', negated: false, operand: of, values: [value], span: SPAN },
      }),
      1,
    ],
    [
      fact({
        metric: 'false_count',
        predicate: { type: 'compare', operator: '=', left: of, right: value, span: SPAN },
      }),
      1,
    ],
    [fact({ metric: 'sentinel_count', columns: [name], values: [value] }), 1],
    [
      fact({
        metric: 'true_count',
        predicate: { type: 'like', negated: false, operand: of, pattern: escaped(text), span: SPAN },
      }),
      1,
    ],
    [
      fact({
        metric: 'row_count',
        where: { type: 'compare', operator: '=', left: value, right: value, span: SPAN },
      }),
      2,
    ],
    [
      fact({
        metric: 'count',
        columns: [name],
        where: {
          type: 'compare',
          operator: '!=',
          left: { type: 'lower', of, span: SPAN },
          right: literal(''),
          span: SPAN,
        },
      }),
      2,
    ],
    [fact({ metric: 'distinct_count', columns: [name, name] }), 2],
    [fact({ metric: 'duplicated_rows', columns: [name] }), 0],
    [
      fact({
        metric: 'orphan_count',
        columns: [name],
        other: { table: tableRef('other'), columns: [name], compared: [name], tolerance: null },
      }),
      1,
    ],
  ];
}

async function attack(engine: Engine, text: string, name: string, tableName: string): Promise<void> {
  const columns = [{ name, kind: 'text' as const }];
  // One row holds the text, another does not.
  const table = await load(engine, { columns, rows: [[text], [`${text}+`]] }, tableName);
  const other = await load(engine, { columns, rows: [[text]] }, `${tableName}_`);
  const asked = factsOf(text, name);
  const expected = new Map<FactKey, number>(asked.map(([, number], at) => [String(at), number]));
  const request = {
    facts: new Map(asked.map(([one], at) => [String(at), one] as const)),
    known: new Map(),
    trustAtLeast: 0,
    candidate: { table, partition: [[name, text]] as const, whole: false, target: null, previous: [] },
    tables: new Map([['other', other]]),
    dialect: engine.dialect,
    now: new Date('2026-01-01T00:00:00Z'),
    seconds: 60,
    groups: 10,
  };
  // The partition's value is the text, too: one row is in it.
  const inTable = (one: Fact): Fact => ({ ...one, scope: { type: 'table' } });
  const facts = new Map<FactKey, Fact>([...request.facts].map(([key, one]) => [key, inTable(one)]));
  facts.set('partition', fact({ metric: 'row_count' }));
  expected.set('partition', 1);
  facts.set(
    'query',
    fact({
      metric: 'custom_sql',
      columns: [name],
      query: 'select count({column}) from {dataset} where {partition}',
    }),
  );
  expected.set('query', 1);
  facts.set('groups', fact({ metric: 'row_count', per: name, scope: { type: 'table' } }));
  expected.set('groups', 1);
  const plan = planQueries({ ...request, facts });
  assert.deepEqual([...plan.refused], []);
  for (const statement of plan.statements) {
    const written = statementText(statement);
    const rows = await engine.run(written).catch((error: unknown) => {
      throw new Error(`${engine.dialect}: ${String(error)}\n${written}`, { cause: error });
    });
    const skip = statement.groups === null ? 0 : 1;
    for (const [at, { key }] of statement.items.entries())
      assert.equal(Number(rows[0]?.[at + skip]), expected.get(key), `${key}: ${written}`);
  }
  const [pattern] = [quoted(text)];
  const found = planQueries({
    ...request,
    facts: new Map([
      [
        'regex',
        fact({
          metric: 'true_count',
          scope: { type: 'table' },
          predicate: {
            type: 'matches',
            negated: false,
            operand: column(name),
            pattern: `^${pattern}$`,
            span: SPAN,
          },
        }),
      ],
    ]),
  });
  // A pattern that is none in the portable subset is refused, never sent.
  for (const statement of found.statements) {
    const [[count] = []] = await engine.run(statementText(statement));
    assert.equal(Number(count), 1, statementText(statement));
  }
  const shown = sampleStatement(inTable(asked[2]?.[0] ?? fact({ metric: 'null_count' })), [name], request);
  assert.deepEqual(await engine.run(shown?.text ?? ''), [[`${text}+`]]);
}

/** The text as a name and a value in JSON, in paths and in schemas. */
async function attackJson(engine: Engine, text: string): Promise<void> {
  const columns = [{ name: 'j', kind: 'text' as const }];
  const rows = [[JSON.stringify({ [text]: text })], ['{}'], [text]];
  const table = await load(engine, { columns, rows }, 'attacked');
  const schemas = [
    { required: [text] },
    { required: [text], properties: { [text]: { enum: [text, 'other'] } } },
    { type: 'object', required: [text], properties: { [text]: { const: text, minLength: 1 } } },
  ].map((schema): Predicate => ({
    type: 'matches_schema',
    negated: false,
    operand: column('j'),
    schema: JSON.stringify({ type: 'object', ...schema }),
    span: SPAN,
  }));
  const value = { type: 'json_value', of: column('j'), path: [text], span: SPAN } as const;
  const predicates: readonly Predicate[] = [
    ...schemas,
    { type: 'compare', operator: '=', left: value, right: literal(text), span: SPAN },
    { type: 'is_null', negated: true, operand: value, span: SPAN },
  ];
  const facts = predicates.map(
    (predicate, at) => [String(at), fact({ metric: 'true_count', predicate })] as const,
  );
  const plan = plainPlan(new Map(facts), table, engine.dialect);
  assert.deepEqual([...plan.refused], []);
  for (const statement of plan.statements) {
    const written = statementText(statement);
    const [counts = []] = await engine.run(written).catch((error: unknown) => {
      throw new Error(`${engine.dialect}: ${String(error)}\n${written}`, { cause: error });
    });
    assert.deepEqual(
      counts.map(Number),
      predicates.map(() => 1),
      written,
    );
  }
}

async function survive(engine: Engine): Promise<void> {
  await engine.run('drop table if exists canary');
  await engine.run('create table canary (n integer)');
  await engine.run('insert into canary values (1)');
  let number = 0;
  for (const text of HOSTILE) await attack(engine, text, 'plain', 'attacked');
  for (const text of HOSTILE) await attackJson(engine, text);
  for (const name of NAMES) await attack(engine, 'x', name, name);
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom(...NAMES), (text, name) => {
      number += 1;
      return attack(engine, text, name, `t${number % 3}`);
    }),
    { numRuns: 20, endOnFailure: true },
  );
  const [[rows] = []] = await engine.run('select count(*) from canary');
  assert.equal(Number(rows), 1, 'the canary lives');
}

describe('nothing in a contract gets out of its quotes', () => {
  test('on PostgreSQL, however backslashes are read', async (t) => {
    const engine = await postgresEngine(await emptyDatabase(t));
    t.after(() => engine.close());
    await survive(engine);
    await engine.run('set standard_conforming_strings = off; set escape_string_warning = off');
    await survive(engine);
  });

  test(
    'on MariaDB, in every mode of quoting and a character set that hides backslashes',
    { skip: process.env['CI'] === undefined && MARIADB_MISSING },
    async (t) => {
      assert.ok(mariadb);
      const engine = await mariadbEngine(await mariadb.database('injection'));
      t.after(() => engine.close());
      for (const mode of ['', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES', 'ANSI']) {
        await engine.run(`set sql_mode = '${mode}'`);
        await survive(engine);
      }
      // In GBK a backslash can be the second byte of a character.
      await engine.run('set character_set_client = gbk, character_set_connection = gbk');
      await survive(engine);
    },
  );

  test('on DuckDB', { skip: DUCKDB_MISSING }, async (t) => {
    const engine = await duckdbEngine();
    t.after(() => engine.close());
    await survive(engine);
  });
});
