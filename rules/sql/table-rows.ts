import type { TableDescription } from '#model/measure-plan.ts';
import type { DialectName } from '#model/ports.ts';
import type { Predicate } from '#model/predicate.ts';

import { nearest } from '../spelling.ts';
import { DIALECTS } from './dialects.ts';
import type { ColumnValue, RowContext } from './operand.ts';
import { enginePattern } from './engine-pattern.ts';
import { compilePredicate, joined } from './predicate.ts';
import { SqlRefusal } from './refusal.ts';
import { kindOfType, type ValueKind } from './value-kind.ts';

/** Rows to aggregate: where they come from, and how their columns are compiled. */
export interface TableRows {
  readonly context: RowContext;
  /** What stands after `from`, with its alias. */
  readonly from: string;
  /** In words, for messages. */
  readonly name: string;
  /** Which rows belong to the scope of a fact; null: all. */
  readonly scope: string | null;
}

/** Engines in which names of columns differ by case. */
const CASE_SENSITIVE: ReadonlySet<DialectName> = new Set(['postgres', 'clickhouse']);

/** What the contract knows of a column: its name in the table, a kind that the catalogue cannot tell. */
export interface ColumnHint {
  readonly physicalName?: string;
  readonly kind?: ValueKind;
}

export type ColumnHints = ReadonlyMap<string, ColumnHint>;

/** How rows of a table are compiled. What the contract says of a column comes before the catalogue. */
export function rowContext(
  dialectName: DialectName,
  table: Pick<TableDescription, 'name' | 'columns'>,
  now: Date,
  hints: ColumnHints = new Map(),
): RowContext {
  const dialect = DIALECTS[dialectName];
  const fold = (name: string): string => (CASE_SENSITIVE.has(dialectName) ? name : name.toLowerCase());
  const columns = new Map(table.columns.map((column) => [fold(column.name), column]));
  return {
    dialect,
    now,
    pattern: (pattern) => enginePattern(pattern, dialectName),
    column(name): ColumnValue {
      const found = columns.get(fold(hints.get(name)?.physicalName ?? name));
      if (!found) {
        const names = table.columns.map((column) => column.name);
        const meant = nearest(name, names);
        throw new SqlRefusal(
          `${table.name} has no column ${name}`,
          meant === null ? `It has ${listOf(names)}.` : `Did you mean ${meant}? It has ${listOf(names)}.`,
        );
      }
      const kind = hints.get(name)?.kind ?? kindOfType(found.type, dialectName);
      const isJson = /^jsonb?$/i.test(found.type.trim());
      return { sql: dialect.identifier(found.name), kind, name: found.name, isJson };
    },
  };
}

const MOST_NAMES = 20;

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'no columns';
  const rest = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** The condition for a row to count: it is in the scope and fulfils the check's `where`. Null: every row does. */
export function rowFilter(rows: TableRows, where: Predicate | null): string | null {
  const conditions = [
    ...(rows.scope === null ? [] : [rows.scope]),
    ...(where === null ? [] : [compilePredicate(rows.context, where)]),
  ];
  return conditions.length === 0 ? null : joined(conditions, 'and');
}
