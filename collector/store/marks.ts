import type { StatedMark } from '#model/mark.ts';
import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** A mark, with who took it back. */
export interface MarkRow {
  readonly id: Uuid;
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly metric: string | null;
  readonly kind: StatedMark['kind'];
  readonly reason: string;
  readonly author: string;
  readonly marked_at: Date;
  readonly withdrawn_at: Date | null;
  readonly withdrawn_by: string | null;
  readonly withdrawal_reason: string | null;
}

export function addMark(datasetId: Uuid, mark: StatedMark): Statement {
  return sql`
    insert into mark (id, dataset_id, partition, metric, kind, reason, author, marked_at)
    values (${mark.id}, ${datasetId}, ${mark.partition}, ${mark.metric}, ${mark.kind}, ${mark.reason}, ${mark.author},
      ${mark.markedAt})`;
}

/** Adds marks of whole partitions; none where the same stands already, under any name. Resolves with those added. */
export function addMarks(
  rows: readonly { readonly datasetId: Uuid; readonly mark: StatedMark }[],
): Statement {
  return sql`
    insert into mark (id, dataset_id, partition, metric, kind, reason, author, marked_at)
    select t.* from unnest(
      ${uuidArray(rows.map(({ mark }) => mark.id))}::uuid[],
      ${uuidArray(rows.map((row) => row.datasetId))}::uuid[],
      ${textArray(rows.map(({ mark }) => mark.partition))}::text[],
      ${textArray(rows.map(({ mark }) => mark.metric))}::text[],
      ${textArray(rows.map(({ mark }) => mark.kind))}::text[],
      ${textArray(rows.map(({ mark }) => mark.reason))}::text[],
      ${textArray(rows.map(({ mark }) => mark.author))}::text[],
      ${rows.map(({ mark }) => mark.markedAt)}::timestamptz[]
    ) as t(id, dataset_id, partition, metric, kind, reason, author, marked_at)
     where not exists (
             select from mark m
              where m.dataset_id = any(${namesOf(sql`t.dataset_id`)}) and m.partition = t.partition and m.kind = t.kind
                and m.metric is not distinct from t.metric
                and not exists (select from mark_withdrawal w where w.mark_id = m.id))
    returning id`.named('add_marks');
}

export interface Withdrawal {
  readonly reason: string;
  readonly author: string;
  readonly withdrawnAt: Date;
}

/** Takes a mark back; changes no row when that has been done before. */
export function withdrawMark(id: Uuid, { reason, author, withdrawnAt }: Withdrawal): Statement {
  return sql`
    insert into mark_withdrawal (mark_id, reason, author, withdrawn_at)
    values (${id}, ${reason}, ${author}, ${withdrawnAt}) on conflict (mark_id) do nothing`;
}

const columns: Fragment = sql`
  m.id, m.dataset_id, m.partition, m.metric, m.kind, m.reason, m.author, m.marked_at,
  w.withdrawn_at, w.author as withdrawn_by, w.reason as withdrawal_reason
  from mark m left join mark_withdrawal w on w.mark_id = m.id`;

/** One mark of a dataset, under whichever of its names it was made. */
export function markOf(datasetId: Uuid, id: Uuid): Statement {
  return sql`
    select ${columns} where m.id = ${id} and m.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)})`;
}

export interface MarkFilter {
  readonly partition: string | null;
  /** With those that were taken back. */
  readonly withdrawn: boolean;
  /** The last mark of the page before. */
  readonly after: { readonly markedAt: string; readonly id: Uuid } | null;
}

/** Marks of a dataset under all its names, the latest first. */
export function listMarks(datasetId: Uuid, filter: MarkFilter, limit: number): Statement {
  return sql`
    select ${columns}
     where m.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)})
       and (${filter.partition}::text is null or m.partition = ${filter.partition}::text)
       and (${filter.withdrawn}::boolean or w.mark_id is null)
       and (${filter.after?.markedAt ?? null}::timestamptz is null
            or (m.marked_at, m.id) < (${filter.after?.markedAt ?? null}::timestamptz, ${filter.after?.id ?? null}::uuid))
     order by m.marked_at desc, m.id desc
     limit ${limit}`;
}

/** What nobody took back, of each of these datasets: `dataset_id` is the one that was asked for. */
export function standingMarks(datasetIds: readonly Uuid[]): Statement {
  return sql`
    select asked.id as dataset_id, m.id, m.partition, m.metric, m.kind, m.reason, m.author, m.marked_at
      from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
     cross join lateral unnest(${namesOf(sql`asked.id`)}) as name(id)
      join mark m on m.dataset_id = name.id
     where not exists (select from mark_withdrawal w where w.mark_id = m.id)
     order by asked.id, m.marked_at, m.id`.named('standing_marks');
}

/** A row as the model has it. */
export function statedMark(
  row: Pick<MarkRow, 'id' | 'kind' | 'partition' | 'metric' | 'reason' | 'author' | 'marked_at'>,
): StatedMark {
  const { id, kind, partition, metric, reason, author, marked_at: markedAt } = row;
  return { id, kind, partition, metric, reason, author, markedAt };
}
