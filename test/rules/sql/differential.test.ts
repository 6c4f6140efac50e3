import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Fact } from '#model/fact.ts';
import { statementText } from '#model/measure-plan.ts';
import type { FactKey } from '#model/measurement.ts';
import { planQueries } from '#rules/sql/plan.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import { duckdbEngine, load, mariadbEngine, postgresEngine, type Engine } from './engines.ts';
import { facts, tables } from './generators.ts';
import { oracleFact, type Table } from './row-oracle.ts';

// The same facts of the same rows by real engines and by the oracle. ASSAY_DIFFERENTIAL_TABLES makes it longer.
const TABLES = Number(process.env['ASSAY_DIFFERENTIAL_TABLES'] ?? 40);
const FACTS = 50;
const NOW = new Date('2026-01-15T05:30:00.000Z');

let mariadb: MariadbServer | undefined;
before(async () => {
  if (MARIADB_MISSING === false) mariadb = await startMariadb();
});
after(() => mariadb?.stop());

const cases = tables.chain(({ table, other }) =>
  fc.record({
    table: fc.constant(table),
    other: fc.constant(other),
    facts: fc.array(facts(table), { minLength: FACTS, maxLength: FACTS }),
  }),
);

/** Every fact of one table in one plan; the first that differs is told with its statement. */
async function compare(engine: Engine, all: readonly Fact[], table: Table, other: Table): Promise<void> {
  const mine = await load(engine, table, 'cand"idate');
  const theirs = await load(engine, other, 'other');
  const asked = new Map<FactKey, Fact>(all.map((fact, at) => [`${at} ${fact.metric}`, fact]));
  const plan = planQueries({
    facts: asked,
    known: new Map(),
    trustAtLeast: 0,
    candidate: { table: mine, partition: [], whole: true, target: null, previous: [] },
    tables: new Map([['other', theirs]]),
    dialect: engine.dialect,
    now: NOW,
    seconds: 60,
    groups: 10,
  });
  assert.deepEqual([...plan.refused], []);
  assert.ok(plan.statements.length <= 2, 'one for the candidate, one for the other table');
  const answered = new Set<FactKey>();
  for (const statement of plan.statements) {
    const rows = await engine.run(statementText(statement)).catch(async (error: unknown) => {
      for (const item of statement.items)
        await engine.run(statementText({ ...statement, items: [item] })).catch((cause: unknown) => {
          throw new Error(`${engine.dialect}: ${String(cause)}: ${item.sql}`, { cause: error });
        });
      throw error;
    });
    for (const [at, { key, sql }] of statement.items.entries()) {
      const fact = asked.get(key);
      assert.ok(fact);
      answered.add(key);
      const expected = oracleFact(fact, table, NOW, other);
      const got = numberOf(rows[0]?.[at]);
      assert.ok(
        close(got, expected, fact.metric),
        `${engine.dialect} says ${got}, the oracle ${expected}: ${sql}\n${JSON.stringify(fact)}\n${JSON.stringify(table)}`,
      );
    }
  }
  assert.equal(answered.size, asked.size);
}

function numberOf(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Counts are exact; sums of doubles may be added in any order. */
function close(got: number | null, expected: number | null, metric: Fact['metric']): boolean {
  if (got === null || expected === null) return got === expected;
  if (/count|rows|length/.test(metric)) return got === expected;
  return (
    Math.abs(got - expected) <= 1e-9 * Math.max(1, Math.abs(got), Math.abs(expected)) ||
    ((metric === 'stddev' || metric === 'sum') && Math.abs(got - expected) <= 32)
  );
}

async function differential(engine: Engine): Promise<void> {
  await fc.assert(
    fc.asyncProperty(cases, ({ facts: all, table, other }) => compare(engine, all, table, other)),
    { numRuns: TABLES, endOnFailure: true },
  );
}

describe('facts compiled to SQL give what the oracle gives', () => {
  test('on PostgreSQL', async (t) => {
    const engine = await postgresEngine(await emptyDatabase(t));
    t.after(() => engine.close());
    await differential(engine);
  });

  test('on MariaDB', { skip: process.env['CI'] === undefined && MARIADB_MISSING }, async (t) => {
    assert.ok(mariadb);
    const engine = await mariadbEngine(await mariadb.database('differential'));
    t.after(() => engine.close());
    await differential(engine);
  });

  test('on DuckDB', async (t) => {
    const engine = await duckdbEngine();
    t.after(() => engine.close());
    await differential(engine);
  });
});
