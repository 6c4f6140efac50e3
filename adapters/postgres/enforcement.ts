import type pg from 'pg';
import type { Enforcement, Outcome } from '#model/ports.ts';
import { faultOf, rows } from './client.ts';
import { roleName } from './grants.ts';
import {
  parseTableName,
  quoteIdentifier,
  quoteTable,
  showTable,
  type TableName,
} from './quote-identifier.ts';

/** The target with everything below it: whoever may write to a partition writes gold. */
const TABLES = `
  with recursive tables as (
    select c.oid, c.relacl, c.relowner, c.relname, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p')
    union all
    select c.oid, c.relacl, c.relowner, c.relname, n.nspname from tables t join pg_inherits i on i.inhparent = t.oid
      join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace)`;

const WRITERS = `${TABLES},
  granted as (
    select t.nspname, t.relname, x.grantee, t.relowner from tables t, aclexplode(t.relacl) x
     where x.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
    union
    select t.nspname, t.relname, x.grantee, t.relowner from tables t
      join pg_attribute a on a.attrelid = t.oid, aclexplode(a.attacl) x
     where x.privilege_type in ('INSERT', 'UPDATE')),
  direct as (
    select 'grant' as how, nspname, relname, grantee as role from granted where grantee <> relowner
    union
    select 'owner', nspname, relname, relowner from tables),
  me as (select oid from pg_roles where rolname = current_user)
  select distinct d.how, d.nspname as schema, d.relname as name,
         case when d.role = 0 then null else pg_get_userbyid(d.role) end as role
    from direct d left join pg_roles r on r.oid = d.role
   where d.role <> (select oid from me) and not coalesce(r.rolsuper, false)
   order by 1, 2, 3, 4`;

/**
 * Roles that write as members of a role that may, or by pg_write_all_data. `roles` are the memberships to
 * end: none where it is enough to take the grant from the group.
 */
const MEMBERS = `${TABLES},
  me as (select oid from pg_roles where rolname = current_user),
  able as (
    select relowner as oid, true as lasting from tables
    union select oid, true from me
    union select oid, true from pg_roles where rolname = 'pg_write_all_data'
    union select x.grantee, false from tables t, aclexplode(t.relacl) x
           where x.grantee not in (0, t.relowner)
             and x.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')),
  through as (
    select m.member, role.rolname, bool_or(a.lasting) as lasting
      from pg_auth_members m
      join pg_roles role on role.oid = m.roleid
      join able a on a.oid = role.oid or pg_has_role(role.oid, a.oid, 'MEMBER')
     where not role.rolsuper
     group by m.member, role.rolname)
  select member.rolname as member,
         coalesce(array_agg(t.rolname::text order by t.rolname) filter (where t.lasting), '{}') as roles
    from through t join pg_roles member on member.oid = t.member
   where not member.rolsuper and member.oid <> (select oid from me) and exists (select 1 from tables)
   group by member.rolname order by member.rolname`;

/**
 * Who besides the role of this connection may write the target, by the catalogue's privileges and ownership,
 * and the statements that end it. Superusers are named apart: no grant binds them.
 */
export async function enforcement(pool: pg.Pool, target: string): Promise<Outcome<Enforcement>> {
  const table = parseTableName(target);
  if (!table)
    return { status: 'failure', reason: `${JSON.stringify(target)} is not a table name like gold.orders.` };
  const names = [table.schema, table.name];
  try {
    const [exists] = await rows<{ found: boolean; me: string }>(
      pool,
      `${TABLES} select exists (select 1 from tables) as found, current_user::text as me`,
      names,
    );
    if (exists?.found !== true)
      return { status: 'failure', reason: `The target ${showTable(table)} does not exist.` };
    const writers = await rows<TableName & { how: string; role: string | null }>(pool, WRITERS, names);
    const members = await rows<{ member: string; roles: string[] }>(pool, MEMBERS, names);
    const superusers = await rows<{ name: string }>(
      pool,
      'select rolname as name from pg_roles where rolsuper and rolname <> current_user order by 1',
    );
    const mend = [
      ...writers.map((writer) =>
        writer.how === 'owner'
          ? `ALTER TABLE ${quoteTable(writer)} OWNER TO ${quoteIdentifier(exists.me)};`
          : `REVOKE INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER ON TABLE ${quoteTable(writer)} FROM ${roleName(writer.role)};`,
      ),
      ...members
        .filter(({ roles }) => roles.length > 0)
        .map(
          ({ member, roles }) =>
            `REVOKE ${roles.map(quoteIdentifier).join(', ')} FROM ${quoteIdentifier(member)};`,
        ),
    ];
    const all = [...writers.map(({ role }) => role ?? 'PUBLIC'), ...members.map(({ member }) => member)];
    return {
      status: 'success',
      value: {
        enforced: all.length === 0,
        writers: [...new Set(all)].sort(),
        superusers: superusers.map(({ name }) => name),
        mend: mend.length === 0 ? null : mend.join('\n'),
      },
    };
  } catch (error) {
    return faultOf(error, `Reading the privileges of ${showTable(table)}`);
  }
}
