import type { Breach, BreachKind } from '#model/feed.ts';
import type { PauseState } from '#model/feed-pause.ts';
import type { Uuid } from '#model/ids.ts';
import { uuidArray } from './binary-array.ts';
import type { EvaluationState } from './evaluations.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** One pause of one load that feeds a table. */
export interface FeedPauseRow {
  readonly id: Uuid;
  readonly dataset_id: Uuid;
  readonly warehouse: string;
  /** The target without its options. */
  readonly place: string;
  readonly target: string;
  readonly feed_id: string;
  readonly feed: string;
  readonly state: PauseState;
  readonly breaches: readonly Breach[];
  readonly doubtful: boolean;
  /** As the warehouse writes it. */
  readonly paused_at: string | null;
  readonly detail: string;
  readonly begun_at: Date;
  readonly changed_at: Date;
}

const COLUMNS = sql`
  id, dataset_id, warehouse, place, target, feed_id, feed, state, breaches, doubtful, paused_at, detail, begun_at, changed_at`;

/** The open line of each load of a target, or else its last. */
export function lastPauses(warehouse: string, place: string): Statement {
  return sql`
    select distinct on (feed_id) ${COLUMNS} from feed_pause
     where warehouse = ${warehouse} and place = ${place}
     order by feed_id, state in ('pausing', 'paused', 'resuming') desc, seq desc`.named('last_pauses');
}

/** Targets that have a load which Assay paused, or is about to. */
export function pausedTargets(): Statement {
  return sql`
    select distinct on (warehouse, place) dataset_id, warehouse, place, target from feed_pause
     where state in ('pausing', 'paused', 'resuming')
     order by warehouse, place, seq desc`.named('paused_targets');
}

/** Begins a line; none when the load has an open one already. */
export function openPause(row: FeedPauseRow): Statement {
  return sql`
    insert into feed_pause (${COLUMNS})
    values (${row.id}, ${row.dataset_id}, ${row.warehouse}, ${row.place}, ${row.target}, ${row.feed_id}, ${row.feed}, ${row.state},
            ${JSON.stringify(row.breaches)}::jsonb, ${row.doubtful}, ${row.paused_at}, ${row.detail}, ${row.begun_at}, ${row.changed_at})
    on conflict do nothing`.named('open_pause');
}

/** Goes on with a line; changes no row when somebody else has meanwhile. */
export function movePause(from: PauseState, row: FeedPauseRow): Statement {
  return sql`
    update feed_pause
       set state = ${row.state}, target = ${row.target}, breaches = ${JSON.stringify(row.breaches)}::jsonb, doubtful = ${row.doubtful},
           paused_at = ${row.paused_at}, detail = ${row.detail}, changed_at = ${row.changed_at}
     where id = ${row.id} and state = ${from}`.named('move_pause');
}

/** What was paused of a dataset's loads, the last first. */
export function pausesOf(datasetId: Uuid, limit: number): Statement {
  return sql`
    select ${COLUMNS} from feed_pause
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)})
     order by seq desc limit ${limit}`.named('pauses_of');
}

/** A load that stands still, or is about to, with the name of what it feeds. */
export interface OpenPauseRow extends FeedPauseRow {
  readonly namespace: string | null;
  readonly dataset: string | null;
}

/** Loads of all datasets that Assay keeps paused or is about to pause or resume, the longest first. */
export function openPauses(limit: number): Statement {
  return sql`
    select p.id, p.dataset_id, p.warehouse, p.place, p.target, p.feed_id, p.feed, p.state, p.breaches, p.doubtful, p.paused_at,
           p.detail, p.begun_at, p.changed_at, n.name as namespace, d.name as dataset
      from feed_pause p
      left join dataset d on d.id = p.dataset_id
      left join namespace n on n.id = d.namespace_id
     where p.state in ('pausing', 'paused', 'resuming')
     order by p.begun_at, p.seq
     limit ${limit}`.named('open_pauses');
}

/** Something that stands broken. */
export interface BreachRow {
  readonly dataset_id: Uuid;
  readonly id: string;
  readonly kind: BreachKind;
  readonly message: string;
}

/**
 * What stands broken of datasets: candidates that were blocked and that no later one of this or a later partition
 * followed which was allowed, promises in time that are missed, gates that were stopped. An evaluation that could not
 * tell changes nothing.
 */
export function standingBreaches(datasetIds: readonly Uuid[], limit: number): Statement {
  return sql`
    with asked as materialized (
      select t.id, ${namesOf(sql`t.id`)} as names from unnest(${uuidArray(datasetIds)}::uuid[]) as t(id)
    )
    select asked.id as dataset_id, found.id, found.kind, found.message
      from asked
     cross join lateral (
       -- Named after the first that was blocked since one was allowed: while it goes on it is one breach.
       (select 'checks:' || since.id as id, 'checks' as kind, e.requested_at as at,
               coalesce((
                 select reason->>'message' from jsonb_array_elements(e.reasons) reason
                  where reason->>'status' = 'fail' and reason->'waivedBy' = 'null' limit 1), 'its checks did not pass')
                 || case when e.partition = '' then '' else ' (' || e.partition || ')' end as message
          from evaluation e
         cross join lateral (
           select first.id from evaluation first
            where first.dataset_id = e.dataset_id and first.partition = e.partition and first.decision = 'block'
              and first.requested_at > coalesce((
                    select max(passed.requested_at) from evaluation passed
                     where passed.dataset_id = any(asked.names) and passed.partition >= e.partition
                       and passed.decision = 'allow'), '-infinity')
            order by first.requested_at, first.id limit 1
         ) since
         where e.dataset_id = any(asked.names) and e.decision = 'block'
           and not exists (
                 select from evaluation later
                  where later.dataset_id = any(asked.names) and later.partition >= e.partition
                    and later.requested_at > e.requested_at
                    and (later.decision = 'allow' or (later.decision = 'block' and later.partition = e.partition)))
         order by e.requested_at desc, e.id limit ${limit})
       union all
       (select p.missed_alarm::text, 'objectives', p.due_at, p.message
          from objective_period p
         where p.dataset_id = any(asked.names) and p.missed_alarm is not null and p.state = 'missed'
         order by p.due_at desc limit ${limit})
       union all
       (select 'freeze:' || last.id, 'freeze', last.at, 'the gate was stopped by ' || last.author || ': ' || last.reason
          from (select * from gate_freeze f where f.dataset_id = any(asked.names) order by f.id desc limit 1) last
         where last.action = 'freeze')
     ) found
     order by asked.id, found.kind, found.at desc, found.id`.named('standing_breaches');
}

/** The last evaluation of a partition of what is fed. */
export interface FedEvaluationRow {
  readonly partition: string;
  readonly candidate_version: string | null;
  readonly contract_hash: string;
  readonly state: EvaluationState;
  readonly requested_at: Date;
}

export function fedEvaluations(datasetId: Uuid, partitions: readonly string[]): Statement {
  return sql`
    select last.* from jsonb_array_elements_text(${JSON.stringify(partitions)}::jsonb) as t(partition)
     cross join lateral (
       select e.partition, e.candidate_version, e.contract_hash, e.state, e.requested_at from evaluation e
        where e.dataset_id = ${datasetId} and e.partition = t.partition and e.candidate_kind = 'feed'
        order by e.requested_at desc, e.id desc limit 1
     ) last`.named('fed_evaluations');
}
