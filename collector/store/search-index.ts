import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

export const SEARCH_KINDS = ['dataset', 'job', 'owner', 'tag', 'contract'] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** How a thing stands, worst first. */
export const SEARCH_STATUSES = ['held', 'incident', 'failed', 'dropped', 'unwatched', 'ok'] as const;
export type SearchStatus = (typeof SEARCH_STATUSES)[number];

/** One thing that can be found. */
export interface SearchEntry {
  readonly kind: SearchKind;
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly folded: string;
  readonly last_part: string;
  /** Distinct words. */
  readonly name_words: readonly string[];
  readonly words: readonly string[];
  readonly description: string | null;
  readonly owner: string | null;
  readonly layer: string | null;
  readonly platform: string | null;
  readonly tags: readonly string[];
  readonly status: SearchStatus;
  readonly contract: string | null;
  readonly consumers: number;
  readonly weight: number;
  readonly schema_id: Uuid | null;
  readonly last_event_at: Date | null;
  /** Hash of what events state of it, of a dataset or job. */
  readonly stated: Uuid | null;
  /** Hash of what is indexed. */
  readonly content: Uuid;
}

/** An entry as a record of its table; words go apart, as arrays are quicker than texts of tsvector. */
function records(entries: readonly SearchEntry[]): Fragment {
  return sql`jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as t(
    kind text, id uuid, namespace text, name text, folded text, last_part text, name_words text[], words text[], description text,
    owner text, layer text, platform text, tags text[], status text, contract text, consumers integer, weight real, schema_id uuid,
    last_event_at timestamptz, stated uuid, content uuid)`;
}

/**
 * Which of these entries are in the index with this very content: of those only what is not indexed is written, so
 * that no index is touched. Rows are locked in one order.
 */
export function touchEntries(entries: readonly SearchEntry[], now: Date): Statement {
  const light = entries.map(({ name_words: _names, words: _words, ...rest }) => ({
    ...rest,
    name_words: [],
    words: [],
  }));
  return sql`
    with mine as materialized (
      select e.kind, e.id from search_entity e join ${records(light)} on t.kind = e.kind and t.id = e.id
       where e.content = t.content order by e.kind, e.id for update of e
    )
    update search_entity e set status = t.status, last_event_at = t.last_event_at, stated = t.stated, refreshed_at = ${now}::timestamptz
      from mine join ${records(light)} on t.kind = mine.kind and t.id = mine.id
     where e.kind = mine.kind and e.id = mine.id
    returning e.kind, e.id`;
}

/** Writes entries whole. */
export function putEntries(entries: readonly SearchEntry[], now: Date): Statement {
  return sql`
    insert into search_entity (kind, id, namespace, name, folded, last_part, name_words, words, description, owner, layer, platform,
      tags, status, contract, consumers, weight, schema_id, last_event_at, stated, content, refreshed_at)
    select kind, id, namespace, name, folded, last_part, array_to_tsvector(name_words), array_to_tsvector(words), description, owner,
           layer, platform, tags, status, contract, consumers, weight, schema_id, last_event_at, stated, content, ${now}::timestamptz
      from ${records(entries)}
     order by kind, id
    on conflict (kind, id) do update set
      namespace = excluded.namespace, name = excluded.name, folded = excluded.folded, last_part = excluded.last_part,
      name_words = excluded.name_words, words = excluded.words, description = excluded.description, owner = excluded.owner,
      layer = excluded.layer, platform = excluded.platform, tags = excluded.tags, status = excluded.status,
      contract = excluded.contract, consumers = excluded.consumers, weight = excluded.weight, schema_id = excluded.schema_id,
      last_event_at = excluded.last_event_at, stated = excluded.stated, content = excluded.content, refreshed_at = excluded.refreshed_at`;
}

/** Words that were not known yet, in one order, so that two who add the same do not wait in a circle. */
export function addSearchWords(words: readonly string[]): Statement {
  return sql`
    insert into search_word (word)
    select t.word from (select distinct unnest(${textArray(words)}::text[]) collate "C" as word) t
     where not exists (select from search_word known where known.word = t.word)
     order by t.word
    on conflict do nothing`;
}

export interface SearchDueRow {
  readonly kind: SearchKind;
  readonly id: Uuid;
}

/** Asks for a look at these datasets; those of no name that stands for others are passed on to the one that does. */
export function markSearchDue(datasetIds: readonly Uuid[], now: Date): Statement {
  return sql`
    insert into search_due (kind, id, due_at)
    select distinct 'dataset', coalesce(g.canonical_id, t.id), ${now}::timestamptz
      from unnest(${uuidArray(datasetIds)}::uuid[]) as t(id) left join dataset_group g on g.dataset_id = t.id
     order by 2
    on conflict do nothing`;
}

/**
 * Takes up to `limit` things to look at, longest due first; another collector's are passed over. The rows are gone
 * when the transaction commits, together with what was written of them, and there again when it does not.
 * Materialized: inside a nested loop the taking would be done again for every row of the table.
 */
export function takeSearchDue(limit: number): Statement {
  return sql`
    with free as materialized (
      select kind, id from search_due order by due_at, kind, id limit ${limit} for update skip locked
    )
    delete from search_due d using free where d.kind = free.kind and d.id = free.id
    returning d.kind, d.id`;
}

/** Things that were not looked at for longest, so that whatever nobody told of is found in time as well. */
export function stalestEntries(before: Date, limit: number): Statement {
  return sql`
    insert into search_due (kind, id, due_at)
    select kind, id, refreshed_at from search_entity
     where refreshed_at < ${before}::timestamptz and kind in ('dataset', 'job', 'contract') order by refreshed_at limit ${limit}
    on conflict do nothing`;
}

/** What the index lacks: datasets under the name that stands for them, jobs, contracts, and what was pushed since it looked. */
export function findUnindexed(limit: number, now: Date): Statement {
  return sql`
    insert into search_due (kind, id, due_at)
    (select 'dataset', d.id, ${now}::timestamptz from dataset d
      where not exists (select from search_entity e where e.kind = 'dataset' and e.id = d.id)
        and not exists (select from dataset_group g where g.dataset_id = d.id and g.canonical_id <> d.id)
      limit ${limit})
    union all
    (select 'job', j.id, ${now}::timestamptz from job j
      where not exists (select from search_entity e where e.kind = 'job' and e.id = j.id)
      limit ${limit})
    union all
    (select distinct 'contract', c.dataset_id, ${now}::timestamptz from contract c
      where not exists (
        select from search_entity e where e.kind = 'contract' and e.id = c.dataset_id and e.refreshed_at >= c.pushed_at)
      limit ${limit})
    on conflict do nothing`;
}

/** Runs that one look goes through at most. */
const BEGUN = 20_000;
/** Seconds in which an event has come, nearly always: what was described later knows it. */
const COMES_WITHIN = 60;

/** Datasets of which the gate, an incident or a contract says something else than the index, and those of runs that began since. */
export function findChanged(since: Uuid, now: Date): Statement {
  return sql`
    insert into search_due (kind, id, due_at)
    select kind, id, ${now}::timestamptz from (
      select 'dataset' as kind, coalesce(g.canonical_id, wrong.id) as id
        from (
          select e.id from search_entity e
           where e.kind = 'dataset' and e.status = 'incident'
             and not exists (select from incident i where i.root_id = e.id and i.state in ('open', 'acknowledged', 'snoozed'))
             and not exists (select from evidence seen join incident i on i.id = seen.incident_id
                              where seen.dataset_id = e.id and seen.cleared_at is null
                                and i.state in ('open', 'acknowledged', 'snoozed'))
          union
          select i.root_id from incident i left join search_entity e on e.kind = 'dataset' and e.id = i.root_id
           where i.state in ('open', 'acknowledged', 'snoozed') and e.status not in ('incident', 'held')
          union
          select seen.dataset_id from incident i
            join evidence seen on seen.incident_id = i.id and seen.cleared_at is null
            join search_entity e on e.kind = 'dataset' and e.id = seen.dataset_id
           where i.state in ('open', 'acknowledged', 'snoozed') and e.status not in ('incident', 'held')
          union
          select v.dataset_id from evaluation v left join search_entity e on e.kind = 'dataset' and e.id = v.dataset_id
           where v.requested_at > ${now}::timestamptz - interval '1 day' and greatest(v.decided_at, v.requested_at) > e.refreshed_at
          union
          select c.dataset_id from contract c join search_entity e on e.kind = 'dataset' and e.id = c.dataset_id
           where c.pushed_at > e.refreshed_at
        ) wrong left join dataset_group g on g.dataset_id = wrong.id
      union
      select of_job.kind, of_job.id
        from (
          select job_id, max(last_event_at) as at
            from (select job_id, last_event_at from run
                   where job_stated and first_key > ${since}::uuid order by first_key desc limit ${BEGUN}) begun
           group by job_id
        ) began
       cross join lateral (
         select 'job' as kind, began.job_id as id
          union all
         select 'dataset', coalesce(g.canonical_id, jd.dataset_id)
           from job_dataset jd left join dataset_group g on g.dataset_id = jd.dataset_id where jd.job_id = began.job_id and jd.role = 1
       ) of_job
        join search_entity e on e.kind = of_job.kind and e.id = of_job.id
         and e.refreshed_at < began.at + make_interval(secs => ${COMES_WITHIN})
    ) changed
     order by kind, id
    on conflict do nothing`;
}

/** Entries of what is no longer there, or is now found under another name. */
export function deleteGone(): Statement {
  // Parts that each compare two sets: conditions joined by "or" would be asked row by row.
  return sql`
    delete from search_entity e using (
      select i.kind, i.id from search_entity i
       where i.kind = 'dataset' and not exists (select from dataset d where d.id = i.id)
      union all
      select i.kind, i.id from search_entity i join dataset_group g on g.dataset_id = i.id and g.canonical_id <> i.id
       where i.kind = 'dataset'
      union all
      select i.kind, i.id from search_entity i where i.kind = 'job' and not exists (select from job j where j.id = i.id)
      union all
      select i.kind, i.id from search_entity i
       where i.kind = 'contract' and not exists (select from contract c where c.dataset_id = i.id)
      union all
      select i.kind, i.id from search_entity i
       where i.kind = 'owner' and not exists (
               select from search_entity o where o.owner = i.name and o.kind in ('dataset', 'job', 'contract'))
      union all
      select i.kind, i.id from search_entity i
       where i.kind = 'tag' and not exists (
               select from search_entity o where o.tags @> array[i.name] and o.kind in ('dataset', 'job', 'contract'))
    ) gone
    where e.kind = gone.kind and e.id = gone.id`;
}

/**
 * Puts words that wait to be indexed in their place: every question would look through those that wait. Only the owner
 * of the indexes may; with another role vacuum does it, or the next to write very much.
 */
export function placeWords(): Statement {
  return sql`
    select gin_clean_pending_list(c.oid) from pg_class c
     where c.oid in ('assay.search_entity_words'::regclass, 'assay.search_entity_name_words'::regclass)
       and pg_has_role(c.relowner, 'usage')`.named('place_search_words');
}

/** Asks for a look at everything: the model was built anew. */
export function markAllDue(now: Date): Statement {
  return sql`
    insert into search_due (kind, id, due_at) select kind, id, ${now}::timestamptz from search_entity where kind in ('dataset', 'job', 'contract')
    on conflict do nothing`;
}

export interface SearchBacklogRow {
  readonly waiting: number;
  readonly indexed: number;
}

/** How far the index is behind: exact for what waits, the planner's estimate for what is indexed. */
export function searchBacklog(): Statement {
  return sql`
    select (select count(*)::integer from search_due) as waiting,
           (select greatest(reltuples, 0)::integer from pg_class where oid = 'search_entity'::regclass) as indexed`.named(
    'search_backlog',
  );
}

/** Whether trigrams can be used: the extension is there, where names are looked up, and so is our index. */
export function hasTrigrams(): Statement {
  return sql`select to_regclass('assay.search_word_trigrams') is not null as present`.named('has_trigrams');
}
