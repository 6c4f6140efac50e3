import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import type { AskedPartition } from './detector-evidence.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** When a partition landed, and under which schema. */
export interface CircumstancesRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  /** When the gate first published it, else the end of the first completed run that wrote it; null: not yet. */
  readonly landed_at: Date | null;
  /** As its completed writers last stated it; null when none did. */
  readonly schema_id: Uuid | null;
  /** The same of the nearest partition below that says it. */
  readonly schema_before: Uuid | null;
}

/** Completed writes that are looked at, newest partitions first, for the schema before. */
const WRITES_BACK = 60;

/** A row for each partition that is asked for. By the index of (dataset, partition), partition by partition. */
export function circumstancesOf(partitions: readonly AskedPartition[]): Statement {
  const stated: Fragment = sql`coalesce((rd.older->>'schema')::uuid, rd.key)`;
  return sql`
    with asked as materialized (
      select t.dataset_id, t.partition, ${namesOf(sql`t.dataset_id`)} as names
        from unnest(
          ${uuidArray(partitions.map((one) => one.datasetId))}::uuid[],
          ${textArray(partitions.map((one) => one.partition))}::text[]
        ) as t(dataset_id, partition)
    )
    select asked.dataset_id, asked.partition, coalesce(published.at, written.at) as landed_at,
           own.schema_id, before.schema_id as schema_before
      from asked
      left join lateral (
             select min(p.finished_at) as at
               from publication p
              where p.dataset_id = any(asked.names) and p.partition = asked.partition and p.kind = 'publish'
                and p.state in ('published', 'replaced', 'rolled_back')
           ) published on true
      left join lateral (
             select min(coalesce(r.ended_at, r.last_event_at)) as at
               from run_dataset rd join run r on r.id = rd.run_id and r.state = 'COMPLETED'
              where rd.dataset_id = any(asked.names) and rd.partition = asked.partition and rd.role = 1
           ) written on true
      left join lateral (
             select rd.schema_id
               from run_dataset rd join run r on r.id = rd.run_id and r.state = 'COMPLETED'
              where rd.dataset_id = any(asked.names) and rd.partition = asked.partition
                and rd.role = 1 and rd.schema_id is not null
              order by ${stated} desc
              limit 1
           ) own on true
      left join lateral (
             select near.schema_id
               from (
                 select rd.run_id, rd.partition, rd.schema_id, ${stated} as key
                   from run_dataset rd
                  where rd.dataset_id = any(asked.names) and rd.partition < asked.partition
                    and rd.role = 1 and rd.schema_id is not null
                  order by rd.partition desc, ${stated} desc
                  limit ${WRITES_BACK}
               ) near
               join run r on r.id = near.run_id and r.state = 'COMPLETED'
              order by near.partition desc, near.key desc
              limit 1
           ) before on true`.named('circumstances_of');
}

export interface SchemaColumnsRow {
  readonly schema_id: Uuid;
  /** In their order; nested ones as a dotted path. */
  readonly columns: readonly { readonly name: string; readonly type: string | null }[];
}

/** The columns of each of these schemas. */
export function columnsOfSchemas(schemaIds: readonly Uuid[]): Statement {
  return sql`
    select schema_id, jsonb_agg(jsonb_build_object('name', name, 'type', type) order by ordinal) as columns
      from schema_column
     where schema_id = any(${uuidArray(schemaIds)}::uuid[])
     group by schema_id`.named('columns_of_schemas');
}
