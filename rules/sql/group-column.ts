import { columnValue } from './operand.ts';
import { SqlRefusal } from './refusal.ts';
import type { TableRows } from './table-rows.ts';

/** Why the values of a column cannot be groups of rows; null where they can. */
export function groupFault(rows: TableRows, per: string): string | null {
  try {
    const { kind } = columnValue(rows.context, per);
    if (!['double', 'decimal', 'timestamp', 'other'].includes(kind)) return null;
    return `${per} is a ${kind}: its values cannot be groups. Name a column of texts, whole numbers, dates or booleans.`;
  } catch (error) {
    if (error instanceof SqlRefusal) return error.text;
    throw error;
  }
}

/** A group's value as text, alike in all engines. */
export function groupLabel({ context }: TableRows, column: string): string {
  const { sql, kind } = columnValue(context, column);
  return kind === 'boolean'
    ? `case when ${sql} then 'true' when not ${sql} then 'false' end`
    : context.dialect.label(sql);
}
