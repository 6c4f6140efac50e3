import type { Uuid } from '#model/ids.ts';
import { uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

// What the search index says of datasets and jobs, read for many of them at once. What may be long (all that was
// ever said of a dataset) is looked at where it is newest: by partition, and by the last runs of its jobs.

/** Mentions of a dataset, and runs of its jobs, that are looked at. */
const MENTIONS = 40;
const JOBS = 8;
const RUNS_EACH = 3;

export interface DatasetSearchRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  /** Its other names. */
  readonly aliases: readonly string[];
  readonly schema_id: Uuid | null;
  readonly columns: readonly string[];
  readonly column_texts: readonly string[];
  /** tags, ownership, documentation and lifecycleStateChange, as last stated. */
  readonly facets: Readonly<Record<string, unknown>>;
  /** Hash of the schema and facets that hold. */
  readonly stated: Uuid;
  /** Nothing was written since its lifecycle changed. */
  readonly lifecycle_last: boolean;
  readonly consumers: number;
  readonly last_run_state: string | null;
  readonly last_event_at: Date | null;
  /** It has verdicts, so somebody watches it. */
  readonly watched: boolean;
  /** The gate keeps a partition of it back. */
  readonly held: boolean;
  readonly published: boolean;
  readonly incident: boolean;
}

/** One set of facets, by the index, row by row: the planner thinks of thousands and would read all there are. */
function setOf(id: Fragment): Fragment {
  return sql`select facets from facet_set where facet_set.id = ${id} offset 0`;
}

/**
 * Of the datasets `asked` (id, names): `recent`, what was said of them; `current`, their schema; `stated`, the facets that
 * hold; `marked`, a hash of both, by which is known whether anything else is stated than before.
 */
const datasetStatements: Fragment = sql`
    recent as materialized (
      select asked.id, said.*
        from asked
       cross join lateral (
         select m.role, m.schema_id, m.facet_set, m.facet_claims, m.key, coalesce((m.older->>'schema')::uuid, m.key) as schema_key, m.run_id
           from (
             (select rd.* from run_dataset rd where rd.dataset_id = any(asked.names) order by rd.partition desc limit ${MENTIONS})
              union all
             (select rd.*
                from (select distinct jd.job_id, jd.role from job_dataset jd where jd.dataset_id = any(asked.names)
                       order by jd.role desc, jd.job_id limit ${JOBS}) jd
               cross join lateral (
                 select r.id from run r where r.job_id = jd.job_id order by r.first_key desc limit ${RUNS_EACH}) newest
                join run_dataset rd on rd.run_id = newest.id and rd.dataset_id = any(asked.names))
           ) m
       ) said
    ), current as (
      select distinct on (id) id, schema_id from recent where schema_id is not null
       order by id, role = 0, schema_key desc, schema_id
    ), stated as (
      select distinct on (s.id, f.name) s.id, f.name, f.facet_id, s.key
        from (
          select id, key, facet_set as set from recent where facet_set is not null
           union all
          select id, facet_claims[2 * n - 1], facet_claims[2 * n]
            from recent cross join lateral generate_series(1, cardinality(facet_claims) / 2) n
        ) s
       cross join lateral (${setOf(sql`s.set`)}) facet_set
       cross join lateral (values
         ('tags', facet_set.facets ? 'tags', facet_set.facets->>'tags'),
         ('ownership', facet_set.facets ? 'ownership', facet_set.facets->>'ownership'),
         ('documentation', facet_set.facets ? 'documentation', facet_set.facets->>'documentation'),
         ('lifecycleStateChange', facet_set.facets ? 'lifecycleStateChange', facet_set.facets->>'lifecycleStateChange')
       ) f(name, present, facet_id)
       where f.present
       order by s.id, f.name, s.key desc, s.set desc
    ), marked as (
      select asked.id, md5(concat_ws(' ', current.schema_id, facets.list))::uuid as stated
        from asked
        left join current on current.id = asked.id
        left join (
               select id, string_agg(name || facet_id, ' ' order by name) as list from stated group by id) facets on facets.id = asked.id
    )`;

/** What searchable datasets are, each under the name that stands for it. At most `columns` columns of each. */
export function datasetSearchFacts(ids: readonly Uuid[], columns: number): Statement {
  return sql`
    with asked as materialized (
      select t.id, ${namesOf(sql`t.id`)} as names from unnest(${uuidArray(ids)}::uuid[]) as t(id)
    ), ${datasetStatements}, said as (
      select stated.id, jsonb_object_agg(stated.name, facet.body) as facets,
             (max(stated.key::text) filter (where stated.name = 'lifecycleStateChange'))::uuid as lifecycle_key
        from stated join facet on facet.id = stated.facet_id::uuid group by stated.id
    ), written as (
      select id, max(key::text)::uuid as key from recent where role = 1 group by id
    )
    select d.id, n.name as namespace, d.name,
           array(select other.name from dataset other where other.id = any(asked.names) and other.id <> d.id order by other.name) as aliases,
           current.schema_id,
           array(select sc.name from schema_column sc where sc.schema_id = current.schema_id order by sc.ordinal limit ${columns}) as columns,
           array(select sc.description from schema_column sc
                  where sc.schema_id = current.schema_id and sc.description is not null order by sc.ordinal limit ${columns}) as column_texts,
           coalesce(said.facets, '{}') as facets, coalesce(said.lifecycle_key >= written.key, true) as lifecycle_last,
           (select count(distinct jd.job_id)::integer from job_dataset jd
             where jd.dataset_id = any(asked.names) and jd.role = 0::smallint) as consumers,
           writer.state as last_run_state, writer.last_event_at, marked.stated,
           exists (select from verdict v where v.dataset_id = any(asked.names)) as watched,
           ${isHeld(sql`asked.names`)} as held,
           exists (select from publication p where p.dataset_id = any(asked.names) and p.kind = 'publish' and p.state = 'published') as published,
           exists (select from incident i where i.root_id = any(asked.names) and i.state in ('open', 'acknowledged', 'snoozed'))
             or exists (select from evidence seen join incident i on i.id = seen.incident_id
                         where seen.dataset_id = any(asked.names) and seen.cleared_at is null
                           and i.state in ('open', 'acknowledged', 'snoozed')) as incident
      from asked
      join dataset d on d.id = asked.id
      join namespace n on n.id = d.namespace_id
      join marked on marked.id = asked.id
      left join current on current.id = asked.id
      left join said on said.id = asked.id
      left join written on written.id = asked.id
      left join lateral (
             select newest.state, newest.last_event_at
               from (select distinct jd.job_id, jd.role from job_dataset jd where jd.dataset_id = any(asked.names)
                      order by jd.role desc, jd.job_id limit ${JOBS}) jd
              cross join lateral (
                select r.state, r.last_event_at, r.first_key from run r where r.job_id = jd.job_id
                 order by r.first_key desc limit 1) newest
              order by jd.role desc, newest.first_key desc
              limit 1
           ) writer on true
     where not exists (select from dataset_group g where g.dataset_id = d.id and g.canonical_id <> d.id)`.named(
    'dataset_search_facts',
  );
}

/** A decision that keeps a partition from gold, the last word on it. @param names an array of uuids. */
function isHeld(names: Fragment): Fragment {
  return sql`exists (
    select from evaluation e
     where e.dataset_id = any(${names}) and e.decision in ('block', 'unknown') and e.state <> 'superseded'
       and not exists (
         select from evaluation later
          where later.dataset_id = e.dataset_id and later.partition = e.partition
            and (later.requested_at, later.id) > (e.requested_at, e.id)
            and later.decision is not null and later.state <> 'superseded'))`;
}

export interface JobSearchRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  /** How many it reads and writes. */
  readonly datasets: number;
  /** documentation, ownership and tags, as its last run or a JobEvent stated them. */
  readonly facets: Readonly<Record<string, unknown>>;
  /** Hash of those. */
  readonly stated: Uuid;
  readonly last_run_state: string | null;
  readonly last_event_at: Date | null;
}

/** Of the jobs `asked` (id): `newest`, their last runs; `stated`, the facets that hold; `marked`, a hash of them. */
const jobStatements: Fragment = sql`
    newest as materialized (
      select asked.id, r.state, r.last_event_at, r.last_key, r.job_facet_set
        from asked cross join lateral (
          select * from run where run.job_id = asked.id and run.job_stated order by run.first_key desc limit ${RUNS_EACH}) r
    ), stated as (
      select distinct on (s.id, f.name) s.id, f.name, f.facet_id
        from (
          select id, last_key as key, job_facet_set as set from newest where job_facet_set is not null
           union all
          select asked.id, js.key, js.facet_set from asked join job_statement js on js.job_id = asked.id
        ) s
        cross join lateral (${setOf(sql`s.set`)}) facet_set
       cross join lateral (values
         ('tags', facet_set.facets ? 'tags', facet_set.facets->>'tags'),
         ('ownership', facet_set.facets ? 'ownership', facet_set.facets->>'ownership'),
         ('documentation', facet_set.facets ? 'documentation', facet_set.facets->>'documentation')
       ) f(name, present, facet_id)
       where f.present
       order by s.id, f.name, s.key desc, s.set desc
    ), marked as (
      select asked.id, md5(coalesce(facets.list, ''))::uuid as stated
        from asked
        left join (
               select id, string_agg(name || facet_id, ' ' order by name) as list from stated group by id) facets on facets.id = asked.id
    )`;

/** What searchable jobs are. */
export function jobSearchFacts(ids: readonly Uuid[]): Statement {
  return sql`
    with asked as materialized (
      select t.id from unnest(${uuidArray(ids)}::uuid[]) as t(id)
    ), ${jobStatements}, said as (
      select stated.id, jsonb_object_agg(stated.name, facet.body) as facets
        from stated join facet on facet.id = stated.facet_id::uuid group by stated.id
    ), last as (
      select distinct on (id) id, state, last_event_at from newest order by id, last_key desc
    )
    select j.id, n.name as namespace, j.name,
           (select count(*)::integer from job_dataset jd where jd.job_id = j.id) as datasets,
           coalesce(said.facets, '{}') as facets,
           last.state as last_run_state, last.last_event_at, marked.stated
      from asked
      join marked on marked.id = asked.id
      join job j on j.id = asked.id
      join namespace n on n.id = j.namespace_id
      left join said on said.id = j.id
      left join last on last.id = j.id`.named('job_search_facts');
}

/** The contract in force for each of these names, with its text. */
export interface SearchContractRow {
  readonly dataset_id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly owner: string;
  readonly file_name: string;
  readonly object: string | null;
  readonly text: string;
}

export function searchContracts(ids: readonly Uuid[]): Statement {
  return sql`
    select distinct on (dataset_id) dataset_id, namespace, name, version, hash, owner, file_name, object, text
      from contract where dataset_id = any(${uuidArray(ids)}::uuid[])
     order by dataset_id, precedence desc, pushed_at desc`.named('search_contracts');
}

/** All names of each of these datasets. */
export function namesOfEach(ids: readonly Uuid[]): Statement {
  return sql`
    select t.id, unnest(${namesOf(sql`t.id`)}) as name_id from unnest(${uuidArray(ids)}::uuid[]) as t(id)`.named(
    'names_of_each',
  );
}

export interface RestatedRow {
  /** The last one that was looked at; null: there are no more. */
  readonly last: Uuid | null;
}

/**
 * Looks at the next entries in the order of their ids, and asks for a description of those of which something else is
 * stated than they say: that of events which come late, or late in a long run, nothing else tells.
 */
export function findRestated(kind: 'dataset' | 'job', after: Uuid, limit: number, now: Date): Statement {
  const asked = kind === 'dataset' ? sql`slice.id, ${namesOf(sql`slice.id`)} as names` : sql`slice.id`;
  return sql`
    with slice as materialized (
      select e.id, e.stated from search_entity e where e.kind = ${kind} and e.id > ${after}::uuid order by e.id limit ${limit}
    ), asked as materialized (
      select ${asked} from slice
    ), ${kind === 'dataset' ? datasetStatements : jobStatements}, due as (
      insert into search_due (kind, id, due_at)
      select ${kind}, slice.id, ${now}::timestamptz from slice join marked on marked.id = slice.id
       where slice.stated is distinct from marked.stated
       order by slice.id
      on conflict do nothing
    )
    select (select id from slice order by id desc limit 1) as last`.named(`find_restated_${kind}`);
}
