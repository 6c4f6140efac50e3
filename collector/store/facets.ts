import type { Uuid } from '#model/ids.ts';
import { jsonbArray, textArray, uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

export interface FacetRow {
  readonly id: string;
  /** JSON text: it is made for the id's hash anyway. */
  readonly body: string;
}

/** Contents never change: inserting twice is inserting once. Rows sorted by id, as in catalog.ts. */
export function addFacets(rows: readonly FacetRow[]): Statement {
  return sql`
    insert into facet (id, body)
    select id, body::jsonb from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${textArray(rows.map((row) => row.body))}::text[]
    ) as t(id, body) on conflict do nothing`.named('add_facets');
}

export function addFacetSets(rows: readonly { readonly id: string; readonly facets: unknown }[]): Statement {
  return sql`
    insert into facet_set (id, facets)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${jsonbArray(rows.map((row) => row.facets))}::jsonb[]
    ) on conflict do nothing`.named('add_facet_sets');
}

export interface JobStatementRow {
  readonly eventId: string;
  readonly jobId: string;
  readonly key: string;
  readonly facetSet: string;
}

/** Facets that JobEvents state. */
export function addJobStatements(rows: readonly JobStatementRow[]): Statement {
  return sql`
    insert into job_statement (event_id, job_id, key, facet_set)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.eventId))}::uuid[],
      ${uuidArray(rows.map((row) => row.jobId))}::uuid[],
      ${uuidArray(rows.map((row) => row.key))}::uuid[],
      ${uuidArray(rows.map((row) => row.facetSet))}::uuid[]
    ) on conflict do nothing`.named('add_job_statements');
}

/** A set that was stated, with the order key of its last statement. */
export interface StatedSetRow {
  readonly key: string;
  readonly set: Uuid;
}

/** Every set of facets that runs and static events ever stated of a dataset under any of its names, each with its last statement. */
export function statedOfDataset(id: Uuid): Statement {
  return sql`
    select claim.set, max(claim.key::text)::uuid as key
      from run_dataset rd
     cross join lateral (
             select rd.key, rd.facet_set as set where rd.facet_set is not null
             union all
             select rd.facet_claims[2 * n - 1], rd.facet_claims[2 * n]
               from generate_series(1, cardinality(rd.facet_claims) / 2) n
           ) claim
     where rd.dataset_id = any(${namesOf(sql`${id}::uuid`)}) and (rd.facet_set is not null or rd.facet_claims is not null)
     group by claim.set`.named('facets_of_dataset');
}

/** The same of a job. */
export function statedOfJob(id: Uuid): Statement {
  return sql`
    select set, max(key::text)::uuid as key
      from (
        select claim.key, claim.set
          from run r
         cross join lateral (
                 select r.last_key as key, r.job_facet_set as set where r.job_facet_set is not null
                 union all
                 select r.job_facet_claims[2 * n - 1], r.job_facet_claims[2 * n]
                   from generate_series(1, cardinality(r.job_facet_claims) / 2) n
               ) claim
         where r.job_id = ${id}::uuid and r.job_stated
         union all
        select key, facet_set from job_statement where job_id = ${id}::uuid
      ) stated
     group by set`.named('facets_of_job');
}

export interface FacetSetRow {
  readonly id: Uuid;
  readonly facets: Readonly<Record<string, Uuid | null>>;
}

export function readFacetSets(ids: readonly Uuid[]): Statement {
  return sql`select id, facets from facet_set where id = any(${ids}::uuid[])`.named('read_facet_sets');
}

export interface StoredFacet {
  readonly id: Uuid;
  readonly body: unknown;
}

export function readFacets(ids: readonly Uuid[]): Statement {
  return sql`select id, body from facet where id = any(${ids}::uuid[])`.named('read_facets');
}
