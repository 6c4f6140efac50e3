import * as fc from 'fast-check';
import type { Fact } from '#model/fact.ts';
import type { PlannedStatement } from '#model/measure-plan.ts';
import type { DialectName } from '#model/ports.ts';
import { planQueries, type Plan } from '#rules/sql/plan.ts';
import { facts, tables } from './generators.ts';
import { oracleFact, type Table } from './row-oracle.ts';
import { describeTable } from './table-sql.ts';

export const NOW = new Date('2026-01-15T05:30:00.000Z');

/** Facts of a table `candidate` beside a table `other`. */
export interface Case {
  readonly table: Table;
  readonly other: Table;
  readonly facts: readonly Fact[];
}

/** Tables at random, each with so many facts. */
export function cases(count: number): fc.Arbitrary<Case> {
  return tables.chain(({ table, other }) =>
    fc.record({
      table: fc.constant(table),
      other: fc.constant(other),
      facts: fc.array(facts(table), { minLength: count, maxLength: count }),
    }),
  );
}

/** One plan for all facts, by their places in the list. */
export function planOf(dialect: DialectName, { table, other, facts: all }: Case): Plan {
  return planQueries({
    facts: new Map(all.map((fact, at) => [String(at), fact])),
    known: new Map(),
    trustAtLeast: 0,
    candidate: {
      table: describeTable(dialect, table, 'candidate'),
      partition: [],
      whole: true,
      target: null,
      previous: [],
    },
    tables: new Map([['other', describeTable(dialect, other, 'other')]]),
    dialect,
    now: NOW,
    seconds: 60,
    groups: 10,
  });
}

/** What differs from the oracle in the one row that a statement gave. */
export function faultsOf(
  { table, other, facts: all }: Case,
  statement: PlannedStatement,
  row: readonly unknown[],
): string[] {
  return statement.items.flatMap(({ key, sql }, at) => {
    const fact = all[Number(key)];
    if (fact === undefined) return [`no fact ${key}`];
    const expected = oracleFact(fact, table, NOW, other);
    const got = numberOf(row[at]);
    if (close(got, expected, fact.metric)) return [];
    return [
      `${fact.metric} is ${got}, for the oracle ${expected}: ${sql}\n${JSON.stringify(fact)}\n${JSON.stringify(table)}`,
    ];
  });
}

/** As the adapters read numbers. */
export function numberOf(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Counts are exact; sums of doubles may be added in any order. */
export function close(got: number | null, expected: number | null, metric: Fact['metric']): boolean {
  if (got === null || expected === null) return got === expected;
  if (/count|rows|length/.test(metric)) return got === expected;
  // Moments of values that lie close together are told to fewer digits.
  if (/^(?:skew|kurtosis|correlation|entropy|mutual_information)$/.test(metric))
    return Math.abs(got - expected) <= 1e-6 * Math.max(1, Math.abs(expected));
  return (
    Math.abs(got - expected) <= 1e-9 * Math.max(1, Math.abs(got), Math.abs(expected)) ||
    ((metric === 'stddev' || metric === 'sum') && Math.abs(got - expected) <= 32)
  );
}
