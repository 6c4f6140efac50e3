import type pg from 'pg';
import type { TableDescription } from '#model/measure-plan.ts';
import type { Outcome } from '#model/ports.ts';
import { faultOf, rows } from './client.ts';
import { parseTableName, quoteTable, showTable } from './quote-identifier.ts';

interface ColumnRow {
  readonly kind: string;
  readonly name: string | null;
  readonly type: string | null;
}

// A domain is what it is made from; an enum is compared as a text.
const COLUMNS = `
  select k.relkind::text as kind, a.attname as name,
         case when t.typtype = 'e' then 'enum'
              when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod)
              else format_type(a.atttypid, a.atttypmod) end as type
    from pg_class k join pg_namespace n on n.oid = k.relnamespace
    left join pg_attribute a on a.attrelid = k.oid and a.attnum > 0 and not a.attisdropped
    left join pg_type t on t.oid = a.atttypid
   where n.nspname = $1 and k.relname = $2 and k.relkind in ('r', 'p', 'v', 'm', 'f')
   order by a.attnum`;

/** The table, view or partitioned table of that name with its columns; null when there is none. */
export async function describe(
  client: pg.Pool | pg.PoolClient,
  ref: string,
): Promise<Outcome<TableDescription | null>> {
  const table = parseTableName(ref);
  if (!table)
    return { status: 'failure', reason: `${JSON.stringify(ref)} is not a table name like gold.orders.` };
  try {
    const found = await rows<ColumnRow>(client, COLUMNS, [table.schema, table.name]);
    const [first] = found;
    if (!first) return { status: 'success', value: null };
    // An ordinary table is read without tables that inherit from it: they are not in its version either.
    const from = `${first.kind === 'r' ? 'only ' : ''}${quoteTable(table)}`;
    const columns = found.flatMap(({ name, type }) =>
      name === null || type === null ? [] : [{ name, type }],
    );
    return { status: 'success', value: { from, name: showTable(table), columns } };
  } catch (error) {
    return faultOf(error, `Looking at ${showTable(table)}`);
  }
}
