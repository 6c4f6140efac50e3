import type { Connection } from 'mysql2/promise';
import { rows } from './client.ts';
import type { Relation, Table } from './relation.ts';
import { showTable } from './table-name.ts';

const PARTS = `
  select concat('column ', column_name, ' ', column_type, if(is_nullable = 'YES', '', ' not null'),
                if(extra = '', '', concat(' ', extra)), coalesce(concat(' ', collation_name), '')) as what
    from information_schema.columns where table_schema = ? and table_name = ?
  union all
  select concat(if(max(non_unique) = 0, 'unique index', 'index'), ' on ',
                group_concat(concat(column_name, coalesce(concat('(', sub_part, ')'), '')) order by seq_in_index))
    from information_schema.statistics where table_schema = ? and table_name = ? group by index_name
  union all
  select concat('foreign key on ', group_concat(column_name order by ordinal_position), ' to ',
                max(referenced_table_schema), '.', max(referenced_table_name))
    from information_schema.key_column_usage
   where table_schema = ? and table_name = ? and referenced_table_name is not null group by constraint_name`;

async function partsOf(session: Connection, { database, name }: Table): Promise<string[]> {
  const found = await rows<{ what: string }>(session, PARTS, [
    database,
    name,
    database,
    name,
    database,
    name,
  ]);
  return found.map(({ what }) => what);
}

/** What an unpartitioned target has and the candidate lacks, or the columns it has too many; null when they are alike. */
export async function missingParts(
  session: Connection,
  target: Table,
  candidate: Table,
): Promise<string | null> {
  const wanted = await partsOf(session, target);
  const there = await partsOf(session, candidate);
  const lacking = wanted.filter((part) => !there.includes(part));
  const surplus = there.filter((part) => part.startsWith('column ') && !wanted.includes(part));
  if (lacking.length + surplus.length === 0) return null;
  const what = [...lacking, ...surplus.map((part) => `not its ${part}`)].join('; ');
  return `${showTable(candidate)} must be like ${showTable(target)} (create table … like ${showTable(target)}): it should have ${what}.`;
}

/**
 * What stands against putting another table in the place of the target: triggers and foreign keys follow the table
 * and not its name. Views follow the name.
 */
export async function dependents(session: Connection, target: Table): Promise<string | null> {
  const found = await rows<{ what: string }>(
    session,
    `select concat('the trigger ', trigger_name) as what from information_schema.triggers
      where event_object_schema = ? and event_object_table = ?
     union all
     select concat('the foreign key ', constraint_name, ' of ', constraint_schema, '.', table_name)
       from information_schema.referential_constraints
      where unique_constraint_schema = ? and referenced_table_name = ?
     order by what`,
    [target.database, target.name, target.database, target.name],
  );
  if (found.length === 0) return null;
  return `${showTable(target)} is used by ${found.map(({ what }) => what).join(', ')}, which would stay with the old table; make the target partitioned, or point them elsewhere.`;
}

/** Why a table cannot be a candidate; null when it can. */
export async function unfit(
  session: Connection,
  candidate: Relation,
  target: Relation,
): Promise<string | null> {
  const name = showTable(candidate);
  if (candidate.kind !== 'BASE TABLE' || candidate.partitioned)
    return `${name} is not an ordinary table without partitions; a candidate must be one (alter table … remove partitioning).`;
  if (candidate.database === target.database && candidate.name === target.name)
    return `${name} is the target itself; a candidate is a table of its own.`;
  if (candidate.engine !== target.engine || target.engine?.toLowerCase() !== 'innodb')
    return `${name} and ${showTable(target)} must both be InnoDB: only its tables are read in one snapshot.`;
  const triggers = await rows(
    session,
    'select 1 as found from information_schema.triggers where event_object_schema = ? and event_object_table = ? limit 1',
    [candidate.database, candidate.name],
  );
  return triggers.length === 0 ? null : `${name} has triggers; a candidate has none.`;
}
