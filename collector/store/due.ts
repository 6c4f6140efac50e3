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
    on conflict (dataset_id, partition) do update set due_at = excluded.due_at, taken_until = null`.named(
    'mark_due',
  );
}

/**
 * Asks the monitor to look anew at a dataset's partition and at those after it, which have it in their
 * history. @param limit at most so many of them; null for all.
 */
export function markDueFrom(datasetId: Uuid, partition: string, limit: number | null, now: Date): Statement {
  return sql`
    insert into evaluation_due (dataset_id, partition, due_at)
    select ${canonicalOf(sql`${datasetId}::uuid`)}, affected.partition, ${now}::timestamptz
      from (
        select distinct rd.partition
          from run_dataset rd
         where rd.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and rd.partition >= ${partition}
           and rd.role <> 0 and rd.statistics is not null
         order by rd.partition
         limit ${limit}::bigint
      ) affected
     order by affected.partition
    on conflict (dataset_id, partition) do update set due_at = excluded.due_at, taken_until = null`;
}

export interface TakenPartition extends DuePartition {
  /** Identifies what was taken: a partition that changes meanwhile is due anew. Postgres' text form, to the microsecond. */
  readonly dueAt: string;
}

/**
 * Takes up to `limit` partitions, oldest first, leaving those that another collector is at work on. They
 * stay in the table until `finishDue`; a collector that dies leaves them to others after `until`.
 */
export function takeDue(limit: number, now: Date, until: Date): Statement {
  return sql`
    update evaluation_due d set taken_until = ${until}::timestamptz
    from (
      select dataset_id, partition from evaluation_due
      where taken_until is null or taken_until < ${now}::timestamptz
      order by due_at, dataset_id, partition limit ${limit} for update skip locked
    ) free
    where d.dataset_id = free.dataset_id and d.partition = free.partition
    returning d.dataset_id as "datasetId", d.partition, d.due_at::text as "dueAt"`;
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

/** How many partitions wait for the monitor. */
export function countDue(): Statement {
  return sql`select count(*)::integer as waiting from evaluation_due`;
}
