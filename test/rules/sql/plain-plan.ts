import type { Fact } from '#model/fact.ts';
import type { TableDescription } from '#model/measure-plan.ts';
import type { DialectName } from '#model/ports.ts';
import { planQueries, type Plan } from '#rules/sql/plan.ts';

/** A plan for a whole table of which nothing is known, without partitions and without gold to compare it with. */
export function plainPlan(
  facts: ReadonlyMap<string, Fact>,
  table: TableDescription,
  dialect: DialectName,
): Plan {
  return planQueries({
    facts,
    known: new Map(),
    trustAtLeast: 0,
    candidate: { table, partition: [], whole: true, target: null, previous: [] },
    tables: new Map(),
    dialect,
    now: new Date('2026-01-01T00:00:00Z'),
    seconds: 60,
    groups: 10,
  });
}
