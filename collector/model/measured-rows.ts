import { GROUP_NAME, itemName, type GroupFacts, type PlannedStatement } from './measure-plan.ts';
import type { FactKey } from './measurement.ts';

/** A row as drivers give it, by the names of its columns. */
export type MeasuredRow = Readonly<Record<string, unknown>>;

/** What the statements of a plan have given so far. */
export interface MeasuredFacts {
  readonly facts: Map<FactKey, number>;
  readonly groups: Map<FactKey, GroupFacts>;
  readonly failed: Map<FactKey, string>;
}

export function nothingMeasured(): MeasuredFacts {
  return { facts: new Map(), groups: new Map(), failed: new Map() };
}

/** Says of all facts of a statement why they are not known. */
export function failStatement(statement: PlannedStatement, reason: string, found: MeasuredFacts): void {
  for (const { key } of statement.items) found.failed.set(key, reason);
}

/** Puts what a statement gave where it belongs; too many groups, rows or columns are a failure. */
export function collectRows(
  statement: PlannedStatement,
  rows: readonly MeasuredRow[],
  found: MeasuredFacts,
): void {
  const { items, groups, custom, about } = statement;
  if (groups !== null) {
    if (rows.length > groups.limit)
      return failStatement(
        statement,
        `${about}: there are more than ${groups.limit} different values; name a column of fewer.`,
        found,
      );
    for (const [position, { key }] of items.entries())
      found.groups.set(key, groupsOf(rows, itemName(position)));
    return;
  }
  const [row] = rows;
  if (custom) {
    const many =
      rows.length > 1 ? 'row' : row !== undefined && Object.keys(row).length !== 1 ? 'column' : null;
    if (many !== null)
      return failStatement(
        statement,
        `The query gives more than one ${many}; a check needs one number.`,
        found,
      );
  }
  for (const [position, { key }] of items.entries()) {
    const given = custom ? Object.values(row ?? {})[0] : row?.[itemName(position)];
    const value = numberOf(given);
    if (value !== null) found.facts.set(key, value);
    else if (custom && given !== null && given !== undefined)
      failStatement(statement, 'The query gives no number; a check needs one.', found);
  }
}

function groupsOf(rows: readonly MeasuredRow[], name: string): GroupFacts {
  const values = new Map<string | null, number>();
  for (const row of rows) {
    const label = row[GROUP_NAME];
    const value = numberOf(row[name]);
    if (value !== null) values.set(typeof label === 'string' ? label : null, value);
  }
  return values;
}

/** A number, or null where the warehouse gave NULL or NaN: a mean with a NaN in it says nothing. */
function numberOf(value: unknown): number | null {
  if (value === null || value === undefined || typeof value === 'object') return null;
  if (typeof value === 'string' && value.trim() === '') return null;
  const number = Number(value);
  // Minus zero is zero.
  return Number.isFinite(number) ? number + 0 : null;
}
