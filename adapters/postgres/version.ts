import { createHash } from 'node:crypto';
import type { TableName } from './quote-identifier.ts';
import { quoteTable } from './quote-identifier.ts';

/**
 * The select-list items from which a table's version is made, and the FROM they need. Aggregates over the
 * rows come in the same scan and snapshot as whatever else the statement measures. Two sums of 64-bit row
 * hashes under different seeds do not depend on the order of rows, and a row that is there twice counts
 * twice. The oid tells a table from one created anew under its name; the columns tell a renamed column.
 * `$1`, `$2` are schema and name.
 */
export function versionQuery(table: TableName): { readonly columns: string; readonly from: string } {
  return {
    columns: `
      count(*)::text as "assay rows",
      coalesce(sum(hashtextextended((c.*)::text, 1)), 0)::text as "assay first",
      coalesce(sum(hashtextextended((c.*)::text, 2)), 0)::text as "assay second",
      (select k.oid::text from pg_class k join pg_namespace n on n.oid = k.relnamespace
        where n.nspname = $1 and k.relname = $2) as "assay oid",
      (select k.relkind::text from pg_class k join pg_namespace n on n.oid = k.relnamespace
        where n.nspname = $1 and k.relname = $2) as "assay kind",
      (select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ',' order by a.attnum)
         from pg_attribute a join pg_class k on k.oid = a.attrelid join pg_namespace n on n.oid = k.relnamespace
        where n.nspname = $1 and k.relname = $2 and a.attnum > 0 and not a.attisdropped) as "assay columns"`,
    from: `only ${quoteTable(table)} as c`,
  };
}

export interface VersionRow {
  readonly 'assay rows': string;
  readonly 'assay first': string;
  readonly 'assay second': string;
  readonly 'assay oid': string | null;
  readonly 'assay kind': string | null;
  readonly 'assay columns': string | null;
}

/** `oid.rows.checksum`: equal exactly when it is the same table with the same columns and rows. */
export function versionOf(row: VersionRow): string {
  const content = [row['assay first'], row['assay second'], row['assay columns']].join('\n');
  const checksum = createHash('sha256').update(content).digest('hex').slice(0, 32);
  return `${row['assay oid']}.${row['assay rows']}.${checksum}`;
}
