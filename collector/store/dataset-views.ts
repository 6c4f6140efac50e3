import type { Uuid } from '#model/ids.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** One version of a dataset's data. */
export interface VersionRow {
  /** As the producer states it (an Iceberg snapshot id), else the run that made it. */
  readonly version: string;
  readonly stated: boolean;
  readonly run_id: Uuid;
  readonly job_namespace: string;
  readonly job: string;
  readonly partitions: readonly string[];
  readonly schema_id: Uuid | null;
  readonly at: Date;
  readonly key: Uuid;
}

/** Where a page goes on: after this version. */
export interface VersionCursor {
  readonly key: Uuid;
  readonly runId: Uuid;
}

/**
 * Versions of a dataset, the newest first: one for each completed run that wrote it, under the version that the
 * run states where it states one. A run in hand or one that failed makes none.
 */
export function listVersions(datasetId: Uuid, after: VersionCursor | null, limit: number): Statement {
  return sql`
    select made.version, made.stated, r.id as run_id, n.name as job_namespace, j.name as job, made.partitions, made.schema_id,
           coalesce(r.ended_at, r.last_event_at) as at, r.last_key as key
      from (
        select rd.run_id, coalesce(max(rd.version), rd.run_id::text) as version, max(rd.version) is not null as stated,
               array_agg(distinct rd.partition order by rd.partition) as partitions,
               max(rd.schema_id::text)::uuid as schema_id
          from run_dataset rd
         where rd.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and rd.role = 1
         group by rd.run_id
      ) made
      join run r on r.id = made.run_id and r.state = 'COMPLETED'
      join job j on j.id = r.job_id
      join namespace n on n.id = j.namespace_id
     where (${after?.key ?? null}::uuid is null or (r.last_key, r.id) < (${after?.key ?? null}::uuid, ${after?.runId ?? null}::uuid))
     order by r.last_key desc, r.id desc
     limit ${limit}`.named('dataset_versions');
}

/** The order key of the last event of a run that wrote the dataset, which tells whether a DROP still holds. */
export function lastWriteOf(datasetId: Uuid): Statement {
  return sql`
    select r.first_key as key
      from run_dataset rd join run r on r.id = rd.run_id
     where rd.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and rd.role = 1
     order by r.first_key desc
     limit 1`.named('dataset_last_write');
}

export interface ColumnRow {
  readonly ordinal: number;
  /** Nested columns as a dotted path. */
  readonly name: string;
  readonly type: string | null;
  readonly description: string | null;
}

/** Columns of one schema. */
export function columnsOfSchema(schemaId: Uuid, after: number, limit: number): Statement {
  return sql`
    select ordinal, name, type, description from schema_column
     where schema_id = ${schemaId}::uuid and ordinal > ${after}::integer
     order by ordinal
     limit ${limit}`.named('columns_of_schema');
}

/**
 * The schema that holds: the one that a writer stated last; a reader's only when no writer did, because a
 * reader may see a part. None after the last word took it back (`_deleted`).
 */
export function schemaNow(datasetId: Uuid): Statement {
  const names = namesOf(sql`${datasetId}::uuid`);
  return sql`
    select stated.schema_id
      from (
        select rd.schema_id, coalesce((rd.older->>'schema')::uuid, rd.key) as key
          from run_dataset rd
         where rd.dataset_id = any(${names}) and rd.schema_id is not null
         order by rd.role = 0, coalesce((rd.older->>'schema')::uuid, rd.key) desc
         limit 1
      ) stated
     where not exists (
             select from run_dataset rd
              cross join lateral (
                      select rd.key, rd.facet_set as set where rd.facet_set is not null
                      union all
                      select rd.facet_claims[2 * n - 1], rd.facet_claims[2 * n]
                        from generate_series(1, cardinality(rd.facet_claims) / 2) n
                    ) claim
               join facet_set on facet_set.id = claim.set
              where rd.dataset_id = any(${names}) and claim.key > stated.key
                and facet_set.facets ? 'schema')`.named('schema_now');
}

/** A schema from the run on that stated another than the run before. */
export interface SchemaChangeRow {
  readonly schema_id: Uuid;
  readonly key: Uuid;
  readonly run_id: Uuid;
}

/** Statements of schemas that are looked through for changes: the newest. */
const SCHEMA_STATEMENTS = 5000;

/** When writers began to state another schema, the newest first; a schema that comes back is a change too. */
export function schemaChanges(datasetId: Uuid, limit: number): Statement {
  return sql`
    select schema_id, key, run_id
      from (
        select schema_id, key, run_id, lag(schema_id) over (order by key, run_id) as before
          from (
            select rd.schema_id, rd.run_id, coalesce((rd.older->>'schema')::uuid, rd.key) as key
              from run_dataset rd
             where rd.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and rd.schema_id is not null and rd.role <> 0
             order by key desc
             limit ${SCHEMA_STATEMENTS}
          ) newest
      ) stated
     where before is distinct from schema_id
     order by key desc, run_id desc
     limit ${limit}`.named('schema_changes');
}
