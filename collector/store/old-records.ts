import { sql, type Statement } from './sql.ts';

// What is over for so long that nobody asks for it. Each statement deletes at most so many rows, so that it never
// holds what others wait for; the caller repeats it until nothing is left. What is open is never deleted.

/** How many rows one statement deleted; fewer than the limit in all of them: nothing is left. */
export interface DeletedIncidentsRow {
  readonly evidence: number;
  readonly events: number;
  readonly incidents: number;
}

/** Incidents that one statement empties at most. */
const AT_ONCE = 500;

/**
 * Incidents that have been over since before `before`, with their evidence and timelines, and the addresses of what
 * was merged into them. Evidence of what is still late or missed stays with its incident, though a person closed
 * it: it would be noted anew. An incident goes once nothing of it is left.
 */
export function deleteOldIncidents(before: Date, limit: number): Statement {
  return sql`
    with over as materialized (
      select i.id from incident i
       where i.state = 'resolved' and i.updated_at < ${before}::timestamptz and i.last_at < ${before}::timestamptz
         and not exists (
               select from evidence e
                where e.incident_id = i.id and e.cleared_at is null and e.source in ('freshness', 'objective'))
       order by i.updated_at
       limit ${AT_ONCE}
    ), gone as materialized (
      select id from over
       union all
      select m.id from incident m
       where m.state = 'merged' and (m.merged_into in (select id from over)
          or (m.updated_at < ${before}::timestamptz and not exists (select from incident i where i.id = m.merged_into)))
    ), pieces as (
      delete from evidence where ctid = any(array(
        select ctid from evidence where incident_id in (select id from gone) limit ${limit}))
      returning incident_id
    ), told as (
      delete from incident_event where ctid = any(array(
        select ctid from incident_event where incident_id in (select id from gone) limit ${limit}))
      returning incident_id
    ), emptied as (
      delete from incident
       where id in (select id from gone)
         and (select count(*) from pieces) < ${limit} and (select count(*) from told) < ${limit}
      returning 1
    )
    select (select count(*)::integer from pieces) as evidence, (select count(*)::integer from told) as events,
           (select count(*)::integer from emptied) as incidents`.named('delete_old_incidents');
}

/** Times that a promise fell due before `before`, unless their alarm still stands. */
export function deleteOldPeriods(before: Date, limit: number): Statement {
  return sql`
    delete from objective_period where ctid = any(array(
      select ctid from objective_period
       where due_at < ${before}::timestamptz and missed_alarm is null and warning_alarm is null and state <> 'waiting'
       limit ${limit}))`.named('delete_old_periods');
}

/**
 * Evaluations that were decided before `before`, with their results and measurements. Those that were published or
 * have a waiver stay, for they are the record of who let what pass; so does the last one of a partition that is
 * still held.
 */
export function deleteOldEvaluations(before: Date, limit: number): Statement {
  return sql`
    with old as materialized (
      select e.id from evaluation e
       where e.requested_at < ${before}::timestamptz and e.decided_at < ${before}::timestamptz
         and e.state not in ('pending', 'running')
         and not exists (select from publication p where p.evaluation_id = e.id)
         and not exists (select from waiver w where w.evaluation_id = e.id)
         and (e.decision = 'allow' or e.state in ('superseded', 'expired') or exists (
               select from evaluation later
                where later.dataset_id = e.dataset_id and later.partition = e.partition
                  and (later.requested_at, later.id) > (e.requested_at, e.id) and later.decision is not null))
       order by e.requested_at
       limit ${limit}
    ), asked as (
      delete from gate_event where evaluation_id in (select id from old) returning 1
    )
    delete from evaluation where id in (select id from old) and (select count(*) from asked) >= 0`.named(
    'delete_old_evaluations',
  );
}
