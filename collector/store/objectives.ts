import type { Uuid } from '#model/ids.ts';
import type { ObjectiveState, OccurrenceState, Promised } from '#model/objective.ts';
import { jsonbArray, textArray, uuidArray } from './binary-array.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** Tells whether contracts changed, at the cost of one look at their table. */
export function contractsStamp(): Statement {
  return sql`select count(*)::text || ' ' || coalesce(max(pushed_at)::text, '') as stamp from contract`.named(
    'contracts_stamp',
  );
}

export interface PromisedContractRow {
  readonly dataset_id: Uuid;
  readonly name: string;
  readonly hash: string;
  readonly object: string | null;
  readonly pushed_at: Date;
}

/** The contract in force of every dataset, without its text. */
export function promisedContracts(): Statement {
  return sql`
    select distinct on (dataset_id) dataset_id, name, hash, object, pushed_at
      from contract order by dataset_id, precedence desc, pushed_at desc`.named('promised_contracts');
}

/** One collector at a time brings the promises in line with the contracts; for the caller's transaction. */
export function lockObjectives(): Statement {
  return sql`select pg_advisory_xact_lock(hashtextextended('assay objectives', 0))`.named('lock_objectives');
}

export interface PutObjective {
  readonly datasetId: Uuid;
  readonly name: string;
  readonly promise: Promised;
  readonly since: Date;
}

/** Adds promises and changes those that changed: these begin anew, and are looked at now. */
export function putObjectives(rows: readonly PutObjective[], now: Date): Statement {
  return sql`
    insert into objective as o (dataset_id, name, promise, since, next_at)
    select t.*, ${now}::timestamptz from unnest(
      ${uuidArray(rows.map((row) => row.datasetId))}::uuid[],
      ${textArray(rows.map((row) => row.name))}::text[],
      ${jsonbArray(rows.map((row) => row.promise))}::jsonb[],
      ${rows.map((row) => row.since)}::timestamptz[]) as t
     order by 1, 2
    on conflict (dataset_id, name) do update
      set promise = excluded.promise, since = excluded.since, next_at = excluded.next_at, settled_before = null,
          state = 'waiting', why = null
    where o.promise <> excluded.promise`.named('put_objectives');
}

/** Forgets promises that no contract makes any more, and what they said that still stands. */
export function dropObjectives(
  kept: readonly { readonly datasetId: Uuid; readonly name: string }[],
): Statement {
  return sql`
    with gone as (
      delete from objective o
       where not exists (
               select from unnest(
                 ${uuidArray(kept.map((row) => row.datasetId))}::uuid[],
                 ${textArray(kept.map((row) => row.name))}::text[]) as t(dataset_id, name)
                where t.dataset_id = o.dataset_id and t.name = o.name)
      returning o.dataset_id, o.name
    )
    update objective_period p set missed_alarm = null, warning_alarm = null
      from gone
     where p.dataset_id = gone.dataset_id and p.name = gone.name
       and (p.missed_alarm is not null or p.warning_alarm is not null)`.named('drop_objectives');
}

export interface TakenObjectiveRow {
  readonly dataset_id: Uuid;
  readonly name: string;
  readonly promise: Promised;
  readonly since: Date;
  readonly settled_before: Date | null;
}

/**
 * Takes promises that are to be looked at, the longest due first, until `until`: whoever takes them says by then
 * when they are next, or another takes them. Any number of collectors may ask; each promise is with one of them.
 */
export function takeObjectives(limit: number, now: Date, until: Date): Statement {
  return sql`
    with free as materialized (
      select dataset_id, name from objective
       where next_at <= ${now}::timestamptz
       order by next_at, dataset_id, name
       limit ${limit}
         for update skip locked
    )
    update objective o set next_at = ${until}::timestamptz
      from free
     where o.dataset_id = free.dataset_id and o.name = free.name
    returning o.dataset_id, o.name, o.promise, o.since, o.settled_before`.named('take_objectives');
}

/** When the next promise is to be looked at; null when there is none. */
export function nextObjective(): Statement {
  return sql`select min(next_at) as at from objective`.named('next_objective');
}

/** Data of these datasets came, under any of their names: their promises are looked at now. */
export function wakeObjectives(datasetIds: readonly Uuid[], now: Date): Statement {
  return sql`
    update objective o set next_at = ${now}::timestamptz
     where o.next_at > ${now}::timestamptz
       and o.dataset_id in (
             select t.id from unnest(${uuidArray(datasetIds)}::uuid[]) as t(id)
              union
             select peer.dataset_id
               from unnest(${uuidArray(datasetIds)}::uuid[]) as t(id)
               join dataset_group own on own.dataset_id = t.id
               join dataset_group peer on peer.canonical_id = own.canonical_id)`.named('wake_objectives');
}

export interface JudgedObjective {
  readonly datasetId: Uuid;
  readonly name: string;
  readonly state: ObjectiveState;
  readonly why: string | null;
  readonly nextAt: Date;
  readonly settledBefore: Date | null;
}

export function keepObjectives(rows: readonly JudgedObjective[], now: Date): Statement {
  return sql`
    update objective o
       set state = t.state, why = t.why, next_at = t.next_at, settled_before = t.settled_before, judged_at = ${now}::timestamptz
      from unnest(
        ${uuidArray(rows.map((row) => row.datasetId))}::uuid[],
        ${textArray(rows.map((row) => row.name))}::text[],
        ${textArray(rows.map((row) => row.state))}::text[],
        ${textArray(rows.map((row) => row.why))}::text[],
        ${rows.map((row) => row.nextAt)}::timestamptz[],
        ${rows.map((row) => row.settledBefore)}::timestamptz[]) as t(dataset_id, name, state, why, next_at, settled_before)
     where o.dataset_id = t.dataset_id and o.name = t.name`.named('keep_objectives');
}

export interface JudgedPeriod {
  readonly datasetId: Uuid;
  readonly name: string;
  readonly period: string;
  readonly partition: string;
  readonly dueAt: Date;
  readonly state: OccurrenceState;
  readonly landedAt: Date | null;
  readonly lateSeconds: number | null;
  readonly message: string;
  readonly missedAlarm: Uuid | null;
  readonly predictedAt: Date | null;
  readonly expectedAt: Date | null;
  readonly blockingId: Uuid | null;
  readonly warning: string | null;
  readonly warningAlarm: Uuid | null;
}

/** Keeps what became of periods; what is unchanged is not written. A warning that was given stays on record. */
export function putObjectivePeriods(rows: readonly JudgedPeriod[]): Statement {
  return sql`
    insert into objective_period as p (dataset_id, name, period, partition, due_at, state, landed_at, late_seconds, message,
      missed_alarm, predicted_at, expected_at, blocking_id, warning, warning_alarm)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.datasetId))}::uuid[],
      ${textArray(rows.map((row) => row.name))}::text[],
      ${textArray(rows.map((row) => row.period))}::text[],
      ${textArray(rows.map((row) => row.partition))}::text[],
      ${rows.map((row) => row.dueAt)}::timestamptz[],
      ${textArray(rows.map((row) => row.state))}::text[],
      ${rows.map((row) => row.landedAt)}::timestamptz[],
      ${rows.map((row) => row.lateSeconds)}::float8[],
      ${textArray(rows.map((row) => row.message))}::text[],
      ${uuidArray(rows.map((row) => row.missedAlarm))}::uuid[],
      ${rows.map((row) => row.predictedAt)}::timestamptz[],
      ${rows.map((row) => row.expectedAt)}::timestamptz[],
      ${uuidArray(rows.map((row) => row.blockingId))}::uuid[],
      ${textArray(rows.map((row) => row.warning))}::text[],
      ${uuidArray(rows.map((row) => row.warningAlarm))}::uuid[])
     order by 1, 2, 3
    on conflict (dataset_id, name, period) do update
      set partition = excluded.partition, due_at = excluded.due_at, state = excluded.state, landed_at = excluded.landed_at,
          late_seconds = excluded.late_seconds, message = excluded.message, missed_alarm = excluded.missed_alarm,
          predicted_at = coalesce(p.predicted_at, excluded.predicted_at),
          expected_at = coalesce(excluded.expected_at, p.expected_at),
          blocking_id = coalesce(excluded.blocking_id, p.blocking_id),
          warning = coalesce(p.warning, excluded.warning), warning_alarm = excluded.warning_alarm
    where (p.state, p.due_at, p.message) is distinct from (excluded.state, excluded.due_at, excluded.message)
       or p.missed_alarm is distinct from excluded.missed_alarm or p.warning_alarm is distinct from excluded.warning_alarm`.named(
    'put_objective_periods',
  );
}

/** How many promises are in which state. */
export function countObjectives(): Statement {
  return sql`select state, count(*)::integer as count from objective group by state`.named(
    'count_objectives',
  );
}

/** A missed or endangered promise that is not noted as evidence. */
export interface ObjectiveFactRow {
  readonly id: Uuid;
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly name: string;
  readonly period: string;
  readonly at: Date;
  readonly message: string;
  readonly warning: boolean;
}

export function objectiveFacts(limit: number): Statement {
  return sql`
    select alarm.id, ${canonicalOf(sql`p.dataset_id`)} as dataset_id, p.partition, p.name, p.period, alarm.at, alarm.message, alarm.warning
      from objective_period p
     cross join lateral (values
       (p.missed_alarm, p.due_at, p.message, false), (p.warning_alarm, p.predicted_at, p.warning, true)
     ) alarm(id, at, message, warning)
     where (p.missed_alarm is not null or p.warning_alarm is not null) and alarm.id is not null
       and not exists (select from evidence e where e.id = alarm.id and e.cleared_by is distinct from 'reversed')
     order by p.due_at, alarm.id
     limit ${limit}`.named('objective_facts');
}

/** Evidence of promises that were kept after all (reversed), or later (good): by the landing itself. */
export function clearObjectives(now: Date): Statement {
  return sql`
    update evidence e set cleared_at = found.at, cleared_by = found.by
      from (
        select standing.id,
               least(${now}::timestamptz, coalesce(p.landed_at, ${now}::timestamptz)) as at,
               case when p.state = 'met' and standing.hint is null then 'reversed' else 'good' end as by
          from evidence standing
          left join objective_period p
            on p.dataset_id = any(array(
                 select standing.dataset_id
                  union all
                 select peer.dataset_id from dataset_group peer where peer.canonical_id = standing.dataset_id))
           and p.name = standing.subject and p.period = standing.expected
         where standing.source = 'objective' and standing.cleared_at is null
           and standing.id is distinct from p.missed_alarm and standing.id is distinct from p.warning_alarm
      ) found
     where e.id = found.id`.named('clear_objectives');
}

/** How often a promise fell due in the last days, and how often it was broken. */
export interface ObjectiveTally {
  readonly total: number;
  readonly bad: number;
}

/** A promise as it stands, with the time at which it falls due next, or was due last. */
export interface ObjectiveRow {
  readonly dataset_id: Uuid;
  readonly namespace: string;
  readonly dataset: string;
  readonly owner: string | null;
  readonly name: string;
  readonly promise: Promised;
  readonly since: Date;
  readonly state: ObjectiveState;
  readonly why: string | null;
  readonly next_at: Date;
  readonly judged_at: Date | null;
  readonly period: string | null;
  readonly partition: string | null;
  readonly due_at: Date | null;
  readonly landed_at: Date | null;
  readonly late_seconds: number | null;
  readonly expected_at: Date | null;
  readonly blocking_id: Uuid | null;
  readonly blocking: string | null;
  readonly month: ObjectiveTally;
  readonly week: ObjectiveTally;
}

export interface ObjectiveFilter {
  /** Of one dataset, under any of its names; null for all. */
  readonly datasetId: Uuid | null;
  readonly state: ObjectiveState | null;
  /** (dataset id, name) of the last one of the page before. */
  readonly after: readonly [Uuid, string] | null;
  readonly limit: number;
}

/** Promises by dataset and name. Of each the oldest miss that stands, else the next due time, else the last. */
export function listObjectives({ datasetId, state, after, limit }: ObjectiveFilter, now: Date): Statement {
  const names = datasetId === null ? sql`null::uuid[]` : namesOf(sql`${datasetId}::uuid`);
  const tally = (days: number) => sql`(
    select jsonb_build_object('total', count(*), 'bad', count(*) filter (where past.state in ('missed', 'late', 'cannot_tell')))
      from objective_period past
     where past.dataset_id = page.dataset_id and past.name = page.name and past.due_at <= ${now}::timestamptz
       and past.due_at > ${now}::timestamptz - make_interval(days => ${days}))`;
  return sql`
    with page as materialized (
      select * from objective o
       where (${names} is null or o.dataset_id = any(${names}))
         and (${state}::text is null or o.state = ${state}::text)
         and (${after?.[0] ?? null}::uuid is null or (o.dataset_id, o.name) > (${after?.[0] ?? null}::uuid, ${after?.[1] ?? null}::text))
       order by o.dataset_id, o.name
       limit ${limit}
    )
    select page.dataset_id, coalesce(n.name, c.namespace, '') as namespace, coalesce(d.name, c.name, page.dataset_id::text) as dataset,
           nullif(c.owner, '') as owner, page.name, page.promise, page.since, page.state, page.why, page.next_at, page.judged_at,
           shown.period, shown.partition, shown.due_at, shown.landed_at, shown.late_seconds, shown.expected_at,
           shown.blocking_id, block.name as blocking, ${tally(30)} as month, ${tally(7)} as week
      from page
      left join dataset d on d.id = page.dataset_id
      left join namespace n on n.id = d.namespace_id
      left join lateral (
        select owner, namespace, name from contract of
         where of.dataset_id = page.dataset_id order by of.precedence desc, of.pushed_at desc limit 1
      ) c on true
      left join lateral (
        select p.* from objective_period p
         where p.dataset_id = page.dataset_id and p.name = page.name
         order by p.missed_alarm is not null desc, p.state = 'waiting' desc,
                  case when p.missed_alarm is not null or p.state = 'waiting' then p.due_at end, p.due_at desc
         limit 1
      ) shown on true
      left join dataset block on block.id = shown.blocking_id
     order by page.dataset_id, page.name`;
}

export interface ObjectivePeriodRow {
  readonly dataset_id: Uuid;
  readonly name: string;
  readonly period: string;
  readonly partition: string;
  readonly due_at: Date;
  readonly state: OccurrenceState;
  readonly landed_at: Date | null;
  readonly late_seconds: number | null;
  readonly message: string;
  readonly predicted_at: Date | null;
  readonly expected_at: Date | null;
  readonly warning: string | null;
}

/** What became of a dataset's promises, the latest due first, at most so many of each. */
export function objectivePeriods(datasetId: Uuid, limit: number): Statement {
  return sql`
    select p.dataset_id, p.name, p.period, p.partition, p.due_at, p.state, p.landed_at, p.late_seconds, p.message, p.predicted_at,
           p.expected_at, p.warning
      from objective o
     cross join lateral (
       select * from objective_period one
        where one.dataset_id = o.dataset_id and one.name = o.name
        order by one.due_at desc limit ${limit}
     ) p
     where o.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)})
     order by p.name, p.due_at desc`.named('objective_periods');
}
