import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

export interface DuePartition {
  readonly datasetId: string;
  readonly partition: string;
}

/** Asks the monitor to look at these partitions; one already waiting stays one, one at work becomes due anew. */
export function markDue(partitions: readonly DuePartition[], now: Date): Statement {
  return sql`
    insert into evaluation_due (dataset_id, partition, due_at)
    select t.dataset_id, t.partition, ${now}::timestamptz from unnest(
      ${uuidArray(partitions.map((due) => due.datasetId))}::uuid[],
      ${textArray(partitions.map((due) => due.partition))}::text[]
    ) as t(dataset_id, partition)
    on conflict (dataset_id, partition) do update
      set due_at = excluded.due_at, taken_until = null, rescored = false`.named('mark_due');
}

/**
 * Asks the monitor to look anew at a dataset's partition and at those after it, which have it in their
 * history. @param pattern LIKE pattern of the keys of its series. @param limit at most so many; null for all.
 */
export function markDueFrom(
  datasetId: Uuid,
  { partition, pattern }: { readonly partition: string; readonly pattern: string },
  limit: number | null,
  now: Date,
): Statement {
  return sql`
    insert into evaluation_due (dataset_id, partition, due_at, rescored)
    select ${canonicalOf(sql`${datasetId}::uuid`)}, affected.partition, ${now}::timestamptz, true
      from (
        select distinct rd.partition
          from run_dataset rd
         where rd.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and rd.partition >= ${partition}
           and rd.partition like ${pattern} and rd.role <> 0 and rd.statistics is not null
         order by rd.partition
         limit ${limit}::bigint
      ) affected
     order by affected.partition
    on conflict (dataset_id, partition) do update set due_at = excluded.due_at, taken_until = null`;
}

/** The same for many at once. */
export function markDueFromEach(
  rows: readonly {
    readonly datasetId: Uuid;
    readonly partition: string;
    readonly pattern: string;
    readonly limit: number | null;
  }[],
  now: Date,
): Statement {
  return sql`
    insert into evaluation_due (dataset_id, partition, due_at, rescored)
    select distinct ${canonicalOf(sql`t.dataset_id`)}, affected.partition, ${now}::timestamptz, true
      from unnest(
        ${uuidArray(rows.map((row) => row.datasetId))}::uuid[],
        ${textArray(rows.map((row) => row.partition))}::text[],
        ${textArray(rows.map((row) => row.pattern))}::text[],
        ${rows.map((row) => row.limit)}::bigint[]) as t(dataset_id, partition, pattern, most)
     cross join lateral (
       select distinct rd.partition
         from run_dataset rd
        where rd.dataset_id = any(${namesOf(sql`t.dataset_id`)}) and rd.partition >= t.partition
          and rd.partition like t.pattern and rd.role <> 0 and rd.statistics is not null
        order by rd.partition
        limit t.most
     ) affected
     order by 1, 2
    on conflict (dataset_id, partition) do update set due_at = excluded.due_at, taken_until = null`.named(
    'mark_due_from_each',
  );
}

export interface TakenPartition extends DuePartition {
  /** Identifies what was taken: a partition that changes meanwhile is due anew. Postgres' text form, to the microsecond. */
  readonly dueAt: string;
  /** Its own data did not change, only what it is compared with. */
  readonly rescored: boolean;
}

/**
 * Takes up to `limit` partitions, oldest first, leaving those that another collector is at work on. They
 * stay in the table until `finishDue`; a collector that dies leaves them to others after `until`.
 * Materialized, as in all statements that take: inside a nested loop the taking would be done again for each row.
 */
export function takeDue(limit: number, now: Date, until: Date): Statement {
  return sql`
    with free as materialized (
      select dataset_id, partition from evaluation_due
      where due_at <= ${now}::timestamptz and (taken_until is null or taken_until < ${now}::timestamptz)
      order by due_at, dataset_id, partition limit ${limit} for update skip locked
    )
    update evaluation_due d set taken_until = ${until}::timestamptz from free
    where d.dataset_id = free.dataset_id and d.partition = free.partition
    returning d.dataset_id as "datasetId", d.partition, d.due_at::text as "dueAt", d.rescored`;
}

/** Forgets what has been looked at, unless it changed again since it was taken. */
export function finishDue(taken: readonly TakenPartition[]): Statement {
  return sql`
    with done as materialized (
      select d.dataset_id, d.partition
      from evaluation_due d
      join unnest(
        ${uuidArray(taken.map((due) => due.datasetId))}::uuid[],
        ${textArray(taken.map((due) => due.partition))}::text[],
        ${textArray(taken.map((due) => due.dueAt))}::text[]
      ) as t(dataset_id, partition, due_at)
        on d.dataset_id = t.dataset_id and d.partition = t.partition and d.due_at = t.due_at::timestamptz
      order by d.dataset_id, d.partition -- as markDue does, so that the two never wait in a circle
      for update of d
    )
    delete from evaluation_due d using done
    where d.dataset_id = done.dataset_id and d.partition = done.partition`;
}

/** A partition whose value changed, and how many after it have it in their history. */
export interface Changed extends DuePartition {
  /** LIKE pattern of the keys of its series. */
  readonly pattern: string;
  readonly reach: number;
  /** When its value was stated; null when it is gone. */
  readonly takenAt: Date | null;
}

/**
 * Asks for a new look at what a change reaches: at the partitions after it, and at those before it that were
 * stated after it was, because they were taken for the newest. Those of `judged` have just been looked at.
 */
export function markReached(
  changed: readonly Changed[],
  judged: readonly DuePartition[],
  now: Date,
): Statement {
  return sql`
    insert into evaluation_due (dataset_id, partition, due_at, rescored)
    select distinct changed.dataset_id, reached.partition, ${now}::timestamptz, true
      from unnest(
        ${uuidArray(changed.map((one) => one.datasetId))}::uuid[],
        ${textArray(changed.map((one) => one.partition))}::text[],
        ${textArray(changed.map((one) => one.pattern))}::text[],
        ${changed.map((one) => one.reach)}::bigint[],
        ${changed.map((one) => one.takenAt)}::timestamptz[]
      ) as changed(dataset_id, partition, pattern, reach, taken_at)
     cross join lateral (
        (select distinct rd.partition
           from run_dataset rd
          where rd.dataset_id = any(${namesOf(sql`changed.dataset_id`)}) and rd.partition > changed.partition
            and rd.partition like changed.pattern and rd.role <> 0 and rd.statistics is not null
          order by rd.partition
          limit changed.reach)
        union
        (select before.partition
           from (
             select rd.partition, rd.run_id
               from run_dataset rd
              where rd.dataset_id = any(${namesOf(sql`changed.dataset_id`)}) and rd.partition < changed.partition
                and rd.partition like changed.pattern and rd.role <> 0 and rd.statistics is not null
              order by rd.partition desc
              limit changed.reach) before
           join run on run.id = before.run_id
          where run.last_event_at >= changed.taken_at)
      ) reached
     where not exists (
             select from unnest(
               ${uuidArray(judged.map((one) => one.datasetId))}::uuid[],
               ${textArray(judged.map((one) => one.partition))}::text[]
             ) as judged(dataset_id, partition)
              where judged.dataset_id = changed.dataset_id and judged.partition = reached.partition)
     order by 1, 2
    on conflict (dataset_id, partition) do update set due_at = excluded.due_at, taken_until = null`.named(
    'mark_reached',
  );
}

/** Asks for a look at partitions at a later moment, unless they are waiting already. */
export function markDueLater(partitions: readonly (DuePartition & { readonly at: Date })[]): Statement {
  return sql`
    insert into evaluation_due (dataset_id, partition, due_at, rescored)
    select t.dataset_id, t.partition, t.due_at, false from unnest(
      ${uuidArray(partitions.map((due) => due.datasetId))}::uuid[],
      ${textArray(partitions.map((due) => due.partition))}::text[],
      ${partitions.map((due) => due.at)}::timestamptz[]
    ) as t(dataset_id, partition, due_at)
     order by 1, 2
    on conflict (dataset_id, partition) do nothing`;
}

/** How many partitions wait for the monitor. */
export function countDue(now: Date): Statement {
  return sql`select count(*)::integer as waiting from evaluation_due where due_at <= ${now}::timestamptz`;
}
