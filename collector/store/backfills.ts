import type { Uuid } from '#model/ids.ts';
import { sql, type Statement } from './sql.ts';

/** A run that wrote many partitions of a dataset at once. */
export interface Backfill {
  readonly datasetId: Uuid;
  readonly runId: Uuid;
  readonly partitions: number;
  readonly oldest: string;
  readonly newest: string;
  readonly statedAt: Date;
}

/** Keeps one event for each run, however often its partitions are looked at. */
export function putBackfills(backfills: readonly Backfill[]): Statement {
  return sql`
    insert into backfill (dataset_id, run_id, partitions, oldest, newest, stated_at)
    select * from unnest(
      ${backfills.map((one) => one.datasetId)}::uuid[],
      ${backfills.map((one) => one.runId)}::uuid[],
      ${backfills.map((one) => one.partitions)}::integer[],
      ${backfills.map((one) => one.oldest)}::text[],
      ${backfills.map((one) => one.newest)}::text[],
      ${backfills.map((one) => one.statedAt)}::timestamptz[])
     order by 1, 2
    on conflict (dataset_id, run_id) do update set
      partitions = excluded.partitions, oldest = excluded.oldest, newest = excluded.newest,
      stated_at = excluded.stated_at`.named('put_backfills');
}

export interface BackfillRow {
  readonly dataset_id: Uuid;
  readonly namespace: string | null;
  readonly dataset: string | null;
  readonly run_id: Uuid;
  readonly partitions: number;
  readonly oldest: string;
  readonly newest: string;
  readonly stated_at: Date;
}

/** The latest backfills. */
export function latestBackfills(limit: number): Statement {
  return sql`
    select b.dataset_id, n.name as namespace, d.name as dataset, b.run_id, b.partitions, b.oldest, b.newest, b.stated_at
      from backfill b
      left join dataset d on d.id = b.dataset_id
      left join namespace n on n.id = d.namespace_id
     order by b.stated_at desc, b.dataset_id, b.run_id
     limit ${limit}`;
}
