import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { statementText } from '#model/measure-plan.ts';
import type { DialectName } from '#model/ports.ts';
import { DIALECTS } from '#rules/sql/dialects.ts';
import { sampleStatement } from '#rules/sql/samples.ts';
import { pythonPart } from '#test/support/installed-parts.ts';
import { runProgram } from '#test/support/run-program.ts';
import { cases, faultsOf, NOW, planOf, type Case } from '#test/rules/sql/cases.ts';
import { describeTable, tableSql } from '#test/rules/sql/table-sql.ts';

// Compiled SQL of the engines that `npm test` has no server for: run by ClickHouse and Spark, and every statement
// of every dialect read by a parser of that dialect.

const PARSERS = pythonPart('test/real/sql/requirements.txt');
const SPARK = pythonPart('test/real/spark/requirements.txt');
const FOLDER = join(import.meta.dirname, 'sql');

async function ask<Answer>(
  t: TestContext,
  part: typeof PARSERS,
  program: readonly string[],
  asked: unknown,
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-sql-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [given, out] = [join(folder, 'given.json'), join(folder, 'out.json')];
  writeFileSync(given, JSON.stringify(asked));
  const [file = '', ...args] = program;
  const { code, output } = await runProgram(
    join(part.bin, 'python'),
    [join(FOLDER, file), ...args, given, out],
    {
      env: { PYSPARK_PYTHON: join(part.bin, 'python'), SPARK_LOCAL_IP: '127.0.0.1', TZ: 'UTC' },
    },
  );
  assert.equal(code, 0, output.slice(-3000));
  return JSON.parse(readFileSync(out, 'utf8')) as Answer;
}

/**
 * What is refused without a reason: some engines cannot look into texts of JSON, Trino not by every name, and that
 * alone they may.
 */
function refusedForNothing(
  dialect: DialectName,
  { facts }: Case,
  refused: ReadonlyMap<string, unknown>,
): [string, unknown][] {
  const { isJson, json } = DIALECTS[dialect];
  const mayRefuse = [
    ...(typeof isJson === 'function' ? [] : ['"as":"json"']),
    ...('instead' in json ? ['"matches_schema"', '"json_value"', '"json_number"'] : []),
    ...(dialect === 'trino' ? ['x\\"y', 'x\\\\\\"y', 'back\\\\slash'] : []),
  ];
  return [...refused].filter(([key]) => {
    const written = JSON.stringify(facts[Number(key)]);
    return !mayRefuse.some((part) => written.includes(part));
  });
}

type Rows = readonly (readonly unknown[])[];

/** The statements of all cases in one run of the engine; what each gives is held to the oracle. */
async function differential(
  t: TestContext,
  part: typeof PARSERS,
  dialect: DialectName,
  given: readonly Case[],
): Promise<void> {
  const texts: string[] = [];
  const asked = given.flatMap((one) => {
    texts.push(...tableSql(dialect, one.table, 'candidate'), ...tableSql(dialect, one.other, 'other'));
    const plan = planOf(dialect, one);
    assert.deepEqual(refusedForNothing(dialect, one, plan.refused), []);
    return plan.statements.map((statement) => ({
      one,
      statement,
      place: texts.push(statementText(statement)) - 1,
    }));
  });
  const answers = await ask<(Rows | { readonly error: string })[]>(
    t,
    part,
    ['run_statements.py', dialect],
    texts,
  );
  const errors = answers.flatMap((answer, at) =>
    'error' in answer ? [`${answer.error}\n${texts[at]}`] : [],
  );
  assert.equal(errors[0]?.slice(0, 3000), undefined);
  const faults = asked.flatMap(({ one, statement, place }) =>
    faultsOf(one, statement, (answers[place] as Rows)[0] ?? []),
  );
  assert.equal(faults[0], undefined, `${faults.length} of ${asked.length} differ`);
  assert.ok(asked.length > 0);
}

test('ClickHouse gives what the oracle gives', { skip: PARSERS.missing }, (t) =>
  differential(t, PARSERS, 'clickhouse', fc.sample(cases(40), 60)),
);

test('Spark gives what the oracle gives', { skip: SPARK.missing }, (t) =>
  differential(t, SPARK, 'spark', fc.sample(cases(20), 6)),
);

test('every statement is read by a parser of its dialect', { skip: PARSERS.missing }, async (t) => {
  const statements = fc.sample(cases(25), 8).flatMap((one) =>
    (Object.keys(DIALECTS) as DialectName[]).flatMap((dialect) => {
      const plan = planOf(dialect, one);
      assert.deepEqual(refusedForNothing(dialect, one, plan.refused), []);
      const request = {
        candidate: {
          table: describeTable(dialect, one.table, 'candidate'),
          partition: [],
          whole: true,
          target: null,
          previous: [],
        },
        tables: new Map([['other', describeTable(dialect, one.other, 'other')]]),
        dialect,
        now: NOW,
        seconds: 60,
      };
      const sampled = [
        'false_count',
        'null_count',
        'duplicate_count',
        'repeat_count',
        'orphan_count',
        'sentinel_count',
      ];
      const samples = one.facts
        .filter(({ metric }, n) => sampled.includes(metric) && !plan.refused.has(String(n)))
        .map((fact) => sampleStatement(fact, [], request)?.text ?? '');
      const items = plan.statements.flatMap((statement) => [
        statementText(statement),
        ...statement.items.map((item) => statementText({ ...statement, items: [item] })),
      ]);
      return [...items, ...samples].filter((text) => text !== '').map((text) => [dialect, text] as const);
    }),
  );
  const answers = await ask<(string | null)[]>(t, PARSERS, ['parse_statements.py'], statements);
  const faults = answers.flatMap((answer, at) =>
    answer === null ? [] : [`${answer}\n${statements[at]?.join(': ')}`],
  );
  assert.equal(faults[0], undefined, `${faults.length} of ${answers.length} are not read`);
  assert.ok(answers.length > 1000);
});
