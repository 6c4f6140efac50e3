import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Fact } from '#model/fact.ts';
import { statementText } from '#model/measure-plan.ts';
import type { FactKey } from '#model/measurement.ts';
import { planQueries } from '#rules/sql/plan.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import { cases, close, faultsOf, NOW, numberOf, planOf, type Case } from './cases.ts';
import { DUCKDB_MISSING, duckdbEngine, load, mariadbEngine, postgresEngine, type Engine } from './engines.ts';
import { facts, tables } from './generators.ts';
import { oracleFact, sharedValues, type Cell, type Table } from './row-oracle.ts';

// The same facts of the same rows by real engines and by the oracle. ASSAY_DIFFERENTIAL_TABLES makes it longer.
const TABLES = Number(process.env['ASSAY_DIFFERENTIAL_TABLES'] ?? 40);
const FACTS = 50;

let mariadb: MariadbServer | undefined;
before(async () => {
  if (MARIADB_MISSING === false) mariadb = await startMariadb();
});
after(() => mariadb?.stop());

/** Every fact of one table in one plan; the first that differs is told with its statement. */
async function compare(engine: Engine, given: Case): Promise<void> {
  const { table, other } = given;
  for (const [name, rows] of [
    ['candidate', table],
    ['other', other],
  ] as const)
    await load(engine, rows, name);
  const plan = planOf(engine.dialect, given);
  assert.deepEqual([...plan.refused], []);
  assert.ok(plan.statements.length <= 3, 'for the candidate, what it says of JSON, and the other table');
  const answered = new Set<FactKey>();
  for (const statement of plan.statements) {
    const rows = await engine.run(statementText(statement)).catch(async (error: unknown) => {
      for (const item of statement.items)
        await engine.run(statementText({ ...statement, items: [item] })).catch((cause: unknown) => {
          throw new Error(`${engine.dialect}: ${String(cause)}: ${item.sql}`, { cause: error });
        });
      throw error;
    });
    for (const { key } of statement.items) answered.add(key);
    assert.deepEqual(faultsOf(given, statement, rows[0] ?? []), []);
  }
  assert.equal(answered.size, given.facts.length);
}

async function differential(engine: Engine): Promise<void> {
  await fc.assert(
    fc.asyncProperty(cases(FACTS), (given) => compare(engine, given)),
    { numRuns: TABLES, endOnFailure: true },
  );
}

/** A partition's value as its key has it, when one of a column's values can be one. */
function partitionValue(table: Table, column: string, rows: Table['rows']): string | null {
  const at = table.columns.findIndex(({ name }) => name === column);
  const found = rows.map((row) => row[at] ?? null).filter((cell) => cell !== null && cell !== '');
  return found.length === 0 ? null : String(found[0]);
}

const partitioned = tables
  .chain(({ table, other }) =>
    fc.record({
      table: fc.constant(table),
      other: fc.constant(other),
      column: fc.constantFrom(
        ...table.columns
          .filter(({ kind }) => ['date', 'text', 'integer'].includes(kind))
          .map(({ name }) => name),
      ),
      // The candidate lies in a table of its own, or in the partition of a table that holds all.
      whole: fc.boolean(),
      per: fc.constantFrom(
        ...table.columns
          .filter(({ kind }) => ['date', 'text', 'integer', 'boolean'].includes(kind))
          .map(({ name }) => name),
      ),
      facts: fc.array(
        fc
          .constantFrom<Fact['scope']>(
            { type: 'partition' },
            { type: 'table' },
            { type: 'last', partitions: 2 },
            { type: 'last', partitions: 1 },
          )
          .chain((scope) => facts(table, scope)),
        { minLength: 20, maxLength: 20 },
      ),
    }),
  )
  .filter(({ table, column }) => partitionValue(table, column, table.rows) !== null);

async function compareScopes(
  engine: Engine,
  given: { table: Table; other: Table; column: string; whole: boolean; per: string; facts: readonly Fact[] },
): Promise<void> {
  const { table, other, column, whole, per } = given;
  const at = table.columns.findIndex(({ name }) => name === column);
  const value = partitionValue(table, column, table.rows) ?? '';
  const previous = partitionValue(
    table,
    column,
    other.rows.filter((row) => String(row[at]) !== value),
  );
  const within = (values: readonly (string | null)[]) => (row: readonly Cell[]) =>
    row[at] !== null && values.includes(String(row[at]));
  const mine = table.rows.filter(within([value]));
  // What the whole dataset is once the candidate is published.
  const all = whole ? [...mine, ...other.rows.filter((row) => !within([value])(row))] : table.rows;
  const candidateTable = await load(engine, { ...table, rows: whole ? mine : table.rows }, 'candidate');
  const published = await load(engine, other, 'other');
  const asked = new Map<FactKey, Fact>(given.facts.map((fact, n) => [`${n} ${fact.metric}`, fact]));
  const grouped = ['row_count', 'null_count', 'distinct_count', 'true_count'] as const;
  for (const metric of grouped) {
    const like = given.facts.find((fact) => fact.metric === metric && fact.columns.length < 2);
    if (like) asked.set(`${metric} per`, { ...like, per, scope: { type: 'partition' } });
  }
  const plan = planQueries({
    facts: asked,
    known: new Map(),
    trustAtLeast: 0,
    candidate: {
      table: candidateTable,
      partition: [[column, value]],
      whole,
      target: whole ? published : null,
      previous: previous === null ? [] : [[[column, previous]]],
    },
    tables: new Map([['other', published]]),
    dialect: engine.dialect,
    now: NOW,
    seconds: 60,
    groups: 100,
  });
  assert.deepEqual([...plan.refused], []);
  const rowsOf = ({ scope }: Fact): Table['rows'] =>
    scope.type === 'table'
      ? all
      : all.filter(within(scope.type === 'last' && scope.partitions > 1 ? [value, previous] : [value]));
  for (const statement of plan.statements) {
    const rows = await engine.run(statementText(statement)).catch((error: unknown) => {
      throw new Error(`${engine.dialect}: ${String(error)}\n${statementText(statement)}`, { cause: error });
    });
    for (const [n, { key }] of statement.items.entries()) {
      const fact = asked.get(key);
      assert.ok(fact);
      const theirs = {
        ...other,
        rows:
          fact.metric === 'difference_count' && fact.scope.type === 'partition'
            ? other.rows.filter(within([value]))
            : other.rows,
      };
      const repeats = fact.metric === 'repeat_count';
      const scoped = { ...table, rows: repeats ? mine : rowsOf(fact) };
      const elsewhere = { ...table, rows: all.filter((row) => !within([value])(row)) };
      const told = `${engine.dialect} ${key}: ${statementText(statement)}\n${JSON.stringify(given)}`;
      if (statement.groups === null) {
        const inside = oracleFact(fact, scoped, NOW, theirs);
        const expected =
          repeats && inside !== null ? inside + sharedValues(fact, scoped, NOW, elsewhere) : inside;
        assert.ok(
          close(numberOf(rows[0]?.[n]), expected, fact.metric),
          `${String(rows[0]?.[n])}, not ${expected}: ${told}`,
        );
        continue;
      }
      const found = new Map(rows.map((row) => [row[0] as string | null, Number(row[n + 1])]));
      const where = table.columns.findIndex(({ name }) => name === per);
      const labels = new Set(scoped.rows.map((row) => (row[where] === null ? null : String(row[where]))));
      assert.deepEqual(new Set(found.keys()), labels, told);
      for (const label of labels) {
        const group = scoped.rows.filter(
          (row) => (row[where] === null ? null : String(row[where])) === label,
        );
        assert.equal(found.get(label), oracleFact(fact, { ...table, rows: group }, NOW), told);
      }
    }
  }
}

async function scopes(engine: Engine): Promise<void> {
  await fc.assert(
    fc.asyncProperty(partitioned, (given) => compareScopes(engine, given)),
    { numRuns: TABLES, endOnFailure: true },
  );
}

describe('facts compiled to SQL give what the oracle gives', () => {
  test('on PostgreSQL', async (t) => {
    const engine = await postgresEngine(await emptyDatabase(t));
    t.after(() => engine.close());
    await differential(engine);
    await scopes(engine);
  });

  test('on MariaDB', { skip: process.env['CI'] === undefined && MARIADB_MISSING }, async (t) => {
    assert.ok(mariadb);
    const engine = await mariadbEngine(await mariadb.database('differential'));
    t.after(() => engine.close());
    await differential(engine);
    await scopes(engine);
  });

  test('on DuckDB', { skip: DUCKDB_MISSING }, async (t) => {
    const engine = await duckdbEngine();
    t.after(() => engine.close());
    await differential(engine);
    await scopes(engine);
  });
});
