import type { TableDescription } from '#model/measure-plan.ts';
import type { Outcome } from '#model/ports.ts';
import { fromOf, parseRef, showRef } from './candidate-ref.ts';
import { quoteText } from './names.ts';
import { outcomeOf } from './outcome.ts';
import type { Session } from './session.ts';

/**
 * The table, view or partition of that name with its columns; null when there is none that the account may see.
 * The options of a target (`gold.orders?by=swap`) are left aside.
 */
export function describe(session: Session, text: string): Promise<Outcome<TableDescription | null>> {
  const ref = parseRef(text.split('?')[0] ?? '');
  if (ref === null)
    return Promise.resolve({
      status: 'failure',
      reason: `${JSON.stringify(text)} is not a table name like gold.orders.`,
    });
  const { database, table } = ref.table;
  return outcomeOf(`Looking at ${showRef(ref)}`, async () => {
    const rows = await session.query(
      `SELECT COLUMN_NAME, COLUMN_TYPE, ORDINAL_POSITION FROM information_schema.columns WHERE TABLE_SCHEMA = ${quoteText(database)} AND TABLE_NAME = ${quoteText(table)}`,
    );
    if (rows.length === 0) return { status: 'success', value: null };
    const columns = rows
      .toSorted((a, b) => Number(a['ORDINAL_POSITION']) - Number(b['ORDINAL_POSITION']))
      .map((row) => ({ name: row['COLUMN_NAME'] ?? '', type: row['COLUMN_TYPE'] ?? '' }));
    return { status: 'success', value: { from: fromOf(ref), name: showRef(ref), columns } };
  });
}
