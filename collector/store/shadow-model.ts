import type { Database, Queryable } from './database.ts';
import { sql, type Statement } from './sql.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

// Replay builds the model beside the live one and swaps the two. The shadow's DDL is read from the live
// schema, names of indexes included, so that later migrations find what they expect after the swap.

/** DDL that makes an empty copy of the live model: tables, then constraints, then indexes. */
export function shadowDdl(): Statement {
  return sql`
    with tables as (
      select c.oid, c.relname, c.reloptions from pg_class c
      where c.relnamespace = 'assay_model'::regnamespace and c.relkind = 'r'
    )
    select 1 as step, format('create table assay_model_next.%I (like assay_model.%I including defaults including storage including compression)%s',
        relname, relname, coalesce(' with (' || array_to_string(reloptions, ', ') || ')', '')) as ddl
      from tables
    union all
    select 2, format('alter table assay_model_next.%I add constraint %I %s', tables.relname, conname, pg_get_constraintdef(con.oid))
      from pg_constraint con join tables on tables.oid = con.conrelid
      where contype in ('p', 'u', 'c')
    union all
    select 3, replace(pg_get_indexdef(i.indexrelid), ' ON assay_model.', ' ON assay_model_next.')
      from pg_index i join tables on tables.oid = i.indrelid
      where not exists (select from pg_constraint con where con.conindid = i.indexrelid)
    order by 1, 2`;
}

/** Makes the empty shadow; what an earlier replay left behind is dropped. */
export async function createShadow(connection: Queryable): Promise<void> {
  await dropShadow(connection);
  await connection.execute(sql`create schema assay_model_next`);
  for (const { ddl } of await connection.rows<{ ddl: string }>(shadowDdl()))
    await connection.execute({ text: ddl, values: [] });
}

/** Makes this transaction's statements work on the shadow. */
export function useShadow(): Statement {
  return sql`set local search_path to assay_model_next, assay, public`;
}

/** Number of events that the runs were made from, in the model that the transaction works on. */
export function countModelEvents(): Statement {
  return sql`select coalesce(sum(event_count), 0)::bigint as events from run`;
}

/** Takes the shadow away again, and what a swap has replaced; the live model is left as it is. */
export async function dropShadow(connection: Queryable): Promise<void> {
  await connection.execute(sql`drop schema if exists assay_model_next cascade`);
  await connection.execute(sql`drop schema if exists assay_model_old cascade`);
}

/** Takes away what a replay left that was killed; when one is under way, nothing is done. */
export async function dropAbandonedShadow(database: Database): Promise<void> {
  await database.transaction(async (connection) => {
    const [claim] = await connection.rows<{ claimed: boolean }>(claimReplay());
    if (claim?.claimed) await dropShadow(connection);
  });
}

/**
 * Puts the shadow in the live model's place, in the transaction that holds ingest back. Only names change: nobody
 * who reads the old model is waited for. It is dropped afterwards, by dropShadow.
 */
export async function swapShadow(connection: Queryable): Promise<void> {
  await connection.execute(sql`alter schema assay_model rename to assay_model_old`);
  await connection.execute(sql`alter schema assay_model_next rename to assay_model`);
}

/** Another number after each swap: what was known of the model before is then to be forgotten. */
export function modelGeneration(): Statement {
  return sql`select oid::bigint as generation from pg_namespace where nspname = 'assay_model'`.named(
    'model_generation',
  );
}

/** The greatest sequence number that any raw event has; exact while ingest is held back. */
export function drawnSequence(): Statement {
  return sql`select last_value as sequence from assay.raw_event_sequence`;
}

/** Well before the least sequence number that is stored (or about to be): where reading the raw log begins. */
export function beforeFirstSequence(): Statement {
  return sql`select greatest(coalesce(min(sequence), 0) - 100000, 0)::bigint as sequence from raw_event`;
}

/** True when no other replay is under way; held until the transaction ends. */
export function claimReplay(): Statement {
  return sql`select pg_try_advisory_xact_lock(${ADVISORY_LOCKS.replay}::bigint) as claimed`;
}
