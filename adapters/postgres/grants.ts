import type pg from 'pg';
import { rows } from './client.ts';
import { quoteIdentifier, quoteTable, type TableName } from './quote-identifier.ts';
import type { Relation } from './relation.ts';

interface Grant {
  readonly privilege: string;
  readonly column: string | null;
  /** null is PUBLIC. */
  readonly grantee: string | null;
  readonly grantable: boolean;
}

const GRANTS = `
  select x.privilege_type as privilege, x.column_name as column, x.is_grantable as grantable,
         case when x.grantee = 0 then null else pg_get_userbyid(x.grantee) end as grantee
    from (select (aclexplode(c.relacl)).*, null::name as column_name, c.relowner
            from pg_class c where c.oid = $1::int8::oid
          union all
          select (aclexplode(a.attacl)).*, a.attname, c.relowner
            from pg_attribute a join pg_class c on c.oid = a.attrelid
           where a.attrelid = $1::int8::oid and a.attnum > 0 and not a.attisdropped) x
   where x.grantee <> x.relowner`;

/**
 * Gives `table` the owner of `like` and, of the grants, exactly those that `from` has (none without it).
 * The pipeline that filled the staging table would otherwise go on writing to it when it is gold.
 */
export async function takeOver(
  client: pg.PoolClient,
  table: Relation,
  like: Relation,
  from: Relation | null,
): Promise<void> {
  const name = quoteTable(table);
  if (table.owner !== like.owner)
    await client.query(`alter table ${name} owner to ${quoteIdentifier(like.owner)}`);
  const present = await rows<Grant>(client, GRANTS, [table.oid]);
  for (const grantee of new Set(present.map((grant) => grant.grantee))) {
    await client.query(`revoke all on table ${name} from ${roleName(grantee)} cascade`);
  }
  if (from)
    for (const grant of await rows<Grant>(client, GRANTS, [from.oid]))
      await client.query(grantSql(table, grant));
}

function grantSql(table: TableName, grant: Grant): string {
  const columns = grant.column === null ? '' : ` (${quoteIdentifier(grant.column)})`;
  const option = grant.grantable ? ' with grant option' : '';
  return `grant ${grant.privilege}${columns} on table ${quoteTable(table)} to ${roleName(grant.grantee)}${option}`;
}

/** A role in GRANT and REVOKE; PUBLIC is no identifier there. */
export function roleName(role: string | null): string {
  return role === null ? 'public' : quoteIdentifier(role);
}
