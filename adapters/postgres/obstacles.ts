import type pg from 'pg';
import { rows } from './client.ts';
import { showTable } from './quote-identifier.ts';
import type { Relation } from './relation.ts';

/**
 * What stands against putting another table in the place of `old`: views and foreign keys follow the table
 * and not its name, so they would silently go on reading what is no longer served.
 */
export async function dependents(client: pg.PoolClient, old: Relation): Promise<string | null> {
  const found = await rows<{ what: string }>(
    client,
    `select distinct 'the view ' || (r.ev_class::regclass)::text as what
       from pg_depend d join pg_rewrite r on r.oid = d.objid
      where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
        and d.refobjid = $1::int8::oid and r.ev_class <> $1::int8::oid
     union all
     select 'the foreign key ' || quote_ident(conname) || ' of ' || (conrelid::regclass)::text
       from pg_constraint where contype = 'f' and confrelid = $1::int8::oid and conparentid = 0
     order by 1`,
    [old.oid],
  );
  if (found.length === 0) return null;
  return `${showTable(old)} is used by ${found.map(({ what }) => what).join(', ')}, which would stay with the old table; make the target partitioned, or point them elsewhere.`;
}

const COLUMNS = (table: string): string => `
  select 'column ' || quote_ident(attname) || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end
    from pg_attribute where attrelid = ${table}::int8::oid and attnum > 0 and not attisdropped`;

/** All that a table brings along and a renamed table would lack. */
const PARTS = (table: string): string => `${COLUMNS(table)}
  union select 'constraint ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = ${table}::int8::oid and contype <> 'n'
  union select case when indisunique then 'unique index' else 'index' end || substring(pg_get_indexdef(indexrelid) from ' USING .*')
    from pg_index where indrelid = ${table}::int8::oid
  union select 'trigger ' || tgname from pg_trigger where tgrelid = ${table}::int8::oid and not tgisinternal
  union select 'policy ' || polname from pg_policy where polrelid = ${table}::int8::oid
  union select 'row level security' from pg_class where oid = ${table}::int8::oid and relrowsecurity`;

/** What an unpartitioned target has and the candidate lacks (or the columns it has too many), or null. */
export async function missingParts(
  client: pg.PoolClient,
  target: Relation,
  staging: Relation,
): Promise<string | null> {
  const found = await rows<{ what: string }>(
    client,
    `select * from ((${PARTS('$1')}) except (${PARTS('$2')})) lacking(what)
     union all
     select 'not its ' || what from ((${COLUMNS('$2')}) except (${COLUMNS('$1')})) surplus(what)
     order by 1`,
    [target.oid, staging.oid],
  );
  if (found.length === 0) return null;
  const what = found.map((row) => row.what).join('; ');
  return `${showTable(staging)} must be like ${showTable(target)} (create table … (like ${showTable(target)} including all)): it should have ${what}.`;
}
