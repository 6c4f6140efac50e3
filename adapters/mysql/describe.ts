import type { Connection, Pool } from 'mysql2/promise';
import type { TableDescription } from '#model/measure-plan.ts';
import type { Outcome } from '#model/ports.ts';
import { faultOf, rows } from './client.ts';
import { parseTableName, quoteTable, showTable } from './table-name.ts';

const COLUMNS = `
  select t.table_type as kind, c.column_name as name, c.column_type as type
    from information_schema.tables t
    left join information_schema.columns c on c.table_schema = t.table_schema and c.table_name = t.table_name
   where t.table_schema = coalesce(?, database()) and t.table_name = ?
   order by c.ordinal_position`;

interface ColumnRow {
  readonly kind: string;
  readonly name: string | null;
  readonly type: string | null;
}

/** A table as the catalogue has it, and what it is: `BASE TABLE`, `VIEW`. */
export interface DescribedTable extends TableDescription {
  readonly kind: string;
}

/** The table or view of that name with its columns; null when there is none that the account may see. */
export async function describe(
  connection: Pool | Connection,
  ref: string,
): Promise<Outcome<DescribedTable | null>> {
  const table = parseTableName(ref);
  if (!table)
    return { status: 'failure', reason: `${JSON.stringify(ref)} is not a table name like shop.orders.` };
  try {
    const found = await rows<ColumnRow>(connection, COLUMNS, [table.database, table.name]);
    const [first] = found;
    if (!first) return { status: 'success', value: null };
    const columns = found.flatMap(({ name, type }) =>
      name === null || type === null ? [] : [{ name, type }],
    );
    const value = { from: quoteTable(table), name: showTable(table), columns, kind: first.kind };
    return { status: 'success', value };
  } catch (error) {
    return faultOf(error, `Looking at ${showTable(table)}`);
  }
}
