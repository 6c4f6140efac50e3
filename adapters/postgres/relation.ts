import type pg from 'pg';
import { rows } from './client.ts';
import { quoteIdentifier, quoteTable, type TableName } from './quote-identifier.ts';

/** A table as the catalogue has it now. */
export interface Relation extends TableName {
  readonly oid: number;
  /** pg_class.relkind: r table, p partitioned table, v view, … */
  readonly kind: string;
  readonly isPartition: boolean;
  readonly owner: string;
  readonly comment: string | null;
}

const RELATION = `
  select c.oid::int8::float8 as oid, n.nspname as schema, c.relname as name, c.relkind::text as kind,
         c.relispartition as "isPartition", pg_get_userbyid(c.relowner) as owner,
         obj_description(c.oid, 'pg_class') as comment
    from pg_class c join pg_namespace n on n.oid = c.relnamespace`;

/** The relation of that name, or null. */
export async function findRelation(client: pg.PoolClient, table: TableName): Promise<Relation | null> {
  const found = await rows<Relation>(client, `${RELATION} where n.nspname = $1 and c.relname = $2`, [
    table.schema,
    table.name,
  ]);
  return found[0] ?? null;
}

/** A direct partition of `parent` with its bound as PostgreSQL prints it. */
export interface PartitionRelation extends Relation {
  readonly bound: string;
}

export async function findPartitions(client: pg.PoolClient, parentOid: number): Promise<PartitionRelation[]> {
  return rows<PartitionRelation>(
    client,
    `select r.*, pg_get_expr(c.relpartbound, c.oid) as bound
       from (${RELATION}) r
       join pg_class c on c.oid = r.oid::int8::oid
       join pg_inherits i on i.inhrelid = c.oid
      where i.inhparent = $1::int8::oid and c.relispartition`,
    [parentOid],
  );
}

/** Moves a table to another schema and name, its indexes under names that nothing there has. */
export async function moveRelation(
  client: pg.PoolClient,
  from: Relation,
  to: TableName,
  mark: string,
): Promise<void> {
  const indexes = await rows<{ name: string }>(
    client,
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = $1::int8::oid order by c.relname`,
    [from.oid],
  );
  for (const [position, index] of indexes.entries()) {
    const name = quoteTable({ schema: from.schema, name: index.name });
    await client.query(`alter index ${name} rename to ${quoteIdentifier(`assay_${mark}_${position}`)}`);
  }
  // Through a name of our own: neither schema needs to have both names free.
  const passing = `assay_moving_${mark}`;
  await client.query(`alter table ${quoteTable(from)} rename to ${quoteIdentifier(passing)}`);
  if (from.schema !== to.schema) {
    const name = quoteTable({ schema: from.schema, name: passing });
    await client.query(`alter table ${name} set schema ${quoteIdentifier(to.schema)}`);
  }
  const name = quoteTable({ schema: to.schema, name: passing });
  await client.query(`alter table ${name} rename to ${quoteIdentifier(to.name)}`);
}
