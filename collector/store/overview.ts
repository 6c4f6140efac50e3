import type { Detection } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import type { Reason } from '#model/publication.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

// What the pages read. Every list is one statement, whatever its length.

/** Above this many rows the planner's estimate is shown: a page that is looked at often must stay cheap. */
export const COUNTED_EXACTLY = 20_000;

export interface CountsRow {
  readonly datasets: number;
  readonly jobs: number;
  readonly runs: number;
  readonly events: number;
  readonly partitions: number | null;
  readonly held: number;
  readonly findings: number;
  readonly approximate: boolean;
}

/** Evaluations (as `e`) that keep their partition from gold: not allowed, and the last word on it. */
const held: Fragment = sql`
  e.decision in ('block', 'unknown') and e.state <> 'superseded'
  and not exists (
    select from evaluation later
     where later.dataset_id = e.dataset_id and later.partition = e.partition
       and (later.requested_at, later.id) > (e.requested_at, e.id)
       and later.decision is not null and later.state <> 'superseded')`;

export function countAll(): Statement {
  return sql`
    with estimate as (
      select (select greatest(reltuples, 0)::bigint from pg_class where oid = 'dataset'::regclass) as datasets,
             (select greatest(reltuples, 0)::bigint from pg_class where oid = 'job'::regclass) as jobs,
             (select greatest(reltuples, 0)::bigint from pg_class where oid = 'run'::regclass) as runs,
             (select greatest(reltuples, 0)::bigint from pg_class where oid = 'run_dataset'::regclass) as mentions,
             (select coalesce(sum(greatest(part.reltuples, 0)), 0)::bigint
                from pg_inherits join pg_class part on part.oid = inhrelid
               where inhparent = 'raw_event'::regclass) as events
    )
    select case when datasets > ${COUNTED_EXACTLY} then datasets else (select count(*) from dataset) end - (
             select count(*) from dataset_group g join dataset d on d.id = g.dataset_id
              where g.canonical_id <> g.dataset_id) as datasets,
           case when jobs > ${COUNTED_EXACTLY} then jobs else (select count(*) from job) end as jobs,
           case when runs > ${COUNTED_EXACTLY} then runs else (select count(*) from run) end as runs,
           case when events > ${COUNTED_EXACTLY} then events else (select count(*) from raw_event) end as events,
           case when mentions <= ${COUNTED_EXACTLY} then
             (select count(*) from (
                select distinct coalesce(g.canonical_id, rd.dataset_id), rd.partition
                  from run_dataset rd left join dataset_group g on g.dataset_id = rd.dataset_id
                 where rd.partition <> '') p)
           end as partitions,
           (select count(*) from evaluation e where ${held}) as held,
           (select count(*) from verdict where finding) as findings,
           greatest(datasets, jobs, runs, events) > ${COUNTED_EXACTLY} as approximate
      from estimate`.named('overview_counts');
}

export interface PublicationRow {
  readonly dataset_id: Uuid;
  /** Whether the model knows the dataset. */
  readonly known: boolean;
  readonly namespace: string;
  readonly name: string;
  readonly partition: string;
  readonly decision: string | null;
  readonly reasons: readonly Reason[];
  readonly decided_at: Date | null;
  /** Since when it is held: the first of the evaluations in a row that did not let it pass. */
  readonly held_since: Date | null;
  readonly evaluation_id: Uuid | null;
  readonly serving_partition: string | null;
  readonly serving_since: Date | null;
}

/** Partitions that are kept from gold now, the newest decision first, and what gold serves instead. */
export function heldPublications(limit: number): Statement {
  return sql`
    select e.dataset_id, d.id is not null as known, e.namespace, e.name, e.partition, e.decision, e.reasons,
           coalesce(e.decided_at, e.requested_at) as decided_at, e.id as evaluation_id,
           (select min(coalesce(refused.decided_at, refused.requested_at))
              from evaluation refused
             where refused.dataset_id = e.dataset_id and refused.partition = e.partition
               and refused.decision in ('block', 'unknown')
               and not exists (
                     select from evaluation allowed
                      where allowed.dataset_id = e.dataset_id and allowed.partition = e.partition
                        and allowed.decision = 'allow' and allowed.requested_at > refused.requested_at)) as held_since,
           serving.partition as serving_partition, serving.finished_at as serving_since
      from evaluation e
      left join dataset d on d.id = e.dataset_id
      left join lateral (
             select p.partition, p.finished_at
               from publication p
              where p.dataset_id = e.dataset_id and p.kind = 'publish' and p.state = 'published'
              order by p.partition = e.partition desc, p.partition desc
              limit 1
           ) serving on true
     where ${held}
     order by coalesce(e.decided_at, e.requested_at) desc, e.partition desc, e.id
     limit ${limit}`.named('overview_held');
}

/** The latest publication of each dataset, newest first. */
export function latestPublications(limit: number): Statement {
  return sql`
    select latest.*
      from (
        select distinct on (p.dataset_id)
               p.dataset_id, d.id is not null as known, p.namespace, p.name, p.partition, e.decision,
               coalesce(e.reasons, '[]') as reasons, coalesce(p.finished_at, p.started_at) as decided_at,
               null::timestamptz as held_since, p.evaluation_id, null::text as serving_partition, null::timestamptz as serving_since
          from publication p
          left join dataset d on d.id = p.dataset_id
          left join evaluation e on e.id = p.evaluation_id
         where p.kind = 'publish' and p.state = 'published'
         order by p.dataset_id, p.finished_at desc nulls last, p.partition desc
      ) latest
     order by decided_at desc, dataset_id
     limit ${limit}`.named('overview_published');
}

export interface DatasetFilter {
  /** Part of the name or the namespace, of any of the dataset's names. */
  readonly text: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  /** Id of the last dataset of the page before. */
  readonly after: Uuid | null;
  readonly heldFirst: boolean;
  readonly limit: number;
}

export interface DatasetRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly owner: string | null;
  readonly last_partition: string | null;
  readonly last_run_state: string | null;
  readonly last_event_at: Date | null;
  readonly partitions: number;
  readonly held_partitions: number;
  readonly last_partition_findings: number;
  readonly columns: number;
}

/**
 * Datasets by the first 200 characters of their name and their id (those with held partitions first, when asked so),
 * each once under its first name, with how it stands. A page is read by the index of names, from where the last ended.
 */
export function listDatasets(filter: DatasetFilter): Statement {
  const first = sql`not exists (select from dataset_group g where g.dataset_id = d.id and g.canonical_id <> d.id)`;
  const behind =
    filter.after === null
      ? sql``
      : sql`and (left(d.name, 200), d.id) > (
          (select left(last.name, 200) from dataset last where last.id = ${filter.after}::uuid), ${filter.after}::uuid)`;
  const page = sql`
    select d.id, d.namespace_id, d.name, 1 as place from dataset d where ${first} and ${asked(filter)} ${behind}
     order by left(d.name, 200), d.id limit ${filter.limit}`;
  const heldFirst = sql`
    (select d.id, d.namespace_id, d.name, 0 as place from dataset d
      where d.id in (select coalesce(g.canonical_id, e.dataset_id)
                       from evaluation e left join dataset_group g on g.dataset_id = e.dataset_id where ${held})
      order by left(d.name, 200), d.id limit ${filter.limit})
    union all (${page})`;
  return sql`
    with page as (
      select d.id, n.name as namespace, d.name, d.place
        from (
          select distinct on (id) * from (${filter.heldFirst ? heldFirst : page}) found order by id, place
        ) d join namespace n on n.id = d.namespace_id
       order by d.place, left(d.name, 200), d.id limit ${filter.limit}
    ), named as (
      select page.*, ${namesOf(sql`page.id`)} as names from page
    )
    select page.id, page.namespace, page.name,
           (select count(*) from evaluation e where e.dataset_id = any(page.names) and ${held}) as held_partitions,
           (select c.owner from contract c where c.dataset_id = any(page.names) order by c.precedence desc limit 1) as owner,
           newest.partition as last_partition, writer.state as last_run_state, writer.last_event_at,
           (select count(*) from (
              select rd.partition from run_dataset rd where rd.dataset_id = any(page.names) and rd.partition <> ''
               union
              select e.partition from evaluation e where e.dataset_id = any(page.names) and e.partition <> '') p) as partitions,
           (select count(*) from verdict v
             where v.dataset_id = any(page.names) and v.partition = coalesce(newest.partition, '')
               and v.finding) as last_partition_findings,
           (select count(*) from schema_column sc where sc.schema_id = current_schema_of.schema_id) as columns
      from named page
     cross join lateral (
             select nullif(max(greatest(
               (select max(rd.partition) from run_dataset rd where rd.dataset_id = name.id),
               (select max(e.partition) from evaluation e where e.dataset_id = name.id))), '') as partition
               from unnest(page.names) as name(id)
           ) newest
      left join lateral (
             select run.state, run.last_event_at
               from job_dataset jd
              cross join lateral (
                      select r.state, r.last_event_at, r.first_key
                        from run r where r.job_id = jd.job_id order by r.first_key desc limit 1
                    ) run
              where jd.dataset_id = any(page.names)
              order by jd.role desc, run.first_key desc
              limit 1
           ) writer on true
      left join lateral (${currentSchema(sql`page.names`)}) current_schema_of on true
     order by page.place, left(page.name, 200), page.id`;
}

/** What a filter asks of datasets `d`, under any of their names. */
function asked(filter: DatasetFilter): Fragment {
  if (filter.text === null && filter.namespace === null && filter.name === null) return sql`true`;
  if (filter.name !== null)
    return sql`d.id in (
      select coalesce(g.canonical_id, one.id) from dataset one left join dataset_group g on g.dataset_id = one.id
       where ${matches(sql`one`, filter)})`;
  return sql`(${matches(sql`d`, filter)} or d.id = any(array(
      select g.canonical_id from dataset_group g join dataset other on other.id = g.dataset_id
       where g.canonical_id <> g.dataset_id and ${matches(sql`other`, filter)})))`;
}

/** Whether one name is asked for. @param of the alias of a row of `dataset`. */
function matches(of: Fragment, { text, namespace, name }: DatasetFilter): Fragment {
  const pattern = text === null ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const textual =
    pattern === null
      ? sql`true`
      : sql`(${of}.name ilike ${pattern}::text
             or ${of}.namespace_id = any(array(select n.id from namespace n where n.name ilike ${pattern}::text)))`;
  const within =
    namespace === null
      ? sql``
      : sql` and ${of}.namespace_id = any(array(select n.id from namespace n where n.name = ${namespace}::text))`;
  return sql`${textual}${within}${name === null ? sql`` : sql` and ${of}.name = ${name}::text`}`;
}

/** The schema that a writer last stated; a reader's only when no writer did, because a reader may see a part. */
function currentSchema(names: Fragment): Fragment {
  return sql`
    select rd.schema_id
      from run_dataset rd
     where rd.dataset_id = any(${names}) and rd.schema_id is not null
     order by rd.role = 0, coalesce((rd.older->>'schema')::uuid, rd.key) desc
     limit 1`;
}

export interface DatasetHeadRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly owner: string | null;
  /** Version of the contract in force; null without one. */
  readonly contract: string | null;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string | null;
    readonly description: string | null;
  }[];
  readonly metrics: readonly string[];
  /** Its other names. */
  readonly aliases: readonly { readonly id: Uuid; readonly namespace: string; readonly name: string }[];
}

/** One dataset by the id of any of its names: names, owner, columns of its current schema and the metrics that have a series. */
export function readDataset(id: Uuid): Statement {
  return sql`
    with named as (select ${namesOf(sql`${id}::uuid`)} as names)
    select d.id, n.name as namespace, d.name,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'id', other.id, 'namespace', other_namespace.name, 'name', other.name)
                     order by other_namespace.name, other.name), '[]')
              from dataset other join namespace other_namespace on other_namespace.id = other.namespace_id
             where other.id = any(named.names) and other.id <> d.id) as aliases,
           (select c.owner from contract c where c.dataset_id = any(named.names) order by c.precedence desc limit 1) as owner,
           (select c.version from contract c where c.dataset_id = any(named.names) order by c.precedence desc limit 1) as contract,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'name', sc.name, 'type', sc.type, 'description', sc.description) order by sc.ordinal), '[]')
              from schema_column sc
             where sc.schema_id = (${currentSchema(sql`named.names`)})) as columns,
           (select coalesce(jsonb_agg(m.metric order by m.metric <> 'row_count', m.kind, m.metric), '[]')
              from (
                select metric, min(kind) as kind from (
                  select v.metric, 0 as kind from verdict v where v.dataset_id = any(named.names)
                   union all
                  select fact.key, 1 from (
                    select rd.statistics from run_dataset rd
                     where rd.dataset_id = any(named.names) and rd.statistics is not null
                     order by rd.partition desc limit 100) recent, jsonb_object_keys(recent.statistics) as fact(key)
                   union all
                  select cm.key, 1 from (
                    select key from candidate_measurement where dataset_id = any(named.names)
                     order by partition desc limit 1000) cm
                ) every group by metric
              ) m) as metrics
      from named
      join dataset d on d.id = ${canonicalOf(sql`${id}::uuid`)}
      join namespace n on n.id = d.namespace_id`.named('overview_dataset');
}

export interface PartitionRow {
  readonly partition: string;
  readonly published: 'published' | 'held' | 'rolled_back' | null;
  readonly last_event_at: Date | null;
}

/** A dataset's partitions, highest key first, each with how it stands towards gold. */
export function listPartitions(id: Uuid, limit: number): Statement {
  return sql`
    with name as (
      select unnest(${namesOf(sql`${id}::uuid`)}) as id
    ), known as (
      select of_name.partition from name cross join lateral (
        select distinct rd.partition from run_dataset rd where rd.dataset_id = name.id
         order by rd.partition desc limit ${limit}) of_name
      union
      select of_name.partition from name cross join lateral (
        select distinct e.partition from evaluation e where e.dataset_id = name.id
         order by e.partition desc limit ${limit}) of_name
      order by partition desc
      limit ${limit}
    )
    select known.partition,
           case when exists (
                  select from evaluation e
                   where e.dataset_id in (select id from name) and e.partition = known.partition and ${held}) then 'held'
                else (
                  select case p.kind when 'rollback' then 'rolled_back' else p.state end
                    from publication p
                   where p.dataset_id in (select id from name) and p.partition = known.partition
                     and p.state in ('published', 'rolled_back')
                   order by p.state, p.started_at desc
                   limit 1)
           end as published,
           (select max(run.last_event_at)
              from run_dataset rd join run on run.id = rd.run_id
             where rd.dataset_id in (select id from name) and rd.partition = known.partition) as last_event_at
      from known
     order by known.partition desc`.named('overview_partitions');
}

export interface VerdictRow {
  readonly partition: string;
  readonly detector: string;
  readonly status: string;
  readonly value: number | null;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly message: string;
  readonly standing: string;
  readonly finding: boolean;
  readonly p: number | null;
  readonly detection: Detection | null;
}

/** What the detectors said of one metric, every one of them for each of the `limit` highest partitions, highest first. */
export function listVerdicts(id: Uuid, metric: string, limit: number): Statement {
  return sql`
    select v.partition, v.detector, v.status, v.value, v.mean, v.low, v.high, v.message, v.standing, v.finding, v.p, v.detection
      from (
        select *, dense_rank() over (order by partition desc) as place
          from verdict
         where dataset_id = any(${namesOf(sql`${id}::uuid`)}) and metric = ${metric}
      ) v
     where v.place <= ${limit}
     order by v.partition desc, v.detector`.named('overview_verdicts');
}
